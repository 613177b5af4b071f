import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { NativeAddon } from '../../native/addon.js';
import { UserError } from '../user-error.js';
import { codeOf } from '../error-code.js';
import { endMarkedNow, runMark } from '../programs/marked.js';

/** The one place where a run's sockets and FIFOs live: mode 0700, held by a lock for as long as the run lives. */
export interface PrivateDirectory {
  readonly path: string;
  /** Removes it with everything in it. May be called twice. */
  remove(): void;
}

const LOCK = 'lock';

type Locking = Pick<NativeAddon, 'tryLock'>;

/**
 * Makes the directory, and sweeps those that killed runs left behind: only this user's, and only those whose lock can
 * be taken, because a living run holds its lock. Names and process ids say nothing about whether a run lives.
 */
export function makePrivateDirectory(addon: Locking, parentGiven = tmpdir()): PrivateDirectory {
  const parent = resolve(parentGiven);
  const prefix = `ipcbench-${uid()}-`;
  refuseUnfit(parent, prefix);
  sweep(addon, parent, prefix);
  // Under this name nobody sweeps it; it gets the swept name only once it is locked.
  let path: string;
  try {
    path = mkdtempSync(join(parent, `.${prefix}`));
  } catch (cause) {
    throw new UserError(
      `No private directory can be made in ${parent} (${codeOf(cause) ?? String(cause)}). Set TMPDIR to a directory you may write to.`,
      5,
      { cause },
    );
  }
  const lock = openSync(join(path, LOCK), 'wx', 0o600);
  addon.tryLock(lock);
  const named = join(parent, basename(path).slice(1));
  renameSync(path, named);
  let isRemoved = false;
  return {
    path: named,
    remove: () => {
      if (isRemoved) return;
      isRemoved = true;
      rmSync(named, { recursive: true, force: true });
      closeSync(lock);
    },
  };
}

/** sun_path holds 108 bytes, the last one NUL: unix(7), "Address format". */
export const SOCKET_PATH_BYTES = 107;

/**
 * Room for the longest name that a built-in transport gives a socket of its own, `check-unix-seqpacket-ra-initiator`,
 * and some.
 */
const LONGEST_NAME_BYTES = 40;
const KEY_BYTES = 6;

/** Said before anything is measured, not when the first launch of a named transport comes. */
function refuseUnfit(parent: string, prefix: string): void {
  if (parent.includes(':'))
    throw new UserError(
      `TMPDIR is ${parent}: a colon separates the paths passed to peers, so TMPDIR must not contain ` +
        'one. Set TMPDIR to a directory without a colon.',
      2,
    );
  const bytes = Buffer.byteLength(join(parent, prefix)) + KEY_BYTES + 1 + LONGEST_NAME_BYTES;
  if (bytes <= SOCKET_PATH_BYTES) return;
  const most = Buffer.byteLength(parent) - (bytes - SOCKET_PATH_BYTES);
  throw new UserError(
    `TMPDIR is ${parent}. A socket path in it is up to ${bytes} bytes; Linux allows ${SOCKET_PATH_BYTES}. Set ` +
      `TMPDIR to a shorter directory, of ${most} bytes at most.`,
    2,
  );
}

function sweep(addon: Locking, parent: string, prefix: string): void {
  for (const name of entriesOf(parent)) {
    const path = join(parent, name);
    if (name.startsWith(prefix)) removeIfAbandoned(addon, path);
    // Killed between making and naming: nobody can tell that from a run that is just starting, except by age.
    else if (name.startsWith(`.${prefix}`) && ageMs(path) > 60_000) removeIfAbandoned(addon, path);
  }
}

function removeIfAbandoned(addon: Locking, path: string): void {
  try {
    // Not what a link names: under a name of ours a stranger may lay out a link to a directory of ours.
    const found = lstatSync(path);
    if (!found.isDirectory() || found.uid !== uid()) return;
    const lock = openLock(path);
    try {
      // Without a lock file it is what a sweep that was itself killed left over.
      if (lock === null || addon.tryLock(lock)) {
        // Its processes end by themselves; one that was stopped, or whose own guard was killed too, has not.
        endMarkedNow(runMark(path));
        rmSync(path, { recursive: true, force: true });
      }
    } finally {
      if (lock !== null) closeSync(lock);
    }
  } catch {
    // Another run swept it at the same moment, or it is not ours to open: either way it is no business of this run.
  }
}

function openLock(path: string): number | null {
  try {
    // A FIFO in its place must not be waited for.
    const lock = openSync(join(path, LOCK), constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (fstatSync(lock).isFile()) return lock;
    closeSync(lock);
    throw new Error('not a lock file');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Not os.userInfo(), which throws for a user that has no entry in the password file, as in many containers. */
function uid(): number {
  return process.getuid?.() ?? 0;
}

function ageMs(path: string): number {
  return Date.now() - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Not listable: nothing of ours can be found there, and making the directory will say what is wrong.
  }
}
