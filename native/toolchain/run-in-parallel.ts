import { availableParallelism } from 'node:os';

/**
 * Runs jobs, as many at once as there are CPUs up to four, and counts those that did something. The first failure wins.
 */
export async function runInParallel(jobs: readonly (() => Promise<boolean>)[]): Promise<number> {
  const waiting = [...jobs];
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      try {
        if (await job()) done += 1;
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
  return done;
}
