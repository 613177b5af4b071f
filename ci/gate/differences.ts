import { medianOf } from '../../harness/stats/order-statistics.js';
import type { Comparison, PairRecord } from '../../harness/model/index.js';

export type Unit = Comparison['unit'];

/**
 * Where a measured value lies on the line on which base and head are compared: there a change of a given size is as
 * long everywhere.
 */
export interface Scale {
  /** For counts, what an unchanged head must not add per message; null for times. */
  readonly allowedIncrease: number | null;
  positionOf(value: number): number;
}

/**
 * Times are compared by their logarithms, counts in units of the increase that is allowed (ci/gate/README.md,
 * "Differences of times and of counts"). Throws RangeError where a count's base is empty.
 */
export function scaleOf(unit: Unit, budget: number, base: readonly number[]): Scale {
  if (unit === 'ns') return { allowedIncrease: null, positionOf: logarithmOf };
  const allowedIncrease = Math.max(budget * medianOf(base), leastAllowedIncrease);
  return { allowedIncrease, positionOf: (count) => (budget * count) / allowedIncrease };
}

/** One difference a pair, in the pairs' order: above zero where head is worse. */
export function differencesOf(scale: Scale, pairs: readonly Pick<PairRecord, 'base' | 'head'>[]): number[] {
  return pairs.map(({ base, head }) => scale.positionOf(head) - scale.positionOf(base));
}

/**
 * A difference as the share that a reader knows: head / base - 1 for times; for counts, which are in units of the
 * budget already, itself.
 */
export function shareOf(unit: Unit, difference: number): number {
  return unit === 'ns' ? Math.expm1(difference) : difference;
}

/** The other way round: what a share is as a difference. */
export function differenceOf(unit: Unit, share: number): number {
  return unit === 'ns' ? Math.log1p(share) : share;
}

const leastAllowedIncrease = 0.01;

function logarithmOf(value: number): number {
  // A launch without a single message, or a clock that did not move: its author reports it as broken before it comes
  // here.
  if (!(value > 0))
    throw new RangeError(`A time of ${value} ns per message cannot be compared: only times above zero have a ratio.`);
  return Math.log(value);
}
