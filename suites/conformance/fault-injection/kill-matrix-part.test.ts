import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FaultExpectation, Judgement } from '../../../harness/model/index.js';
import { killMatrixPart, type NotedObservation } from './kill-matrix-part.js';

const table: readonly FaultExpectation[] = [
  { fault: 'drop-one', framing: 'stream', caughtBy: ['a/one'], notFlaggedBy: ['b/two'] },
];
const noted = (checkId: string, verdict: Judgement['verdict'], seed: number): NotedObservation => ({
  fault: 'drop-one',
  framing: 'stream',
  checkId,
  verdict,
  transport: 'fifo',
  evidence: `Evidence ${seed}.`,
  seed,
});
const again = (one: NotedObservation): string => `again ${one.seed} on ${one.transport}`;

test('a part in which all is as it has to be has nothing to complain of', () => {
  const { part, wrong } = killMatrixPart(
    'exchanges',
    [noted('a/one', 'fail', 1), noted('b/two', 'pass', 2)],
    table,
    again,
  );
  assert.equal([part.plantedInto, part.isProven, part.rows.length, wrong], ['exchanges', true, 2, []]);
});

test('what was missed is told by the first run that missed it', () => {
  const { part, wrong } = killMatrixPart(
    'exchanges',
    [noted('a/one', 'fail', 1), noted('a/one', 'broken', 2), noted('a/one', 'pass', 3)],
    table,
    again,
  );
  assert.not.ok(part.isProven);
  assert.equal(wrong, ['missed: drop-one by a/one on fifo: pass: Evidence 3. (again 3 on fifo)']);
});

test('a transport that could not be judged is told once for each reason, and accuses no check', () => {
  const broken = (checkId: string, transport: string, evidence: string): NotedObservation => ({
    ...noted(checkId, 'broken', 1),
    transport,
    evidence,
  });
  const { part, wrong } = killMatrixPart(
    'exchanges',
    [
      noted('a/one', 'fail', 1),
      broken('a/one', 'mine', 'It died.'),
      broken('b/two', 'mine', 'It died.'),
      broken('b/two', 'other', 'It hung.'),
    ],
    table,
    again,
  );
  assert.not.ok(part.isProven);
  assert.equal(
    part.rows.map(({ cell }) => cell),
    ['undecided', 'undecided'],
  );
  assert.equal(wrong, [
    'undecided: drop-one by a/one and 1 more on mine: It died. (again 1 on mine)',
    'undecided: drop-one by b/two on other: It hung. (again 1 on other)',
  ]);
});

test('a false alarm is told by the first run that raised it', () => {
  const alarm = (verdict: Judgement['verdict']): readonly string[] =>
    killMatrixPart(
      'recordings',
      [noted('a/one', 'fail', 1), noted('b/two', 'pass', 2), noted('b/two', verdict, 3)],
      table,
      again,
    ).wrong;
  for (const verdict of ['fail', 'deviation'] as const)
    assert.equal(alarm(verdict), [`false alarm: drop-one by b/two on fifo: ${verdict}: Evidence 3. (again 3 on fifo)`]);
  assert.equal(alarm('info'), []);
});

test('a procedure is told with its own seed', () => {
  const { wrong } = killMatrixPart('system calls', [noted('a/one', 'pass', 9)], table, again);
  assert.equal(wrong, ['missed: drop-one by a/one on fifo: pass: Evidence 9. (again 9 on fifo)']);
});

test.run();
