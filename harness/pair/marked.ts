import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { readText } from '../environment/read-text.js';

/**
 * The environment variable by which a run knows every process that it brought about, whoever its parent is by now. The
 * value is the run's private directory, so a later run can tell whose they are, and by the lock in it that the run is
 * over.
 */
export const RUN_MARK = 'IPCBENCH_RUN';
/** The same of one process that hosts procedures. */
export const HOST_MARK = 'IPCBENCH_TRIAL_HOST';

export interface Mark {
  readonly name: typeof RUN_MARK | typeof HOST_MARK;
  readonly value: string;
}

/** Process ids of the living that have the mark, without this process. Empty where /proc does not tell. */
export function markedProcesses({ name, value }: Mark): number[] {
  let numbers: string[];
  try {
    numbers = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  } catch {
    return [];
  }
  const mark = `${name}=${value}`;
  // The environment of a process that only waits to be reaped is empty.
  return numbers
    .map(Number)
    .filter((pid) => pid !== process.pid && (readText(`/proc/${pid}/environ`) ?? '').split('\0').includes(mark));
}

const LOOK_MS = 5;
const MOST_MS = 2000;

/**
 * Kills all that have the mark, with what they start meanwhile, and waits for their end: at most two seconds, as some
 * cannot end.
 */
export async function endMarked(mark: Mark): Promise<void> {
  for (const pause of untilGone(mark)) await delay(pause);
}

/** The same on the way out of this process, where nothing can be awaited. */
export function endMarkedNow(mark: Mark): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (const pause of untilGone(mark)) Atomics.wait(never, 0, 0, pause);
}

function* untilGone(mark: Mark): Generator<number> {
  const untilMs = performance.now() + MOST_MS;
  for (
    let found = markedProcesses(mark);
    found.length > 0 && performance.now() < untilMs;
    found = markedProcesses(mark)
  ) {
    for (const pid of found) kill(pid);
    yield LOOK_MS;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ESRCH: it ended by itself. EPERM: it has become another user's, which this one may not end.
  }
}

/**
 * Starts a process that ends all that have the mark as soon as this one is gone, however it went: SIGKILL leaves it no
 * time to do so itself. It has the mark too, so whoever ends the marked ends it. Where it cannot be started, what is
 * left waits for the sweep of the next run.
 */
export function endMarkedAfterDeath(mark: Mark, peerPath: string): void {
  const child = spawn(peerPath, ['end-marked', `${mark.name}=${mark.value}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, [mark.name]: mark.value },
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  // A pipe of libuv's is a net.Socket, which its type does not say.
  (child.stdin as unknown as { unref?(): void }).unref?.();
}
