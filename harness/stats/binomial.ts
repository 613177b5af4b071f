/**
 * P(X <= 0), P(X <= 1) … P(X <= upTo) for X binomial(n, p), summed from the smallest k up, so that a small tail keeps its relative precision.
 * Whoever compares such a sum with a level compares one of these: two tests that are to agree exactly must not sum in two ways.
 */
export function binomialAtMost(n: number, upTo: number, p = 0.5): number[] {
  if (p <= 0) return new Array<number>(upTo + 1).fill(1);
  if (p >= 1) return Array.from({ length: upTo + 1 }, (_, k) => (k >= n ? 1 : 0));
  const terms = (1 - p) ** n > smallestExact ? products(n, p) : exponentials(n, p);
  let sum = 0;
  return Array.from({ length: upTo + 1 }, () => {
    sum += terms.next().value ?? 0;
    return Math.min(1, sum);
  });
}

/** Below this a double has fewer digits, and from 1075 draws of a half on it is zero. */
const smallestExact = 1e-300;

/** With p = 1/2 and up to some fifty draws every term is exact. */
function* products(n: number, p: number): Generator<number, undefined> {
  let term = (1 - p) ** n;
  for (let k = 0; k <= n; k += 1) {
    yield term;
    term = ((term * (n - k)) / (k + 1)) * (p / (1 - p));
  }
}

function* exponentials(n: number, p: number): Generator<number, undefined> {
  let log = n * Math.log1p(-p);
  for (let k = 0; k <= n; k += 1) {
    yield Math.exp(log);
    log += Math.log((n - k) / (k + 1)) + Math.log(p / (1 - p));
  }
}
