import { holmAdjusted } from '../../../harness/stats/holm.js';
import { medianInterval } from '../../../harness/stats/order-statistics.js';
import { comparePairs } from '../../../harness/stats/ranking.js';

/**
 * One way to say which pairs of transports differ: `costs[transport][block]`, less is better. The answer has a sign for
 * each pair i < j: 1, i is slower; -1, j is; 0, not told.
 */
export interface RankingRule {
  readonly name: string;
  told(costs: readonly (readonly number[])[], alpha: number): number[];
}

/** The rule that ships, and what it was chosen from. */
export const RANKING_RULES: readonly RankingRule[] = [
  {
    name: 'paired sign test, Holm (used)',
    told: (costs, alpha) => {
      const contestants = costs.map((series, index) => ({
        transport: String(index),
        costs: new Map(series.map((cost, block) => [block, cost])),
      }));
      return comparePairs(contestants, alpha).map(({ a, faster }) => (faster === null ? 0 : faster === a ? -1 : 1));
    },
  },
  { name: 'paired signed ranks, Holm', told: (costs, alpha) => paired(costs, alpha, signedRanks) },
  { name: 'paired t test on logarithms, Holm', told: (costs, alpha) => paired(costs, alpha, pairedT) },
  {
    name: 'intervals of each overlap (until 0.1.0)',
    told: (costs) => {
      const intervals = costs.map((series) => medianInterval(series, 0.05));
      return pairsOf(costs.length).map(([i, j]) => {
        const [a, b] = [intervals[i], intervals[j]];
        if (
          a === undefined ||
          b === undefined ||
          a.low === null ||
          a.high === null ||
          b.low === null ||
          b.high === null
        )
          return 0;
        return a.low > b.high ? 1 : b.low > a.high ? -1 : 0;
      });
    },
  },
];

export function pairsOf(count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, i) => i).flatMap((i) =>
    Array.from({ length: count - i - 1 }, (_, k) => [i, i + k + 1] as const),
  );
}

type Test = (differences: readonly number[]) => { readonly p: number; readonly sign: number };

function paired(costs: readonly (readonly number[])[], alpha: number, test: Test): number[] {
  const results = pairsOf(costs.length).map(([i, j]) =>
    test((costs[i] ?? []).map((cost, block) => Math.log(cost / (costs[j]?.[block] ?? cost)))),
  );
  const adjusted = holmAdjusted(results.map(({ p }) => p));
  return results.map(({ sign }, index) => ((adjusted[index] as number) <= alpha ? sign : 0));
}

/**
 * F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945); exact, mid-ranks for equal
 * differences, zeros dropped.
 */
const signedRanks: Test = (differences) => {
  const sorted = differences.filter((difference) => difference !== 0).sort((a, b) => Math.abs(a) - Math.abs(b));
  const doubledRanks = sorted.map((difference) => {
    const first = sorted.findIndex((other) => Math.abs(other) === Math.abs(difference));
    const last = sorted.findLastIndex((other) => Math.abs(other) === Math.abs(difference));
    return first + last + 2;
  });
  const total = doubledRanks.reduce((sum, rank) => sum + rank, 0);
  const above = doubledRanks.reduce((sum, rank, index) => ((sorted[index] as number) > 0 ? sum + rank : sum), 0);
  let chances = new Float64Array(total + 1);
  chances[0] = 1;
  for (const rank of doubledRanks) {
    const next = new Float64Array(total + 1);
    for (let sum = 0; sum <= total; sum += 1)
      next[sum] = 0.5 * (chances[sum] as number) + (sum >= rank ? 0.5 * (chances[sum - rank] as number) : 0);
    chances = next;
  }
  const least = Math.min(above, total - above);
  const tail = chances.slice(0, least + 1).reduce((sum, chance) => sum + chance, 0);
  return { p: Math.min(1, 2 * tail), sign: above * 2 > total ? 1 : -1 };
};

/** Student's t by the normal approximation of Wallace (1959): good to three digits from eight differences on. */
const pairedT: Test = (differences) => {
  const n = differences.length;
  const mean = differences.reduce((sum, one) => sum + one, 0) / n;
  const variance = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1);
  const t = variance === 0 ? Number.POSITIVE_INFINITY : Math.abs(mean) / Math.sqrt(variance / n);
  const degrees = n - 1;
  const z = ((8 * degrees + 1) / (8 * degrees + 3)) * Math.sqrt(degrees * Math.log1p((t * t) / degrees));
  return { p: 2 * upperTail(z), sign: mean > 0 ? 1 : -1 };
};

/** P(Z > z): Abramowitz and Stegun, 26.2.17. */
function upperTail(z: number): number {
  if (!Number.isFinite(z)) return 0;
  const t = 1 / (1 + 0.231_641_9 * z);
  const poly =
    t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
}
