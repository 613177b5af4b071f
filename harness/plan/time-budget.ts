import type { Column } from '../model/index.js';

export interface ColumnCost {
  readonly column: Column;
  /** Blocks it has had. */
  readonly done: number;
  /** What one more block takes. */
  readonly blockMs: number;
}

/** Below six launches no case has a 95 % interval. */
const FOR_AN_INTERVAL = 6;

/**
 * How many blocks each column gets in all when `leftMs` is what is left: the planned ones where they fit. Where they do
 * not: one of each first, then the headline columns' own, then enough of each for an interval, then the rest. Within a
 * step what is left is shared in equal parts of what is wanted.
 */
export function blocksWithin(costs: readonly ColumnCost[], leftMs: number): ReadonlyMap<string, number> {
  const granted = new Map(costs.map(({ column, done }) => [column.id, done]));
  let left = leftMs;
  const steps: readonly ((column: Column) => number)[] = [
    () => 1,
    (column) => (column.isHeadline ? column.blocks : 0),
    () => FOR_AN_INTERVAL,
    (column) => column.blocks,
  ];
  for (const step of steps) {
    const missing = costs.map((cost) => {
      const goal = Math.min(cost.column.blocks, step(cost.column));
      return { ...cost, missing: Math.max(0, goal - (granted.get(cost.column.id) ?? 0)) };
    });
    const wholeMs = missing.reduce((sum, one) => sum + one.missing * one.blockMs, 0);
    const share = wholeMs <= left ? 1 : Math.max(0, left) / wholeMs;
    for (const { column, missing: blocks, blockMs } of missing) {
      const given = Math.floor(blocks * share + 1e-9);
      granted.set(column.id, (granted.get(column.id) ?? 0) + given);
      left -= given * blockMs;
    }
    if (share === 1) continue;
    // Whole blocks leave a rest: one more of each that fits, headline columns first.
    for (const { column, missing: blocks, blockMs } of missing.toSorted(
      (a, b) => Number(b.column.isHeadline) - Number(a.column.isHeadline) || a.blockMs - b.blockMs,
    )) {
      if (Math.floor(blocks * share + 1e-9) === blocks || blockMs > left) continue;
      granted.set(column.id, (granted.get(column.id) ?? 0) + 1);
      left -= blockMs;
    }
    return granted;
  }
  return granted;
}
