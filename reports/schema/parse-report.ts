import type { InferOutput } from 'valibot';
import type { Report, Verdict } from '../../harness/model/index.js';
import { presentCheckId, presentVerdictId } from '../../harness/outcome/check-ids.js';
import { makeVerdict } from '../../harness/outcome/make-verdict.js';
import { parseSaved } from './parse-saved.js';
import { reportContradiction } from './report-contradictions.js';
import { reportSchema } from './report-schema.js';

export { ReportError } from './parse-saved.js';

type Saved = InferOutput<typeof reportSchema>;

/** Reads a report.json; a ReportError says in a sentence what is wrong with it and what to do. */
export function parseReport(text: string): Report {
  const saved = parseSaved(text, {
    schemaId: 'ipcbench-report',
    version: 1,
    schema: reportSchema,
    contradiction: reportContradiction,
    noun: 'report',
    fileName: 'report.json',
    madeBy: 'ipcbench all',
  });
  return { ...saved, verdicts: saved.verdicts.map(ofToday), ...killMatrixOfToday(saved) };
}

/** A report of before has the ids of before. */
function ofToday(verdict: Saved['verdicts'][number]): Verdict {
  const ids = { id: presentVerdictId(verdict.id), checkId: presentCheckId(verdict.checkId) };
  return makeVerdict({ ...verdict, ...ids }, verdict);
}

function killMatrixOfToday({ killMatrix }: Saved): Pick<Report, 'killMatrix'> {
  if (killMatrix === undefined) return {};
  const parts = killMatrix.parts.map((part) => ({
    ...part,
    rows: part.rows.map((row) => ({ ...row, checkId: presentCheckId(row.checkId) })),
  }));
  return { killMatrix: { ...killMatrix, parts } };
}
