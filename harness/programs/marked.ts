import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { hasInEnvironment, processIds, stateOf } from './process-table.js';

/**
 * Environment variables by which everything that a part of ipcbench brought about is known, whoever its parent is by
 * now. One for each part, as a process may belong to several: a run, one checked exchange in it, one process that hosts
 * procedures, one program that is not ours. The value of a run's is its private directory, so a later run can tell
 * whose they are, and by the lock in it that the run is over.
 */
export const MARK_VARIABLES = {
  run: 'IPCBENCH_RUN',
  exchange: 'IPCBENCH_EXCHANGE',
  host: 'IPCBENCH_TRIAL_HOST',
  program: 'IPCBENCH_STARTED_BY',
} as const;

export interface Mark {
  readonly name: (typeof MARK_VARIABLES)[keyof typeof MARK_VARIABLES];
  readonly value: string;
  /**
   * The process group that the marked program leads: finds those that emptied their environment. Default: it leads
   * none.
   */
  readonly group?: number;
}

export function runMark(directory: string): Mark {
  return { name: MARK_VARIABLES.run, value: directory };
}

/** A mark that nothing has yet. */
export function freshMark(part: 'exchange' | 'host' | 'program'): Mark {
  return { name: MARK_VARIABLES[part], value: `${process.pid}-${randomBytes(12).toString('hex')}` };
}

/** What a process gets into its environment to have this mark, and to hand it on to what it starts. */
export function environmentOf({ name, value }: Mark): Record<string, string> {
  return { [name]: value };
}

/** Process ids of the living that have the mark, without this process. Empty where /proc does not tell. */
export function markedProcesses({ name, value, group }: Mark): number[] {
  return processIds().filter((pid) => {
    if (pid === process.pid) return false;
    const state = stateOf(pid);
    return state.isAlive && (state.group === group || hasInEnvironment(pid, `${name}=${value}`));
  });
}

/** How often what was told to end is looked for. */
const LOOK_MS = 5;
/** How long those that got SIGKILL are waited for: one in uninterruptible sleep ends when that does. */
const KILLED_WITHIN_MS = 5000;

/**
 * Ends all that have the mark, with what they start meanwhile, and waits for their end: those that are there `graceMs`
 * after SIGTERM get SIGKILL; 0 is SIGKILL at once.
 */
export async function endMarked(mark: Mark, graceMs = 0): Promise<void> {
  for (const pause of untilGone(mark, graceMs)) await delay(pause);
}

/** The same on the way out of this process, where nothing can be awaited. */
export function endMarkedNow(mark: Mark): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (const pause of untilGone(mark, 0)) Atomics.wait(never, 0, 0, pause);
}

function* untilGone(mark: Mark, graceMs: number): Generator<number> {
  const killFromMs = performance.now() + graceMs;
  const asked = new Set<number>();
  const beyondUs = new Set<number>();
  while (performance.now() < killFromMs + KILLED_WITHIN_MS) {
    const left = markedProcesses(mark).filter((pid) => !beyondUs.has(pid));
    if (left.length === 0) return;
    const isOver = performance.now() >= killFromMs;
    for (const pid of left) {
      if (!isOver && asked.has(pid)) continue;
      asked.add(pid);
      // One that is stopped hears SIGTERM only when it goes on.
      if (!isOver) send(pid, 'SIGCONT');
      if (!send(pid, isOver ? 'SIGKILL' : 'SIGTERM')) beyondUs.add(pid);
    }
    yield LOOK_MS;
  }
}

/** false where it may not be ended: a program that became another user's. */
function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
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
    env: { ...process.env, ...environmentOf(mark) },
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  // A pipe of libuv's is a net.Socket, which its type does not say.
  (child.stdin as unknown as { unref?(): void }).unref?.();
}
