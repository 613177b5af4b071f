import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { CheckRun } from '../../../harness/define.js';

/**
 * 'R', 'S', 'T', 'Z' … of proc(5), /proc/pid/stat; null when there is no such process. The name before it may hold
 * anything but ends at the last bracket.
 */
export function processState(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const bracket = stat.lastIndexOf(')');
    return stat.slice(bracket + 2, bracket + 3);
  } catch {
    return null;
  }
}

/** Stops a child with SIGSTOP, and returns when it is stopped: the signal alone is only a request. */
export async function stop(checkRun: CheckRun, pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await checkRun.until('the child is stopped', () => processState(pid) === 'T');
}

/**
 * Keeps this thread busy, so that it reads nothing and hears of nothing, until a child has ended and waits to be
 * reaped: true, or false when it still lives after `ms`. The event loop could not be trusted with that: it reads while
 * it waits.
 */
export function blockUntilEnded(pid: number, ms: number): boolean {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs) {
    if (processState(pid) === 'Z') return true;
    Atomics.wait(pause, 0, 0, 1);
  }
  return false;
}

/**
 * The exit status of a child, null after a signal. events.once() would not do: it gives up when the child emits an
 * 'error' before.
 */
export const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => void child.once('exit', (status) => resolve(status)));

/** Everything that a child writes to its stdout. To be called before anything is awaited. */
export async function outputOf(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) text += (chunk as Buffer).toString('latin1');
  return text;
}
