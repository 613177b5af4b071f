import { Bench } from 'tinybench';
import type { PeerArguments } from './arguments.js';

export interface Sampling {
  readonly warmupMs: number;
  readonly windowMs: number;
  /** The thing sampled. Where it fails it may stay pending for ever: then its process is about to end. */
  once(): Promise<void>;
  openWindow(): Promise<void>;
  closeWindow(): Promise<void>;
}

/**
 * Has tinybench run `once` for the warm-up and then sample it for the window; gives its samples back, in ms and
 * ascending.
 *
 * A sample is `t0 = performance.now(); await once(); t1 = performance.now()`. An empty one takes 130 ns (measured: one
 * clock reading, 40 ns, a promise and two turns of the microtask queue): below 1 % of the shortest round trip through
 * two event loops. It is not subtracted. Between two samples tinybench awaits and pushes; its window is the sum of the
 * samples, so it lasts a little longer.
 */
export async function sampleInTime({
  warmupMs,
  windowMs,
  once,
  openWindow,
  closeWindow,
}: Sampling): Promise<readonly number[]> {
  const bench = new Bench({
    time: windowMs,
    warmup: warmupMs > 0,
    warmupTime: warmupMs,
    // The bounds are times; the defaults of 64 and 16 calls would outlast them where one takes a second.
    iterations: 1,
    warmupIterations: 1,
    retainSamples: true,
    // Without this a failure hides in the task's result.
    throws: true,
    timestampProvider: 'performanceNow',
    // tinybench sorts and computes its statistics after `teardown`, outside the window.
    setup: (_task, mode) => (mode === 'run' ? openWindow() : undefined),
    teardown: (_task, mode) => (mode === 'run' ? closeWindow() : undefined),
  });
  // Told to be async: to find out, tinybench would call it once more.
  bench.add('sample', once, { async: true });
  await bench.run();
  const result = bench.tasks[0]?.result;
  if (result?.state !== 'completed') throw new Error(`tinybench ended in the state '${result?.state ?? 'unknown'}'.`);
  return result.latency.samples ?? [];
}

/**
 * Whether a window whose time is over still waits for the messages that its figure needs: a slow launch has a figure
 * too.
 */
export function isTooFew(
  { leastMessages, longestMs }: Pick<PeerArguments, 'leastMessages' | 'longestMs'>,
  messages: number,
  openedMs: number,
): boolean {
  return messages < leastMessages && performance.now() - openedMs < longestMs;
}
