import type { GateReport } from '../../harness/model/index.js';
import { formatCount, formatShare, plural } from '../units/digits.js';

/** How the verdicts came about, in words a reader can check against gate.json: a paragraph a step. */
export function howItWasDecided(gate: GateReport): readonly string[] {
  const { comparisons, schedule, checksCompared } = gate;
  if (comparisons.length === 0 && checksCompared === 0) return [];
  const gated = comparisons.filter((found) => found.isGated);
  const budgets = [...new Set(gated.map((found) => found.budget))].sort((a, b) => a - b);
  return [
    ...(comparisons.length === 0 ? [] : [methodWords[gate.method], differenceInWords(gate)]),
    ...(schedule.length === 0 || comparisons.length === 0 || gate.method === 'reports' ? [] : [scheduleInWords(gate)]),
    ...(gated.length === 0
      ? []
      : [
          `Budget: ${budgets.map(formatShare).join(', ')}. Regressed: the whole interval lies above zero, the ` +
            'median above two thirds of the budget, ' +
            `and ${gate.method === 'interleaved' ? 'the sign test agrees' : 'chance is ruled out'}; two thirds, ` +
            'because a threshold at the budget itself would miss every second change of exactly that size. ' +
            'Improved: the mirror image. Pass: neither of these, and the whole interval lies below the budget. ' +
            `Otherwise ${gate.method === 'reports' ? '' : 'more pairs are run, and when they are used up '}it ` +
            'is inconclusive.',
          `${repeated[gate.method]} ${plural(gated.length, 'gated comparison')} ${gated.length === 1 ? 'was' : 'were'} made, and each could fail by chance: the ${gate.method === 'interleaved' ? 'sign test’s p' : 'p'}, which must not exceed half a look’s error, is corrected for that many by Holm’s method (Scandinavian Journal of Statistics 6, 1979).`,
        ]),
    ...(checksCompared === 0
      ? []
      : [
          `${plural(checksCompared, 'check')} ${checksCompared === 1 ? 'was' : 'were'} run on both ` +
            `sides. ${gate.kind === 'gate' ? 'A guarantee that holds on base and not on head fails the gate, whatever the figures say.' : 'A guarantee that no longer holds on head counts as worse.'}`,
        ]),
  ];
}

/** What a reader might take from an open gate, and should not. */
export function gateCaveats(gate: GateReport): readonly string[] {
  const { comparisons, checksCompared, method } = gate;
  const visible = comparisons.filter((found) => found.isGated).flatMap((found) => found.smallestVisible ?? []);
  const has = (condition: boolean, text: string): readonly string[] => (condition ? [text] : []);
  return [
    ...has(
      visible.length > 0,
      `A worsening smaller than what each row says is visible: here from ${formatShare(Math.min(...visible))} ` +
        `to ${formatShare(Math.max(...visible))}. A pass rules out a change of the budget’s size, not every change.`,
    ),
    ...has(
      comparisons.length > 0,
      'Slow erosion: five changes of 2 % each pass a budget of 5 %, one after the other. Keep a history to catch ' +
        'it: gate.otava.csv adds one row for each gate.',
    ),
    ...has(
      comparisons.some((found) => !found.isGated),
      'Whether an advisory figure changed for the worse: it is measured and shown, and too unsteady on such a ' +
        'machine to fail a gate.',
    ),
    ...has(
      comparisons.some((found) => found.verdict === 'inconclusive' && found.isGated),
      'Whether an inconclusive comparison got worse. More pairs (--effort thorough), a quieter machine or a larger ' +
        'budget decide it.',
    ),
    ...has(
      comparisons.some((found) => found.metric === 'round-trip' || found.metric === 'message-time'),
      'How fast your program will be. These peers do nothing but exchange messages, one pair at a time, and ' +
        'nothing here measures it under load.',
    ),
    ...has(
      comparisons.some((found) => found.metric === 'syscalls'),
      'System calls that a library or the runtime makes besides those of the loop on the measured descriptors. ' +
        'They show as CPU time alone.',
    ),
    ...has(
      comparisons.length > 0,
      'How another machine, kernel or runtime would decide. The figures are this machine’s.',
    ),
    ...has(
      method === 'baseline',
      'A change below about 10 %: base was measured on another day, and the control beside it takes out only ' +
        'what moves both alike.',
    ),
    ...has(
      method === 'reports',
      'Whether the code or the machine changed: the two sides were measured apart, and figures of one machine ' +
        'move by a fifth within half an hour.',
    ),
    checksCompared > 0
      ? 'That a guarantee always holds. A check that passed found no counterexample in what it ' +
        `exchanged; ${formatCount(checksCompared)} compared checks are evidence, not proof.`
      : 'Whether the guarantees still hold: no check was run on both sides.',
  ];
}

const methodWords: Readonly<Record<GateReport['method'], string>> = {
  interleaved:
    'Base and head ran in turns. A pair is two fresh launches next to each other in time, which of the two goes ' +
    'first is drawn from the seed, and all comparisons take turns over the whole run: whatever else the machine ' +
    'did fell on both sides.',
  baseline:
    'Base was recorded earlier. Head ran now, in turns with a control of the same mechanism that was recorded ' +
    'with base, too: what moved the control between then and now is taken out.',
  reports:
    'Base and head are two reports that were measured apart. Whatever else differed between the two runs is ' +
    'part of the change.',
};

const repeated: Readonly<Record<GateReport['method'], string>> = {
  interleaved: 'What regressed was measured again with fresh pairs, and counts only if it regressed there too.',
  baseline: 'What regressed was measured again with fresh pairs, and counts only if it regressed there too.',
  reports: 'What regressed could not be measured again: a report has the launches it has.',
};

function differenceInWords({ method, comparisons }: GateReport): string {
  const counts = comparisons.some((found) => found.allowedIncrease !== null);
  const bootstrap =
    'its interval is the percentile bootstrap, worked out exactly rather than drawn (Efron and Tibshirani, An ' +
    'Introduction to the Bootstrap, chapter 13)';
  switch (method) {
    case 'interleaved':
      return (
        'The figure of a pair is the logarithm of head over ' +
        `base${counts ? '; for counts, which can be zero, it is their difference over what is allowed' : ''}. ` +
        'The change is the median over pairs, and its interval comes from order statistics, so it assumes no ' +
        'distribution.'
      );
    case 'baseline':
      return (
        'The figure of a pair is the logarithm of head over the control beside ' +
        `it${counts ? '; counts need no control' : ''}. The change is by how much its median differs from the ` +
        `one on record, and ${bootstrap}.`
      );
    case 'reports':
      return (
        'The change is the median of all differences between a launch of head and one of base, and its ' +
        'interval is that of the rank-sum test (Mann and Whitney, Annals of Mathematical Statistics 18, 1947; ' +
        'Hodges and Lehmann, the same 34, 1963).'
      );
  }
}

function scheduleInWords({ schedule, effort }: GateReport): string {
  const looks = schedule.map(
    ({ pairs, alpha }) => `${formatCount(pairs)} pairs (interval of ${Number((100 * (1 - alpha)).toFixed(2))} %)`,
  );
  const last = looks.pop() ?? '';
  return (
    `Effort ${effort}: looked at after ${looks.length === 0 ? last : `${looks.join(', ')} and ${last}`}, and ` +
    'no more often, because every look is a chance to be wrong.'
  );
}
