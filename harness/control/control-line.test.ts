import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseControlLine } from './control-line.js';

const costs = {
  cpuNs: 1,
  syscalls: 2,
  voluntarySwitches: 0,
  involuntarySwitches: 0,
  minorFaults: 0,
  majorFaults: 0,
  runDelayNs: null,
  maxRssBytes: null,
};
const result = (bins: unknown): string => {
  const latency = {
    significantDigits: 3,
    highestTrackableNs: 60e9,
    overflow: 0,
    minNs: 100,
    maxNs: 2048,
    sumNs: 2148,
    bins,
  };
  return JSON.stringify({ type: 'result', messages: 2, bytes: 128, windowNs: 1e6, latency, costs, verified: 'header' });
};

test('bins are values and counts in turn', () => {
  const line = parseControlLine(result([100, 1, 2048, 1]));
  assert.equal(line?.type === 'result' ? line.latency?.bins : null, [100, 1, 2048, 1]);
  assert.is(parseControlLine(result([]))?.type, 'result');
});

for (const [what, bins] of [
  ['a value without its count', [100, 1, 2048]],
  [
    'pairs, as an older peer writes them',
    [
      [100, 1],
      [2048, 1],
    ],
  ],
  ['a count below zero', [100, -1]],
  ['a count that is text', [100, '1']],
  ['no list', 'none'],
] as const) {
  test(`${what}: no line of ours`, () => assert.is(parseControlLine(result(bins)), null));
}

test('half a line, and one that no peer says', () => {
  assert.is(parseControlLine(result([100, 1]).slice(0, -1)), null);
  assert.is(parseControlLine('{"type":"hello"}'), null);
});

test.run();
