import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { readText } from '../environment/read-text.js';

/** By which everything that a program started is known, whoever its parent is by now. */
export interface Origin {
  /** Value of the variable that it and all that it started have in their environment. */
  readonly mark: string;
  /** The process group that it leads; null where it leads none. */
  readonly group: number | null;
}

export const MARK_VARIABLE = 'IPCBENCH_STARTED_BY';

/** How often a program that was told to end is looked for. */
const LOOK_EVERY_MS = 10;

/**
 * How long one that got SIGKILL is waited for: a process that the kernel holds in uninterruptible sleep ends when that
 * does.
 */
const KILLED_WITHIN_MS = 5000;

/**
 * Living processes of this origin. One that starts a session of its own is known by its environment, and one that
 * empties that by its group. A zombie, which only its parent can remove, is none.
 */
export function descendantsOf({ mark, group }: Origin): number[] {
  return namesIn('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    const stat = readText(`/proc/${name}/stat`) ?? '';
    // The command, in parentheses, may hold anything; state, parent and group follow the last one.
    const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === undefined || state === '' || state === 'Z' || state === 'X') return [];
    const isOurs =
      Number(processGroup) === group ||
      (readText(`/proc/${name}/environ`)?.split('\0').includes(`${MARK_VARIABLE}=${mark}`) ?? false);
    return isOurs ? [Number(name)] : [];
  });
}

/**
 * Ends them all: those that are there `graceMs` after SIGTERM get SIGKILL. Resolves when none is left that can be
 * ended.
 */
export async function endDescendants(origin: Origin, graceMs: number): Promise<void> {
  const killFromMs = performance.now() + graceMs;
  const asked = new Set<number>();
  const beyondUs = new Set<number>();
  while (performance.now() < killFromMs + KILLED_WITHIN_MS) {
    const left = descendantsOf(origin).filter((pid) => !beyondUs.has(pid));
    if (left.length === 0) return;
    const isOver = performance.now() >= killFromMs;
    for (const pid of left) {
      if (!isOver && asked.has(pid)) continue;
      asked.add(pid);
      // One that is stopped hears SIGTERM only when it goes on.
      if (!isOver) send(pid, 'SIGCONT');
      if (!send(pid, isOver ? 'SIGKILL' : 'SIGTERM')) beyondUs.add(pid);
    }
    await delay(LOOK_EVERY_MS);
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

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // No /proc here.
  }
}
