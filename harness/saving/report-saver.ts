import { join } from 'node:path';
import type { Report } from '../model/index.js';
import { prepareOutput, saveFile } from './save-file.js';

/** Keeps report.json up to date while a run goes on. */
export interface ReportSaver {
  /** Saves when the last time is long enough ago. For between measured windows: it takes milliseconds. */
  saveIfDue(): void;
  /** The report as it is now, saved. */
  save(): Report;
}

const LEAST_BETWEEN_MS = 1000;

/** A save takes longer the more there is in the report. At most this share of the time goes into saving. */
const SHARE_OF_TIME = 0.04;

/** `directory` null keeps nothing. Throws a UserError where it cannot be written. */
export function makeReportSaver(
  directory: string | null,
  assemble: () => Report,
  nowMs: () => number = () => performance.now(),
): ReportSaver {
  if (directory !== null) prepareOutput(directory);
  let dueMs = Number.NEGATIVE_INFINITY;
  const save = (): Report => {
    const startedMs = nowMs();
    const report = assemble();
    if (directory !== null) saveFile(join(directory, 'report.json'), `${JSON.stringify(report)}\n`);
    const endedMs = nowMs();
    dueMs = endedMs + Math.max(LEAST_BETWEEN_MS, (endedMs - startedMs) / SHARE_OF_TIME);
    return report;
  };
  return {
    save,
    saveIfDue: () => {
      if (nowMs() >= dueMs) save();
    },
  };
}
