import * as v from 'valibot';
import type { Report } from '../../harness/model/index.js';
import { reportSchema } from './report-schema.js';

/**
 * The one way in for a report that was written to disk. Throws a ReportError whose message is a sentence with a way out;
 * it does not know the file's name, so the caller puts that in front.
 */
export function parseReport(text: string): Report {
  const json = parseJson(text);
  refuseOtherSchemas(json);
  const parsed = v.safeParse(reportSchema, json);
  if (!parsed.success) throw wrongField(parsed.issues[0]);
  return parsed.output;
}

/** A file that is not a report this version can read: the user's to cure, so printed without a stack. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
}

const readableVersion = 1;
const wayOut = "Run 'ipcbench all' to measure again, or use another copy of the file.";

function parseJson(text: string): unknown {
  if (text.trim() === '') throw new ReportError(`The report is empty. ${wayOut}`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ReportError(looksCutShort(text) ? `The report is cut short after ${text.length} characters. ${wayOut}` : `The report is not JSON. ${wayOut}`, {
      cause,
    });
  }
}

// A report is one object: text that opens one and does not close it was not written or copied to its end.
function looksCutShort(text: string): boolean {
  return text.trimStart().startsWith('{') && !text.trimEnd().endsWith('}');
}

function refuseOtherSchemas(json: unknown): void {
  if (!isObject(json) || json['schema'] !== 'ipcbench-report') {
    const found = isObject(json) && typeof json['schema'] === 'string' ? ` (its schema is '${json['schema']}')` : '';
    throw new ReportError(`This is JSON, but not a report of ipcbench${found}. Give the report.json that a run wrote.`);
  }
  const version = json['version'];
  if (typeof version === 'number' && version > readableVersion) {
    throw new ReportError(`The report was written by a newer ipcbench (report version ${version}; this one reads ${readableVersion}): update ipcbench.`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongField(issue: v.InferIssue<typeof reportSchema>): ReportError {
  const where = spellPath((issue.path ?? []).map((item) => item.key));
  return new ReportError(
    `The report's field ${where} is wrong: expected ${issue.expected ?? 'something else'}, found ${issue.received}. ` +
      `It was changed after the run, or written by a build of ipcbench that is not a release. ${wayOut}`,
  );
}

function spellPath(keys: readonly unknown[]): string {
  return keys.reduce<string>((path, key) => (typeof key === 'number' ? `${path}[${key}]` : path === '' ? String(key) : `${path}.${String(key)}`), '');
}
