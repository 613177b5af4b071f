import type { Report, Verdict } from '../../harness/model/index.js';
import { verdictsByTransport } from '../findings/conformance.js';
import { xml } from './xml.js';

/**
 * The verdicts in the JUnit XML that continuous integration reads: a suite for each transport, a case for each check. `fail` and a deviation
 * nobody knows are failures, `broken` is an error, `skip` is skipped; information and known deviations pass and say so.
 */
export function renderJunit(report: Report): string {
  const suites = verdictsByTransport(report).map(({ transport, verdicts }) => {
    const count = (kinds: readonly string[]): number => verdicts.filter((verdict) => kinds.includes(outcomeOf(verdict))).length;
    const attributes = `name="${xml(transport)}" tests="${verdicts.length}" failures="${count(['failure'])}" errors="${count(['error'])}" skipped="${count(['skipped'])}" timestamp="${xml(report.startedAt)}"`;
    return `  <testsuite ${attributes}>\n${verdicts.map(testCase).join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="ipcbench" tests="${report.verdicts.length}">\n${suites.join('')}</testsuites>\n`;
}

type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

function outcomeOf(verdict: Verdict): Outcome {
  switch (verdict.verdict) {
    case 'pass':
    case 'info':
      return verdict.teardown === 'unclean' ? 'error' : 'passed';
    case 'deviation':
      return verdict.known === null ? 'failure' : 'passed';
    case 'fail':
      return 'failure';
    case 'broken':
      return 'error';
    case 'skip':
      return 'skipped';
  }
}

/** Two drivers of one transport are two cases. */
function nameOf({ id, checkId, driver }: Verdict): string {
  return id.endsWith(`/${checkId}/${driver}`) ? `${checkId}/${driver}` : checkId;
}

function testCase(verdict: Verdict): string {
  const told = `${verdict.evidence}${verdict.teardownEvidence === null ? '' : ` ${verdict.teardownEvidence}`}`;
  const body = `${verdict.promise}\n${verdict.source.document}: ${verdict.source.quote}\n${verdict.command}`;
  const outcome = outcomeOf(verdict);
  const child = {
    passed: `<system-out>${xml(told)}</system-out>`,
    failure: `<failure type="${verdict.verdict}" message="${xml(told)}">${xml(body)}</failure>`,
    error: `<error type="${verdict.verdict}" message="${xml(told)}">${xml(body)}</error>`,
    skipped: `<skipped message="${xml(told)}"/>`,
  }[outcome];
  return `    <testcase classname="${xml(verdict.transport)}" name="${xml(nameOf(verdict))}">${child}</testcase>\n`;
}
