import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { emptyGate } from '../../../reports/golden/gate-fixture.js';
import { emptyReport, plausibleReport } from '../../../reports/golden/report-fixture.js';
import type { Blow } from './blows.js';
import { complaintsOfEnd, type Saved } from './judge-end.js';

const blow = (change: Partial<Blow>): Blow => ({
  command: 'check',
  victim: 'harness',
  signal: 'SIGTERM',
  afterMs: 0,
  which: 0,
  resumeAfterMs: null,
  ...change,
});
const code = (exitCode: number) => ({ exitCode, signal: null });
const by = (signal: NodeJS.Signals) => ({ exitCode: null, signal });
const report = (change: object): Saved => ({
  kind: 'report',
  content: { ...emptyReport(), status: 'complete', finishedAt: '2026-03-14T09:28:47.113Z', ...change },
});
const verdictLike = (verdict: string) => ({
  ...plausibleReport({ sizes: [64], placements: ['free'], launches: 3 }).verdicts[0],
  verdict,
  teardown: 'clean',
});

test('a harness that was struck ends with the number of the signal, or by it', () => {
  for (const [signal, status] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
    ['SIGTERM', 143],
  ] as const) {
    assert.equal(complaintsOfEnd(blow({ signal }), code(status), null), []);
    assert.equal(complaintsOfEnd(blow({ signal }), by(signal), null), []);
    assert.equal(complaintsOfEnd(blow({ signal }), code(0), null), [`it ended with exit status 0, not with ${status}`]);
  }
  assert.equal(complaintsOfEnd(blow({ signal: 'SIGKILL' }), by('SIGKILL'), null), []);
  assert.is(complaintsOfEnd(blow({ signal: 'SIGKILL' }), code(137), null).length, 1);
});

test('who lives on ends with what its report says', () => {
  const peer = blow({ victim: 'peer', signal: 'SIGKILL' });
  assert.equal(complaintsOfEnd(peer, code(0), report({})), []);
  assert.equal(complaintsOfEnd(peer, code(5), report({})), ['it ended with exit status 5, and its report says 0']);
  assert.equal(complaintsOfEnd(peer, code(5), report({ verdicts: [verdictLike('broken')] })), []);
  assert.equal(complaintsOfEnd(peer, code(0), report({ verdicts: [verdictLike('broken')] })), [
    'it ended with exit status 0, and its report says 5',
  ]);
  assert.equal(complaintsOfEnd(peer, code(0), { kind: 'gate', content: { ...emptyGate(), exitCode: 0 } }), []);
  assert.match(complaintsOfEnd(peer, by('SIGSEGV'), null)[0] ?? '', /ended with SIGSEGV and wrote no report/);
});

test('a promise that is called broken because of a signal is told', () => {
  const host = blow({ victim: 'host', signal: 'SIGSTOP' });
  const [first] = complaintsOfEnd(host, code(1), report({ verdicts: [verdictLike('fail')] }));
  assert.match(first ?? '', /^it ended with 1: .* failed: /);
  assert.match(
    complaintsOfEnd(host, code(1), { kind: 'gate', content: { ...emptyGate(), exitCode: 1 } })[0] ?? '',
    /^it ended with 1/,
  );
});

test.run();
