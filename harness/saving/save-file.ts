import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { UserError } from '../user-error.js';
import { removeOutdated } from './outdated-files.js';
import { draftName, sweepDrafts } from './drafts.js';
import { systemReason } from './system-reason.js';
import { saveElsewhere, nowSaved } from './unsaved.js';

/** Directories that a run of this process was promised: what befalls them later must not cost what was measured. */
const prepared = new Set<string>();

/**
 * Makes the output directory, and proves that it can be written, before anything is measured for it. A folder inside
 * one that was prepared is made as well as can be: whether its files could be saved is told at the end.
 */
export function prepareOutput(directory: string): void {
  if ([...prepared].some((one) => resolve(directory).startsWith(one + sep))) return void makeAsFarAsPossible(directory);
  try {
    makeDirectory(resolve(directory));
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw cannotWrite(directory, cause);
  }
  prepared.add(resolve(directory));
  sweepDrafts(directory);
}

/**
 * One level at a time: `recursive` of Node 20 and 22 never ends where a file system refuses a name with ENOENT, as
 * /proc does.
 */
function makeDirectory(path: string): void {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' });
    return;
  }
  makeDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another run made it at the same moment.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * Whether the output directory could be made and written, as far as can be told without making it: for what takes long
 * to begin, and may not begin.
 */
export function checkOutput(directory: string): void {
  const existing = nearestExisting(directory);
  try {
    if (!statSync(existing).isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' });
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw cannotWrite(directory, cause);
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

/**
 * Saves a file of a run. A disk that fills up or a directory that is removed while it is measured must not end it: the
 * file is kept in memory, and `rescueUnsaved` tells at the end. Returns whether it was saved.
 */
export function saveFile(path: string, content: string | Uint8Array): boolean {
  try {
    removeOutdated(path);
    makeAsFarAsPossible(dirname(path));
    writeWhole(path, content);
    nowSaved(path);
    return true;
  } catch (cause) {
    saveElsewhere(path, content, (cause as Error).cause ?? cause);
    return false;
  }
}

/**
 * Readers see the old file or the new one, never half of either: written beside it, then renamed over it. Throws a
 * UserError. The draft's name cannot be guessed and must be new: in a directory that others may write to, a link laid
 * out under it would be followed.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const draft = join(dirname(path), draftName(basename(path), process.pid, randomBytes(6).toString('hex')));
  try {
    writeFileSync(draft, content, { flag: 'wx' });
    renameSync(draft, path);
  } catch (cause) {
    removeAsFarAsPossible(draft);
    throw cannotWrite(path, cause);
  }
}

function removeAsFarAsPossible(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // `force` forgives a missing file, not a missing directory; what is told is why it could not be written.
  }
}

function makeAsFarAsPossible(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch {
    // Saving a file there says what is wrong, and with which file.
  }
}

function cannotWrite(path: string, cause: unknown): UserError {
  return new UserError(
    `${path} cannot be written (${systemReason(cause) ?? String(cause)}). Name another directory with --out.`,
    2,
    { cause },
  );
}
