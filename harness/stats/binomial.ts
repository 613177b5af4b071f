/**
 * P(X <= 0), P(X <= 1) … P(X <= upTo) for X binomial(n, p).
 *
 * Terms are built as logarithms, so that 0.5 ** n does not vanish from n = 1075 on; they are summed from the smallest k up, so a tail keeps its relative precision.
 * Whoever compares such a sum with a level compares one of these: two tests that are to agree exactly must not sum in two ways.
 */
export function binomialAtMost(n: number, upTo: number, p = 0.5): number[] {
  if (p <= 0) return new Array<number>(upTo + 1).fill(1);
  if (p >= 1) return Array.from({ length: upTo + 1 }, (_, k) => (k >= n ? 1 : 0));
  const logOdds = Math.log(p) - Math.log1p(-p);
  let logTerm = n * Math.log1p(-p);
  let sum = 0;
  return Array.from({ length: upTo + 1 }, (_, k) => {
    if (k > n) return 1;
    sum += Math.exp(logTerm);
    logTerm += Math.log((n - k) / (k + 1)) + logOdds;
    return Math.min(1, sum);
  });
}
