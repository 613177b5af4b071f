/**
 * P(X <= 0), P(X <= 1) … P(X <= upTo) for X binomial(n, p), summed from the smallest k up, so that a small tail keeps
 * its relative precision. Whoever compares such a sum with a level compares one of these: two tests that are to agree
 * exactly must not sum in two ways.
 */
export function binomialAtMost(n: number, upTo: number, p = 0.5): number[] {
  if (p <= 0) return new Array<number>(upTo + 1).fill(1);
  if (p >= 1) return Array.from({ length: upTo + 1 }, (_, k) => (k >= n ? 1 : 0));
  const odds = p / (1 - p);
  let term = (1 - p) ** n;
  // Products of a half are exact for some fifty draws; but a double loses digits below 1e-308, and from 1075 draws on
  // the first term is zero.
  const isTooSmall = term < 1e-300;
  let log = n * Math.log1p(-p);
  let sum = 0;
  const sums: number[] = [];
  for (let k = 0; k <= upTo; k += 1) {
    sum += isTooSmall ? Math.exp(log) : term;
    sums.push(Math.min(1, sum));
    term = ((term * (n - k)) / (k + 1)) * odds;
    if (isTooSmall) log += Math.log(((n - k) / (k + 1)) * odds);
  }
  return sums;
}
