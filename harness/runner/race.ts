import type { Column, Plan, Ranking } from '../model/index.js';
import { binomialAtMost } from '../stats/binomial.js';
import type { CaseRecord } from '../stats/case-record.js';
import type { ColumnCost } from '../plan/time-budget.js';
import { comparePairs, pairKey, type PairDifference } from '../stats/ranking.js';
import { contestantsOf, rankingOf, RANKING_ALPHA } from '../stats/rank-column.js';

/** What further blocks are for. */
export type RaceGoal =
  /** None: the planned blocks are all there is. */
  | { readonly kind: 'planned' }
  /** To tell pairs that are still undecided and can be decided. */
  | { readonly kind: 'order' }
  /** Until every ratio's interval reaches no farther than this share of the ratio, 0.03 for 3 %. */
  | { readonly kind: 'precision'; readonly share: number };

/** Ranks the columns of a run, and says which of them further blocks would help. */
export interface Race {
  moreFor(costs: readonly ColumnCost[], leftMs: number): readonly string[];
  /** Looks at whatever has not been looked at; call it once, at the end. */
  rankings(): readonly Ranking[];
  /** Goal precision: columns with an interval wider than was asked for, and how wide. For after `rankings`. */
  missed(): readonly { readonly columnId: string; readonly share: number | null }[];
}

interface ColumnRace {
  readonly column: Column;
  /** Without references. */
  readonly cases: readonly CaseRecord[];
  readonly told: Map<string, string>;
  /** Of RANKING_ALPHA, what its looks have used up. */
  spent: number;
  lookedAtBlocks: number;
  last: {
    readonly transports: readonly string[];
    readonly pairs: readonly PairDifference[];
    readonly alpha: number;
  } | null;
}

/**
 * Who stops when an interval is narrow stops a little too often on one that is narrow by chance and misses: of
 * intervals made to hold in 95 % of runs 93.5 % did (race.test.ts). Intervals for which there is half the error make up
 * for it.
 */
const PRECISION_ALPHA = RANKING_ALPHA / 2;

/**
 * Each look comes after half as many blocks again: looking more often would spend the error on differences that are
 * hardly there yet.
 */
const GROWTH = 1.5;
/**
 * Where more blocks may follow, a look spends this share of the error that is left, and the last look all of it: the
 * sum is never more than RANKING_ALPHA.
 */
const SHARE_OF_A_LOOK = 0.8;

export function openRace(
  plan: Plan,
  records: ReadonlyMap<string, CaseRecord>,
  references: ReadonlySet<string>,
  goal: RaceGoal,
): Race {
  const races = plan.columns.map((column): ColumnRace => ({
    column,
    cases: column.cases.filter((one) => !references.has(one.transport)).flatMap((one) => records.get(one.id) ?? []),
    told: new Map(),
    spent: 0,
    lookedAtBlocks: 0,
    last: null,
  }));

  const forOrder = (costs: readonly ColumnCost[], leftMs: number): readonly string[] => {
    const roundMs = costs.reduce((sum, { blockMs }) => sum + blockMs, 0);
    return races
      .filter((race) => {
        const cost = costs.find(({ column }) => column.id === race.column.id);
        if (cost === undefined || cost.blockMs > leftMs) return false;
        const isDue = race.lookedAtBlocks === 0 || blocksOf(race) >= race.lookedAtBlocks * GROWTH;
        if (isDue) look(race, (RANKING_ALPHA - race.spent) * SHARE_OF_A_LOOK);
        return canDecide(race, blocksOf(race) + Math.max(1, Math.floor(leftMs / roundMs)));
      })
      .map((race) => race.column.id);
  };

  const forPrecision = (share: number): readonly string[] =>
    races
      .filter((race) => race.cases.length > 1 && (widestShare(race, PRECISION_ALPHA) ?? Infinity) > share)
      .map((race) => race.column.id);

  return {
    moreFor: (costs, leftMs) => {
      switch (goal.kind) {
        case 'planned':
          return [];
        case 'order':
          return forOrder(costs, leftMs);
        case 'precision':
          return forPrecision(goal.share);
      }
    },
    rankings: () =>
      races.flatMap((race) => {
        if (blocksOf(race) > race.lookedAtBlocks)
          look(race, (goal.kind === 'precision' ? PRECISION_ALPHA : RANKING_ALPHA) - race.spent);
        const first = race.cases[0]?.case;
        return race.last === null || first === undefined
          ? []
          : [rankingOf(first, race.cases, race.last.transports, race.last.pairs, race.last.alpha)];
      }),
    missed: () =>
      goal.kind !== 'precision'
        ? []
        : forPrecision(goal.share).map((columnId) => ({
            columnId,
            share: widestShare(races.find((race) => race.column.id === columnId) as ColumnRace, PRECISION_ALPHA),
          })),
  };
}

/** How many blocks of this column have run. */
function blocksOf({ cases }: ColumnRace): number {
  return Math.max(0, ...cases.map(({ launches, failures }) => launches.length + failures.length));
}

/** Spends so much of the column's error on what has been measured of it. */
function look(race: ColumnRace, alpha: number): void {
  const contestants = contestantsOf(race.cases);
  race.lookedAtBlocks = blocksOf(race);
  if (contestants.length < 2) return;
  const pairs = comparePairs(contestants, alpha, race.told);
  for (const { a, b, faster } of pairs) if (faster !== null) race.told.set(pairKey(a, b), faster);
  race.spent += alpha;
  race.last = { transports: contestants.map(({ transport }) => transport), pairs, alpha };
}

/** Whether a pair that is not told yet may be by `most` blocks if they go on as those so far. */
function canDecide({ last, spent, told }: ColumnRace, most: number): boolean {
  if (last === null) return false;
  const open = last.pairs.filter(({ a, b }) => !told.has(pairKey(a, b)));
  const alpha = (RANKING_ALPHA - spent) / Math.max(1, open.length);
  return open.some(({ differences, blocks }) => {
    const above = differences.filter((difference) => difference > 0).length;
    const below = differences.filter((difference) => difference < 0).length;
    // So few blocks may have gone against it by chance: a standard error is allowed for.
    const against = Math.max(
      0,
      1 - Math.max(above, below) / Math.max(1, blocks) - 0.5 / Math.sqrt(Math.max(1, blocks)),
    );
    const tail = binomialAtMost(most, Math.floor(against * most)).at(-1) ?? 1;
    return 2 * tail <= alpha;
  });
}

/** How far the widest interval of a ratio to the leader reaches from it, as a share. null: one has no interval. */
function widestShare(race: ColumnRace, alpha: number): number | null {
  const contestants = contestantsOf(race.cases);
  const first = race.cases[0]?.case;
  if (contestants.length < 2 || first === undefined) return null;
  const ranking = rankingOf(
    first,
    race.cases,
    contestants.map(({ transport }) => transport),
    comparePairs(contestants, alpha),
    alpha,
  );
  return ranking.entries.reduce<number | null>(
    (widest, { ratio, low, high }) =>
      widest === null || low === null || high === null ? null : Math.max(widest, high / ratio - 1, 1 - low / ratio),
    0,
  );
}
