import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Case, Metric } from '../../harness/model/index.js';
import { lookAt } from './decide.js';
import {
  runGate,
  type ComparisonState,
  type GatedCase,
  type GatePlan,
  type GateProgress,
  type PairOutcome,
  type PairQuestion,
} from './run-gate.js';
import { SCHEDULES } from './schedule.js';
import {
  equalPair,
  pairOf,
  simulatedCase,
  simulatedLaunch,
  simulatedWorld,
  worsePair,
} from './simulated-world.fixture.js';

const test = suite('a gate that runs');

const schedule = SCHEDULES.quick;
const [firstLook, lastLook] = [23, 40];

const asking = (
  one: Case,
  metrics: readonly Metric[] = ['round-trip'],
  advisory: readonly Metric[] = [],
): GatedCase => ({
  case: one,
  metrics: [
    ...metrics.map((metric) => ({ metric, terms: { budget: 0.05, isGated: true, advisoryReason: null } })),
    ...advisory.map((metric) => ({ metric, terms: { budget: 0.05, isGated: false, advisoryReason: 'asked' } })),
  ],
});
const planOf = (cases: readonly GatedCase[], more: Partial<GatePlan> = {}): GatePlan => ({
  cases,
  schedule,
  seed: 1,
  budgetMs: null,
  ...more,
});
const [a, b, c] = [simulatedCase('a'), simulatedCase('b'), simulatedCase('c')];

const stateOf = ({ comparisons }: GateProgress, id: string): ComparisonState => {
  const found = comparisons.find((one) => one.id === id);
  if (found === undefined) throw new Error(`${id} is not among ${comparisons.map((one) => one.id).join(', ')}`);
  return found;
};
const verdictsOf = (progress: GateProgress, id: string): string[][] =>
  stateOf(progress, id).measurements.map(({ looks }) => looks.map((look) => look.verdict));
const pairsOf = (progress: GateProgress, id: string): number[] =>
  stateOf(progress, id).measurements.map(({ pairs }) => pairs.length);
const countOf = (asked: readonly { readonly caseId: string }[], one: Case): number =>
  asked.filter((pair) => pair.caseId === one.id).length;

/** Differs by far more than any budget from pair to pair, either way: nothing can be said of it. */
const noisePair = (attempt: number): PairOutcome => worsePair(attempt % 2 === 0 ? 0.5 : -0.33);

test('cases take turns, in another order each round, and each pair draws which side is first', async () => {
  const world = simulatedWorld();
  await runGate(planOf([asking(a), asking(b), asking(c)]), world);
  const rounds = Array.from({ length: firstLook }, (_, round) =>
    world.asked.slice(3 * round, 3 * round + 3).map((pair) => pair.caseId),
  );
  for (const round of rounds) assert.equal([...round].sort(), ['a', 'b', 'c']);
  assert.ok(new Set(rounds.map((round) => round.join(''))).size >= 5, 'the orders of 23 rounds');
  const baseFirst = world.asked.filter((pair) => pair.first === 'base').length;
  // 69 fair draws: beyond 17 and 52 lies one in 50,000.
  assert.ok(baseFirst >= 17 && baseFirst <= 52, `${baseFirst} of 69 begin with base`);
  assert.is(new Set(world.asked.map((pair) => pair.seed)).size, 69);
});

test('the same seed gives the same order, sides and payloads; another gives others', async () => {
  const asked = async (seed: number): Promise<unknown> => {
    const world = simulatedWorld();
    await runGate(planOf([asking(a), asking(b)], { seed }), world);
    return world.asked;
  };
  assert.equal(await asked(7), await asked(7));
  assert.not.equal(await asked(7), await asked(8));
});

test('it looks when the schedule says, and the pairs it keeps are in the order they ran', async () => {
  const world = simulatedWorld({ outcome: (_, attempt) => noisePair(attempt) });
  const progress = await runGate(planOf([asking(a)]), world);
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
    world.asked.map((pair) => pair.first),
  );
  assert.ok(Math.abs((measurement?.pairs[0]?.difference ?? 0) - Math.log(1.5)) < 1e-9);
  assert.equal(
    world.saved.map((saved) => pairsOf(saved, 'a#round-trip')),
    [[firstLook], [lastLook]],
  );
});

test('a case is measured no further once all that is gated in it is decided', async () => {
  const world = simulatedWorld({ outcome: (one, attempt) => (one.id === 'a' ? equalPair() : noisePair(attempt)) });
  const progress = await runGate(planOf([asking(a), asking(b)]), world);
  assert.equal([countOf(world.asked, a), countOf(world.asked, b)], [firstLook, lastLook]);
  assert.equal(
    [verdictsOf(progress, 'a#round-trip'), verdictsOf(progress, 'b#round-trip')],
    [[['pass']], [['undecided', 'undecided']]],
  );
});

test('a decided comparison takes no more pairs while its case is measured for another', async () => {
  // Every other launch of head makes a second call more or less: that is undecided; its times are equal.
  const outcome = (_: Case, attempt: number): PairOutcome =>
    pairOf(simulatedLaunch(8000), simulatedLaunch(8000, { syscalls: attempt % 2 === 0 ? 8000 : 0 }));
  const progress = await runGate(planOf([asking(a, ['round-trip', 'syscalls'])]), simulatedWorld({ outcome }));
  assert.equal([pairsOf(progress, 'a#round-trip'), pairsOf(progress, 'a#syscalls')], [[firstLook], [lastLook]]);
});

test('what is decided still counts among those that could have failed', async () => {
  const seen: { pairs: number; decided: (readonly [string, boolean])[] }[] = [];
  const watched = (
    look: Parameters<typeof lookAt>[0],
    questions: readonly PairQuestion[],
  ): ReturnType<typeof lookAt> => {
    seen.push({ pairs: look.pairs, decided: questions.map(({ id, isDecided }) => [id, isDecided] as const) });
    return lookAt(look, questions);
  };
  await runGate(
    planOf([asking(a), asking(b)], { lookAt: watched }),
    simulatedWorld({ outcome: (one, attempt) => (one.id === 'a' ? equalPair() : noisePair(attempt)) }),
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
  const world = simulatedWorld({ outcome: (one) => (one.id === 'b' ? worsePair(0.1) : equalPair()) });
  const progress = await runGate(planOf([asking(a), asking(b)]), world);
  assert.equal([countOf(world.asked, a), countOf(world.asked, b)], [firstLook, 2 * firstLook]);
  assert.equal(verdictsOf(progress, 'b#round-trip'), [['regressed'], ['regressed']]);
  assert.equal(verdictsOf(progress, 'a#round-trip'), [['pass']]);
  assert.is(new Set(world.asked.filter((pair) => pair.caseId === 'b').map((pair) => pair.seed)).size, 2 * firstLook);
});

test('a failure that fresh pairs do not bear out has both measurements on record', async () => {
  const world = simulatedWorld({ outcome: (_, attempt) => (attempt < firstLook ? worsePair(0.1) : equalPair()) });
  const progress = await runGate(planOf([asking(a)]), world);
  assert.equal(verdictsOf(progress, 'a#round-trip'), [['regressed'], ['pass']]);
});

test('an advisory failure is not measured again', async () => {
  const world = simulatedWorld({ outcome: () => worsePair(0.1) });
  const progress = await runGate(planOf([asking(a, [], ['round-trip'])]), world);
  assert.equal(verdictsOf(progress, 'a#round-trip'), [['regressed']]);
  assert.is(world.asked.length, firstLook);
});

test('a case with nothing gated is measured until its advisory comparisons are decided', async () => {
  const world = simulatedWorld({ outcome: (_, attempt) => noisePair(attempt) });
  const progress = await runGate(planOf([asking(a, [], ['round-trip'])]), world);
  assert.equal(pairsOf(progress, 'a#round-trip'), [lastLook]);
});

test('an advisory comparison does not keep a case going whose gated ones are decided', async () => {
  const outcome = (_: Case, attempt: number): PairOutcome =>
    pairOf(simulatedLaunch(8000, { p99Ns: 9000 }), simulatedLaunch(8000, { p99Ns: attempt % 2 === 0 ? 20_000 : 4000 }));
  const world = simulatedWorld({ outcome });
  const progress = await runGate(planOf([asking(a, ['round-trip'], ['p99'])]), world);
  assert.is(world.asked.length, firstLook);
  assert.equal(verdictsOf(progress, 'a#p99'), [['undecided']]);
});

test('what a driver cannot know does not keep its case going', async () => {
  const launch = simulatedLaunch(8000, { syscalls: null });
  const world = simulatedWorld({ outcome: () => pairOf(launch, launch) });
  const progress = await runGate(planOf([asking(a, ['round-trip', 'syscalls'])]), world);
  assert.is(world.asked.length, firstLook);
  assert.equal(pairsOf(progress, 'a#syscalls'), [0]);
});

test('a case that one side does not take is asked for once, and the others go on', async () => {
  const world = simulatedWorld({
    outcome: (one) => (one.id === 'a' ? { kind: 'skipped', side: 'head', reason: 'EMSGSIZE' } : equalPair()),
  });
  const progress = await runGate(planOf([asking(a), asking(b)]), world);
  assert.equal([countOf(world.asked, a), countOf(world.asked, b)], [1, firstLook]);
  assert.equal(progress.skipped, [{ side: 'head', caseId: 'a', reason: 'EMSGSIZE' }]);
});

const breaks = (side: 'base' | 'head'): PairOutcome => ({
  kind: 'failure',
  failure: { side, message: 'The responder ended.' },
});

test('a case that breaks three times in a row is given up', async () => {
  const world = simulatedWorld({ outcome: (one) => (one.id === 'a' ? breaks('head') : equalPair()) });
  const progress = await runGate(planOf([asking(a), asking(b)]), world);
  assert.equal([countOf(world.asked, a), countOf(world.asked, b)], [3, firstLook]);
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
    simulatedWorld({ outcome: (_, attempt) => (attempt % 3 === 0 ? breaks('base') : noisePair(attempt)) }),
  );
  assert.is(progress.breaks.length, 14);
  assert.equal(pairsOf(progress, 'a#round-trip'), [26]);
});

test('when all that is open was given up, what there is of it is looked at', async () => {
  const progress = await runGate(
    planOf([asking(a)]),
    simulatedWorld({ outcome: (_, attempt) => (attempt < 20 ? equalPair() : breaks('base')) }),
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
    const world = simulatedWorld({ outcome: (_, attempt) => noisePair(attempt), pairMs: 100 });
    const progress = await runGate(planOf([asking(a)], { budgetMs: 4500 }), world);
    assert.is(progress.wasCutOff, true);
    assert.equal(
      stateOf(progress, 'a#round-trip').measurements[0]?.looks.map((look) => [look.pairs, look.alpha]),
      [
        [firstLook, 0.003],
        [30, 0.007],
      ],
    );
    assert.is(world.asked.length, 30);
    assert.is(world.saved.length, 2);
  },
);

test('a third of the time budget is kept for failures, so that a short one can close the gate too', async () => {
  const world = simulatedWorld({ outcome: () => worsePair(0.1), pairMs: 100 });
  const progress = await runGate(planOf([asking(a)], { budgetMs: 4800 }), world);
  assert.equal(verdictsOf(progress, 'a#round-trip'), [['regressed'], ['regressed']]);
  const short = await runGate(
    planOf([asking(a)], { budgetMs: 3000 }),
    simulatedWorld({ outcome: () => worsePair(0.1), pairMs: 100 }),
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
  const nothing = simulatedWorld({ pairMs: 100 });
  const progress = await runGate(planOf([asking(a)], { budgetMs: 0 }), nothing);
  assert.equal([nothing.asked.length, progress.wasCutOff], [1, true]);
  assert.equal(verdictsOf(progress, 'a#round-trip'), [['undecided']]);
});

test('an interruption is passed on, and what there was is saved before', async () => {
  const interruption = new Error('Interrupted by SIGINT.');
  const world = simulatedWorld({
    outcome: (_, attempt) => {
      if (attempt === 30) throw interruption;
      return noisePair(attempt);
    },
  });
  try {
    await runGate(planOf([asking(a)]), world);
    assert.unreachable('the interruption was swallowed');
  } catch (error) {
    assert.is(error, interruption);
  }
  assert.equal(
    world.saved.map((saved) => pairsOf(saved, 'a#round-trip')),
    [[firstLook], [30]],
  );
  assert.equal(verdictsOf(world.saved.at(-1) as GateProgress, 'a#round-trip'), [['undecided']]);
});

test('a second measurement that an interruption left without a pair is none', async () => {
  const world = simulatedWorld({
    outcome: (_, attempt) => {
      if (attempt === firstLook) throw new Error('Interrupted.');
      return worsePair(0.1);
    },
  });
  await runGate(planOf([asking(a)]), world).catch(() => undefined);
  assert.equal(verdictsOf(world.saved.at(-1) as GateProgress, 'a#round-trip'), [['regressed']]);
});

test('before each pair it is told how many may still come at most', async () => {
  const left: number[] = [];
  await runGate(planOf([asking(a), asking(b)]), { ...simulatedWorld(), beforePair: (_, more) => void left.push(more) });
  assert.equal(left.slice(0, 3), [80, 79, 78]);
  assert.is(left.at(-1), 2 * (lastLook - firstLook) + 1);
});

test('no case at all is no error: what that means is for the verdict to say', async () => {
  const progress = await runGate(planOf([]), simulatedWorld());
  assert.equal(progress, { comparisons: [], skipped: [], breaks: [], wasCutOff: false });
});

test.run();
