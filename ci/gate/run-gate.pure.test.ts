import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Case } from '../../harness/model/index.js';
import { lookAt } from './decide.js';
import { runGate, type PairOutcome, type PairComparisonInput } from './run-gate.js';
import {
  firstLook,
  lastLook,
  asking,
  planOf,
  a,
  b,
  c,
  stateOf,
  verdictsOf,
  pairsOf,
  countOf,
  noisePair,
} from './simulated-plan.fixture.js';
import { equalPair, pairOf, simulatedLaunch, simulatedPorts, worsePair } from './simulated-ports.fixture.js';

const test = suite('a gate that runs');

test('cases take turns, in another order each round, and each pair draws which side is first', async () => {
  const ports = simulatedPorts();
  await runGate(planOf([asking(a), asking(b), asking(c)]), ports);
  const rounds = Array.from({ length: firstLook }, (_, round) =>
    ports.asked.slice(3 * round, 3 * round + 3).map((pair) => pair.caseId),
  );
  for (const round of rounds) assert.equal([...round].sort(), ['a', 'b', 'c']);
  assert.ok(new Set(rounds.map((round) => round.join(''))).size >= 5, 'the orders of 23 rounds');
  const baseFirst = ports.asked.filter((pair) => pair.first === 'base').length;
  // 69 fair draws: beyond 17 and 52 lies one in 50,000.
  assert.ok(baseFirst >= 17 && baseFirst <= 52, `${baseFirst} of 69 begin with base`);
  assert.is(new Set(ports.asked.map((pair) => pair.seed)).size, 69);
});

test('the same seed gives the same order, sides and payloads; another gives others', async () => {
  const asked = async (seed: number): Promise<unknown> => {
    const ports = simulatedPorts();
    await runGate(planOf([asking(a), asking(b)], { seed }), ports);
    return ports.asked;
  };
  assert.equal(await asked(7), await asked(7));
  assert.not.equal(await asked(7), await asked(8));
});

test('it looks when the schedule says, and the pairs it keeps are in the order they ran', async () => {
  const ports = simulatedPorts({ outcome: (_, attempt) => noisePair(attempt) });
  const progress = await runGate(planOf([asking(a)]), ports);
  const [measurement] = stateOf(progress, 'a#round-trip').measurements;
  assert.equal(
    measurement?.looks.map((look) => [look.pairs, look.alpha, look.verdict]),
    [
      [firstLook, 0.003, 'undecided'],
      [lastLook, 0.007, 'undecided'],
    ],
  );
  assert.equal(
    measurement?.pairs.map((pair) => pair.atMs),
    Array.from({ length: lastLook }, (_, index) => 70 * index),
  );
  assert.equal(
    measurement?.pairs.map((pair) => pair.first),
    ports.asked.map((pair) => pair.first),
  );
  assert.ok(Math.abs((measurement?.pairs[0]?.difference ?? 0) - Math.log(1.5)) < 1e-9);
  assert.equal(
    ports.saved.map((saved) => pairsOf(saved, 'a#round-trip')),
    [[firstLook], [lastLook]],
  );
});

test('a case is measured no further once all that is gated in it is decided', async () => {
  const ports = simulatedPorts({ outcome: (one, attempt) => (one.id === 'a' ? equalPair() : noisePair(attempt)) });
  const progress = await runGate(planOf([asking(a), asking(b)]), ports);
  assert.equal([countOf(ports.asked, a), countOf(ports.asked, b)], [firstLook, lastLook]);
  assert.equal(
    [verdictsOf(progress, 'a#round-trip'), verdictsOf(progress, 'b#round-trip')],
    [[['pass']], [['undecided', 'undecided']]],
  );
});

test('a decided comparison takes no more pairs while its case is measured for another', async () => {
  // Every other launch of head makes a second call more or less: that is undecided; its times are equal.
  const outcome = (_: Case, attempt: number): PairOutcome =>
    pairOf(simulatedLaunch(8000), simulatedLaunch(8000, { syscalls: attempt % 2 === 0 ? 8000 : 0 }));
  const progress = await runGate(planOf([asking(a, ['round-trip', 'syscalls'])]), simulatedPorts({ outcome }));
  assert.equal([pairsOf(progress, 'a#round-trip'), pairsOf(progress, 'a#syscalls')], [[firstLook], [lastLook]]);
});

test('what is decided still counts among those that could have failed', async () => {
  const seen: { pairs: number; decided: (readonly [string, boolean])[] }[] = [];
  const watched = (
    look: Parameters<typeof lookAt>[0],
    questions: readonly PairComparisonInput[],
  ): ReturnType<typeof lookAt> => {
    seen.push({ pairs: look.pairs, decided: questions.map(({ id, isDecided }) => [id, isDecided] as const) });
    return lookAt(look, questions);
  };
  await runGate(
    planOf([asking(a), asking(b)], { lookAt: watched }),
    simulatedPorts({ outcome: (one, attempt) => (one.id === 'a' ? equalPair() : noisePair(attempt)) }),
  );
  assert.equal(seen, [
    {
      pairs: firstLook,
      decided: [
        ['a#round-trip', false],
        ['b#round-trip', false],
      ],
    },
    {
      pairs: lastLook,
      decided: [
        ['a#round-trip', true],
        ['b#round-trip', false],
      ],
    },
  ]);
});

test('a failure is measured again with fresh pairs, its case alone', async () => {
  const ports = simulatedPorts({ outcome: (one) => (one.id === 'b' ? worsePair(0.1) : equalPair()) });
  const progress = await runGate(planOf([asking(a), asking(b)]), ports);
  assert.equal([countOf(ports.asked, a), countOf(ports.asked, b)], [firstLook, 2 * firstLook]);
  assert.equal(verdictsOf(progress, 'b#round-trip'), [['regressed'], ['regressed']]);
  assert.equal(verdictsOf(progress, 'a#round-trip'), [['pass']]);
  assert.is(new Set(ports.asked.filter((pair) => pair.caseId === 'b').map((pair) => pair.seed)).size, 2 * firstLook);
});

test('a failure that fresh pairs do not bear out has both measurements on record', async () => {
  const ports = simulatedPorts({ outcome: (_, attempt) => (attempt < firstLook ? worsePair(0.1) : equalPair()) });
  const progress = await runGate(planOf([asking(a)]), ports);
  assert.equal(verdictsOf(progress, 'a#round-trip'), [['regressed'], ['pass']]);
});

test('an advisory failure is not measured again', async () => {
  const ports = simulatedPorts({ outcome: () => worsePair(0.1) });
  const progress = await runGate(planOf([asking(a, [], ['round-trip'])]), ports);
  assert.equal(verdictsOf(progress, 'a#round-trip'), [['regressed']]);
  assert.is(ports.asked.length, firstLook);
});

test('a case with nothing gated is measured until its advisory comparisons are decided', async () => {
  const ports = simulatedPorts({ outcome: (_, attempt) => noisePair(attempt) });
  const progress = await runGate(planOf([asking(a, [], ['round-trip'])]), ports);
  assert.equal(pairsOf(progress, 'a#round-trip'), [lastLook]);
});

test('an advisory comparison does not keep a case going whose gated ones are decided', async () => {
  const outcome = (_: Case, attempt: number): PairOutcome =>
    pairOf(simulatedLaunch(8000, { p99Ns: 9000 }), simulatedLaunch(8000, { p99Ns: attempt % 2 === 0 ? 20_000 : 4000 }));
  const ports = simulatedPorts({ outcome });
  const progress = await runGate(planOf([asking(a, ['round-trip'], ['p99'])]), ports);
  assert.is(ports.asked.length, firstLook);
  assert.equal(verdictsOf(progress, 'a#p99'), [['undecided']]);
});

test('what a driver cannot know does not keep its case going', async () => {
  const launch = simulatedLaunch(8000, { syscalls: null });
  const ports = simulatedPorts({ outcome: () => pairOf(launch, launch) });
  const progress = await runGate(planOf([asking(a, ['round-trip', 'syscalls'])]), ports);
  assert.is(ports.asked.length, firstLook);
  assert.equal(pairsOf(progress, 'a#syscalls'), [0]);
});

test.run();
