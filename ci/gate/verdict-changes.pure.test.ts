import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VerdictKind } from '../../harness/model/index.js';
import { isSameAnswer, isWorseThan } from './verdict-changes.js';

const KINDS: readonly VerdictKind[] = ['pass', 'info', 'skip', 'deviation', 'fail', 'broken'];

test('what could not be decided is neither worse nor better than anything', () => {
  for (const kind of KINDS)
    assert.equal([isWorseThan('broken', kind), isWorseThan(kind, 'broken')], [false, false], kind);
});

test('a promise that is no longer made, or kept only partly, or broken, is worse', () => {
  const worse = KINDS.flatMap((was) => KINDS.flatMap((is) => (isWorseThan(was, is) ? [`${was} ${is}`] : [])));
  assert.equal(worse, [
    'pass skip',
    'pass deviation',
    'pass fail',
    'info skip',
    'info deviation',
    'info fail',
    'skip deviation',
    'skip fail',
    'deviation fail',
  ]);
});

test('equal answers are no change, but for a check that decided nothing on either side', () => {
  assert.equal(
    KINDS.map((kind) => isSameAnswer(kind, kind)),
    [true, true, true, true, true, false],
  );
  assert.is(isSameAnswer('pass', null), false);
});

test.run();
