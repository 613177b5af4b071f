import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { intervalRank, medianInterval } from './order-statistics.js';
import { signTest } from './sign-test.js';

const signs = (worse: number, better: number, ties = 0): number[] => [
  ...new Array<number>(worse).fill(1),
  ...new Array<number>(better).fill(-1),
  ...new Array<number>(ties).fill(0),
];

test('eight of ten one way: the textbook example of the deer', () => {
  // J. H. Zar, Biostatistical Analysis, sign test of hind and fore legs of ten deer: P = 0.10937 on both sides, so half
  // of that on one.
  assert.is(signTest(signs(8, 2)).p, 56 / 1024);
  assert.is(signTest(signs(2, 8)).p, 1013 / 1024);
});

test('critical values agree with the printed table', () => {
  // M. F. Triola, Elementary Statistics, table A-7: the largest number of the rarer sign at 0.005 and 0.025 on one
  // side.
  const table: readonly (readonly [n: number, at005: number, at025: number])[] = [
    [8, 0, 0],
    [9, 0, 1],
    [12, 1, 2],
    [15, 2, 3],
    [18, 3, 4],
    [20, 3, 5],
    [21, 4, 5],
    [24, 5, 6],
    [25, 5, 7],
  ];
  for (const [n, at005, at025] of table) {
    for (const [alpha, critical] of [
      [0.005, at005],
      [0.025, at025],
    ] as const) {
      assert.ok(signTest(signs(n - critical, critical)).p <= alpha, `${n} at ${alpha}`);
      assert.ok(signTest(signs(n - critical - 1, critical + 1)).p > alpha, `${n} at ${alpha}`);
      assert.is(intervalRank(n, 2 * alpha)?.k, critical + 1);
    }
  }
});

test('a level that is met exactly is met', () => {
  assert.is(intervalRank(6, 2 / 64)?.k, 1);
  assert.is(intervalRank(6, 2 / 65), null);
});

test('too few for any verdict: seven at one in two hundred', () => {
  assert.ok(signTest(signs(7, 0)).p > 0.005);
  assert.is(intervalRank(7, 0.01), null);
});

test('a tie speaks against a finding, and is counted', () => {
  assert.equal(signTest(signs(3, 0, 2)), { worse: 3, better: 0, ties: 2, p: 16 / 32 });
  assert.equal(signTest(signs(1, 2, 5)).ties, 5);
  assert.is(signTest(signs(0, 0, 5)).p, 1);
});

test('nothing measured, nothing found', () => {
  assert.equal(signTest([]), { worse: 0, better: 0, ties: 0, p: 1 });
});

test('the test finds at alpha / 2 exactly where the interval lies above zero, ties or not', () => {
  // All that matters to both is how many lie on which side: every possible case up to 60 values.
  for (let n = 1; n <= 60; n += 1) {
    for (const ties of [0, 1, Math.floor(n / 4)]) {
      for (let worse = 0; worse + ties <= n; worse += 1) {
        const differences = signs(worse, n - worse - ties, ties);
        for (const alpha of [0.002, 0.01, 0.2]) {
          const { low } = medianInterval(differences, alpha);
          assert.is(
            signTest(differences).p <= alpha / 2,
            low !== null && low > 0,
            `${worse} of ${n}, ${ties} ties, ${alpha}`,
          );
        }
      }
    }
  }
});

test('intervals agree with the printed table', () => {
  // "Confidence Intervals for the Population Median", table A.7 of a textbook: the rank at which the interval starts,
  // and its level in percent.
  const table: readonly (readonly [n: number, alpha: number, k: number, percent: string])[] = [
    [9, 0.01, 1, '99.6'],
    [10, 0.05, 2, '97.9'],
    [12, 0.01, 2, '99.4'],
    [14, 0.02, 3, '98.7'],
    [16, 0.01, 3, '99.6'],
    [17, 0.05, 5, '95.1'],
    [18, 0.01, 4, '99.2'],
    [20, 0.05, 6, '95.9'],
  ];
  for (const [n, alpha, k, percent] of table) {
    const rank = intervalRank(n, alpha);
    assert.equal([rank?.k, ((rank?.coverage ?? 0) * 100).toFixed(1)], [k, percent], `${n} values`);
  }
});

test.run();
