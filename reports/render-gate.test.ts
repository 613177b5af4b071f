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
} from './golden/gate-fixture.js';
import { parseGate, renderGate, renderGateTerminal } from './render-gate.js';

const every = {
  empty: emptyGate(),
  plausible: plausibleGate(),
  passing: passingGate(),
  interrupted: interruptedGate(),
  large: largeGate(),
  baseline: baselineGate(),
  reports: reportsGate(),
  hostile: hostileGate(),
};

for (const [name, gate] of Object.entries(every)) {
  test(`every file of the ${name} gate is drawn, without a word that JavaScript put there`, () => {
    const files = renderGate(gate);
    assert.is(files.length, 10);
    assert.is(new Set(files.map((file) => file.name)).size, files.length);
    for (const { name: file, content } of files) {
      assert.not.match(
        content.replace(/<script>[\s\S]*?<\/script>/g, ''),
        /\bundefined\b|\bNaN\b|\[object |\bInfinity\b/,
        file,
      );
      if (file.endsWith('.json')) JSON.parse(content);
    }
  });
}

test('a gate that was written, read and drawn looks like the one that was drawn at once', () => {
  const read = parseGate(JSON.stringify(plausibleGate()));
  assert.equal(renderGate(read), renderGate(plausibleGate()));
  assert.is(
    renderGateTerminal(read, { color: true, width: 80 }),
    renderGateTerminal(plausibleGate(), { color: true, width: 80 }),
  );
});

test('every warning appears wherever a person reads, with its way out', () => {
  const gate = plausibleGate();
  const files = renderGate(gate).filter(({ name }) => ['gate.html', 'gate.md', 'gate.annotations.txt'].includes(name));
  const texts = [
    ...files.map(({ content }) => content.replace(/&#39;/g, "'").replace(/<[^>]+>/g, '')),
    renderGateTerminal(gate, { color: false, width: 4000 }),
  ];
  assert.is(texts.length, 4);
  for (const text of texts) {
    for (const { message, hint } of gate.warnings)
      assert.ok(text.includes(message) && (hint === null || text.includes(hint)), message);
  }
});

test.run();
