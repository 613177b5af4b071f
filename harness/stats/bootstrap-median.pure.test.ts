import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bootstrapMedian, type Outcome } from './bootstrap-median.js';
import { differenceOfMedians } from './difference-of-medians.js';

/** Every resample there is, n to the power of n of them. */
function enumerated(values: readonly number[]): Outcome[] {
  const n = values.length;
  const counts = new Map<number, number>();
  for (let code = 0; code < n ** n; code += 1) {
    const drawn = Array.from({ length: n }, (_, place) => values[Math.floor(code / n ** place) % n] as number).sort(
      (a, b) => a - b,
    );
    const median = ((drawn[Math.floor((n - 1) / 2)] as number) + (drawn[Math.floor(n / 2)] as number)) / 2;
    counts.set(median, (counts.get(median) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, probability: count / n ** n }))
    .sort((a, b) => a.value - b.value);
}

function merged(outcomes: readonly Outcome[]): (readonly [value: number, probability: string])[] {
  const sums = new Map<number, number>();
  for (const { value, probability } of outcomes) sums.set(value, (sums.get(value) ?? 0) + probability);
  return [...sums].map(([value, sum]) => [value, sum.toFixed(9)] as const);
}

test('agrees with all resamples of small samples, odd and even, with ties', () => {
  for (const values of [[3], [1, 2], [5, 1, 2], [1, 8, 2, 16], [1, 1, 2, 4], [7, 1, 3, 3, 20], [1, 2, 4, 8, 16, 32]]) {
    assert.equal(merged(bootstrapMedian(values)), merged(enumerated(values)), values.join(' '));
  }
});

test('the mouse data: the standard error that infinitely many resamples give', () => {
  // B. Efron and R. Tibshirani, An Introduction to the Bootstrap, table 2.2: treated group, median, B = infinity:
  // 37.83.
  const treated = bootstrapMedian([94, 197, 16, 38, 99, 141, 23]);
  const mean = treated.reduce((sum, { value, probability }) => sum + value * probability, 0);
  const variance = treated.reduce((sum, { value, probability }) => sum + probability * (value - mean) ** 2, 0);
  assert.is(Math.sqrt(variance).toFixed(2), '37.83');
});

test('likelihoods sum to one, for many values too', () => {
  for (const n of [99, 100, 1500]) {
    const sum = bootstrapMedian(Array.from({ length: n }, (_, i) => i)).reduce(
      (total, { probability }) => total + probability,
      0,
    );
    assert.ok(Math.abs(sum - 1) < 1e-8, `${n}: ${sum}`);
  }
});

test('a median of nothing is refused', () => {
  assert.throws(() => bootstrapMedian([]), /does not exist/);
});

test('the difference of two medians agrees with all pairs of resamples', () => {
  const base = [1, 2, 4, 8, 9];
  const head = [3, 5, 6, 10, 12];
  const alpha = 0.2;
  const differences = enumerated(base).flatMap((one) =>
    enumerated(head).map((other) => ({
      value: other.value - one.value,
      probability: one.probability * other.probability,
    })),
  );
  const atMost = (limit: number): number =>
    differences.filter(({ value }) => value <= limit).reduce((sum, { probability }) => sum + probability, 0);
  const values = differences.map(({ value }) => value).sort((a, b) => a - b);
  const found = differenceOfMedians(base, head, alpha);
  assert.is(found.difference, 2);
  assert.is(
    found.low,
    values.find((value) => atMost(value) > alpha / 2),
  );
  assert.is(
    found.high,
    values.findLast((value) => 1 - atMost(value - 1) > alpha / 2),
  );
  assert.is(found.p.toFixed(9), atMost(0).toFixed(9));
});

test('the interval lies above zero exactly where p is at most alpha / 2', () => {
  const base = Array.from({ length: 20 }, (_, i) => i % 7);
  for (let shift = 0; shift <= 6; shift += 0.5) {
    const { low, p } = differenceOfMedians(
      base,
      base.map((value) => value + shift),
      0.01,
    );
    assert.is((low as number) > 0, p <= 0.005, `shifted by ${shift}`);
  }
  // Where it ends at zero, it ends at zero, not beside it.
  assert.is(differenceOfMedians([1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1], 0.01).low, 0);
});

test('swapping the samples turns the interval round', () => {
  const [base, head] = [Array.from({ length: 12 }, (_, i) => i * i), Array.from({ length: 15 }, (_, i) => 3 * i)];
  const [there, back] = [differenceOfMedians(base, head, 0.05), differenceOfMedians(head, base, 0.05)];
  assert.equal(
    [there.difference, there.low, there.high],
    [-back.difference, -(back.high as number), -(back.low as number)],
  );
});

test('eight launches are too few for 99 %, nine are enough', () => {
  const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  assert.is(differenceOfMedians(nine.slice(1), nine, 0.01).low, null);
  assert.is(differenceOfMedians(nine, nine.slice(1), 0.01).high, null);
  assert.type(differenceOfMedians(nine, nine, 0.01).low, 'number');
});

test.run();
