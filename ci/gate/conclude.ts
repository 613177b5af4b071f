import type { Comparison, GateReport, GateVerdict, Look, VerdictChange } from '../../harness/model/index.js';
import { totalAlpha } from './schedule.js';

export interface Circumstances {
  /** `compare` shows and closes nothing: it exits with 0, unless a run broke or nothing was comparable. */
  readonly kind: GateReport['kind'];
  /** What closes the gate beyond a regression. */
  readonly failOn: readonly ('inconclusive' | 'improved')[];
  readonly brokenLaunches: number;
  readonly checksCompared: number;
  readonly schedule: readonly Look[];
  /** Failures were measured again: see `Measured`. */
  readonly isRepeatable: boolean;
}

export interface Conclusion {
  readonly verdict: GateVerdict;
  readonly summary: string;
  readonly exitCode: 0 | 1 | 3 | 4 | 5 | 6;
}

type Judged = Pick<Comparison, 'isGated' | 'verdict' | 'lackedBy'>;
type Checked = Pick<VerdictChange, 'head' | 'isWorse'>;

/**
 * The gate's answer from those of its comparisons and checks: the worst gated one, one sentence, one exit code. What is new in head has nothing to be held to and
 * closes nothing; what head lacks does, or deleting a case would open the gate.
 */
export function conclude(comparisons: readonly Judged[], verdictChanges: readonly Checked[], circumstances: Circumstances): Conclusion {
  const tally = tallyOf(comparisons, verdictChanges, circumstances);
  const exitCode = exitCodeOf(tally, circumstances);
  return { verdict: worst(tally), summary: summaryOf(tally, exitCode, circumstances), exitCode };
}

interface Tally {
  /** Only what both sides have. */
  readonly gated: number;
  readonly advisory: number;
  readonly regressed: number;
  readonly improved: number;
  readonly inconclusive: number;
  readonly passed: number;
  readonly lackedByHead: number;
  readonly worseChecks: number;
  /** Decided on base and not on head. */
  readonly brokenChecks: number;
  readonly checksCompared: number;
}

function tallyOf(comparisons: readonly Judged[], verdictChanges: readonly Checked[], { checksCompared }: Circumstances): Tally {
  const gated = comparisons.filter((one) => one.isGated);
  const comparable = comparisons.filter((one) => one.verdict !== 'incomparable');
  const having = (verdict: GateVerdict): number => gated.filter((one) => one.verdict === verdict).length;
  return {
    gated: gated.length - having('incomparable'),
    advisory: comparable.filter((one) => !one.isGated).length,
    regressed: having('regressed'),
    improved: having('improved'),
    inconclusive: having('inconclusive'),
    passed: having('pass'),
    lackedByHead: gated.filter((one) => one.lackedBy === 'head').length + verdictChanges.filter((one) => one.head === null && !one.isWorse).length,
    worseChecks: verdictChanges.filter((one) => one.isWorse).length,
    brokenChecks: verdictChanges.filter((one) => one.head === 'broken').length,
    checksCompared,
  };
}

/** Where several hold: 1, 5, 3, 4, 6. Wrong usage, 2, never comes as far as here. */
function exitCodeOf(tally: Tally, { kind, failOn, brokenLaunches }: Circumstances): Conclusion['exitCode'] {
  if (kind === 'gate' && (tally.regressed > 0 || tally.worseChecks > 0)) return 1;
  if (brokenLaunches > 0 || tally.brokenChecks > 0) return 5;
  if (isNothingComparable(tally, kind) || (kind === 'gate' && tally.lackedByHead > 0)) return 3;
  if (kind === 'gate' && failOn.includes('inconclusive') && tally.inconclusive > 0) return 4;
  if (kind === 'gate' && failOn.includes('improved') && tally.improved > 0) return 6;
  return 0;
}

function isNothingComparable({ gated, advisory, checksCompared }: Tally, kind: GateReport['kind']): boolean {
  return gated === 0 && checksCompared === 0 && (kind === 'gate' || advisory === 0);
}

function worst({ gated, regressed, worseChecks, brokenChecks, lackedByHead, inconclusive, improved, checksCompared }: Tally): GateVerdict {
  if (regressed > 0 || worseChecks > 0) return 'regressed';
  if (lackedByHead > 0 || (gated === 0 && checksCompared === 0)) return 'incomparable';
  if (inconclusive > 0 || brokenChecks > 0) return 'inconclusive';
  return improved > 0 && improved === gated ? 'improved' : 'pass';
}

function summaryOf(tally: Tally, exitCode: Conclusion['exitCode'], circumstances: Circumstances): string {
  return [answer(tally, exitCode, circumstances), ...(tally.gated > 0 ? [byChance(tally.gated, circumstances)] : [])].join(' ');
}

function answer(tally: Tally, exitCode: Conclusion['exitCode'], { kind, brokenLaunches }: Circumstances): string {
  const { gated, advisory, regressed, improved, inconclusive, passed, worseChecks, brokenChecks, lackedByHead } = tally;
  const ofGated = `of ${counted(gated, 'gated comparison')}`;
  switch (exitCode) {
    case 1:
      return `Closed: ${both(regressed > 0 && `${regressed} ${ofGated} got worse`, worseChecks > 0 && `${counted(worseChecks, 'check')} got worse`)}.`;
    case 5:
      return `Broken: ${both(
        brokenLaunches > 0 && `${counted(brokenLaunches, 'launch', 'launches')} failed, so what was measured may not be what was asked for`,
        brokenChecks > 0 && `${counted(brokenChecks, 'check')} of head could not be decided`,
      )}.`;
    case 3:
      if (lackedByHead > 0) return `Not comparable: head lacks ${counted(lackedByHead, 'comparison or check', 'comparisons or checks')} that base has.`;
      return advisory > 0 ? `Not comparable: all that both sides have is advisory (${advisory}), and nothing decides.` : 'Not comparable: there is nothing that both sides have.';
    case 4:
      return `Closed, as asked: ${inconclusive} ${ofGated} could not be decided.`;
    case 6:
      return `Closed, as asked: ${improved} ${ofGated} improved by more than two thirds of the budget, so base is out of date.`;
    case 0: {
      const verdicts = [[passed, 'passed'], [improved, 'improved'], [regressed, 'got worse'], [inconclusive, 'could not be decided']] as const;
      const told = verdicts.flatMap(([count, verdict]) => (count > 0 ? [`${count} ${verdict}`] : []));
      const checks = tally.checksCompared > 0 ? ` ${worseChecks === 0 ? 'None' : worseChecks} of ${counted(tally.checksCompared, 'check')} got worse.` : '';
      const comparisons = gated > 0 ? `${ofGated} ${told.join(', ')}.` : 'no comparison was gated.';
      return kind === 'gate' ? `Open: ${comparisons}${checks}` : `${comparisons.charAt(0).toUpperCase()}${comparisons.slice(1)}${checks}`;
    }
  }
}

/** What a reader should expect of so many comparisons if nothing had changed. */
function byChance(gated: number, { schedule, isRepeatable }: Circumstances): string {
  const each = totalAlpha(schedule) / 2;
  const uncorrected = Number((gated * each).toPrecision(2));
  const corrected = `corrected for their number, one gate in ${Math.round(1 / each)} shows any`;
  return `By chance alone ${uncorrected} of ${gated} would look worse; ${corrected}${isRepeatable ? ', and a failure counts only if fresh pairs repeat it' : ''}.`;
}

function both(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false).join(', and ');
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
