import type { Report } from '../model/index.js';
import { outcomeOfReport } from '../outcome/report-outcome.js';
import { worstOf } from '../outcome/standing.js';
import type { ExitCode } from '../user-error.js';

export const worstExitCode = (codes: readonly ExitCode[]): ExitCode => worstOf(codes) as ExitCode;

/**
 * What a report says about how the run went: 1 a check failed, 5 something broke, 0 neither. Every rendering is drawn
 * from the same outcome.
 */
export function exitCodeOf(
  report: Pick<Report, 'verdicts' | 'results'>,
  strictness: 'strict' | 'usual' = 'usual',
): ExitCode {
  return outcomeOfReport(report, { strictness }).exitCode as ExitCode;
}
