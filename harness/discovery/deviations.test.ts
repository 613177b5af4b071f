import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Verdict, VerdictKind } from '../model/index.js';
import { loadProcedures } from './load-procedures.js';
import { loadDeviations, withKnownDeviations, type RecordedDeviation } from './deviations.js';

const here = {
  os: { platform: 'linux', kernel: '6.18.44-x', arch: 'x64', distribution: null, libc: null },
  runtime: { name: 'node', version: 'v20.20.2', v8: null, libuv: null },
};
const recorded: RecordedDeviation = {
  verdict: 'node-ipc-*/exit/send-then-exit',
  shows: 'arrived: \\d+$',
  platform: 'linux',
  runtime: { name: 'node', from: '18', below: '20.21' },
  link: 'https://example.org/1',
  note: 'It loses the tail.',
};
const verdict = (kind: VerdictKind, id = 'node-ipc-json/exit/send-then-exit'): Verdict => ({
  id,
  checkId: 'exit/send-then-exit',
  transport: 'node-ipc-json',
  driver: 'js',
  verdict: kind,
  level: 'SHOULD',
  promise: '',
  source: { document: '', quote: '' },
  evidence: 'arrived: 0',
  teardown: 'clean',
  teardownEvidence: null,
  expected: null,
  procedure: null,
  known: null,
  changed: null,
  history: null,
  command: '',
});

test('a broken promise that is recorded for this system is a known deviation', () => {
  for (const kind of ['fail', 'deviation'] as const) {
    const found = withKnownDeviations(verdict(kind), [recorded], here);
    assert.is(found.verdict, 'deviation');
    assert.equal(found.known, { link: 'https://example.org/1', note: 'It loses the tail.' });
  }
});

test('a recorded deviation that does not show is reported as changed, and stays a pass', () => {
  const found = withKnownDeviations(verdict('pass'), [recorded], here);
  assert.is(found.verdict, 'pass');
  assert.match(found.changed ?? '', /was not observed/);
});

test('skipped, broken and informative verdicts say nothing of it', () => {
  for (const kind of ['skip', 'broken', 'info'] as const)
    assert.equal(withKnownDeviations(verdict(kind), [recorded], here), verdict(kind));
});

test('a promise that is broken in another way than the recorded one is not excused', () => {
  const other = { ...verdict('fail'), evidence: 'arrived: garbage' };
  assert.equal(withKnownDeviations(other, [recorded], here), other);
});

test('another verdict, system, runtime or version is not excused', () => {
  const fail = verdict('fail');
  assert.is(withKnownDeviations(verdict('fail', 'pipe/exit/send-then-exit'), [recorded], here).verdict, 'fail');
  assert.is(withKnownDeviations(fail, [{ ...recorded, platform: 'darwin' }], here).verdict, 'fail');
  assert.is(
    withKnownDeviations(fail, [recorded], { ...here, runtime: { ...here.runtime, name: 'bun' } }).verdict,
    'fail',
  );
  assert.is(
    withKnownDeviations(fail, [recorded], { ...here, runtime: { ...here.runtime, version: 'v20.21.0' } }).verdict,
    'fail',
  );
  assert.is(
    withKnownDeviations(fail, [recorded], { ...here, runtime: { ...here.runtime, version: 'v16.20.0' } }).verdict,
    'fail',
  );
  assert.is(withKnownDeviations(fail, [{ ...recorded, kernel: { from: '6.19', below: null } }], here).verdict, 'fail');
});

test('versions compare by their numbers', () => {
  assert.is(
    withKnownDeviations(
      verdict('fail'),
      [{ ...recorded, runtime: { name: 'node', from: '20.3', below: '20.100' } }],
      here,
    ).verdict,
    'deviation',
  );
});

test('a version may be part of one, and what stands behind its numbers says nothing', () => {
  const kernel = (running: string, from: string, below: string | null): string =>
    withKnownDeviations(verdict('fail'), [{ ...recorded, kernel: { from, below } }], {
      ...here,
      os: { ...here.os, kernel: running },
    }).verdict;
  assert.is(kernel('5.15.167.4-microsoft-standard-WSL2', '5.15', '5.16'), 'deviation');
  assert.is(kernel('6.12.0-rc1+', '6.12', null), 'deviation');
  assert.is(kernel('6.9.12-200.fc40.x86_64', '6.10', null), 'fail');
});

test('a dot in a pattern is a dot', () => {
  assert.is(
    withKnownDeviations(verdict('fail', 'a-b/c/d'), [{ ...recorded, verdict: 'a.b/c/d' }], here).verdict,
    'fail',
  );
});

test('the data file is well formed', () => {
  assert.ok(loadDeviations().length > 5);
  assert.is(
    new Set(loadDeviations().map((one) => `${one.verdict} from ${one.runtime?.from} ${one.kernel?.from}`)).size,
    loadDeviations().length,
  );
});

test('a record is of one check that exists, and of those of its subjects that exist', async () => {
  const known = (await loadProcedures()).flatMap(({ check }) =>
    check.subjects.map((subject) => `${subject}/${check.id}`),
  );
  for (const { verdict: pattern } of loadDeviations()) {
    const [subject = '', ...id] = pattern.split('/');
    assert.not.match(id.join('/'), /\*/, `${pattern} would excuse other checks too`);
    assert.ok(
      known.some(
        (one) =>
          one.endsWith(`/${id.join('/')}`) &&
          withKnownDeviations(verdict('fail', one), [{ ...recorded, verdict: pattern }], here).known !== null,
      ),
      pattern,
    );
    assert.ok(subject.length > 0);
  }
});

test.run();
