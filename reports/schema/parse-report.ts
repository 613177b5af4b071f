import type { Report } from '../../harness/model/index.js';
import { parseSaved } from './parse-saved.js';
import { reportContradiction } from './report-contradictions.js';
import { reportSchema } from './report-schema.js';

export { ReportError } from './parse-saved.js';

/** Reads a report.json; a ReportError says in a sentence what is wrong with it and what to do. */
export function parseReport(text: string): Report {
  return parseSaved(text, {
    schemaId: 'ipcbench-report',
    version: 1,
    schema: reportSchema,
    contradiction: reportContradiction,
    noun: 'report',
    fileName: 'report.json',
    madeBy: 'ipcbench all',
  });
}
