import type { Comparison, GateReport, VerdictChange, Warning } from '../../harness/model/index.js';
import { outcomeOfGate, type GateSubject } from '../../harness/outcome/gate-outcome.js';
import { junitOutcomes, type Part } from '../../harness/outcome/standing.js';
import { spellComparison } from '../findings/comparisons.js';
import { exitCodeInWords, metricWords } from '../findings/gate-wording.js';
import { kindOfChange, spellChange } from '../findings/guarantee-changes.js';
import { junitFile, type JunitCase } from './junit-file.js';

type GatePart = Part<GateSubject<Comparison, VerdictChange, Warning>>;

/**
 * A gate as JUnit XML: a case for each comparison, each promise that changed, each case whose launches broke, and
 * the gate itself where it is red as a whole. What
 * closes the gate is a failure, what could not be decided for a breakage an error: there is one exactly where the
 * exit code is not 0. What is advisory, new or
 * undecided is skipped, with the reason.
 */
export function renderGateJunit(gate: GateReport): string {
  const cases = outcomeOfGate(gate).parts.map((part) => ({ part, ...spell(part, gate) }));
  const suites = ['gated', 'advisory', 'promises', 'launches', 'gate'].map((name) => ({
    name,
    cases: cases
      .filter(({ part }) => suiteOf(part) === name)
      .map(({ part, ...spelt }): JunitCase => ({ ...spelt, outcome: junitOutcomes[part.standing] })),
  }));
  return junitFile('ipcbench gate', suites, gate.startedAt);
}

function suiteOf({ subject }: GatePart): string {
  switch (subject.kind) {
    case 'comparison':
      return subject.comparison.isGated ? 'gated' : 'advisory';
    case 'promise':
      return 'promises';
    case 'launches':
      return 'launches';
    case 'whole':
      return 'gate';
  }
}

function spell({ subject }: GatePart, gate: GateReport): Omit<JunitCase, 'outcome'> {
  switch (subject.kind) {
    case 'comparison':
      return describe(subject.comparison);
    case 'promise': {
      const { change } = subject;
      return {
        className: 'promises',
        name: change.id,
        type: kindOfChange(change),
        message: `${spellChange(change)}: ${change.evidence}`,
        details: change.promise,
      };
    }
    case 'launches':
      return {
        className: 'launches',
        name: subject.broken.message.split(':')[0] ?? '',
        type: 'broken',
        message: subject.broken.message,
        details: subject.broken.hint ?? '',
      };
    case 'whole':
      return {
        className: 'gate',
        name: subject.why === 'not-ended' ? 'came to its end' : 'had something to compare',
        type: subject.why,
        message: gate.summary,
        details: exitCodeInWords(gate),
      };
  }
}

function describe(found: Comparison): Omit<JunitCase, 'outcome'> {
  const { base, head, median, interval, visible, budget } = spellComparison(found);
  const figures = `base ${base}, head ${head}, change ${median} ${interval}, detectable from ${visible}, budget ${budget}`;
  const said = `${found.verdict}: ${found.reason}`;
  const message = found.isGated
    ? said
    : `Advisory: ${found.advisoryReason ?? 'does not affect the exit status'}. ${said}`;
  return { className: found.caseId, name: metricWords[found.metric], type: found.verdict, message, details: figures };
}
