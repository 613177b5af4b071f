import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { differenceOf, differencesOf, scaleOf, shareOf } from './differences.js';

const near = (actual: number | undefined, expected: number): void =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-12, `${actual} is not ${expected}`);

test('a time five percent longer is five percent worse at any length', () => {
  const scale = scaleOf('ns', 0.05, []);
  for (const base of [80, 8_500, 5e6])
    near(shareOf('ns', differencesOf(scale, [{ base, head: base * 1.05 }])[0] as number), 0.05);
  assert.is(scale.allowedIncrease, null);
});

test('twice as long and half as long are as far from no change', () => {
  const scale = scaleOf('ns', 0.05, []);
  const [longer, shorter] = differencesOf(scale, [
    { base: 100, head: 200 },
    { base: 200, head: 100 },
  ]);
  near(longer, -(shorter as number));
});

test('a time below one nanosecond has a ratio too', () => {
  near(shareOf('ns', differencesOf(scaleOf('ns', 0.05, []), [{ base: 0.4, head: 0.5 }])[0] as number), 0.25);
});

test('a time of nothing has no ratio', () => {
  for (const value of [0, -1, Number.NaN])
    assert.throws(() => differencesOf(scaleOf('ns', 0.05, []), [{ base: 100, head: value }]), /only times above zero/);
});

test('a count that rises by what is allowed reads as the budget', () => {
  const scale = scaleOf('per message', 0.05, [4, 4, 4]);
  near(scale.allowedIncrease as number, 0.2);
  near(differencesOf(scale, [{ base: 4, head: 4.2 }])[0], 0.05);
  near(differencesOf(scale, [{ base: 4, head: 3.8 }])[0], -0.05);
});

test('of a count of zero, a hundredth per message is allowed', () => {
  const scale = scaleOf('per message', 0.05, [0, 0, 0.001]);
  assert.is(scale.allowedIncrease, 0.01);
  near(differencesOf(scale, [{ base: 0, head: 0.01 }])[0], 0.05);
  assert.is(differencesOf(scale, [{ base: 0, head: 0 }])[0], 0);
});

test('what is allowed is taken from the middle of the base, not from each pair', () => {
  const scale = scaleOf('per message', 0.1, [1, 2, 90]);
  near(scale.allowedIncrease as number, 0.2);
});

test('equal counts tie exactly, whatever they are', () => {
  const scale = scaleOf('per message', 0.03, [1 / 3, 2 / 7, 5 / 9]);
  for (const count of [1 / 3, 2 / 7, 1e-3, 77.7]) assert.is(differencesOf(scale, [{ base: count, head: count }])[0], 0);
});

test('one start-up call over many messages closes no gate, one call a message does', () => {
  const scale = scaleOf('per message', 0.05, [0, 0, 0]);
  const [startUp, eachMessage] = differencesOf(scale, [
    { base: 0, head: 1 / 2_000 },
    { base: 0, head: 1 },
  ]);
  assert.ok((startUp as number) < 0.025);
  assert.ok((eachMessage as number) > 0.05);
});

test('shares and differences turn into each other', () => {
  for (const share of [-0.5, -0.01, 0, 0.025, 1])
    for (const unit of ['ns', 'per message'] as const) near(shareOf(unit, differenceOf(unit, share)), share);
});

test('counts of no base are refused', () => {
  assert.throws(() => scaleOf('per message', 0.05, []), /does not exist/);
});

test.run();
