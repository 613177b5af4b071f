import { holmAdjusted } from './holm.js';
import { intervalRank, quantileOfSorted } from './order-statistics.js';
import { signTest } from './sign-test.js';

/**
 * What one transport cost in each block of a column: ns a round trip or ns a byte, so that less is better. null: the
 * launch broke.
 */
export interface Contestant {
  readonly transport: string;
  readonly costs: ReadonlyMap<number, number | null>;
}

/** How two transports differ: logarithms of a's cost over b's, block by block. */
export interface PairDifference {
  readonly a: string;
  readonly b: string;
  /** Blocks in which both were launched. */
  readonly blocks: number;
  /** Median of the known differences; null where there is none. */
  readonly median: number | null;
  /**
   * Ends of the simultaneous interval; infinite where broken launches leave them open, null where there are too few
   * blocks for any.
   */
  readonly low: number | null;
  readonly high: number | null;
  /** Which one is faster, once that is told; null until then. */
  readonly faster: string | null;
  /** All known differences, for what wants to know their spread. */
  readonly differences: readonly number[];
}

/** Pairs that an earlier look told, as `pairKey`: they stay told, as the error was spent on them. */
export type ToldPairs = ReadonlyMap<string, string>;

export const pairKey = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

/**
 * Compares every two transports of a column by the sign test on the logarithms of their ratios within blocks; Holm's
 * procedure keeps the chance that any pair is told the wrong way round at `alpha`, whatever the number of pairs. The
 * intervals are order-statistic intervals of the median at alpha divided by the number of pairs: all of them hold
 * together. Pure. harness/README.md has the comparison with other tests.
 *
 * A block in which one of the two broke counts for neither: it is a tie in the test, and lies beyond either end of the
 * interval. A transport gains nothing by launches that break.
 */
export function comparePairs(
  contestants: readonly Contestant[],
  alpha: number,
  told: ToldPairs = new Map(),
): PairDifference[] {
  const raw = contestants.flatMap((a, index) =>
    contestants.slice(index + 1).map((b) => ({ a: a.transport, b: b.transport, ...differencesOf(a, b) })),
  );
  const ps = raw.map(({ differences, broken }) => twoSidedP(differences, broken));
  const adjusted = holmAdjusted(ps.map(({ p }) => p));
  return raw.map((pair, index) => {
    const { a, b, differences, broken } = pair;
    const blocks = differences.length + broken;
    const sorted = Float64Array.from(differences).sort();
    const rank = intervalRank(blocks, alpha / raw.length);
    const isTold = (adjusted[index] as number) <= alpha;
    const faster = told.get(pairKey(a, b)) ?? (isTold ? ((ps[index]?.aIsSlower ?? false) ? b : a) : null);
    return {
      a,
      b,
      blocks,
      differences,
      faster,
      median: sorted.length === 0 ? null : quantileOfSorted(sorted, 0.5),
      // The broken ones lie below all others for the low end, and above all others for the high one.
      low: rank === null ? null : (sorted[rank.k - 1 - broken] ?? Number.NEGATIVE_INFINITY),
      high: rank === null ? null : (sorted[sorted.length - rank.k + broken] ?? Number.POSITIVE_INFINITY),
    };
  });
}

/**
 * The fewest blocks in which a pair can be told at all: when all go the same way, and it is the first of `pairs` that
 * Holm's procedure looks at.
 */
export function fewestBlocks(pairs: number, alpha: number): number {
  return Math.ceil(Math.log2((2 * pairs) / alpha) - 1e-9);
}

function differencesOf(a: Contestant, b: Contestant): { readonly differences: number[]; readonly broken: number } {
  const differences: number[] = [];
  let broken = 0;
  for (const [block, costA] of a.costs) {
    const costB = b.costs.get(block);
    if (costB === undefined) continue;
    if (costA === null || costB === null) broken += 1;
    else differences.push(Math.log(costA / costB));
  }
  return { differences, broken };
}

/** Twice the smaller one-sided p. Ties and broken blocks count against either direction. */
function twoSidedP(
  differences: readonly number[],
  broken: number,
): { readonly p: number; readonly aIsSlower: boolean } {
  if (differences.length + broken === 0) return { p: 1, aIsSlower: false };
  const padded = broken === 0 ? differences : [...differences, ...new Array<number>(broken).fill(0)];
  const slower = signTest(padded).p;
  const faster = signTest(padded.map((difference) => -difference)).p;
  return { p: Math.min(1, 2 * Math.min(slower, faster)), aIsSlower: slower < faster };
}
