import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertGolden } from '../golden/assert-golden.js';
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
import { renderGateTerminal } from './render-gate-terminal.js';

const plain = { color: false, width: 80 };
const escapeCodes = /\u001b\[\d+m/g;
const every = {
  empty: emptyGate(),
  plausible: plausibleGate(),
  passing: passingGate(),
  interrupted: interruptedGate(),
  large: largeGate(),
  baseline: baselineGate(),
  reports: reportsGate(),
};

test('the answer at 80 columns is the one that was approved', () => {
  assertGolden(
    'gate-terminal-80.txt',
    renderGateTerminal(plausibleGate(), { ...plain, files: [{ name: 'page', path: 'ipcbench-gate/gate.html' }] }),
  );
});

test('where columns do not fit, each comparison is a sentence', () => {
  assertGolden('gate-terminal-50.txt', renderGateTerminal(plausibleGate(), { ...plain, width: 50 }));
});

test('a gate that has only begun says so', () => {
  assertGolden('gate-terminal-empty.txt', renderGateTerminal(emptyGate(), plain));
});

test('the summary comes first and the meaning of the exit code last', () => {
  for (const [name, gate] of Object.entries(every)) {
    const lines = renderGateTerminal(gate, { color: false, width: 400 }).trimEnd().split('\n');
    assert.is(lines[0]?.replace(/^\S+ /, ''), gate.summary.replace(/(?<=[.]) [A-Z].*$/, ''), name);
    assert.match(
      lines.at(-1) ?? '',
      gate.status === 'running' ? /^Exit code: none yet/ : new RegExp(`^Exit code ${gate.exitCode}: `),
      name,
    );
  }
});

test('gated stands before advisory, and only what is gated explains itself', () => {
  const text = renderGateTerminal(plausibleGate(), plain);
  assert.ok(text.indexOf('Gated') < text.indexOf('Advisory, does not affect the exit status'));
  assert.is(text.split('cross-cpu').length - 1, 1);
});

test('advisory rows are dimmed, whatever their verdict', () => {
  const dimmed = '\u001b[2m';
  const rows = renderGateTerminal(plausibleGate(), { color: true, width: 80 })
    .split('\n')
    .filter((line) => line.replace(escapeCodes, '').startsWith('  p99'));
  assert.is(rows.length, 1);
  assert.not.match((rows[0] ?? '').replaceAll(dimmed, ''), /\u001b\[(3|9)\dm/);
  assert.ok((rows[0] ?? '').includes(dimmed));
});

test('where the interval holds zero no direction is claimed', () => {
  const rows = renderGateTerminal(plausibleGate(), plain)
    .split('\n')
    .filter((line) => /\[−[\d.]+, \+[\d.]+\]/.test(line));
  assert.ok(rows.length > 3);
  for (const row of rows) assert.match(row, / ~ /);
});

test('colours add no character and no meaning', () => {
  const coloured = renderGateTerminal(plausibleGate(), { ...plain, color: true });
  assert.match(coloured, escapeCodes);
  assert.is(coloured.replace(escapeCodes, ''), renderGateTerminal(plausibleGate(), plain));
});

test('every line fits 80 columns, and 60, and 132', () => {
  for (const width of [60, 80, 132]) {
    for (const [name, gate] of Object.entries(every)) {
      const tooLong = renderGateTerminal(gate, { color: false, width })
        .split('\n')
        .filter((line) => [...line].length > width);
      assert.equal(tooLong, [], name);
    }
  }
});

test('every reason of what did not pass is there, and every changed promise with its evidence', () => {
  const gate = plausibleGate();
  const text = renderGateTerminal(gate, plain).replace(/\s+/g, ' ');
  for (const found of gate.comparisons.filter((one) => one.isGated && one.verdict !== 'pass'))
    assert.ok(text.includes(found.reason), found.id);
  for (const change of gate.verdictChanges)
    assert.ok(text.includes(change.id) && text.includes(change.evidence), change.id);
});

test('what comes from outside cannot steer the terminal', () => {
  assert.not.match(renderGateTerminal(hostileGate(), plain), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028]/);
});

test.run();
