import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VerdictKind } from '../../../harness/model/index.js';
import { verdictCounts, differing, moved, type Seen } from './moved.js';

const run = (
  surrounding: string,
  number: number,
  verdicts: Readonly<Record<string, VerdictKind | readonly [VerdictKind, string]>>,
): Seen => ({
  surrounding,
  run: number,
  verdicts: Object.entries(verdicts).map(([id, answer]) =>
    typeof answer === 'string'
      ? { id, verdict: answer, evidence: `${answer} it is.` }
      : { id, verdict: answer[0], evidence: answer[1] },
  ),
});

test('a verdict that is the same every time has not moved', () => {
  assert.equal(moved([run('quiet', 1, { a: 'pass', b: 'info' }), run('quiet', 2, { a: 'pass', b: 'info' })]), []);
  assert.equal(moved([]), []);
});

test('one that moved is told with the runs and the evidence of each answer', () => {
  const seen = [
    run('quiet', 1, { a: 'pass', b: 'info' }),
    run('quiet', 2, { a: 'fail', b: 'info' }),
    run('quiet', 3, { a: 'pass', b: 'info' }),
  ];
  assert.equal(moved(seen), [
    'a changes between runs (quiet):\n  pass in run 1, run 3: pass it is.\n  fail in run 2: fail it is.',
  ]);
});

test('a run that selects less has moved nothing', () => {
  assert.equal(moved([run('quiet', 1, { a: 'pass' }), run('quiet', 2, { a: 'pass', b: 'info' })]), []);
});

test('one that holds still here and there, and differs, is told as a difference', () => {
  const seen = [run('quiet', 1, { a: 'pass' }), run('nice', 1, { a: 'broken' }), run('nice', 2, { a: 'broken' })];
  assert.equal(moved(seen), []);
  assert.equal(differing(seen), [
    'a differs between surroundings:\n  pass in quiet: pass it is.\n  broken in nice: broken it is.',
  ]);
});

test('a skip that names the error of the system is no difference, and any other is one', () => {
  const proved = run('container', 1, { a: ['skip', 'nothing can be mounted here (unshare EPERM)'] });
  assert.equal(differing([run('quiet', 1, { a: 'pass' }), proved]), []);
  const unproved = run('container', 1, { a: ['skip', 'Not today.'] });
  assert.is(differing([run('quiet', 1, { a: 'pass' }), unproved]).length, 1);
  // Two surroundings may differ beside a third in which it is skipped.
  assert.is(differing([run('quiet', 1, { a: 'pass' }), proved, run('nice', 1, { a: 'fail' })]).length, 1);
});

test('verdicts are counted by kind', () => {
  assert.is(verdictCounts(run('quiet', 1, { a: 'pass', b: 'info', c: 'pass' }).verdicts), '2 pass, 1 info');
});

test.run();
