import * as v from 'valibot';

/** One kind of file that ipcbench writes, and how its refusals are worded. */
export interface SavedKind<Schema extends v.GenericSchema> {
  readonly schemaId: string;
  readonly version: number;
  readonly schema: Schema;
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
 * The one way in for anything that was written to disk. Throws a ReportError whose message is a sentence with a way out; it does not
 * know the file's name, so the caller puts that in front.
 */
export function parseSaved<Schema extends v.GenericSchema>(text: string, kind: SavedKind<Schema>): v.InferOutput<Schema> {
  const json = parseJson(text, kind);
  refuseOtherSchemas(json, kind);
  const parsed = v.safeParse(kind.schema, json);
  if (!parsed.success) throw wrongField(parsed.issues[0], kind);
  return parsed.output;
}

/** The schema id that a file claims, without believing anything else in it; null where it claims none. */
export function claimedSchema(text: string): string | null {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) && typeof json['schema'] === 'string' ? json['schema'] : null;
  } catch {
    return null;
  }
}

type AnyKind = SavedKind<v.GenericSchema>;

function wayOut({ madeBy }: AnyKind): string {
  return `Run '${madeBy}' to measure again, or use another copy of the file.`;
}

function parseJson(text: string, kind: AnyKind): unknown {
  if (text.trim() === '') throw new ReportError(`The ${kind.noun} is empty. ${wayOut(kind)}`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const what = looksCutShort(text) ? `cut short after ${text.length} characters` : 'not JSON';
    throw new ReportError(`The ${kind.noun} is ${what}. ${wayOut(kind)}`, { cause });
  }
}

// Each kind is one object: text that opens one and does not close it was not written or copied to its end.
function looksCutShort(text: string): boolean {
  return text.trimStart().startsWith('{') && !text.trimEnd().endsWith('}');
}

function refuseOtherSchemas(json: unknown, { schemaId, version: readable, noun, fileName }: AnyKind): void {
  if (!isObject(json) || json['schema'] !== schemaId) {
    const found = isObject(json) && typeof json['schema'] === 'string' ? ` (its schema is '${json['schema']}')` : '';
    throw new ReportError(`This is JSON, but not a ${noun} of ipcbench${found}. Give the ${fileName} that a run wrote.`);
  }
  const version = json['version'];
  if (typeof version === 'number' && version > readable) {
    throw new ReportError(`The ${noun} was written by a newer ipcbench (${noun} version ${version}; this one reads ${readable}): update ipcbench.`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongField(issue: v.BaseIssue<unknown>, kind: AnyKind): ReportError {
  const where = spellPath((issue.path ?? []).map((item) => item.key));
  return new ReportError(
    `The ${kind.noun}'s field ${where} is wrong: expected ${issue.expected ?? 'something else'}, found ${issue.received}. ` +
      `It was changed after the run, or written by a build of ipcbench that is not a release. ${wayOut(kind)}`,
  );
}

function spellPath(keys: readonly unknown[]): string {
  return keys.reduce<string>((path, key) => (typeof key === 'number' ? `${path}[${key}]` : path === '' ? String(key) : `${path}.${String(key)}`), '');
}
