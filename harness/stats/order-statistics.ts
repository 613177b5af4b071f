import type { Estimate } from '../model/index.js';

/**
 * The median of independent launches with a distribution-free confidence interval: the k-th smallest and k-th largest value,
 * k the largest for which the binomial(n, 1/2) coverage still reaches `confidence`.
 * Source: W. R. Thompson, "On confidence ranges for the median", Annals of Mathematical Statistics 7 (1936).
 * Below six values no such interval reaches 95 %, so its ends are null: a range drawn from less would be a guess.
 * Throws RangeError on an empty list.
 */
export function medianEstimate(values: readonly number[], confidence = 0.95): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const value = quantileOfSorted(sorted, 0.5);
  let best: { k: number; coverage: number } | null = null;
  for (let k = 1; k <= sorted.length / 2; k += 1) {
    const coverage = 1 - 2 * binomialTail(sorted.length, k - 1);
    if (coverage < confidence) break;
    best = { k, coverage };
  }
  if (best === null) return { value, low: null, high: null, confidence: null };
  return { value, low: sorted[best.k - 1] as number, high: sorted[sorted.length - best.k] as number, confidence: best.coverage };
}

/** Linear interpolation between order statistics (Hyndman and Fan, 1996, type 7: the default of R and NumPy). */
export function quantileOfSorted(sorted: readonly number[], q: number): number {
  if (sorted.length === 0) throw new RangeError('A quantile of no values does not exist.');
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}

/** P(X <= k) for X binomial(n, 1/2). */
function binomialTail(n: number, k: number): number {
  let term = 0.5 ** n;
  let sum = term;
  for (let i = 1; i <= k; i += 1) {
    term *= (n - i + 1) / i;
    sum += term;
  }
  return sum;
}
