import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatMemory, formatSize } from './bytes.js';
import { formatCount, formatRatio, formatShare, plural, shortNumber, threeDigits } from './digits.js';
import { formatElapsedMs, formatNs } from './duration.js';
import { formatEstimate, formatSpread, relativeSpread } from './estimate.js';
import { formatBytesPerSecond, formatPerSecond } from './rate.js';

test('a duration keeps three digits in the unit it is best read in', () => {
  assert.equal([0, 1, 23, 850, 999.4, 999.6, 8_520, 42_600, 999_600, 1_240_000, 2_100_000_000, 61e9].map(formatNs), [
    '0 ns',
    '1.00 ns',
    '23.0 ns',
    '850 ns',
    '999 ns',
    '1.00 µs',
    '8.52 µs',
    '42.6 µs',
    '1.00 ms',
    '1.24 ms',
    '2.10 s',
    '61.0 s',
  ]);
});

test('what was not measured is a dash, never a zero', () => {
  assert.equal(
    [formatNs(null), formatMemory(null), formatBytesPerSecond(null), formatPerSecond(null)],
    ['–', '–', '–', '–'],
  );
});

test('a run time is read in minutes', () => {
  assert.equal([0, 999, 42_000, 200_000, 7_500_000].map(formatElapsedMs), [
    '0 ms',
    '999 ms',
    '42 s',
    '3 min 20 s',
    '2 h 05 min',
  ]);
});

test('a size is exact: 4097 bytes are not 4 KiB', () => {
  assert.equal([1, 64, 1023, 1024, 4096, 4097, 65536, 1048576, 16777216, 1536, 2 ** 30].map(formatSize), [
    '1 B',
    '64 B',
    '1023 B',
    '1 KiB',
    '4 KiB',
    '4097 B',
    '64 KiB',
    '1 MiB',
    '16 MiB',
    '1536 B',
    '1 GiB',
  ]);
});

test('memory is rounded', () => {
  assert.equal([512, 5_976_883, 64 * 2 ** 20, 8 * 2 ** 30].map(formatMemory), [
    '512 B',
    '5.70 MiB',
    '64.0 MiB',
    '8.00 GiB',
  ]);
});

test('rates are decimal', () => {
  assert.equal([12, 98e6, 5.31e9, 999.7e6, 1.2e12].map(formatBytesPerSecond), [
    '12.0 B/s',
    '98.0 MB/s',
    '5.31 GB/s',
    '1.00 GB/s',
    '1.20 TB/s',
  ]);
  assert.equal([42, 118_000, 1_240_000, 2e9].map(formatPerSecond), ['42.0 /s', '118 k/s', '1.24 M/s', '2.00 G/s']);
});

test('three digits never grow an exponent, and round into the next decade cleanly', () => {
  assert.equal([0, 9.996, 99.96, 0.0481, 0.00012345, 123456].map(threeDigits), [
    '0',
    '10.0',
    '100',
    '0.0481',
    '0.000123',
    '123000',
  ]);
  assert.equal([2, 2.5, 0.03, 100, 1234].map(shortNumber), ['2', '2.5', '0.03', '100', '1230']);
});

test('counts come in groups of three', () => {
  assert.equal([0, 999, 1000, 12345678].map(formatCount), ['0', '999', '1,000', '12,345,678']);
  assert.equal(
    [plural(1, 'launch', 'launches'), plural(12, 'launch', 'launches'), plural(0, 'case')],
    ['1 launch', '12 launches', '0 cases'],
  );
});

test('a share is a percentage, a ratio a factor', () => {
  assert.equal([0, 0.0004, 0.004, 0.02, 0.094, 0.0996, 0.14, 1].map(formatShare), [
    '0 %',
    '<0.1 %',
    '0.4 %',
    '2 %',
    '9.4 %',
    '10 %',
    '14 %',
    '100 %',
  ]);
  assert.equal(formatRatio(1.084), '1.08×');
});

test('an interval is printed in the unit of its middle', () => {
  assert.is(
    formatEstimate('latency', { value: 8520, low: 831, high: 18700, confidence: 0.96 }),
    '8.52 µs [0.831, 18.7]',
  );
  assert.is(
    formatEstimate('throughput', { value: 5.31e9, low: 5.2e9, high: 5.4e9, confidence: 0.96 }),
    '5.31 GB/s [5.20, 5.40]',
  );
});

test('without an interval the value stands alone', () => {
  const alone = { value: 8520, low: null, high: null, confidence: null };
  assert.is(formatEstimate('latency', alone), '8.52 µs');
  assert.is(formatSpread(alone), null);
});

test('the spread is that of the farther end', () => {
  assert.is(relativeSpread({ value: 100, low: 99, high: 112, confidence: 0.96 }), 0.12);
  assert.is(formatSpread({ value: 100, low: 99, high: 112, confidence: 0.96 }), '±12%');
  assert.is(formatSpread({ value: 1000, low: 999, high: 1002, confidence: 0.96 }), '±<1%');
});

test.run();
