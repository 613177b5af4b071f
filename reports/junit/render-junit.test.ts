import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hostileReport, verdictsOnlyReport } from '../golden/report-fixture.js';
import { renderJunit } from './render-junit.js';

test('every verdict is a case, counted by what it means for continuous integration', () => {
  const report = verdictsOnlyReport();
  const text = renderJunit(report);
  const count = (pattern: RegExp): number => [...text.matchAll(pattern)].length;
  assert.is(count(/<testcase /g), report.verdicts.length);
  assert.is(count(/<failure /g), report.verdicts.filter((one) => one.verdict === 'fail' || (one.verdict === 'deviation' && one.known === null)).length);
  assert.is(count(/<error /g), report.verdicts.filter((one) => one.verdict === 'broken' || (['pass', 'info'].includes(one.verdict) && one.teardown === 'unclean')).length);
  assert.is(count(/<skipped /g), report.verdicts.filter((one) => one.verdict === 'skip').length);
});

test('a deviation that nobody knows is a failure, a known one is not', () => {
  const report = verdictsOnlyReport();
  const known = renderJunit(report);
  const unknown = renderJunit({ ...report, verdicts: report.verdicts.map((one) => ({ ...one, known: null })) });
  assert.is([...unknown.matchAll(/<failure /g)].length - [...known.matchAll(/<failure /g)].length, report.verdicts.filter((one) => one.known !== null).length);
});

test('hostile names and control characters leave well-formed XML', () => {
  const report = hostileReport();
  const hostile = { ...report, verdicts: verdictsOnlyReport().verdicts.map((one) => ({ ...one, evidence: 'a < b & "c" \u0007 ]]> </failure>' })) };
  // Python's parser is independent of how this was written, and a Debian machine that builds addons has it.
  const script = 'import sys, xml.dom.minidom; print(len(xml.dom.minidom.parseString(sys.stdin.buffer.read()).getElementsByTagName("testcase")))';
  assert.is(Number(execFileSync('python3', ['-c', script], { input: renderJunit(hostile) })), hostile.verdicts.length);
});

test.run();
