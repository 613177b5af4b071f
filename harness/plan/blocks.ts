import type { Block, Column, Plan } from '../model/index.js';
import { seededRandom, shuffled } from './random.js';

/**
 * One block of each of these columns: the launches of a block back to back in random order, the blocks in random order.
 * The same seed, round and columns give the same blocks.
 */
export function blocksOfRound(plan: Pick<Plan, 'seed'>, round: number, columns: readonly Column[]): Block[] {
  const random = seededRandom(plan.seed * 2 ** 20 + round);
  return shuffled(columns, random).map((column) => ({
    columnId: column.id,
    round,
    launches: shuffled(column.cases, random).map((one) => ({
      round,
      case: one,
      timing: column.timing,
      seed: random.below(2 ** 32),
    })),
  }));
}

/**
 * Whether a column of `done` blocks that wants `wanted` in all gets one in this round: evenly spread, the first one in
 * round 0.
 */
export function isDue(done: number, wanted: number, round: number, rounds: number): boolean {
  return done < wanted && done < Math.ceil(((round + 1) * wanted) / Math.max(1, rounds));
}
