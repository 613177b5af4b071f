import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A draft is written within milliseconds; one this old belongs to nobody, or to a process whose disk hangs. */
const ABANDONED_AFTER_MS = 60 * 60_000;

export function draftName(name: string, pid: number, key: string): string {
  return `.${name}.${pid}.${key}.draft`;
}

/** The name before it was given a key is swept too: versions up to 0.1 left such files. */
const DRAFT = /^\..+\.(\d+)(?:\.[0-9a-f]{12})?\.draft$/;

/**
 * Removes the drafts of runs that were killed while they wrote: this user's own plain files, whose process lives no
 * more.
 */
export function sweepDrafts(directory: string): void {
  for (const name of entriesOf(directory)) {
    const pid = Number(DRAFT.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid)) continue;
    const path = join(directory, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isFile() !== true || found.uid !== process.getuid?.()) continue;
    if (!isAlive(pid) || Date.now() - found.mtimeMs > ABANDONED_AFTER_MS) rmSync(path, { force: true });
  }
}

function isAlive(pid: number): boolean {
  // This process sweeps between its own drafts: one of its number is an earlier process's.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // Not listable: what cannot be seen cannot be swept.
  }
}
