import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withRateBound } from './loss-rate-bound.js';

test('a pass says what it is worth', () => {
  assert.equal(withRateBound({ verdict: 'pass', evidence: 'All came.' }, 'loss', 300), {
    verdict: 'pass',
    evidence: 'All came (no loss in 300 messages: rate below 1.0e-2 at 95 %).',
  });
  assert.is(
    withRateBound({ verdict: 'pass', evidence: 'All came.' }, 'leak', 10, 'programs').evidence,
    'All came (no leak in 10 programs: rate below 3.0e-1 at 95 %).',
  );
});

test('nothing else does, and no pass over a handful', () => {
  for (const verdict of ['fail', 'deviation', 'info', 'broken'] as const)
    assert.is(withRateBound({ verdict, evidence: 'So it was.' }, 'loss', 300).evidence, 'So it was.');
  assert.is(withRateBound({ verdict: 'pass', evidence: 'All came.' }, 'loss', 9).evidence, 'All came.');
});

test.run();
