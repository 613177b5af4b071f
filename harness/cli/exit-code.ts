import type { Report } from '../model/index.js';
import type { ExitCode } from '../user-error.js';

/** Where several hold, the first of these is the answer. */
const PRECEDENCE: readonly ExitCode[] = [2, 1, 5, 3, 4, 6, 0];

export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  return PRECEDENCE.find((code) => codes.includes(code)) ?? 0;
}

/** What a report says about how the run went: 1 a check failed, 5 something broke, 0 neither. */
export function exitCodeOf(report: Pick<Report, 'verdicts' | 'results'>, strictness: 'strict' | 'usual' = 'usual'): ExitCode {
  const codes: ExitCode[] = [0];
  if (strictness === 'strict' && report.verdicts.some((verdict) => verdict.verdict === 'deviation' && verdict.known === null)) codes.push(1);
  if (report.verdicts.some((verdict) => verdict.verdict === 'fail')) codes.push(1);
  if (report.verdicts.some((verdict) => verdict.verdict === 'broken' || verdict.teardown === 'unclean')) codes.push(5);
  if (report.results.some((result) => result.failures.length > 0)) codes.push(5);
  return worstExitCode(codes);
}
