import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Guarantees } from '../model/index.js';
import { beyondMaximum, checkedSizes } from './checked-sizes.js';

const guarantees = (framing: Guarantees['framing'], maxMessageBytes: number | null): Guarantees => ({
  framing,
  maxMessageBytes,
  ordered: true,
  reliable: true,
  eof: true,
  duplex: true,
  atomicWriteBytes: null,
  backpressure: 'blocks',
});
const [kib, mib] = [1024, 1024 * 1024];

test('64 KiB, 1 MiB and exactly the maximum are tried, two of each, and nothing beyond the maximum', () => {
  for (const [most, driver, expected] of [
    [null, 'js', { minBytes: 32, maxBytes: 8 * kib, largeBytes: [64 * kib, 64 * kib, mib, mib] }],
    [null, 'native', { minBytes: 32, maxBytes: 96 * kib, largeBytes: [64 * kib, 64 * kib, mib, mib] }],
    [212_960, 'native', { minBytes: 32, maxBytes: 96 * kib, largeBytes: [64 * kib, 64 * kib, 212_960, 212_960] }],
    [64 * kib, 'js', { minBytes: 32, maxBytes: 8 * kib, largeBytes: [64 * kib, 64 * kib] }],
    [1000, 'native', { minBytes: 32, maxBytes: 1000, largeBytes: [1000, 1000] }],
    [20, 'js', { minBytes: 20, maxBytes: 20, largeBytes: [20, 20] }],
    [2 * mib, 'js', { minBytes: 32, maxBytes: 8 * kib, largeBytes: [64 * kib, 64 * kib, mib, mib, 2 * mib, 2 * mib] }],
    // No more than a benchmark tries.
    [
      2 ** 40,
      'js',
      { minBytes: 32, maxBytes: 8 * kib, largeBytes: [64 * kib, 64 * kib, mib, mib, 16 * mib, 16 * mib] },
    ],
  ] as const)
    assert.equal(checkedSizes(guarantees('message', most), driver, 1000), expected);
});

test('sizes that were asked for come beside them, each once, and only as far as the transport takes them', () => {
  assert.equal(checkedSizes(guarantees('stream', null), 'js', 1000, [300_000, mib, 100]).largeBytes, [
    100,
    100,
    64 * kib,
    64 * kib,
    300_000,
    300_000,
    mib,
    mib,
  ]);
  assert.equal(checkedSizes(guarantees('stream', 70_000), 'js', 1000, [300_000]).largeBytes, [
    64 * kib,
    64 * kib,
    70_000,
    70_000,
  ]);
});

test('an exchange of few messages has no more large ones than it has room for', () => {
  for (const [messages, count] of [
    [1, 0],
    [2, 1],
    [3, 2],
    [5, 4],
    [6, 4],
  ] as const)
    assert.is(checkedSizes(guarantees('stream', null), 'js', messages).largeBytes.length, count);
});

test('a byte beyond is tried where a maximum is declared that is tried itself', () => {
  assert.is(beyondMaximum(guarantees('message', null)), undefined);
  assert.is(beyondMaximum(guarantees('message', 5000)), 5001);
  assert.is(beyondMaximum(guarantees('message', 16 * mib - 1)), 16 * mib);
  assert.is(beyondMaximum(guarantees('message', 16 * mib)), undefined);
});

test.run();
