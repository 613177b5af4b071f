import { binomialAtMost } from './binomial.js';

/**
 * A value that the median of a resample can take, and how likely it does. Ascending by value; likelihoods sum to 1 but
 * for rounding.
 */
export interface Outcome {
  readonly value: number;
  readonly probability: number;
}

/**
 * The bootstrap distribution of a median in closed form: what infinitely many resamples would show, so no random
 * numbers, no seed and no error of its own. Source: A. D. Hutson and M. D. Ernst, "The exact bootstrap mean and
 * variance of an L-estimator", Journal of the Royal Statistical Society B 62 (2000): an order statistic of a resample
 * of n is at most the i-th smallest value if at least so many of n draws, each with chance i / n, fall there. Outcomes
 * of less than 1e-15 are left out. Throws RangeError on an empty list.
 */
export function bootstrapMedian(values: readonly number[]): Outcome[] {
  if (values.length === 0) throw new RangeError('A median of no values does not exist.');
  const sorted = Float64Array.from(values).sort();
  const outcomes = sorted.length % 2 === 1 ? ofOne(sorted) : ofMiddleTwo(sorted);
  return outcomes.filter(({ probability }) => probability > 1e-15).sort((a, b) => a.value - b.value);
}

function ofOne(sorted: Float64Array): Outcome[] {
  const probabilities = orderStatistic(sorted.length, (sorted.length + 1) / 2);
  return probabilities.map((probability, index) => ({ value: sorted[index] as number, probability }));
}

/** The chance that the rank-th smallest of a resample is the 1st, 2nd … n-th smallest of the sample. */
function orderStatistic(n: number, rank: number): number[] {
  const atMost = Array.from({ length: n + 1 }, (_, i) => 1 - (binomialAtMost(n, rank - 1, i / n)[rank - 1] as number));
  return atMost.slice(1).map((chance, i) => chance - (atMost[i] as number));
}

/**
 * For n = 2m the mean of the m-th and the (m+1)-th. That they are the i-th and a later j-th value of the sample needs m
 * draws up to i, one of them i, and m from j on, one of them j: n over m ways. That both are the i-th is what is left
 * of the m-th being it.
 */
function ofMiddleTwo(sorted: Float64Array): Outcome[] {
  const n = sorted.length;
  const m = n / 2;
  const logWays = Array.from({ length: m }, (_, i) => Math.log((m + i + 1) / (i + 1))).reduce(
    (sum, log) => sum + log,
    0,
  );
  // Logarithm of the chance that m draws all fall among the extreme i values, and not all among the extreme i - 1.
  const logReaching = Array.from({ length: n + 1 }, (_, i) => m * Math.log(i / n) + Math.log1p(-(((i - 1) / i) ** m)));
  const lower = orderStatistic(n, m);
  const outcomes: Outcome[] = [];
  for (let i = 1; i <= n; i += 1) {
    const logUpToI = logWays + (logReaching[i] as number);
    const bothI = (lower[i - 1] as number) - Math.exp(logUpToI + m * Math.log((n - i) / n));
    outcomes.push({ value: sorted[i - 1] as number, probability: bothI });
    for (let j = i + 1; j <= n; j += 1) {
      const probability = Math.exp(logUpToI + (logReaching[n - j + 1] as number));
      outcomes.push({ value: ((sorted[i - 1] as number) + (sorted[j - 1] as number)) / 2, probability });
    }
  }
  return outcomes;
}
