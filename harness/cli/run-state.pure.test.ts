import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Launch } from '../model/index.js';
import { Interruption } from '../session/interruption.js';
import { BEGUN, stateAfter, type RunEvent, type RunState } from './run-state.js';

const test = suite('state of a run');

const launch = { index: 0, round: 2 } as Launch;
const afterAll = (events: readonly RunEvent[]): RunState => events.reduce(stateAfter, BEGUN);
const launching = (roundsCompleted: number): RunEvent => ({
  type: 'launching',
  launch,
  at: { round: 2, roundsCompleted },
  leftMs: 10,
});
const measured: RunEvent = {
  type: 'measured',
  end: { round: 3, roundsCompleted: 3, blocksLeftOut: 1, blocksAdded: 2 },
};

test('counts the rounds that are complete before each launch, and at the end of all', () => {
  assert.is(afterAll([launching(1), launching(2)]).roundsCompleted, 2);
  assert.is(afterAll([launching(2), measured]).roundsCompleted, 3);
});

test('has no end of the plan, and is running, until there is one', () => {
  const running = afterAll([launching(1), { type: 'checking', doing: 'pipe', leftMs: null }, { type: 'checked' }]);
  assert.equal([running.status, running.ended, running.finishedAt], ['running', null, null]);
  assert.is(afterAll([measured]).ended?.blocksLeftOut, 1);
});

test('is complete or interrupted at its end, and keeps how far it was', () => {
  const at = new Date(5);
  const whole = afterAll([launching(1), measured, { type: 'ended', at, interruption: null }]);
  assert.equal([whole.status, whole.finishedAt, whole.interruption], ['complete', at, null]);

  const interruption = new Interruption('SIGINT');
  const cut = afterAll([launching(1), { type: 'ended', at, interruption }]);
  assert.equal([cut.status, cut.roundsCompleted, cut.ended, cut.interruption], ['interrupted', 1, null, interruption]);
});

test('does not change the state that it was given', () => {
  const before = { ...BEGUN };
  afterAll([launching(1), measured]);
  assert.equal(BEGUN, before);
});

test.run();
