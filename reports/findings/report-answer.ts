import type { Report } from '../../harness/model/index.js';
import { outcomeOfReport, type ReportCircumstances, type ReportSubject } from '../../harness/outcome/report-outcome.js';
import type { Part } from '../../harness/outcome/standing.js';
import { plural } from '../units/digits.js';

/** What a report came to, for all renderings: `✗ Exit code 5: 7 checks could not be decided.` */
export interface ReportAnswer {
  readonly exitCode: number;
  /** So that no colour has to carry it: ✓ for 0, ✗ for any other, … where there is none yet. */
  readonly sign: '✓' | '✗' | '…';
  readonly sentence: string;
}

export function reportAnswer(report: Report, circumstances: ReportCircumstances = {}): ReportAnswer {
  const { exitCode, parts } = outcomeOfReport(report, circumstances);
  if (report.status === 'running') return { exitCode, sign: '…', sentence: 'Exit code: none yet, this has not ended.' };
  if (report.status === 'interrupted')
    return { exitCode, sign: '✗', sentence: endedInWords(circumstances.endedBy ?? null) };
  if (exitCode !== 0) return { exitCode, sign: '✗', sentence: `Exit code ${exitCode}: ${redInWords(parts)}.` };
  if (report.killMatrix !== undefined && report.verdicts.length + report.results.length === 0)
    return { exitCode, sign: '✓', sentence: 'Exit code 0: the planted faults prove the checks.' };
  const didRun = parts.some(
    ({ subject }) => subject.kind !== 'skipped' && !(subject.kind === 'check' && subject.verdict.verdict === 'skip'),
  );
  return {
    exitCode,
    sign: '✓',
    sentence: didRun
      ? 'Exit code 0: no check failed and no launch broke.'
      : 'Exit code 0: nothing ran here; the reasons stand beside what was skipped.',
  };
}

/** The same as one line. */
export function reportSummary(report: Report, circumstances: ReportCircumstances = {}): string {
  const { sign, sentence } = reportAnswer(report, circumstances);
  return `${sign} ${sentence}`;
}

/**
 * How many checks passed, and what the others say: `5 of 7 checks passed; 2 could not be decided.` That none is
 * broken is said only where all were decided.
 */
export function checksInWords({ verdicts }: Report): string {
  const count = (kind: Report['verdicts'][number]['verdict']): number =>
    verdicts.filter((verdict) => verdict.verdict === kind).length;
  const [passed, failed, broken] = [count('pass'), count('fail'), count('broken')];
  const all = plural(verdicts.length, 'check');
  if (verdicts.length > 0 && broken === verdicts.length)
    return verdicts.length === 1 ? 'The one check could not be decided.' : `None of ${all} could be decided.`;
  if (verdicts.length > 0 && count('skip') === verdicts.length)
    return verdicts.length === 1 ? 'The one check was skipped.' : `All of ${all} were skipped.`;
  const others = [
    ...(failed > 0 ? [`${plural(failed, 'guarantee was', 'guarantees were')} broken`] : []),
    ...(broken > 0 ? [`${broken} could not be decided`] : []),
  ];
  return `${passed} of ${all} passed; ${others.length === 0 ? 'no guarantee was broken' : others.join(', and ')}.`;
}

/** The name of a signal by the exit code of who was ended by it. */
const SIGNALS: ReadonlyMap<number, string> = new Map([
  [129, 'SIGHUP'],
  [130, 'SIGINT'],
  [131, 'SIGQUIT'],
  [143, 'SIGTERM'],
]);

export function signalOf(exitCode: number): string {
  return SIGNALS.get(exitCode) ?? (exitCode > 128 ? `signal ${exitCode - 128}` : 'a signal');
}

function endedInWords(endedBy: number | null): string {
  if (endedBy === null) return 'Exit code: that of the signal that ended it (130 after SIGINT, 143 after SIGTERM).';
  return `Exit code ${endedBy}: ended by ${signalOf(endedBy)} before all was done.`;
}

function redInWords(parts: readonly Part<ReportSubject>[]): string {
  const checks = parts.flatMap(({ subject, exitCode }) =>
    subject.kind === 'check' && exitCode !== null ? [{ verdict: subject.verdict, exitCode }] : [],
  );
  const failed = checks.filter(({ exitCode }) => exitCode === 1);
  const undecided = checks.filter(({ verdict }) => verdict.verdict === 'broken').length;
  const unclean = parts.filter(
    ({ subject }) => subject.kind === 'check' && subject.verdict.teardown === 'unclean',
  ).length;
  const results = parts.flatMap(({ subject, exitCode }) =>
    subject.kind === 'case' && exitCode !== null ? [subject.result] : [],
  );
  const broken = results.reduce((sum, { failures }) => sum + failures.length, 0);
  const figureless = results.filter(({ failures }) => failures.length === 0).length;
  const deviations = failed.filter(({ verdict }) => verdict.verdict === 'deviation').length;
  return [
    failed.length > deviations
      ? `${plural(failed.length - deviations, 'guarantee was', 'guarantees were')} broken`
      : null,
    deviations > 0 ? `${plural(deviations, 'deviation is', 'deviations are')} not known (--strict)` : null,
    parts.some(({ subject, exitCode }) => subject.kind === 'faults' && exitCode !== null)
      ? 'the checks are not proven by the planted faults'
      : null,
    broken > 0 ? `${plural(broken, 'launch', 'launches')} broke` : null,
    figureless > 0 ? `${plural(figureless, 'case')} came to no figure` : null,
    undecided > 0 ? `${plural(undecided, 'check')} could not be decided` : null,
    unclean > 0 ? `${plural(unclean, 'check')} left something behind` : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}
