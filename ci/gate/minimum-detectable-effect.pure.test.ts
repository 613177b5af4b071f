import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { intervalRank } from '../../harness/stats/order-statistics.js';
import { decisionThreshold } from './decide.js';
import { simulatedChance } from './simulated-gate.fixture.js';
import { minimumDetectableEffect } from './minimum-detectable-effect.js';

interface Resample {
  readonly sorted: readonly number[];
  readonly ways: number;
}

/**
 * Every resample of these values that can be told from another, and in how many of the n to the power of n orders it is
 * drawn.
 */
function resamplesOf(values: readonly number[]): Resample[] {
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  const extend = (from: number, drawn: readonly number[], ways: number): Resample[] => {
    const left = values.length - drawn.length;
    if (from === values.length) return left === 0 ? [{ sorted: drawn, ways }] : [];
    return Array.from({ length: left + 1 }, (_, times) =>
      extend(from + 1, [...drawn, ...new Array<number>(times).fill(values[from] as number)], ways / factorial(times)),
    ).flat();
  };
  return extend(0, [], factorial(values.length));
}

/**
 * Each worsening that can matter, put to the rule's two conditions in every resample of the noise: the smallest that
 * enough of them meet.
 */
function enumerated(differences: readonly number[], alpha: number, budget: number): number {
  const n = differences.length;
  const sorted = [...differences].sort((a, b) => a - b);
  const median = ((sorted[Math.floor((n - 1) / 2)] as number) + (sorted[Math.floor(n / 2)] as number)) / 2;
  const noise = sorted.map((one) => one - median);
  const k = intervalRank(n, alpha)?.k as number;
  const resamples = resamplesOf(noise);
  const candidates = noise
    .flatMap((one) => [-one, decisionThreshold(budget) - one])
    .sort((a, b) => a - b)
    .map((one) => one + 1e-9);
  const isFound = (worsening: number): boolean => {
    const failing = resamples.filter(
      ({ sorted: one }) =>
        (one[k - 1] as number) + worsening > 0 &&
        (one[Math.ceil(n / 2) - 1] as number) + worsening > decisionThreshold(budget),
    );
    return failing.reduce((sum, { ways }) => sum + ways, 0) / n ** n >= Math.sqrt(0.9);
  };
  return candidates.find((worsening) => worsening > 0 && isFound(worsening)) as number;
}

test('agrees with all resamples of small samples, odd and even', () => {
  const random = simulatedChance(5);
  for (const [n, alpha] of [
    [3, 0.25],
    [4, 0.25],
    [5, 0.25],
    [7, 0.25],
    [8, 0.25],
    [8, 0.6],
    [9, 0.4],
  ] as const) {
    for (let round = 0; round < 2; round += 1) {
      const differences = Array.from({ length: n }, () => 0.1 * random());
      // Each of the two conditions gets its turn to be the harder one.
      for (const budget of [0.001, 0.06, 0.3]) {
        const found = minimumDetectableEffect({ differences, unit: 'per message', budget, alpha, comparisons: 1 });
        const expected = Math.max(enumerated(differences, alpha, budget), decisionThreshold(budget));
        assert.ok(Math.abs((found as number) - expected) < 1e-6, `${n}: ${found} is not ${expected}`);
      }
    }
  }
});

/**
 * The two conditions together, as one sum over how many draws fall to zero, between it and the floor, and above:
 * trinomial coefficients instead of two binomials.
 */
function chanceOfBoth(n: number, toZero: number, toFloor: number, k: number): number {
  const logFactorial = (m: number): number =>
    Array.from({ length: m }, (_, i) => Math.log(i + 1)).reduce((sum, log) => sum + log, 0);
  const power = (share: number, times: number): number => (times === 0 ? 0 : times * Math.log(share));
  let sum = 0;
  for (let below = 0; below < k; below += 1) {
    for (let between = 0; below + between < Math.ceil(n / 2); between += 1) {
      const above = n - below - between;
      const logWays = logFactorial(n) - logFactorial(below) - logFactorial(between) - logFactorial(above);
      sum += Math.exp(
        logWays + power(toZero / n, below) + power((toFloor - toZero) / n, between) + power(1 - toFloor / n, above),
      );
    }
  }
  return sum;
}

test('agrees with the trinomial sum where both conditions matter', () => {
  const random = simulatedChance(6);
  const [n, alpha, budget] = [24, 0.2, 0.04];
  const k = intervalRank(n, alpha)?.k as number;
  for (let round = 0; round < 12; round += 1) {
    // Half of the noise is finer than the floor and half coarser.
    const noise = Array.from({ length: n }, () => (random() < 0.5 ? 0.01 : 0.12) * (random() - 0.5)).sort(
      (a, b) => a - b,
    );
    const median = ((noise[n / 2 - 1] as number) + (noise[n / 2] as number)) / 2;
    const isFound = (worsening: number): boolean => {
      const atMost = (limit: number): number => noise.filter((one) => one - median <= limit - worsening).length;
      return chanceOfBoth(n, atMost(0), atMost(decisionThreshold(budget)), k) >= Math.sqrt(0.9);
    };
    const candidates = noise
      .flatMap((one) => [median - one, decisionThreshold(budget) + median - one])
      .sort((a, b) => a - b)
      .map((one) => one + 1e-9);
    const expected = Math.max(
      candidates.find((worsening) => worsening > 0 && isFound(worsening)) as number,
      decisionThreshold(budget),
    );
    const found = minimumDetectableEffect({
      differences: noise,
      unit: 'per message',
      budget,
      alpha,
      comparisons: 1,
    }) as number;
    assert.ok(Math.abs(found - expected) < 1e-6, `${found} is not ${expected}`);
  }
});

const spread = (n: number, width: number): number[] => Array.from({ length: n }, (_, i) => width * (i / (n - 1) - 0.5));
const question = { unit: 'ns', budget: 0.05, alpha: 0.005, comparisons: 1 } as const;

test('pairs that always agree see two thirds of the budget, and never less', () => {
  assert.is(
    (minimumDetectableEffect({ ...question, differences: new Array<number>(100).fill(0) }) as number).toFixed(5),
    '0.03333',
  );
  assert.ok(
    (minimumDetectableEffect({ ...question, differences: spread(100, 1e-6) }) as number) >= decisionThreshold(0.05),
  );
});

test('an effect that is there does not blur the sight', () => {
  const calm = minimumDetectableEffect({ ...question, differences: spread(100, 0.2) }) as number;
  const shifted = minimumDetectableEffect({
    ...question,
    differences: spread(100, 0.2).map((one) => one + 0.3),
  }) as number;
  assert.ok(Math.abs(calm - shifted) < 1e-6);
});

test('wider pairs, fewer pairs, and more comparisons see less', () => {
  const seen = (n: number, width: number, comparisons = 1): number =>
    minimumDetectableEffect({ ...question, differences: spread(n, width), comparisons }) as number;
  assert.ok(seen(100, 0.4) > seen(100, 0.2));
  assert.ok(seen(40, 0.4) > seen(100, 0.4));
  assert.ok(seen(100, 0.4, 40) > seen(100, 0.4));
});

test('with too few pairs to fail whatever they say, nothing is visible', () => {
  assert.is(minimumDetectableEffect({ ...question, differences: spread(8, 0.1) }), null);
  assert.type(minimumDetectableEffect({ ...question, differences: spread(9, 0.1) }), 'number');
  assert.is(minimumDetectableEffect({ ...question, differences: spread(9, 0.1), comparisons: 2 }), null);
  assert.is(minimumDetectableEffect({ ...question, differences: [] }), null);
});

test.run();
