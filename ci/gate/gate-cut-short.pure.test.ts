import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runGate, type GateProgress, type PairOutcome } from './run-gate.js';
import {
  firstLook,
  lastLook,
  asking,
  planOf,
  a,
  b,
  stateOf,
  verdictsOf,
  pairsOf,
  countOf,
  noisePair,
} from './simulated-plan.fixture.js';
import { equalPair, simulatedPorts, worsePair } from './simulated-ports.fixture.js';

const test = suite('a gate that is cut short');

test('a case that one side does not take is asked for once, and the others go on', async () => {
  const ports = simulatedPorts({
    outcome: (one) => (one.id === 'a' ? { kind: 'skipped', side: 'head', reason: 'EMSGSIZE' } : equalPair()),
  });
  const progress = await runGate(planOf([asking(a), asking(b)]), ports);
  assert.equal([countOf(ports.asked, a), countOf(ports.asked, b)], [1, firstLook]);
  assert.equal(progress.skipped, [{ side: 'head', caseId: 'a', reason: 'EMSGSIZE' }]);
});

const breaks = (side: 'base' | 'head'): PairOutcome => ({
  kind: 'failure',
  failure: { side, message: 'The responder ended.' },
});

test('a case that breaks three times in a row is given up', async () => {
  const ports = simulatedPorts({ outcome: (one) => (one.id === 'a' ? breaks('head') : equalPair()) });
  const progress = await runGate(planOf([asking(a), asking(b)]), ports);
  assert.equal([countOf(ports.asked, a), countOf(ports.asked, b)], [3, firstLook]);
  assert.equal(
    progress.breaks.map((one) => [one.side, one.caseId]),
    [
      ['head', 'a'],
      ['head', 'a'],
      ['head', 'a'],
    ],
  );
});

test('a case that breaks now and then goes on, with fewer pairs', async () => {
  const progress = await runGate(
    planOf([asking(a)]),
    simulatedPorts({ outcome: (_, attempt) => (attempt % 3 === 0 ? breaks('base') : noisePair(attempt)) }),
  );
  assert.is(progress.breaks.length, 14);
  assert.equal(pairsOf(progress, 'a#round-trip'), [26]);
});

test('when all that is open was given up, what there is of it is looked at', async () => {
  const progress = await runGate(
    planOf([asking(a)]),
    simulatedPorts({ outcome: (_, attempt) => (attempt < 20 ? equalPair() : breaks('base')) }),
  );
  assert.equal(
    stateOf(progress, 'a#round-trip').measurements[0]?.looks.map((look) => [look.pairs, look.verdict]),
    [[20, 'pass']],
  );
});

test(
  'no round begins that would end beyond the time budget, and the error of the look that was due is spent on ' +
    'what there is',
  async () => {
    const ports = simulatedPorts({ outcome: (_, attempt) => noisePair(attempt), pairMs: 100 });
    const progress = await runGate(planOf([asking(a)], { budgetMs: 4500 }), ports);
    assert.is(progress.wasCutOff, true);
    assert.equal(
      stateOf(progress, 'a#round-trip').measurements[0]?.looks.map((look) => [look.pairs, look.alpha]),
      [
        [firstLook, 0.003],
        [30, 0.007],
      ],
    );
    assert.is(ports.asked.length, 30);
    assert.is(ports.saved.length, 2);
  },
);

test('a third of the time budget is kept for failures, so that a short one can close the gate too', async () => {
  const ports = simulatedPorts({ outcome: () => worsePair(0.1), pairMs: 100 });
  const progress = await runGate(planOf([asking(a)], { budgetMs: 4800 }), ports);
  assert.equal(verdictsOf(progress, 'a#round-trip'), [['regressed'], ['regressed']]);
  const short = await runGate(
    planOf([asking(a)], { budgetMs: 3000 }),
    simulatedPorts({ outcome: () => worsePair(0.1), pairMs: 100 }),
  );
  assert.equal(
    [pairsOf(short, 'a#round-trip'), verdictsOf(short, 'a#round-trip')],
    [
      [20, 10],
      [['regressed'], ['regressed']],
    ],
  );
});

test('the first round runs whatever the time budget, a second measurement only if there is time for it', async () => {
  const nothing = simulatedPorts({ pairMs: 100 });
  const progress = await runGate(planOf([asking(a)], { budgetMs: 0 }), nothing);
  assert.equal([nothing.asked.length, progress.wasCutOff], [1, true]);
  assert.equal(verdictsOf(progress, 'a#round-trip'), [['undecided']]);
});

test('an interruption is passed on, and what there was is saved before', async () => {
  const interruption = new Error('Interrupted by SIGINT.');
  const ports = simulatedPorts({
    outcome: (_, attempt) => {
      if (attempt === 30) throw interruption;
      return noisePair(attempt);
    },
  });
  try {
    await runGate(planOf([asking(a)]), ports);
    assert.unreachable('the interruption was swallowed');
  } catch (error) {
    assert.is(error, interruption);
  }
  assert.equal(
    ports.saved.map((saved) => pairsOf(saved, 'a#round-trip')),
    [[firstLook], [30]],
  );
  assert.equal(verdictsOf(ports.saved.at(-1) as GateProgress, 'a#round-trip'), [['undecided']]);
});

test('a second measurement that an interruption left without a pair is none', async () => {
  const ports = simulatedPorts({
    outcome: (_, attempt) => {
      if (attempt === firstLook) throw new Error('Interrupted.');
      return worsePair(0.1);
    },
  });
  await runGate(planOf([asking(a)]), ports).catch(() => undefined);
  assert.equal(verdictsOf(ports.saved.at(-1) as GateProgress, 'a#round-trip'), [['regressed']]);
});

test('before each pair it is told how many may still come at most', async () => {
  const left: number[] = [];
  await runGate(planOf([asking(a), asking(b)]), { ...simulatedPorts(), beforePair: (_, more) => void left.push(more) });
  assert.equal(left.slice(0, 3), [80, 79, 78]);
  assert.is(left.at(-1), 2 * (lastLook - firstLook) + 1);
});

test('no case at all is no error: what that means is for the verdict to say', async () => {
  const progress = await runGate(planOf([]), simulatedPorts());
  assert.equal(progress, { comparisons: [], skipped: [], breaks: [], wasCutOff: false });
});

test.run();
