import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openTurns } from './turns.js';

const test = suite('turns');

test('a case that failed three times in a row is not worth another launch', () => {
  const turns = openTurns(() => 0);
  for (const kind of ['failure', 'failure', 'sample', 'failure', 'failure'] as const) {
    turns.record('a', kind);
    assert.ok(turns.isWorthwhile('a'), kind);
  }
  turns.record('a', 'failure');
  assert.not(turns.isWorthwhile('a'));
  assert.ok(turns.isWorthwhile('b'));
});

test('a case that the system does not have is not asked again', () => {
  const turns = openTurns(() => 0);
  turns.record('a', 'skipped');
  assert.not(turns.isWorthwhile('a'));
});

test('a block fits when it would have ended by the limit, counted from the start', async () => {
  let nowMs = 1000;
  const turns = openTurns(() => nowMs);
  const tookMs = await turns.timed(async () => void (nowMs += 300));
  assert.is(tookMs, 300);
  assert.is(turns.elapsedMs(), 300);
  assert.ok(turns.fits(200, 500));
  assert.not(turns.fits(201, 500));
  assert.ok(turns.fits(1e9, null));
});

test.run();
