import { binomialAtMost } from './binomial.js';

/**
 * The smallest shift of these differences that would be told with the wanted chance by a test which needs fewer than k
 * of them on the other side of zero. The differences, moved so that their median is zero, stand for the noise; whether
 * resamples of them are told is had in closed form (A. D. Hutson and M. D. Ernst, "The exact bootstrap mean and
 * variance of an L-estimator", JRSS B 62, 2000).
 */
export function smallestShift(
  sortedNoise: ArrayLike<number> & Iterable<number>,
  k: number,
  wantedChance: number,
): number {
  const noise = Float64Array.from(sortedNoise);
  const isFound = (shift: number): boolean =>
    (binomialAtMost(noise.length, k - 1, shareAtMost(noise, -shift)).at(-1) ?? 0) >= wantedChance;
  return smallestFound(isFound, Math.max(0, -(noise[0] ?? 0)) + PRECISION);
}

const PRECISION = 1e-7;

/** The smallest effect from zero on that `isFound`, when every one from `surely` on is. */
export function smallestFound(isFound: (effect: number) => boolean, surely: number): number {
  let missed = 0;
  let found = surely;
  while (found - missed > PRECISION) {
    const middle = (missed + found) / 2;
    if (isFound(middle)) found = middle;
    else missed = middle;
  }
  return found;
}

/** The share of sorted values that are at most `limit`. */
export function shareAtMost(sorted: Float64Array, limit: number): number {
  const first = sorted.findIndex((value) => value > limit);
  return first === -1 ? 1 : first / sorted.length;
}
