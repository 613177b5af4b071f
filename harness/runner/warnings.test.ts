import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Column, Environment } from '../model/index.js';
import { warningsOf, type WarningInput } from './warnings.js';

const column: Column = {
  id: 'native/ping-pong/64B/same-cpu',
  cases: [],
  timing: { warmupMs: 1, windowMs: 10 },
  blocks: 20,
  isHeadline: true,
};
const environment = { cpu: { allowed: [0, 1], quota: null, governor: null } } as unknown as Environment;
const quiet: WarningInput = {
  environment,
  plan: { seed: 1, rounds: 20, columns: [column], cases: [], skipped: [] },
  totals: { launches: 20, failures: [], measuredMs: 100, stealKnownNs: 1e9, stealTicks: 0 },
  ended: { round: 20, roundsCompleted: 20, blocksLeftOut: 0, blocksAdded: 0 },
  roundsCompleted: 20,
  budgetMs: null,
  checksLeftOut: 0,
  loadAtStart: 0,
  isInterrupted: false,
  verdicts: [],
  goal: { kind: 'order' },
  missed: [],
};
const codes = (more: Partial<WarningInput>): string[] => warningsOf({ ...quiet, ...more }).map(({ code }) => code);
const messages = (more: Partial<WarningInput>): string =>
  warningsOf({ ...quiet, ...more })
    .map(({ message }) => message)
    .join(' ');

test('a quiet run to the end warns of nothing', () => assert.equal(codes({}), []));

test('what a time budget left out is counted, launches and checks apart', () => {
  const ended = { round: 3, roundsCompleted: 3, blocksLeftOut: 17, blocksAdded: 0 };
  assert.is(
    messages({ budgetMs: 45_000, ended }),
    'The time budget of 45 s ended before 17 of 20 planned blocks of launches. Each figure shows how ' +
      'many launches it has.',
  );
  assert.is(
    messages({ budgetMs: 45_000, checksLeftOut: 12 }),
    'The time budget of 45 s ended before 12 of the checks began; these have no verdict.',
  );
});

test('an interruption says how far the run had come', () =>
  assert.equal(codes({ isInterrupted: true, ended: null, roundsCompleted: 4 }), ['interrupted']));

test('columns that did not reach the precision are named with what they reached', () => {
  const missed = [
    { columnId: 'native/ping-pong/64B/cross-cpu', share: 0.041 },
    { columnId: 'native/stream/64B/free', share: null },
  ];
  assert.is(
    messages({ goal: { kind: 'precision', share: 0.03 }, missed }),
    '2 columns did not reach the ±3.0 % requested with --precision: native/ping-pong/64B/cross-cpu ' +
      '(±4.1 %), native/stream/64B/free (no interval yet).',
  );
  assert.equal(codes({ goal: { kind: 'precision', share: 0.03 }, missed: [] }), []);
});

test('stolen time is a share of the launches in which it was told', () => {
  assert.equal(codes({ totals: { ...quiet.totals, stealTicks: 1 } }), []);
  assert.equal(codes({ totals: { ...quiet.totals, stealTicks: 2 } }), ['steal']);
  assert.equal(codes({ totals: { ...quiet.totals, stealKnownNs: 0 } }), []);
});

test.run();
