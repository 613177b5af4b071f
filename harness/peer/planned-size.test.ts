import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from '../../native/load.js';
import { largestSize, plannedSizes } from './planned-size.js';

const { addon } = await loadNative();
const plan = {
  seed: 12345,
  sizeBytes: 32,
  maxSizeBytes: 100_000,
  messages: 90,
  largeBytes: [1_048_576, 300_001],
  beyondBytes: 2_097_152,
};

test('large messages stand where those of the core stand (native/test/payload_test.cc)', () => {
  const sizeOf = plannedSizes(plan, addon);
  const own = new Map([
    [30, 1_048_576],
    [60, 300_001],
    [90, 2_097_152],
  ]);
  for (let seq = 0; seq <= 90; seq += 1)
    assert.is(sizeOf(seq), own.get(seq) ?? addon.messageSize(12345, seq, 32, 100_000));
});

test('without any, every size is drawn', () => {
  const sizeOf = plannedSizes({ ...plan, largeBytes: [], beyondBytes: null }, addon);
  for (let seq = 0; seq <= 90; seq += 1) assert.is(sizeOf(seq), addon.messageSize(12345, seq, 32, 100_000));
});

test('the largest is that of all, whichever kind it is of', () => {
  assert.is(largestSize(plan), 2_097_152);
  assert.is(largestSize({ ...plan, beyondBytes: null }), 1_048_576);
  assert.is(largestSize({ ...plan, largeBytes: [], beyondBytes: null }), 100_000);
});

test.run();
