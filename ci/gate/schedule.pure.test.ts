import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { intervalRank } from '../../harness/stats/order-statistics.js';
import { SCHEDULES, totalAlpha } from './schedule.js';

const schedules = Object.entries(SCHEDULES);

test('every schedule spends one percent in all', () => {
  for (const [effort, schedule] of schedules) assert.is(totalAlpha(schedule).toFixed(9), '0.010000000', effort);
});

test('each look has more pairs than the one before, up to the cap of its effort', () => {
  for (const [effort, schedule] of schedules) {
    const pairs = schedule.map((look) => look.pairs);
    assert.equal(
      pairs,
      [...new Set(pairs)].sort((a, b) => a - b),
      effort,
    );
  }
  assert.equal(
    schedules.map(([effort, schedule]) => [effort, schedule.at(-1)?.pairs]),
    [
      ['quick', 40],
      ['default', 100],
      ['thorough', 250],
    ],
  );
});

test('no earlier look spends more than the last', () => {
  for (const [effort, schedule] of schedules)
    for (const look of schedule) assert.ok(look.alpha <= (schedule.at(-1)?.alpha ?? 0), effort);
});

test(
  'every look has an interval, and can fail with two pairs against it even when forty comparisons are corrected ' +
    'for',
  () => {
    for (const [effort, schedule] of schedules) {
      for (const { pairs, alpha } of schedule) {
        assert.ok((intervalRank(pairs, alpha)?.k ?? 0) > 2, effort);
        assert.ok((intervalRank(pairs, alpha / 40)?.k ?? 0) > 2, `${effort}, ${pairs} pairs`);
      }
    }
  },
);

test('the quick looks waste little of what they spend', () => {
  for (const { pairs, alpha } of SCHEDULES.quick)
    assert.ok(1 - (intervalRank(pairs, alpha)?.coverage ?? 0) > 0.85 * alpha, `${pairs}`);
});

test.run();
