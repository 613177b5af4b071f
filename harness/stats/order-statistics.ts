import type { Estimate } from '../model/index.js';
import { binomialAtMost } from './binomial.js';

/** A median and the order statistics that enclose it. */
export interface MedianInterval {
  readonly median: number;
  /** null: too few values for an interval of that confidence. */
  readonly low: number | null;
  readonly high: number | null;
  /** What the interval's confidence comes to: at least 1 - alpha, as ranks are whole. null without an interval. */
  readonly coverage: number | null;
}

/** The median: of an even number of values the mean of the two in the middle. Throws RangeError on an empty list. */
export function medianOf(values: readonly number[]): number {
  return quantileOfSorted(Float64Array.from(values).sort(), 0.5);
}

/**
 * The median of independent values with a distribution-free interval: the k-th smallest and k-th largest, see
 * `intervalRank`. Throws RangeError on an empty list.
 */
export function medianInterval(values: readonly number[], alpha: number): MedianInterval {
  const sorted = Float64Array.from(values).sort();
  const median = quantileOfSorted(sorted, 0.5);
  const rank = intervalRank(values.length, alpha);
  if (rank === null) return { median, low: null, high: null, coverage: null };
  return {
    median,
    low: sorted[rank.k - 1] as number,
    high: sorted[sorted.length - rank.k] as number,
    coverage: rank.coverage,
  };
}

/**
 * The largest k for which the k-th smallest and the k-th largest of n values enclose the median with an error of at
 * most alpha / 2 at either end; null where not even the extremes do: a range drawn from less would be a guess. Below
 * six values nothing reaches 95 %, below eight 99 %. Source: W. R. Thompson, "On confidence ranges for the median",
 * Annals of Mathematical Statistics 7 (1936).
 */
export function intervalRank(n: number, alpha: number): { readonly k: number; readonly coverage: number } | null {
  const tails = binomialAtMost(n, Math.floor(n / 2));
  const k = tails.findIndex((tail) => tail > alpha / 2);
  return k <= 0 ? null : { k, coverage: 1 - 2 * (tails[k - 1] as number) };
}

/** `medianInterval` as the figure of a report. */
export function medianEstimate(values: readonly number[], confidence = 0.95): Estimate {
  const { median, low, high, coverage } = medianInterval(values, 1 - confidence);
  return { value: median, low, high, confidence: coverage };
}

/** Linear interpolation between order statistics (Hyndman and Fan, 1996, type 7: the default of R and NumPy). */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) throw new RangeError('A quantile of no values does not exist.');
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}
