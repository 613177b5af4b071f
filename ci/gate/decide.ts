import { holmAdjusted } from '../../harness/stats/holm.js';
import { medianInterval } from '../../harness/stats/order-statistics.js';
import { signTest } from '../../harness/stats/sign-test.js';
import type { ChangeInterval, Comparison, Look, LookResult } from '../../harness/model/index.js';
import { shareOf, type Unit } from './differences.js';

/** A comparison as the rule sees it. */
export interface ComparisonInput extends Pick<Comparison, 'id' | 'isGated' | 'budget' | 'unit'> {
  /** From `differencesOf`: one for each pair measured so far. */
  readonly differences: readonly number[];
  /**
   * An earlier look of this measurement gave its verdict: it is not looked at again, but still counts among those that
   * could have failed.
   */
  readonly isDecided: boolean;
}

/** What is known of one comparison when it is judged, wherever the interval and the probability came from. */
export interface Evidence {
  readonly change: ChangeInterval;
  /**
   * Chance of so bad, and of so good, a result if head were no worse, or no better; corrected for the number of gated
   * comparisons.
   */
  readonly worseP: number;
  readonly betterP: number;
  readonly alpha: number;
  readonly budget: number;
}

/**
 * Looks once at all comparisons of a measurement; the answer has the undecided ones by id. Pure.
 *
 * Gated ones are corrected for their number by Holm's procedure, on either side. A decided one takes part as if it
 * could no longer fail, p = 1: that is never less strict than its true p. An advisory one is judged alone: it closes
 * nothing, so it costs the others nothing. In a measurement of failures alone only these are given: fresh pairs know
 * nothing of how they were chosen.
 *
 * Throws RangeError on a question without differences.
 */
export function lookAt(look: Look, questions: readonly ComparisonInput[]): ReadonlyMap<string, LookResult> {
  const worse = questions.map(({ isDecided, differences }) => (isDecided ? 1 : signTest(differences).p));
  const better = questions.map(({ isDecided, differences }) =>
    isDecided ? 1 : signTest(differences.map((difference) => -difference)).p,
  );
  const [worseHolm, betterHolm] = [correctGated(worse, questions), correctGated(better, questions)];
  return new Map(
    questions.flatMap(({ id, isDecided, differences, unit, budget }, index) => {
      if (isDecided) return [];
      const change = changeOf(unit, differences, look.alpha);
      const [p, holmP] = [worse[index] as number, worseHolm[index] as number];
      const verdict = judge({ change, worseP: holmP, betterP: betterHolm[index] as number, alpha: look.alpha, budget });
      return [[id, { pairs: differences.length, alpha: look.alpha, change, p, holmP, verdict }] as const];
    }),
  );
}

/**
 * What the median has to exceed: two thirds of the budget. A threshold at the budget itself would find a worsening of
 * just that size every second time only; one at half of it closed a gate of 5 % at a real spin of 2 % in 6 gates of 59.
 * Two thirds of 5 % lies in the middle between 2 % and 5 %, on a machine of any noise (README).
 */
export const decisionThreshold = (budget: number): number => (2 / 3) * budget;

/**
 * The rule itself. Its order matters: a worsening that is certain and beyond two thirds of the budget is one even where
 * the whole budget is ruled out.
 */
export function judge({ change, worseP, betterP, alpha, budget }: Evidence): LookResult['verdict'] {
  const { median, low, high } = change;
  if (low === null || high === null) return 'undecided';
  if (worseP <= alpha / 2 && low > 0 && median > decisionThreshold(budget)) return 'regressed';
  if (betterP <= alpha / 2 && high < 0 && median < -decisionThreshold(budget)) return 'improved';
  if (high < budget) return 'pass';
  return 'undecided';
}

function correctGated(pValues: readonly number[], questions: readonly ComparisonInput[]): readonly number[] {
  const gated = [...questions.keys()].filter((index) => questions[index]?.isGated);
  const adjusted = holmAdjusted(gated.map((index) => pValues[index] as number));
  const corrected = [...pValues];
  for (const [position, index] of gated.entries()) corrected[index] = adjusted[position] as number;
  return corrected;
}

function changeOf(unit: Unit, differences: readonly number[], alpha: number): ChangeInterval {
  const { median, low, high } = medianInterval(differences, alpha);
  const share = (difference: number | null): number | null => (difference === null ? null : shareOf(unit, difference));
  return { median: shareOf(unit, median), low: share(low), high: share(high), confidence: 1 - alpha };
}
