import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom } from '../plan/random.js';
import { fewestForShift, shiftBetween } from './rank-sum.js';

const test = suite('a shift between two samples');

/** Uniform in [0, 1). */
const uniform = (seed: number): (() => number) => {
  const { below } = seededRandom(seed);
  return () => below(2 ** 32) / 2 ** 32;
};

const from = (count: number, start: number, step = 1): number[] =>
  Array.from({ length: count }, (_, index) => start + index * step);

test('five values a side are the fewest for 99 %, four for 95 %, one has no interval at all', () => {
  assert.equal([fewestForShift(0.01), fewestForShift(0.05), fewestForShift(0.5)], [5, 4, 2]);
  assert.equal(shiftBetween(from(4, 0), from(4, 100), 0.01), { difference: 100, low: null, high: null, p: 1 / 70 });
  assert.equal(shiftBetween([1], [3], 0.01), { difference: 2, low: null, high: null, p: 0.5 });
  assert.throws(() => shiftBetween([], [1], 0.01), RangeError);
});

test('chances are those of all orders, counted: 5 and 5, 7 and 7, 6 and 12', () => {
  assert.ok(Math.abs(shiftBetween(from(5, 0), from(5, 100), 0.01).p - 1 / 252) < 1e-15);
  assert.ok(Math.abs(shiftBetween(from(7, 0), from(7, 100), 0.01).p - 1 / 3432) < 1e-15);
  assert.ok(Math.abs(shiftBetween(from(6, 0), from(12, 100), 0.01).p - 1 / 18_564) < 1e-15);
  // One pair the other way round: two orders of 252 are as extreme.
  assert.ok(Math.abs(shiftBetween([0, 1, 2, 3, 5], [4, 6, 7, 8, 9], 0.01).p - 2 / 252) < 1e-15);
});

test('the interval is drawn from all differences, and holds the shift where it is one', () => {
  const { difference, low, high } = shiftBetween(from(7, 0), from(7, 30), 0.01);
  assert.is(difference, 30);
  assert.equal([low, high], [26, 34]);
  const mirrored = shiftBetween(from(7, 30), from(7, 0), 0.01);
  assert.equal([mirrored.difference, mirrored.low, mirrored.high], [-30, -34, -26]);
});

test('values that all tie are no difference, with an interval of nothing', () => {
  const equal = Array.from({ length: 20 }, () => 2);
  assert.equal(shiftBetween(equal, equal, 0.01), { difference: 0, low: 0, high: 0, p: 1 });
});

test('the test and the interval say the same, also with ties, by counting or by the normal distribution', () => {
  const random = uniform(7);
  for (const [m, n] of [
    [5, 5],
    [6, 9],
    [20, 20],
    [110, 120],
  ] as const) {
    for (let run = 0; run < 60; run += 1) {
      const draw = (count: number, shift: number): number[] =>
        Array.from({ length: count }, () => Math.round(10 * random() + shift));
      const { low, p } = shiftBetween(draw(m, 0), draw(n, (run / 60) * 8), 0.01);
      assert.is(p <= 0.005, low !== null && low > 0, `${m} and ${n}, run ${run}`);
    }
  }
});

test('the normal distribution takes over without a step', () => {
  // 100 and 100 are counted, 100 and 101 are not.
  const [counted, normal] = [
    shiftBetween(from(100, 0), from(100, 12.5), 0.01),
    shiftBetween(from(100, 0), from(101, 12), 0.01),
  ];
  assert.ok(Math.abs(counted.p - normal.p) < 2e-3, `${counted.p} ${normal.p}`);
  assert.ok(Math.abs((counted.low ?? 0) - (normal.low ?? 0)) <= 1.5);
});

test(
  'of equal distributions, at most one in a hundred differs: of five, seven and twenty launches, of one speed ' +
    'and of two',
  () => {
    const random = uniform(11);
    const smooth = (): number => random() + random();
    const twoSpeeds = (): number => random() / 10 + (random() < 0.5 ? 0 : 1);
    const counts = (): number => Math.floor(random() * 3);
    for (const [m, n] of [
      [5, 5],
      [7, 7],
      [20, 12],
    ] as const) {
      for (const draw of [smooth, twoSpeeds, counts]) {
        const runs = 4000;
        let missed = 0;
        for (let run = 0; run < runs; run += 1) {
          const { low, high } = shiftBetween(Array.from({ length: m }, draw), Array.from({ length: n }, draw), 0.01);
          if ((low ?? 0) > 0 || (high ?? 0) < 0) missed += 1;
        }
        // Four standard deviations above one in a hundred.
        assert.ok(
          missed <= runs * 0.01 + 4 * Math.sqrt(runs * 0.01 * 0.99),
          `${missed} of ${runs} with ${m} and ${n} of ${draw.name}`,
        );
      }
    }
  },
);

test.run();
