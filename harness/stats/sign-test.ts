import { binomialAtMost } from './binomial.js';

export interface SignTest {
  readonly worse: number;
  readonly better: number;
  readonly ties: number;
  /** P(at least so many of the differences above zero) if above and below were equally likely. */
  readonly p: number;
}

/**
 * The exact one-sided sign test of "the median difference is not above zero" (J. Arbuthnot, 1710; W. J. Conover,
 * Practical Nonparametric Statistics, section 3.4).
 *
 * A tie counts as a difference that is not above zero. Conover drops ties, which tests something else, "above is no
 * likelier than below": a count that rose in a third of the launches and stayed in two thirds would be called worse
 * while its median, and the interval drawn beside it, say zero. Without ties both are the same test.
 */
export function signTest(differences: readonly number[]): SignTest {
  const worse = differences.filter((difference) => difference > 0).length;
  const better = differences.filter((difference) => difference < 0).length;
  const n = differences.length;
  // By symmetry P(X >= worse) = P(X <= n - worse); the lower sum is the one that the interval of the median is drawn
  // from.
  const p = binomialAtMost(n, n - worse)[n - worse] as number;
  return { worse, better, ties: n - worse - better, p };
}
