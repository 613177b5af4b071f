import { bootstrapMedian, type Outcome } from './bootstrap-median.js';
import { intervalRank, medianOf } from './order-statistics.js';

/** How far the median of one sample lies above that of another, of launches that were not run in pairs. */
export interface DifferenceOfMedians {
  readonly difference: number;
  /** Percentile interval; null: too few values for one of that confidence. */
  readonly low: number | null;
  readonly high: number | null;
  /** Chance, among resamples, of a difference of zero or less: at most alpha / 2 exactly where `low` is above zero. */
  readonly p: number;
}

/**
 * The exact percentile bootstrap of median(head) - median(base) (B. Efron and R. Tibshirani, An Introduction to the
 * Bootstrap, chapter 13). Its limits: harness/README.md, "Two recorded samples".
 */
export function differenceOfMedians(
  base: readonly number[],
  head: readonly number[],
  alpha: number,
): DifferenceOfMedians {
  const difference = medianOf(head) - medianOf(base);
  const [ofBase, ofHead] = [bootstrapMedian(base), bootstrapMedian(head)];
  const p = chanceAtMost(0, ofBase, ofHead);
  if (intervalRank(base.length, alpha / 2) === null || intervalRank(head.length, alpha / 2) === null)
    return { difference, low: null, high: null, p };
  return { difference, low: lowEnd(ofBase, ofHead, alpha / 2), high: -lowEnd(ofHead, ofBase, alpha / 2), p };
}

/** P(head - base <= limit). Both ascend, so one walk through each is enough. */
function chanceAtMost(limit: number, base: readonly Outcome[], head: readonly Outcome[]): number {
  let chance = 0;
  let headAtMost = 0;
  let next = 0;
  for (const { value, probability } of base) {
    for (let one = head[next]; one !== undefined && one.value - value <= limit; one = head[next]) {
      headAtMost += one.probability;
      next += 1;
    }
    chance += probability * headAtMost;
  }
  return Math.min(1, chance);
}

/** The smallest difference whose chance of not being exceeded is above `tail`. */
function lowEnd(base: readonly Outcome[], head: readonly Outcome[], tail: number): number {
  let below = smallestAbove(Number.NEGATIVE_INFINITY, base, head) - 1;
  let above = -smallestAbove(Number.NEGATIVE_INFINITY, head, base);
  // Halving the bracket ends when no double is left in it; the end is then taken from the differences themselves, so
  // that a zero is a zero.
  for (;;) {
    const middle = below + (above - below) / 2;
    if (middle <= below || middle >= above) return smallestAbove(below, base, head);
    if (chanceAtMost(middle, base, head) > tail) above = middle;
    else below = middle;
  }
}

function smallestAbove(limit: number, base: readonly Outcome[], head: readonly Outcome[]): number {
  let smallest = Number.POSITIVE_INFINITY;
  let next = 0;
  for (const { value } of base) {
    while (next < head.length && (head[next] as Outcome).value - value <= limit) next += 1;
    const first = head[next];
    if (first !== undefined) smallest = Math.min(smallest, first.value - value);
  }
  return smallest;
}
