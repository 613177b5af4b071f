import { build } from 'hdr-histogram-js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { binLatencies } from './latency-histogram.js';

test('no duration, no bin', () => {
  assert.equal(binLatencies([]), {
    significantDigits: 3,
    highestTrackableNs: 60e9,
    overflow: 0,
    minNs: 0,
    maxNs: 0,
    sumNs: 0,
    bins: [],
  });
});

test('a single duration keeps its exact extremes and sum, and its bin begins at or below it', () => {
  assert.equal(binLatencies([123_457.4]), {
    significantDigits: 3,
    highestTrackableNs: 60e9,
    overflow: 0,
    minNs: 123_457,
    maxNs: 123_457,
    sumNs: 123_457,
    bins: [123_456, 1],
  });
});

test('what lies above the range is counted, not dropped', () => {
  const bins = binLatencies([60e9, 60e9 + 1, 7]);
  assert.is(bins.overflow, 1);
  assert.is(bins.maxNs, 60e9 + 1);
  assert.equal(bins.bins, [7, 1, Math.floor(60e9 / 2 ** 25) * 2 ** 25, 1]);
});

test('bins come in ascending order, each once', () => {
  assert.equal(binLatencies([5000, 3, 5001, 3, 2047]).bins, [3, 2, 2047, 1, 5000, 2]);
});

test('the bins are those of HdrHistogram', () => {
  const values = [
    0,
    1,
    1023,
    1024,
    2046,
    2047,
    2048,
    2049,
    2050,
    4095,
    4096,
    4097,
    1e6,
    2 ** 20 - 1,
    2 ** 20,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 + 1,
    2 ** 35 - 1,
    2 ** 35,
    59_999_999_999,
  ];
  for (let value = 3; value < 6e10; value *= 1.37) values.push(Math.round(value));
  // Its type leaves the method out.
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60e9,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 64,
  }) as unknown as { lowestEquivalentValue(value: number): number };
  for (const value of values)
    assert.equal(binLatencies([value]).bins, [histogram.lowestEquivalentValue(value), 1], String(value));
});

test.run();
