import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom } from '../plan/random.js';
import { binomialAtMost } from './binomial.js';
import { differenceOfMedians } from './difference-of-medians.js';

// The arithmetic is held to all resamples in bootstrap-median.pure.test.ts; here, that what it says of launches is true
// as often as it claims.

const random = seededRandom(2026);
const uniform = (): number => (random.below(2 ** 32) + 0.5) / 2 ** 32;
const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());

/** How launches of one program differ: evenly, by two speeds, by rare slow ones. */
const shapes: readonly (readonly [name: string, launch: () => number])[] = [
  ['even', normal],
  ['of two speeds', () => (uniform() < 0.5 ? 0 : 1) + 0.15 * normal()],
  ['with a heavy tail', () => Math.exp(1.2 * normal())],
];
const alpha = 0.01;
const rounds = 1_200;

function found(
  n: number,
  launch: () => number,
  worsening: number,
): { readonly worse: number; readonly better: number } {
  const ends = Array.from({ length: rounds }, () => {
    const sample = (more: number): number[] => Array.from({ length: n }, () => launch() + more);
    const { low, high } = differenceOfMedians(sample(0), sample(worsening), alpha);
    return { isWorse: low !== null && low > worsening, isBetter: high !== null && high < worsening };
  });
  return { worse: ends.filter((one) => one.isWorse).length, better: ends.filter((one) => one.isBetter).length };
}

for (const [name, launch] of shapes) {
  test(`launches ${name}: either end misses the truth as seldom as it claims, from nine launches a side on`, () => {
    for (const n of [9, 20]) {
      for (const missed of Object.values(found(n, launch, 0.3))) {
        // A rate of alpha / 2 gives so many or more in more than one of a thousand such tests.
        assert.ok(
          missed === 0 || 1 - (binomialAtMost(rounds, missed - 1, alpha / 2)[missed - 1] as number) > 0.001,
          `${missed} of ${rounds} with ${n} launches`,
        );
      }
    }
  });
}

test('a difference that is there is found', () => {
  const ends = Array.from(
    { length: 100 },
    () =>
      differenceOfMedians(
        Array.from({ length: 20 }, normal),
        Array.from({ length: 20 }, () => normal() + 3),
        alpha,
      ).low,
  );
  assert.ok(ends.filter((low) => low !== null && low > 0).length > 95);
});

test.run();
