import { readFileSync } from 'node:fs';
import type { ForkedProgram, ThreadProgram } from './program.js';

/**
 * Waits until the program sleeps inside its operation of that name: what a check needs to know before it acts on a
 * blocked call. Blocks this thread. false when the operation is over, or the time ran out.
 */
export function waitUntilBlocked(program: ForkedProgram | ThreadProgram, as: string, timeoutMs = 10_000): boolean {
  const index = program.outcomes().findIndex((outcome) => outcome.as === as);
  if (index < 0) throw new RangeError(`The program has no operation named '${as}'.`);
  const task = 'pid' in program ? program.pid : program.tid;
  const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
  const endMs = performance.now() + timeoutMs;
  while (performance.now() < endMs) {
    const at = program.at();
    if (at > index && program.outcomes()[index]!.runs > 0) return false;
    // Looked at again after the state, so that it cannot be the sleep of the operation before or after.
    if (at === index && isAsleep(task) && program.at() === index) return true;
    Atomics.wait(nobodyWakes, 0, 0, 1);
  }
  return false;
}

/** Interruptible sleep, 'S': waiting for an event. Waiting for a page of memory is 'D'. */
function isAsleep(task: number): boolean {
  try {
    const stat = readFileSync(`/proc/${task}/stat`, 'utf8');
    // The command, in parentheses, may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('S');
  } catch {
    return false;
  }
}
