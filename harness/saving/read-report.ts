import { readFileSync } from 'node:fs';
import { parseReport } from '../../reports/schema/parse-report.js';
import type { Report } from '../model/index.js';
import { withRankings } from '../stats/with-rankings.js';
import { UserError } from '../user-error.js';
import { systemReason } from './system-reason.js';

/** Reads a report.json. Throws a UserError that names the file and the way out. */
export function readReport(path: string): Report {
  try {
    return withRankings(parseReport(readFileSync(path, 'utf8')));
  } catch (cause) {
    const reason = systemReason(cause);
    if (reason !== null)
      throw new UserError(`${path} cannot be read (${reason}). Name a report.json that 'ipcbench all' wrote.`, 2, {
        cause,
      });
    throw new UserError(`${path}: ${(cause as Error).message}`, 2, { cause });
  }
}
