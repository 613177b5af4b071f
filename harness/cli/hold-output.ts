import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import type { NativeAddon } from '../../native/addon.js';
import { UserError } from '../user-error.js';
import { prepareOutput } from './save-file.js';

/** Directories that this process holds, with the descriptor that has the lock. */
const held = new Map<string, number>();

/**
 * Makes the output directory, and keeps every other run out of it until this process ends: two runs would overwrite each
 * other's files. The lock is on the directory itself, so no file is left behind. Where the file system has no locks
 * nothing is held. Throws a UserError when another run holds it.
 */
export function holdOutput(directory: string, addon: Pick<NativeAddon, 'tryLock'>): void {
  prepareOutput(directory);
  const path = resolve(directory);
  if (held.has(path)) return;
  const descriptor = openSync(path, 'r');
  if (isLocked(descriptor, addon)) {
    held.set(path, descriptor);
    return;
  }
  closeSync(descriptor);
  throw new UserError(
    `Another ipcbench is writing to ${directory}. Wait until it has ended, or name another directory: --out <directory>.`,
  );
}

function isLocked(descriptor: number, addon: Pick<NativeAddon, 'tryLock'>): boolean {
  try {
    return addon.tryLock(descriptor);
  } catch {
    // ENOTSUP, EBADF or ENOLCK: some network file systems have no locks, or none for what is open for reading alone.
    return true;
  }
}
