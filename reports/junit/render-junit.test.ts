import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hostileReport, plausibleReport, verdictsOnlyReport } from '../golden/report-fixture.js';
import { renderJunit } from './render-junit.js';

test('every verdict is a case, counted by what it means for continuous integration', () => {
  const report = verdictsOnlyReport();
  const text = renderJunit(report);
  const count = (pattern: RegExp): number => [...text.matchAll(pattern)].length;
  assert.is(count(/<testcase /g), report.verdicts.length);
  assert.is(count(/<failure /g), report.verdicts.filter((one) => one.verdict === 'fail').length);
  assert.is(
    count(/<error /g),
    report.verdicts.filter(
      (one) => one.verdict === 'broken' || (['pass', 'info'].includes(one.verdict) && one.teardown === 'unclean'),
    ).length,
  );
  assert.is(count(/<skipped /g), report.verdicts.filter((one) => one.verdict === 'skip').length);
});

test(
  'a deviation that nobody knows is a failure where --strict was given, and passes otherwise: as the exit code ' +
    'has it',
  () => {
    const report = verdictsOnlyReport();
    const unknown = { ...report, verdicts: report.verdicts.map((one) => ({ ...one, known: null })) };
    const failures = (text: string): number => [...text.matchAll(/<failure /g)].length;
    const deviations = report.verdicts.filter((one) => one.verdict === 'deviation').length;
    assert.ok(deviations > 0);
    assert.is(failures(renderJunit(unknown)), failures(renderJunit(report)));
    assert.is(
      failures(renderJunit({ ...unknown, command: ['ipcbench', 'check', '--strict'] })) - failures(renderJunit(report)),
      deviations,
    );
    assert.is(failures(renderJunit(unknown, { strictness: 'strict' })) - failures(renderJunit(report)), deviations);
  },
);

test('a bench whose launches all broke is no empty file', () => {
  const report = plausibleReport();
  const dead = report.results.filter(({ launches }) => launches.length === 0);
  assert.ok(dead.length > 0);
  const text = renderJunit({ ...report, results: dead, verdicts: [], skipped: [] });
  assert.match(
    text,
    new RegExp(`^<testsuites name="ipcbench" tests="${dead.length}" failures="0" errors="${dead.length}">$`, 'm'),
  );
  assert.match(text, /<error type="broken" message="[^"]*launch/);
});

test('the driver is named where one transport was checked through two', () => {
  const report = verdictsOnlyReport();
  const [first] = report.verdicts;
  if (first === undefined) throw new Error('the fixture has no verdict');
  const text = renderJunit({
    ...report,
    verdicts: [
      { ...first, driver: 'native' },
      { ...first, driver: 'js' },
    ],
  });
  assert.equal(
    [...text.matchAll(/<testcase classname="([^"]*)"/g)].map(([, name]) => name),
    [`${first.transport} · native`, `${first.transport} · js`],
  );
});

test('hostile names and control characters leave well-formed XML', () => {
  const report = hostileReport();
  const hostile = {
    ...report,
    verdicts: verdictsOnlyReport().verdicts.map((one) => ({ ...one, evidence: 'a < b & "c" \u0007 ]]> </failure>' })),
  };
  // Python's parser is independent of how this was written, and a Debian machine that builds addons has it.
  const script =
    'import sys, xml.dom.minidom; ' +
    'print(len(xml.dom.minidom.parseString(sys.stdin.buffer.read()).getElementsByTagName("testcase")))';
  assert.is(
    Number(execFileSync('python3', ['-c', script], { input: renderJunit(hostile) })),
    hostile.verdicts.length + hostile.results.length + hostile.skipped.length,
  );
});

test.run();
