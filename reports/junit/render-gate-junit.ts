import type { Comparison, GateReport, VerdictChange } from '../../harness/model/index.js';
import { spellComparison } from '../findings/comparisons.js';
import { metricWords } from '../findings/gate-wording.js';
import { kindOfChange, spellChange } from '../findings/promise-changes.js';
import { xml } from './xml.js';

/**
 * A gate as JUnit XML: a case for each comparison, and one for each promise that changed. What regressed, what head lacks and what is no
 * longer kept are failures; what could not be decided and what is advisory is skipped, with the reason.
 */
export function renderGateJunit(gate: GateReport): string {
  const suites = [
    suite('gated', gate.comparisons.filter((found) => found.isGated).map(gatedCase), gate),
    suite('advisory', gate.comparisons.filter((found) => !found.isGated).map(advisoryCase), gate),
    suite('promises', gate.verdictChanges.map(promiseCase), gate),
  ];
  const all = suites.flatMap(({ cases }) => cases);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="ipcbench gate" ${counts(all)}>\n${suites.map(({ text }) => text).join('')}</testsuites>\n`;
}

interface GateCase {
  readonly className: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failure' | 'skipped';
  readonly type: string;
  readonly message: string;
  readonly details: string;
}

function gatedCase(found: Comparison): GateCase {
  switch (found.verdict) {
    case 'pass':
    case 'improved':
      return { ...describe(found), outcome: 'passed' };
    case 'regressed':
      return { ...describe(found), outcome: 'failure' };
    case 'incomparable':
      // What is new in head has nothing to be held to.
      return { ...describe(found), outcome: found.lackedBy === 'base' ? 'skipped' : 'failure' };
    case 'inconclusive':
      return { ...describe(found), outcome: 'skipped' };
  }
}

function advisoryCase(found: Comparison): GateCase {
  const described = describe(found);
  return { ...described, outcome: 'skipped', message: `Advisory: ${found.advisoryReason ?? 'closes nothing'}. ${described.message}` };
}

function describe(found: Comparison): Omit<GateCase, 'outcome'> {
  const { base, head, median, interval, visible, budget } = spellComparison(found);
  const figures = `base ${base}, head ${head}, change ${median} ${interval}, visible from ${visible}, budget ${budget}`;
  return { className: found.caseId, name: metricWords[found.metric], type: found.verdict, message: `${found.verdict}: ${found.reason}`, details: figures };
}

function promiseCase(change: VerdictChange): GateCase {
  const kind = kindOfChange(change);
  return { className: 'promises', name: change.id, outcome: kind === 'worse' || kind === 'gone' ? 'failure' : 'passed', type: kind, message: `${spellChange(change)}: ${change.evidence}`, details: change.promise };
}

function suite(name: string, cases: readonly GateCase[], gate: GateReport): { readonly cases: readonly GateCase[]; readonly text: string } {
  if (cases.length === 0) return { cases, text: '' };
  return { cases, text: `  <testsuite name="${name}" ${counts(cases)} timestamp="${xml(gate.startedAt)}">\n${cases.map(testCase).join('')}  </testsuite>\n` };
}

function counts(cases: readonly GateCase[]): string {
  const count = (outcome: GateCase['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  return `tests="${cases.length}" failures="${count('failure')}" errors="0" skipped="${count('skipped')}"`;
}

function testCase({ className, name, outcome, type, message, details }: GateCase): string {
  const child = {
    passed: `<system-out>${xml(`${message}\n${details}`)}</system-out>`,
    failure: `<failure type="${xml(type)}" message="${xml(message)}">${xml(details)}</failure>`,
    skipped: `<skipped message="${xml(message)}"/>`,
  }[outcome];
  return `    <testcase classname="${xml(className)}" name="${xml(name)}">${child}</testcase>\n`;
}
