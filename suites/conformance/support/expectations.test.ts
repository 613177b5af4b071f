import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeExpected } from './expectations.js';

test('what had to be seen and was seen passes', () => {
  assert.equal(
    judgeExpected(
      {
        reads: [
          ['a', 'EOF'],
          ['a', 'EOF'],
        ],
        sent: [3, 3],
      },
      'fail',
    ),
    { verdict: 'pass', evidence: 'reads: a, EOF; sent: 3.' },
  );
});

test('what differs is answered with what the check says, and both values are named', () => {
  assert.equal(judgeExpected({ reads: ['EAGAIN', 'EOF'] }, 'fail'), {
    verdict: 'fail',
    evidence: 'reads: EAGAIN (expected: EOF).',
  });
  assert.is(judgeExpected({ reads: ['EAGAIN', 'EOF'] }, 'deviation').verdict, 'deviation');
});

test('information never fails, and says what is usual', () => {
  assert.equal(judgeExpected({ open: ['ok', 'ENXIO'], blocked: [true, false] }, 'info'), {
    verdict: 'info',
    evidence: 'open: ok (usual: ENXIO); blocked: yes (usual: no).',
  });
});

test('what was not seen, and a run whose ground is missing, prove nothing', () => {
  assert.is(judgeExpected({ reads: [undefined, 'EOF'], sent: [1, 1] }, 'info').verdict, 'broken');
  assert.equal(judgeExpected({ reads: ['EOF', 'EOF'] }, 'fail', { 'the queue was full': [false, true] }), {
    verdict: 'broken',
    evidence: 'This run is inconclusive: the queue was full: no (expected: yes).',
  });
});

test('an order, a missing part and an empty list differ', () => {
  assert.is(
    judgeExpected(
      {
        reads: [
          ['EOF', 'a'],
          ['a', 'EOF'],
        ],
      },
      'fail',
    ).verdict,
    'fail',
  );
  assert.is(judgeExpected({ reads: [['a'], ['a', 'EOF']] }, 'fail').verdict, 'fail');
  assert.is(judgeExpected({ reads: [[], ['a']] }, 'fail').evidence, 'reads: nothing (expected: a).');
});

test.run();
