import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertGolden } from '../golden/assert-golden.js';
import {
  emptyGate,
  hostileGate,
  interruptedGate,
  largeGate,
  passingGate,
  plausibleGate,
} from '../golden/gate-fixture.js';
import { renderGateMarkdown } from './render-gate-markdown.js';

test('the summary of a closed gate is the one that was approved', () => {
  assertGolden('gate.md', renderGateMarkdown(plausibleGate()));
});

test('a gate that has only begun names its state and machine', () => {
  assertGolden('gate-empty.md', renderGateMarkdown(emptyGate()));
});

test('what passed is folded, and nothing else stands open where all passed', () => {
  const text = renderGateMarkdown(passingGate());
  assert.match(text.split('<details>')[0] ?? '', /^### ✓ Open: /);
  assert.not.match(text.split('<details>')[0] ?? '', /^\|/m);
  assert.match(text, /<details><summary>7 passed<\/summary>\n\n\| case /);
});

test('every row has as many cells as its header, whatever the names', () => {
  for (const gate of [plausibleGate(), hostileGate(), largeGate(), interruptedGate()]) {
    const widths = renderGateMarkdown(gate)
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.replace(/\\\|/g, '').split('|').length);
    assert.ok(widths.length > 3);
    assert.equal([...new Set(widths)], [10]);
  }
});

test('the largest gate is far below what GitHub takes for a summary', () => {
  assert.ok(Buffer.byteLength(renderGateMarkdown(largeGate())) < 2 ** 20 / 4);
});

test('reasons and evidence are text, whatever they say', () => {
  const gate = plausibleGate();
  const bold = '<b>*now*</b> | @someone';
  const text = renderGateMarkdown({
    ...gate,
    summary: bold,
    comparisons: gate.comparisons.map((found) => ({ ...found, reason: bold })),
    verdictChanges: gate.verdictChanges.map((change) => ({ ...change, evidence: bold })),
    warnings: [{ code: 'x', message: bold, hint: bold }],
  });
  assert.not.match(text, /<b>/);
  assert.is(
    text.split('&lt;b&gt;\\*now\\*&lt;/b&gt; \\| @\u2060someone').length - 1,
    1 +
      gate.comparisons.filter((found) => found.isGated && found.verdict !== 'pass').length +
      gate.verdictChanges.length +
      2,
  );
});

test('text from outside is text, and every opened element is closed', () => {
  const text = renderGateMarkdown(hostileGate());
  assert.not.match(text.replace(/`[^\n]*`/g, ''), /<b |<script/);
  const count = (pattern: RegExp): number => [...text.matchAll(pattern)].length;
  assert.is(count(/<details>/g), count(/<\/details>/g));
});

test.run();
