import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { systemReason } from './system-reason.js';

interface Unsaved {
  readonly content: string | Uint8Array;
  readonly reason: string;
}

/** The files of this process's run that could not be written, with what they were to hold when last tried. */
const unsaved = new Map<string, Unsaved>();

/** From these every other file can be drawn again. */
const DATA = new Set(['report.json', 'gate.json']);

export function saveElsewhere(path: string, content: string | Uint8Array, cause: unknown): void {
  unsaved.set(path, { content, reason: systemReason(cause) ?? String(cause) });
}

export function nowSaved(path: string): void {
  unsaved.delete(path);
}

export function isSaved(path: string): boolean {
  return !unsaved.has(path);
}

/**
 * At the end of a run: writes the data that could not be saved into a fresh directory of `parent`, and tells where, a
 * sentence a line.
 */
export function rescueUnsaved(parent = tmpdir()): string[] {
  if (unsaved.size === 0) return [];
  const first = [...unsaved.values()][0] as Unsaved;
  const paths = [...unsaved.keys()];
  const shown = paths.slice(0, 3).join(', ');
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  const told = `${shown}${more} could not be written (${first.reason}).`;
  const data = [...unsaved].filter(([path]) => DATA.has(basename(path)));
  unsaved.clear();
  return [told, ...data.map(([path, { content }]) => rescue(parent, basename(path), content))];
}

function rescue(parent: string, name: string, content: string | Uint8Array): string {
  let directory: string | null = null;
  try {
    directory = mkdtempSync(join(parent, 'ipcbench-unsaved-'));
    const path = join(directory, name);
    writeFileSync(path, content, { flag: 'wx' });
    return `The results are in ${path} instead. Draw them with 'ipcbench report ${path} --format html'.`;
  } catch (cause) {
    // What half of it may hold is of no use.
    if (directory !== null) rmSync(directory, { recursive: true, force: true });
    return (
      `They could not be saved in ${parent} either (${systemReason(cause) ?? String(cause)}). Make ` +
      'room, or name another directory with --out, and run it again.'
    );
  }
}
