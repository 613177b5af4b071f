import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { binomialAtMost } from './binomial.js';

/** Pascal's triangle in whole numbers: nothing in common with the code under test. */
function exactHalf(n: number, upTo: number): number {
  let row = [1n];
  for (let i = 0; i < n; i += 1) row = [1n, ...row.slice(1).map((value, k) => value + (row[k] as bigint)), 1n];
  const sum = row.slice(0, upTo + 1).reduce((total, value) => total + value, 0n);
  return Number((sum * 10n ** 40n) / 2n ** BigInt(n)) / 1e40;
}

function assertNear(actual: number | undefined, expected: number, relative: number): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${actual} is not within ${relative} of ${expected}`,
  );
}

test('tails agree with whole-number arithmetic', () => {
  for (const n of [1, 2, 7, 40, 100, 251, 400]) {
    const tails = binomialAtMost(n, n);
    for (const k of [0, 1, Math.floor(n / 3), Math.floor(n / 2), n - 1, n])
      if (exactHalf(n, k) > 1e-25) assertNear(tails[k], exactHalf(n, k), 1e-11);
  }
});

test('small cases are exact to the last digit, so that levels can be met exactly', () => {
  assert.is(binomialAtMost(6, 0)[0], 1 / 64);
  assert.equal(binomialAtMost(2, 2), [0.25, 0.75, 1]);
});

test('a chance that is not a half: all outcomes of five draws counted', () => {
  const p = 0.3;
  const counted = [0, 0, 0, 0, 0, 0];
  for (let draws = 0; draws < 32; draws += 1) {
    const hits = [0, 1, 2, 3, 4].filter((bit) => (draws >> bit) & 1).length;
    for (let k = hits; k <= 5; k += 1) counted[k] = (counted[k] as number) + p ** hits * (1 - p) ** (5 - hits);
  }
  for (const [k, chance] of binomialAtMost(5, 5, p).entries()) assertNear(chance, counted[k] as number, 1e-12);
});

test('thousands of draws do not vanish', () => {
  // From 1075 draws on, half to that power is no longer a number above zero.
  const half = binomialAtMost(3001, 1500)[1500];
  assertNear(half, 0.5, 1e-9);
});

test('so many draws of another chance are counted from either side alike', () => {
  const [fromBelow, fromAbove] = [
    binomialAtMost(3000, 880, 0.3)[880] as number,
    binomialAtMost(3000, 2119, 0.7)[2119] as number,
  ];
  assert.ok(fromBelow > 0.1 && fromBelow < 0.4);
  assertNear(fromBelow, 1 - fromAbove, 1e-9);
});

test('what is certain is certain', () => {
  assert.equal(binomialAtMost(3, 3, 0), [1, 1, 1, 1]);
  assert.equal(binomialAtMost(3, 3, 1), [0, 0, 0, 1]);
  assert.equal(binomialAtMost(0, 0), [1]);
});

test.run();
