import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { emptyGate, hostileGate, plausibleGate } from '../golden/gate-fixture.js';
import { renderGateJunit } from './render-gate-junit.js';

interface Suite {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly cases: readonly {
    readonly name: string;
    readonly classname: string;
    readonly children: readonly string[];
  }[];
}

// Python's parser is independent of how this was written, and a Debian machine that builds addons has it.
const script =
  `import json, sys, xml.dom.minidom
root = xml.dom.minidom.parseString(sys.stdin.buffer.read()).documentElement
attributes = lambda element: dict(element.attributes.items())
print(json.dumps([{'name': suite.getAttribute('name'), 'attributes': attributes(suite), 'cases': [{'name': ` +
  `one.getAttribute('name'), 'classname': one.getAttribute('classname'), 'children': [child.tagName for child ` +
  `in one.childNodes if child.nodeType == 1]} for one in suite.getElementsByTagName('testcase')]} for suite in ` +
  `root.getElementsByTagName('testsuite')]))`;

function read(text: string): readonly Suite[] {
  return JSON.parse(execFileSync('python3', ['-c', script], { input: text, encoding: 'utf8' })) as readonly Suite[];
}

test(
  'every comparison and every changed promise is a case, counted by ' + 'what it means for continuous integration',
  () => {
    const gate = plausibleGate();
    const suites = read(renderGateJunit(gate));
    assert.equal(
      suites.map((suite) => [suite.name, suite.cases.length]),
      [
        ['gated', 15],
        ['advisory', 2],
        ['promises', 3],
      ],
    );
    const count = (suite: Suite | undefined, child: string): number =>
      suite?.cases.filter((one) => one.children[0] === child).length ?? -1;
    const [gated, advisory, promises] = suites;
    // 2 regressed and 1 lacked by head; 2 inconclusive and 1 new in head.
    assert.equal([count(gated, 'failure'), count(gated, 'skipped'), count(gated, 'system-out')], [3, 3, 9]);
    assert.is(count(advisory, 'skipped'), 2);
    assert.is(count(promises, 'failure'), 2);
    for (const suite of suites) {
      assert.equal([suite.attributes['tests'], suite.attributes['failures'], suite.attributes['skipped']].map(Number), [
        suite.cases.length,
        count(suite, 'failure'),
        count(suite, 'skipped'),
      ]);
      assert.ok(suite.cases.every((one) => one.children.length === 1));
    }
  },
);

test('a case is found again by its names', () => {
  const [gated] = read(renderGateJunit(plausibleGate()));
  assert.equal(
    [gated?.cases[0]?.classname, gated?.cases[0]?.name],
    ['unix-stream/native/ping-pong/64B/same-cpu', 'round trip p25'],
  );
});

test('hostile names and control characters leave well-formed XML', () => {
  const gate = hostileGate();
  const hostile = {
    ...gate,
    comparisons: gate.comparisons.map((found) => ({ ...found, reason: 'a < b & "c" \u0007 ]]> </failure>' })),
  };
  assert.is(
    read(renderGateJunit(hostile)).flatMap((suite) => suite.cases).length,
    gate.comparisons.length + gate.verdictChanges.length,
  );
});

test('a gate without comparisons is no empty file: it is red as a whole', () => {
  assert.equal(
    read(renderGateJunit(emptyGate())).flatMap(({ name, cases }) => cases.map((one) => [name, one.name, one.children])),
    [['gate', 'came to its end', ['error']]],
  );
});

test('the root has no attribute that the schema of Jenkins refuses', () => {
  for (const gate of [plausibleGate(), emptyGate(), hostileGate()]) {
    const [, attributes = ''] = /<testsuites ([^>]*)>/.exec(renderGateJunit(gate)) ?? [];
    assert.equal(
      [...attributes.matchAll(/(\w+)="/g)].map(([, name]) => name),
      ['name', 'tests', 'failures', 'errors'],
    );
  }
});

test.run();
