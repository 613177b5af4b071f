import type { Comparison, GateReport, GateVerdict, Look, VerdictChange } from '../../harness/model/index.js';
import { isComparable, isUndecidedPromise, outcomeOfGateFacts } from '../../harness/outcome/gate-outcome.js';
import { counted } from './describe-change.js';
import { totalAlpha } from './schedule.js';

export interface ConclusionInput {
  /** `compare` shows and closes nothing: it exits with 0, unless a run broke or nothing was comparable. */
  readonly kind: GateReport['kind'];
  /** What closes the gate beyond a regression. */
  readonly failOn: readonly ('inconclusive' | 'improved')[];
  readonly brokenLaunches: number;
  /** Whose launches broke, in which case, and why: for the sentence. Default: not known. */
  readonly breaks?: readonly Broken[];
  readonly checksCompared: number;
  readonly schedule: readonly Look[];
  /** Failures were measured again: see `Measured`. */
  readonly isRepeatable: boolean;
}

export interface Broken {
  readonly side: 'base' | 'head';
  readonly caseId: string;
  readonly message: string;
}

export interface Conclusion {
  readonly verdict: GateVerdict;
  readonly summary: string;
  readonly exitCode: number;
}

type Judged = Pick<Comparison, 'isGated' | 'verdict' | 'lackedBy'> & Partial<Pick<Comparison, 'caseId' | 'gaps'>>;
type Checked = Pick<VerdictChange, 'base' | 'head' | 'isWorse'> & Partial<Pick<VerdictChange, 'id' | 'evidence'>>;

/**
 * The gate's answer from those of its comparisons and checks: one verdict, one sentence, one exit code
 * (`outcomeOfGateFacts`). What is new in head has nothing to be held to and closes nothing; what head lacks does, or
 * deleting a case would open the gate.
 */
export function conclude(
  comparisons: readonly Judged[],
  verdictChanges: readonly Checked[],
  conclusionInput: ConclusionInput,
): Conclusion {
  const { kind, failOn, checksCompared, brokenLaunches, breaks = [] } = conclusionInput;
  const { exitCode } = outcomeOfGateFacts({
    kind,
    failOn,
    comparisons,
    verdictChanges,
    checksCompared,
    breaks: Array.from({ length: brokenLaunches }),
    brokenCases: breaks.map(({ caseId }) => caseId),
    endedBy: null,
    isFirstRecord: false,
  });
  const tally = tallyOf(comparisons, verdictChanges, conclusionInput);
  return { verdict: verdictOf(exitCode, tally), summary: summaryOf(tally, exitCode, conclusionInput), exitCode };
}

interface Tally {
  /** Only what both sides have. */
  readonly gated: number;
  /** Those of them that the rule could say anything of. */
  readonly comparable: number;
  readonly advisory: number;
  readonly regressed: number;
  readonly improved: number;
  readonly inconclusive: number;
  readonly passed: number;
  readonly lackedByHead: number;
  /** Gated ones of which a side has not every figure. */
  readonly gapped: number;
  readonly worseChecks: number;
  readonly undecidedChecks: readonly Checked[];
  readonly checksCompared: number;
}

function tallyOf(
  comparisons: readonly Judged[],
  verdictChanges: readonly Checked[],
  { checksCompared }: ConclusionInput,
): Tally {
  const gated = comparisons.filter((one) => one.isGated);
  const comparable = comparisons.filter(isComparable);
  const having = (verdict: GateVerdict): number => gated.filter((one) => one.verdict === verdict).length;
  const undecidedChecks = verdictChanges.filter(isUndecidedPromise);
  return {
    gated: gated.length - having('incomparable'),
    comparable: comparable.filter((one) => one.isGated).length,
    advisory: comparable.filter((one) => !one.isGated).length,
    regressed: having('regressed'),
    improved: having('improved'),
    inconclusive: having('inconclusive'),
    passed: having('pass'),
    lackedByHead:
      gated.filter((one) => one.lackedBy === 'head' && one.gaps === undefined).length +
      verdictChanges.filter((one) => one.head === null && !one.isWorse).length,
    gapped: gated.filter((one) => one.verdict === 'incomparable' && one.gaps !== undefined).length,
    worseChecks: verdictChanges.filter((one) => one.isWorse && !undecidedChecks.includes(one)).length,
    undecidedChecks,
    checksCompared,
  };
}

/** The sign in front of the answer: it never says better than the exit code does. */
function verdictOf(
  exitCode: number,
  { gated, comparable, regressed, worseChecks, lackedByHead, gapped, inconclusive, improved, checksCompared }: Tally,
): GateVerdict {
  switch (exitCode) {
    case 1:
      return 'regressed';
    case 3:
      return 'incomparable';
    case 4:
    case 5:
      return 'inconclusive';
    case 6:
      return 'improved';
    default:
      // Of a comparison, which closes nothing, the sign still says what was found.
      if (regressed > 0 || worseChecks > 0) return 'regressed';
      if (lackedByHead + gapped > 0 || (comparable === 0 && checksCompared === 0)) return 'incomparable';
      if (inconclusive > 0) return 'inconclusive';
      return improved > 0 && improved === gated ? 'improved' : 'pass';
  }
}

function summaryOf(tally: Tally, exitCode: Conclusion['exitCode'], conclusionInput: ConclusionInput): string {
  return [
    answer(tally, exitCode, conclusionInput),
    ...(tally.gated > 0 ? [describeChance(tally.gated, conclusionInput)] : []),
  ].join(' ');
}

function answer(tally: Tally, exitCode: number, { kind, brokenLaunches, breaks = [] }: ConclusionInput): string {
  const { gated, regressed, improved, inconclusive, passed, worseChecks } = tally;
  const ofGated = `of ${counted(gated, 'gated comparison')}`;
  switch (exitCode) {
    case 1:
      return (
        'Failed: ' +
        `${both(regressed > 0 && `${regressed} ${ofGated} got worse`, worseChecks > 0 && `${counted(worseChecks, 'check')} got worse`)}.`
      );
    case 5:
      return whatBroke(tally, brokenLaunches, breaks);
    case 3:
      return `Not comparable: ${describeIncomparable(tally)}.`;
    case 4:
      return `Failed, as requested by --fail-on: ${inconclusive} ${ofGated} could not be decided.`;
    case 6:
      return (
        `Failed, as requested by --fail-on: ${improved} ${ofGated} improved by more than two thirds of ` +
        'the budget, so base is out of date.'
      );
    default: {
      const verdicts = [
        [passed, 'passed'],
        [improved, 'improved'],
        [regressed, 'got worse'],
        [inconclusive, 'could not be decided'],
      ] as const;
      const told = verdicts.flatMap(([count, verdict]) => (count > 0 ? [`${count} ${verdict}`] : []));
      const checks =
        tally.checksCompared > 0
          ? ` ${worseChecks === 0 ? 'None' : worseChecks} of ${counted(tally.checksCompared, 'check')} got worse.`
          : '';
      const comparisons = gated > 0 ? `${ofGated} ${told.join(', ')}.` : 'no comparison was gated.';
      return kind === 'gate'
        ? `Passed: ${comparisons}${checks}`
        : `${comparisons.charAt(0).toUpperCase()}${comparisons.slice(1)}${checks}`;
    }
  }
}

/** `Incomplete: head's launches failed (3 of them). The first reason: The responder ended.` */
function whatBroke({ undecidedChecks }: Tally, count: number, breaks: readonly Broken[]): string {
  const launches = count > 0 && describeFailedLaunches(count, breaks);
  const checks = undecidedChecks.length > 0 && describeUndecidedChecks(undecidedChecks);
  const why = breaks[0]?.message ?? (count > 0 ? '' : (undecidedChecks[0]?.evidence ?? ''));
  return `Incomplete: ${both(launches, checks)}.${why === '' ? '' : ` The first reason: ${why}`}`;
}

function describeFailedLaunches(count: number, breaks: readonly Broken[]): string {
  const sides = [...new Set(breaks.map(({ side }) => side))].sort();
  if (sides.length === 0)
    return `${counted(count, 'launch', 'launches')} failed, so the figures may not be what was requested`;
  return `${sides.map((side) => `${side}'s`).join(' and ')} launches failed (${count} of them)`;
}

function describeUndecidedChecks(changes: readonly Checked[]): string {
  const onHead = changes.filter(({ head }) => head === 'broken').length;
  const sides = [onHead > 0 && 'head', changes.length > onHead && 'base'].filter((side) => side !== false);
  return `${counted(changes.length, 'check')} could not be decided on ${sides.join(' and ')}`;
}

function describeIncomparable({ lackedByHead, gapped, gated, comparable, advisory }: Tally): string {
  if (lackedByHead > 0)
    return `head lacks ${counted(lackedByHead, 'comparison or check', 'comparisons or checks')} that base has`;
  if (gapped > 0) return `in ${counted(gapped, 'gated comparison')} one side lacks the figure in some launches`;
  if (gated > comparable) return `every gated time is below the resolution of this system's clock (${gated} read 0)`;
  return advisory > 0
    ? `the comparisons that both sides have are all advisory (${advisory})`
    : 'base and head have nothing in common';
}

/** What a reader should expect of so many comparisons if nothing had changed. */
function describeChance(gated: number, { schedule, isRepeatable }: ConclusionInput): string {
  const each = totalAlpha(schedule) / 2;
  const uncorrected = Number((gated * each).toPrecision(2));
  const corrected = `with Holm's correction, one gate in ${Math.round(1 / each)} has a false failure`;
  return (
    `Without correction, about ${uncorrected} of ${gated} comparisons would fail by chance; ` +
    `${corrected}${isRepeatable ? ', before confirmation by a second measurement' : ''}.`
  );
}

function both(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false).join(', and ');
}
