import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  baselineGate,
  emptyGate,
  hostileGate,
  interruptedGate,
  largeGate,
  passingGate,
  plausibleGate,
  reportsGate,
} from '../golden/gate-fixture.js';
import type { GateReport } from '../../harness/model/index.js';
import type { PageData } from './page-data.js';
import { renderGateHtml } from './render-gate-html.js';

const every = {
  empty: emptyGate(),
  plausible: plausibleGate(),
  passing: passingGate(),
  interrupted: interruptedGate(),
  hostile: hostileGate(),
  baseline: baselineGate(),
  reports: reportsGate(),
};

/** Text as a reader sees it: no script, no style, no tags. */
function textOf(page: string): string {
  return page
    .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, ' ')
    .replace(/<wbr>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ');
}

function withoutScript(page: string): string {
  return page.replace(/<script[\s\S]*?<\/script>/g, '');
}

for (const [name, gate] of Object.entries(every)) {
  test(`the page of the ${name} gate is whole: its own script and style by hash, no request, no dead link`, () => {
    const page = renderGateHtml(gate);
    const policy =
      /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1]?.replace(/&#39;/g, "'") ?? '';
    const hash = (text: string | undefined): string =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`;
    const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1];
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1];
    assert.is(
      policy,
      `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; font-src data:; base-uri ` +
        `'none'; form-action 'none'`,
    );
    const rest = withoutScript(page);
    assert.not.match(rest, /\s(?:style|on[a-z]+)="/, 'a style attribute or an event handler would be refused');
    const ids = [...rest.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id ?? '');
    assert.is(new Set(ids).size, ids.length);
    for (const [, target] of rest.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(target ?? ''), target);
    assert.not.match(textOf(page), /undefined|NaN|\[object /);
  });
}

test('the verdict comes first, then tables, plots, and how it was decided', () => {
  const page = renderGateHtml(plausibleGate());
  assert.match(textOf(/<h1>[\s\S]*?<\/h1>/.exec(page)?.[0] ?? ''), /✗ Closed: unix-stream round trip/);
  assert.equal(
    [...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id),
    ['answer', 'promises', 'changes', 'pairs', 'decision', 'caveats', 'machine'],
  );
});

test('every comparison is a row, with its verdict as a word and a sign', () => {
  const gate = plausibleGate();
  const rows = [...renderGateHtml(gate).matchAll(/<tr><th scope="row">[\s\S]*?<\/tr>/g)]
    .map(([row]) => textOf(row))
    .filter((row) => /regressed|pass|improved|inconclusive|incomparable/.test(row));
  assert.is(rows.length, gate.comparisons.length);
  for (const found of gate.comparisons)
    assert.ok(
      rows.some((row) => row.includes(found.caseId) && row.includes(` ${found.verdict} `)),
      found.id,
    );
});

test('reasons, evidence and warnings stand with their ways out', () => {
  const gate = plausibleGate();
  const text = textOf(renderGateHtml(gate));
  for (const found of gate.comparisons.filter((one) => one.isGated && one.verdict !== 'pass'))
    assert.ok(text.includes(found.reason), found.reason);
  for (const change of gate.verdictChanges)
    assert.ok(text.includes(change.evidence) && text.includes(change.promise), change.id);
  for (const { message, hint } of gate.warnings)
    assert.ok(text.includes(message) && (hint === null || text.includes(hint)), message);
});

test('where the interval holds zero the change has a tilde', () => {
  const text = textOf(renderGateHtml(plausibleGate()));
  assert.match(
    text,
    /round trip p25 pipe\/native\/ping-pong\/64B\/same-cpu ✓ pass 4\.80 µs 4\.77 µs ~ 0\.0 % \[−1\.4, \+1\.4\] %/,
  );
});

test('a strip has a dot for each pair, and a rule between two measurements', () => {
  const gate = plausibleGate();
  const strips = [...renderGateHtml(gate).matchAll(/<svg class="strip pairs"[\s\S]*?<\/svg>/g)].map(([strip]) => strip);
  const measured = gate.comparisons.filter((found) => found.measurements.length > 0);
  assert.is(strips.length, measured.length);
  const dots = strips.reduce((sum, strip) => sum + [...strip.matchAll(/h0/g)].length, 0);
  assert.is(
    dots,
    measured.reduce(
      (sum, found) => sum + found.measurements.reduce((pairs, measurement) => pairs + measurement.pairs.length, 0),
      0,
    ),
  );
  assert.is(
    strips.filter((strip) => strip.includes('class="rule"')).length,
    measured.filter((found) => found.measurements.length === 2).length,
  );
});

test('beside a recorded baseline the pairs lie around the change that was decided, not around the control', () => {
  const data = (gate: GateReport): PageData =>
    JSON.parse(
      /<script type="application\/json" id="page-data">([\s\S]*?)<\/script>/.exec(renderGateHtml(gate))?.[1] ?? '',
    ) as PageData;
  for (const chart of data(baselineGate()).gate?.differences ?? []) {
    for (const { points, median } of chart.measurements) {
      const sorted = points.map(([, change]) => change).sort((a, b) => a - b);
      const middle =
        ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.floor(sorted.length / 2)] ?? 0)) / 2;
      assert.ok(median !== null && Math.abs(middle - median) < 1e-3, `${chart.title}: ${middle} around ${median}`);
    }
  }
  assert.equal(data(reportsGate()).gate?.differences, []);
});

test('each way of having a base is explained in its own words', () => {
  assert.match(textOf(renderGateHtml(plausibleGate())), /ran in turns.*the sign test agrees/);
  assert.match(textOf(renderGateHtml(baselineGate())), /recorded earlier.*control.*differs from the one on record/);
  const apart = textOf(renderGateHtml(reportsGate()));
  assert.match(apart, /two reports that were measured apart/);
  assert.not.match(apart, /sign test|looked at after/);
});

test('the script is given every plot, and text from outside stays text', () => {
  const page = renderGateHtml(hostileGate());
  assert.is(page.split('</script>').length - 1, 2, 'only the data and the code end a script');
  assert.not.match(page, /<b onmouseover|\u2028|\u001b/);
  const data = JSON.parse(
    /<script type="application\/json" id="page-data">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '',
  ) as PageData;
  assert.is(data.gate?.forests.length, 2);
  assert.is(data.gate?.differences.length, 15);
});

test('a gate of 64 comparisons stays a page of half a megabyte', () => {
  const page = renderGateHtml(largeGate());
  assert.ok(page.length < 600_000, `${page.length} characters`);
});

test('a gate says what it cannot see, in every state but the first', () => {
  for (const gate of [plausibleGate(), passingGate(), interruptedGate()]) {
    const text = textOf(renderGateHtml(gate));
    assert.match(text, /What this gate cannot see/);
    assert.match(text, /Slow erosion/);
  }
});

test.run();
