import type { CaseResult, Report, Verdict } from '../../harness/model/index.js';
import { outcomeOfReport, type ReportCircumstances, type ReportSubject } from '../../harness/outcome/report-outcome.js';
import { junitOutcomes } from '../../harness/outcome/standing.js';
import { failedLaunches } from '../findings/failures.js';
import { killMatrixInWords } from '../findings/kill-matrix.js';
import { headlineEstimate } from '../findings/ranking.js';
import { reportSummary } from '../findings/report-answer.js';
import { plural } from '../units/digits.js';
import { formatEstimate } from '../units/estimate.js';
import { junitFile, type JunitCase, type JunitSuite } from './junit-file.js';

/**
 * A report as the JUnit XML that continuous integration reads: a suite for each transport with a case for each
 * check, one for what was measured and what was skipped, and
 * the run itself where it did not come to its end. There is a failure or an error exactly where the exit code is not 0.
 */
export function renderJunit(report: Report, circumstances: ReportCircumstances = {}): string {
  const suiteOf = suitesOf(report);
  const suites = new Map<string, JunitCase[]>(report.transports.map(({ name }) => [name, []]));
  for (const { subject, standing } of outcomeOfReport(report, circumstances).parts) {
    const name = suiteOf(subject);
    suites.set(name, [
      ...(suites.get(name) ?? []),
      { className: name, ...spell(subject, report), outcome: junitOutcomes[standing] },
    ]);
  }
  return junitFile(
    'ipcbench',
    [...suites].map(([name, cases]): JunitSuite => ({ name, cases })),
    report.startedAt,
  );
}

/** The driver is named where one transport was checked through two: no two cases of a file are called the same. */
function suitesOf({ verdicts }: Report): (subject: ReportSubject) => string {
  return (subject) => {
    switch (subject.kind) {
      case 'check': {
        const { transport, driver } = subject.verdict;
        return verdicts.some((other) => other.transport === transport && other.driver !== driver)
          ? `${transport} · ${driver}`
          : transport;
      }
      case 'case':
      case 'skipped':
        return 'measured';
      case 'faults':
        return 'planted faults';
      case 'whole':
        return 'the run';
    }
  };
}

function spell(subject: ReportSubject, report: Report): Omit<JunitCase, 'outcome' | 'className'> {
  switch (subject.kind) {
    case 'check':
      return spellCheck(subject.verdict);
    case 'case':
      return {
        name: subject.result.case.id,
        type: 'broken',
        message: spellCase(subject.result, report),
        details: subject.result.method,
      };
    case 'skipped':
      return { name: subject.skipped.caseId, type: subject.skipped.code, message: subject.skipped.reason, details: '' };
    case 'faults':
      return { name: 'every fault is caught', type: 'missed', message: killMatrixInWords(subject.matrix), details: '' };
    case 'whole':
      return { name: 'came to its end', type: report.status, message: reportSummary(report), details: '' };
  }
}

/** Two drivers of one transport are two cases. */
function nameOf({ id, checkId, driver }: Verdict): string {
  return id.endsWith(`/${checkId}/${driver}`) ? `${checkId}/${driver}` : checkId;
}

function spellCheck(verdict: Verdict): Omit<JunitCase, 'outcome' | 'className'> {
  return {
    name: nameOf(verdict),
    type: verdict.verdict,
    message: `${verdict.evidence}${verdict.teardownEvidence === null ? '' : ` ${verdict.teardownEvidence}`}`,
    details: `${verdict.promise}\n${verdict.source.document}: ${verdict.source.quote}\n${verdict.command}`,
  };
}

function spellCase(result: CaseResult, report: Report): string {
  const broken = failedLaunches(report)
    .filter(({ caseId }) => caseId === result.case.id)
    .map(({ text }) => text);
  const estimate = headlineEstimate(result);
  const figure =
    estimate === null
      ? `No figure came of ${plural(result.launches.length, 'launch', 'launches')}`
      : formatEstimate(result.figure, estimate);
  return [...broken, figure].join(' ');
}
