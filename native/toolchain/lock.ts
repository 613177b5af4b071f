import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs `work` while no other process does, told by a file that holds the owner's process id. Whoever finds an owner
 * that no longer lives takes over. Two that take over at the same instant both work: every file of a build is made
 * whole under another name and then renamed, so that costs time and nothing else.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  pause: () => Promise<void> = () => delay(50),
): Promise<T> {
  while (!take(path)) {
    if (isAbandoned(path)) rmSync(path, { force: true });
    else await pause();
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  try {
    const descriptor = openSync(path, 'wx');
    writeSync(descriptor, `${process.pid}\n`);
    closeSync(descriptor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAbandoned(path: string): boolean {
  try {
    const owner = Number.parseInt(readFileSync(path, 'utf8'), 10);
    // Between its creation and its first byte a lock is empty; only an old empty one has lost its owner.
    if (Number.isNaN(owner)) return Date.now() - statSync(path).mtimeMs > 10_000;
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
