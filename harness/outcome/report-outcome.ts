import type { CaseResult, KillMatrix, Report, SkippedCase, Verdict } from '../model/index.js';
import { open, outcomeOf, red, type Outcome, type Part } from './standing.js';

/** What a part of a report is about. */
export type ReportSubject =
  | { readonly kind: 'check'; readonly verdict: Verdict }
  | { readonly kind: 'case'; readonly result: CaseResult }
  | { readonly kind: 'skipped'; readonly skipped: SkippedCase }
  | { readonly kind: 'faults'; readonly matrix: KillMatrix }
  /** The run as a whole: it did not come to its end. */
  | { readonly kind: 'whole' };

export type ReportFacts = Pick<Report, 'verdicts' | 'results'> &
  Partial<Pick<Report, 'skipped' | 'killMatrix' | 'status' | 'command'>>;

export interface ReportCircumstances {
  /** Under `strict`, a deviation that nobody knows is a failure. Default: as the report's command had it. */
  readonly strictness?: 'strict' | 'usual';
  /** Exit code of the signal that ended it, which no report.json holds. */
  readonly endedBy?: number | null;
}

/**
 * The one place in which the verdicts and launches of a run become an exit code; JUnit, annotations, terminal, page
 * and Markdown are drawn from its parts. Pure.
 * Where several hold: a signal, 1, 5.
 */
export function outcomeOfReport(report: ReportFacts, circumstances: ReportCircumstances = {}): Outcome<ReportSubject> {
  const { verdicts, results, skipped = [], killMatrix, status = 'complete' } = report;
  const isStrict =
    (circumstances.strictness ?? (report.command?.includes('--strict') === true ? 'strict' : 'usual')) === 'strict';
  return outcomeOf([
    ...verdicts.map((verdict) => partOfCheck(verdict, isStrict)),
    ...results.map(partOfCase),
    ...skipped.map((one) => open<ReportSubject>({ kind: 'skipped', skipped: one }, 'aside')),
    ...(killMatrix === undefined ? [] : [partOfFaults(killMatrix)]),
    ...partOfWhole(status, circumstances.endedBy ?? null),
  ]);
}

function partOfCheck(verdict: Verdict, isStrict: boolean): Part<ReportSubject> {
  const subject = { kind: 'check', verdict } as const;
  if (verdict.verdict === 'fail') return red(subject, 'failed', 1);
  if (isStrict && isUnknownDeviation(verdict)) return red(subject, 'failed', 1);
  if (verdict.verdict === 'broken' || verdict.teardown === 'unclean') return red(subject, 'broken', 5);
  if (verdict.verdict === 'skip') return open(subject, 'aside');
  return open(subject, isUnknownDeviation(verdict) ? 'noted' : 'passed');
}

const isUnknownDeviation = ({ verdict, known }: Verdict): boolean => verdict === 'deviation' && known === null;

function partOfCase(result: CaseResult): Part<ReportSubject> {
  const subject = { kind: 'case', result } as const;
  const hasFigure = result.figure === 'latency' ? result.latency !== null : result.throughput !== null;
  return result.failures.length > 0 || !hasFigure ? red(subject, 'broken', 5) : open(subject, 'passed');
}

/** What could not be decided is no fault that was missed. */
function partOfFaults(matrix: KillMatrix): Part<ReportSubject> {
  const subject = { kind: 'faults', matrix } as const;
  if (matrix.isProven) return open(subject, 'passed');
  const cells = new Set(matrix.parts.flatMap(({ rows }) => rows.map(({ cell }) => cell)));
  const isUndecided = cells.has('undecided') && !cells.has('missed') && !cells.has('false alarm');
  return isUndecided ? red(subject, 'broken', 5) : red(subject, 'failed', 1);
}

/**
 * 130 stands for any signal where the one that ended the run is not known: a report says that it was ended, not by
 * what.
 */
function partOfWhole(status: Report['status'], endedBy: number | null): Part<ReportSubject>[] {
  if (status === 'complete' && endedBy === null) return [];
  return [red<ReportSubject>({ kind: 'whole' }, 'broken', status === 'running' ? 5 : (endedBy ?? 130))];
}
