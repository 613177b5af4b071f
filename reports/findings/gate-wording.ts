import type { Comparison, GateReport, GateVerdict, Metric } from '../../harness/model/index.js';
import { isUndecidedPromise } from '../../harness/outcome/gate-outcome.js';
import { plural } from '../units/digits.js';
import { signalOf } from './report-answer.js';

/** What is compared, as a row is called. */
export const metricWords: Readonly<Record<Metric, string>> = {
  'round-trip': 'round trip p25',
  'message-time': 'time a message',
  cpu: 'CPU time',
  syscalls: 'loop calls',
  switches: 'switches',
  p99: 'p99 by launch',
};

/** What each figure is, for a legend: all of them per message, both ends together where both spend. */
export const metricMeanings: Readonly<Record<Metric, string>> = {
  'round-trip': 'p25 of a launch’s round trips',
  'message-time': 'the window over the messages in it: throughput upside down',
  cpu: 'user and system time of both ends, per message',
  syscalls:
    'system calls that the loop makes on the measured descriptors, both ends, per message; what a library or ' +
    'the runtime calls besides is not counted',
  switches: 'voluntary context switches of both ends, per message',
  p99: 'p99 of each launch’s round trips',
};

export const gateVerdictWords: Readonly<Record<GateVerdict, string>> = {
  pass: 'a worsening of the budget’s size is ruled out',
  regressed: 'worse beyond doubt, by more than two thirds of the budget',
  improved: 'better beyond doubt, by more than two thirds of the budget',
  inconclusive: 'neither can be said with what was measured',
  incomparable: 'one side lacks it',
};

/** A sign beside the word, so that neither colour nor sign has to carry a verdict alone. */
export const gateVerdictSigns: Readonly<Record<GateVerdict, string>> = {
  pass: '✓',
  regressed: '✗',
  improved: '★',
  inconclusive: '?',
  incomparable: '–',
};

/** Worst first: the order in which comparisons are listed. */
export const gateVerdictOrder: readonly GateVerdict[] = [
  'regressed',
  'incomparable',
  'inconclusive',
  'improved',
  'pass',
];

/** `git=main (commit 4f1c2d9 of main)`; what no setting changes is `this installation`. */
export function nameVariant({ settings, resolved }: GateReport['base']): string {
  const told = settings.length === 0 ? 'this installation' : settings.join(' ');
  return resolved.length === 0 ? told : `${told} (${resolved.join('; ')})`;
}

/** A summary's first sentence, for a headline, and what follows it; the point of `6.0 %` ends no sentence. */
export function splitSummary({ summary }: GateReport): { readonly lead: string; readonly rest: string | null } {
  const parts = /^(.+?[.!?])\s+(?=\p{Lu})(.+)$/su.exec(summary);
  return parts === null ? { lead: summary, rest: null } : { lead: parts[1] ?? summary, rest: parts[2] ?? null };
}

/** `7 gated: 1 regressed, 6 pass`: worst first, what does not occur left out. */
export function countVerdicts(comparisons: readonly Comparison[]): string {
  return gateVerdictOrder
    .map((verdict) => ({ verdict, count: comparisons.filter((found) => found.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`)
    .join(', ');
}

/** What the exit code told whoever ran this, in one sentence. */
export function exitCodeInWords(gate: GateReport): string {
  const { exitCode, kind, verdict, status } = gate;
  if (status === 'running') return 'Exit code: none yet, this has not ended.';
  switch (exitCode) {
    case 0:
      if (verdict === 'inconclusive')
        return (
          'Exit code 0: nothing was shown to be worse, and not everything could be decided. --fail-on ' +
          'inconclusive makes that 4.'
        );
      if (verdict === 'improved')
        return (
          'Exit code 0: better, and better passes. --fail-on improved makes that 6, so that a recorded ' +
          'baseline is renewed.'
        );
      return kind === 'gate'
        ? 'Exit code 0: the gate passes.'
        : 'Exit code 0: the comparison was made; a comparison never fails.';
    case 1:
      return `Exit code 1: the gate fails with ${closedBy(gate)}.`;
    case 2:
      return 'Exit code 2: wrong usage, or nothing was selected.';
    case 3:
      return (
        'Exit code 3: head lacks what base has, a side lacks a figure, or ' + 'nothing that is gated could be compared.'
      );
    case 4:
      return 'Exit code 4: not everything could be decided, and --fail-on inconclusive was given.';
    case 5:
      return 'Exit code 5: launches broke or a check could not be decided, so the gate neither passes nor fails.';
    case 6:
      return (
        'Exit code 6: better by more than two thirds of the budget, and --fail-on improved was given. Record ' +
        'the baseline again.'
      );
    default:
      return `Exit code ${exitCode}: ended by ${signalOf(exitCode)} before all was decided.`;
  }
}

function closedBy({ comparisons, verdictChanges }: GateReport): string {
  const regressed = comparisons.filter((found) => found.isGated && found.verdict === 'regressed').length;
  const worse = verdictChanges.filter((change) => change.isWorse && !isUndecidedPromise(change)).length;
  const causes = [
    ...(regressed === 0 ? [] : [plural(regressed, 'regression')]),
    ...(worse === 0 ? [] : [plural(worse, 'guarantee that no longer holds', 'guarantees that no longer hold')]),
  ];
  return causes.length === 0 ? 'what the summary says' : causes.join(' and ');
}
