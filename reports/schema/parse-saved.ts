import * as v from 'valibot';
import { printable } from '../printable.js';
import type { Contradiction } from './contradictions.js';

/** One kind of file that ipcbench writes, and how its refusals are worded. */
export interface SavedKind<Schema extends v.GenericSchema> {
  readonly schemaId: string;
  readonly version: number;
  readonly schema: Schema;
  /** What must hold between fields, each of which is right by itself. */
  contradiction(saved: v.InferOutput<Schema>): Contradiction | null;
  /** `report`, `gate`: fits into "The … is empty." */
  readonly noun: string;
  /** `report.json`, `gate.json`. */
  readonly fileName: string;
  /** The command that writes another one. */
  readonly madeBy: string;
}

/** A file that is not one this version can read: the user's to cure, so printed without a stack. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
}

/**
 * The one way in for anything that was written to disk. Throws a ReportError whose message is a sentence with a way
 * out; it does not know the file's name, so the caller puts that in front.
 */
export function parseSaved<Schema extends v.GenericSchema>(
  text: string,
  kind: SavedKind<Schema>,
): v.InferOutput<Schema> {
  const json = parseJson(text, kind);
  refuseOtherSchemas(json, kind);
  const parsed = v.safeParse(kind.schema, json);
  if (!parsed.success) throw wrongField(parsed.issues[0], kind);
  const contradiction = kind.contradiction(parsed.output);
  if (contradiction !== null) throw wrong(contradiction, kind);
  return parsed.output;
}

/**
 * The schema id that a file claims, also a damaged one, without believing anything else in it; null where it claims
 * none.
 */
export function claimedSchema(text: string): string | null {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) && typeof json['schema'] === 'string' ? json['schema'] : null;
  } catch {
    // Cut short or damaged, its first fields may still say what it was to be: then its refusal names the right command.
    return /"schema"\s*:\s*"(ipcbench-[a-z]+)"/.exec(text)?.[1] ?? null;
  }
}

type AnyKind = Pick<SavedKind<v.GenericSchema>, 'schemaId' | 'version' | 'noun' | 'fileName' | 'madeBy'>;

function wayOut({ madeBy }: AnyKind): string {
  return `Run '${madeBy}' to measure again, or use another copy of the file.`;
}

function parseJson(text: string, kind: AnyKind): unknown {
  if (text.trim() === '') throw new ReportError(`The ${kind.noun} is empty. ${wayOut(kind)}`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const claimed = claimedSchema(text);
    if (claimed !== null && claimed !== kind.schemaId)
      throw new ReportError(
        `This is no ${kind.noun} of ipcbench (its schema is '${claimed}'), and it ${whatIsWrong(text)}. Give ` +
          `the ${kind.fileName} that a run wrote.`,
        { cause },
      );
    throw new ReportError(`The ${kind.noun} ${whatIsWrong(text)}. ${wayOut(kind)}`, { cause });
  }
}

/**
 * Continues a sentence whose subject is the file. What is not JSON was put together, damaged, cut short or never any:
 * each has another cure.
 */
function whatIsWrong(text: string): string {
  if (/^(<{7}|={7}|>{7})( |$)/m.test(text)) return 'holds conflict markers of a merge (<<<<<<<, =======, >>>>>>>)';
  if (text.startsWith('\ufeff') && isJson(text.slice(1)))
    return 'begins with a byte order mark, which JSON may not have: save it as UTF-8 without one';
  // A decoder puts U+FFFD for bytes that are no UTF-8; a NUL stands in no text.
  if (/[\u0000\ufffd]/.test(text))
    return 'is not text: it is binary, compressed, or written in another encoding than UTF-8';
  // Each kind is one object: text that opens one and does not close it was not written or copied to its end.
  if (text.trimStart().startsWith('{') && !text.trimEnd().endsWith('}'))
    return `is cut short after ${text.length} characters`;
  return 'is not JSON';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function refuseOtherSchemas(json: unknown, { schemaId, version: readable, noun, fileName }: AnyKind): void {
  if (!isObject(json) || json['schema'] !== schemaId) {
    const found =
      isObject(json) && typeof json['schema'] === 'string' ? ` (its schema is '${shortened(json['schema'])}')` : '';
    throw new ReportError(
      `This is JSON, but not a ${noun} of ipcbench${found}. Give the ${fileName} that a run wrote.`,
    );
  }
  const version = json['version'];
  if (typeof version === 'number' && version > readable) {
    throw new ReportError(
      `The ${noun} was written by a newer ipcbench (${noun} version ${version}; this one reads ${readable}): ` +
        'update ipcbench.',
    );
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongField(issue: v.BaseIssue<unknown>, kind: AnyKind): ReportError {
  return wrong(
    {
      path: spellPath((issue.path ?? []).map((item) => item.key)),
      expected: issue.expected ?? 'something else',
      found: issue.received,
    },
    kind,
  );
}

function wrong({ path, expected, found }: Contradiction, kind: AnyKind): ReportError {
  return new ReportError(
    `The ${kind.noun}'s field ${shortened(path)} is wrong: expected ${shortened(expected)}, ` +
      `found ${shortened(found)}. ` +
      `It was changed after the run, or written by a build of ipcbench that is not a release. ${wayOut(kind)}`,
  );
}

const MOST_QUOTED = 200;

/**
 * What is quoted from a file that is not what it should be: on one line, harmless to a terminal, and not the whole of
 * it.
 */
function shortened(text: string): string {
  const shown = printable(text);
  return shown.length <= MOST_QUOTED ? shown : `${shown.slice(0, MOST_QUOTED)}…`;
}

function spellPath(keys: readonly unknown[]): string {
  return keys.reduce<string>(
    (path, key) => (typeof key === 'number' ? `${path}[${key}]` : path === '' ? String(key) : `${path}.${String(key)}`),
    '',
  );
}
