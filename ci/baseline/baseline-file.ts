import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { baselineLine, parseBaselineRecord, type BaselineRecord, type RecordedComparison } from './baseline-record.js';

/** One machine's records, oldest first; nothing in the file is ever changed. */
export interface Baseline {
  readonly path: string;
  readonly records: readonly BaselineRecord[];
  /** A last line that a crash cut short: it was never a record, and the next one takes its place. */
  readonly tornLine: string | null;
}

const FILE = /^([0-9a-f]{16})\.jsonl$/;

export const baselinePath = (directory: string, machine: string): string =>
  join(directory, `${machine.slice(0, 16)}.jsonl`);

/**
 * null where this machine has none. Throws an Error whose message is a sentence for a file that cannot be read, is
 * damaged before its last line, or holds another machine's records.
 */
export function readBaseline(directory: string, machine: string): Baseline | null {
  const path = baselinePath(directory, machine);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unreadable(path, error);
  }
  // Some editors put a byte order mark first.
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const rest = lines.at(-1) ?? '';
  // A record without its newline is whole all the same: some editors take the last one away. Half an object is no JSON.
  const isTorn = rest.startsWith('{') && !isJson(rest);
  if (isTorn) lines.pop();
  const records = lines.flatMap((line, index) => {
    if (line === '') return [];
    try {
      return [ofMachine(parseBaselineRecord(line), machine)];
    } catch (cause) {
      throw new Error(
        `${path}, line ${index + 1}, ${(cause as Error).message}. Restore the file from version control, or ` +
          'remove that line.',
        { cause },
      );
    }
  });
  return { path, records, tornLine: isTorn ? rest : null };
}

/** The machines that have baselines here. */
export function machinesIn(directory: string): string[] {
  try {
    return readdirSync(directory).flatMap((name) => FILE.exec(name)?.[1] ?? []);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unreadable(directory, error);
  }
}

/**
 * A record under another machine's name would hold this one to what that one could do. Whole fingerprints are compared
 * where both are whole.
 */
function ofMachine(record: BaselineRecord, machine: string): BaselineRecord {
  if (record.machine.slice(0, machine.length) === machine) return record;
  throw new Error(
    `belongs to another machine, ${record.machine.slice(0, 16)}: the file was renamed, or the record ` +
      'was copied here by hand',
  );
}

function unreadable(path: string, cause: unknown): Error {
  const { code } = cause as NodeJS.ErrnoException;
  const why =
    code === 'EISDIR'
      ? 'it is a directory, not a file of records'
      : code === 'ENOTDIR'
        ? 'a part of its path is a file, not a directory'
        : code === 'EACCES'
          ? 'permission to read it is denied'
          : String(code ?? cause);
  return new Error(`The baseline ${path} cannot be read: ${why}. Name another directory with --baseline.`, { cause });
}

/**
 * Adds a record behind all others, in one write. What a crash left half written would be a damaged line once something
 * stands behind it, so it goes.
 */
export function appendBaseline(directory: string, record: BaselineRecord, before: Baseline | null): string {
  mkdirSync(directory, { recursive: true });
  const path = baselinePath(directory, record.machine);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const torn = before?.tornLine ?? '';
  if (torn !== '' && text.endsWith(torn)) truncateSync(path, Buffer.byteLength(text) - Buffer.byteLength(torn));
  const separator = text === '' || torn !== '' || text.endsWith('\n') ? '' : '\n';
  appendFileSync(path, `${separator}${baselineLine(record)}`);
  return path;
}

/** The newest record of each comparison: a run that measured three cases replaces three. */
export function latestOf(baseline: Baseline): ReadonlyMap<string, RecordedComparison> {
  return new Map(baseline.records.flatMap((record) => record.comparisons.map((one) => [one.id, one] as const)));
}

/**
 * The first record of each comparison that was measured beside the same control by the same method: what slow erosion
 * is seen against.
 */
export function firstComparableOf(baseline: Baseline, now: RecordedComparison): RecordedComparison | null {
  for (const record of baseline.records) {
    const found = record.comparisons.find((one) => one.id === now.id && isComparable(one, now));
    if (found !== undefined) return found;
  }
  return null;
}

export function isComparable(
  one: Pick<RecordedComparison, 'methodRevision' | 'control'>,
  other: Pick<RecordedComparison, 'methodRevision' | 'control'>,
): boolean {
  return (
    one.methodRevision === other.methodRevision &&
    one.control.caseId === other.control.caseId &&
    one.control.methodRevision === other.control.methodRevision
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
