import { binomialAtMost } from '../../harness/stats/binomial.js';
import { shareAtMost, smallestFound } from '../../harness/stats/detectable.js';
import { intervalRank, quantileOfSorted } from '../../harness/stats/order-statistics.js';
import type { Comparison, Look } from '../../harness/model/index.js';
import { decisionThreshold } from './decide.js';
import { differenceOf, shareOf } from './differences.js';

export interface Sensitivity extends Pick<Comparison, 'unit' | 'budget'> {
  /** All differences of one measurement. */
  readonly differences: readonly number[];
  /** Of the look at these differences. */
  readonly alpha: Look['alpha'];
  /** Over how many Holm's correction goes; 1 for an advisory comparison. */
  readonly comparisons: number;
}

/**
 * The smallest worsening, as a share, that the rule finds in nine of ten gates with as many pairs of this spread; null
 * where so few pairs cannot fail (Hutson and Ernst, 2000). ci/gate/README.md, "Minimum detectable effect".
 */
export function minimumDetectableEffect({ differences, unit, budget, alpha, comparisons }: Sensitivity): number | null {
  const rank = intervalRank(differences.length, alpha / comparisons);
  if (rank === null) return null;
  const sorted = Float64Array.from(differences).sort();
  const median = quantileOfSorted(sorted, 0.5);
  const noise = sorted.map((difference) => difference - median);
  const floor = differenceOf(unit, decisionThreshold(budget));
  const isFound = (worsening: number): boolean => chanceToRegress(noise, worsening, floor, rank.k) >= wantedChance;

  const found = smallestFound(isFound, floor + (noise.at(-1) as number) - (noise[0] as number) + 1e-6);
  return Math.max(shareOf(unit, found), decisionThreshold(budget));
}

/** Both of two independent measurements have to find it. */
const wantedChance = Math.sqrt(0.9);

/**
 * The chance that in a resample of the noise, moved by the worsening, the k-th smallest is above zero and the median
 * above the floor: that fewer than k draws fall to zero or below, and fewer than half of all to the floor or below.
 */
function chanceToRegress(noise: Float64Array, worsening: number, floor: number, k: number): number {
  const n = noise.length;
  const toZero = shareAtMost(noise, -worsening);
  const toFloor = shareAtMost(noise, floor - worsening);
  const belowHalf = Math.ceil(n / 2) - 1;
  const atMost = binomialAtMost(n, k - 1, toZero);
  return atMost.reduce((sum, chance, draws) => {
    const exactly = chance - (atMost[draws - 1] ?? 0);
    if (exactly === 0) return sum;
    const between = binomialAtMost(n - draws, belowHalf - draws, (toFloor - toZero) / (1 - toZero));
    return sum + exactly * (between.at(-1) ?? 0);
  }, 0);
}
