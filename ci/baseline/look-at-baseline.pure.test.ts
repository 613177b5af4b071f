// test-deadline-s: 300
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LookResult, Metric, PairRecord } from '../../harness/model/index.js';
import { binomialAtMost } from '../../harness/stats/binomial.js';
import type { PairComparisonInput } from '../gate/run-gate.js';
import { simulatedChance } from '../gate/simulated-gate.fixture.js';
import { QUIET } from '../gate/simulated-ports.fixture.js';
import type { RecordedComparison } from './baseline-record.js';
import { LEAST_BASELINE_BUDGET, lookAtBaseline, valuesBeside } from './look-at-baseline.js';

const test = suite('a look at a baseline');

const look = { pairs: 40, alpha: 0.01 };

const pairs = (values: readonly (readonly [control: number, subject: number])[]): PairRecord[] =>
  values.map(([base, head], index) => ({ atMs: 70 * index, first: 'base', base, head, difference: 0, noise: QUIET }));

const question = (
  id: string,
  given: readonly PairRecord[],
  more: Partial<PairComparisonInput> = {},
): PairComparisonInput => ({
  id,
  metric: 'round-trip',
  unit: 'ns',
  isGated: true,
  isDecided: false,
  budget: LEAST_BASELINE_BUDGET,
  differences: given.map(() => 0),
  pairs: given,
  ...more,
});

const recordedOf = (id: string, values: readonly number[]): RecordedComparison => ({
  id,
  methodRevision: 1,
  control: { caseId: 'c', methodRevision: 1 },
  values: [...values],
  median: 1,
});

/** Subject and control of one machine, whose speed is another at each time; `spread` of each launch, as a share. */
function measured(random: () => number, count: number, { worsening = 0, spread = 0.01, speed = 1 } = {}): PairRecord[] {
  const launch = (ns: number): number => ns * speed * Math.exp(spread * 2 * (random() + random() + random() - 1.5));
  return pairs(Array.from({ length: count }, () => [launch(8000), launch(12_000 * (1 + worsening))] as const));
}

const ask = (
  recorded: readonly RecordedComparison[],
  questions: readonly PairComparisonInput[],
): ReadonlyMap<string, LookResult> => lookAtBaseline(new Map(recorded.map((one) => [one.id, one])))(look, questions);
const ratios = (given: readonly PairRecord[], metric: Metric = 'round-trip'): number[] => valuesBeside(metric, given);

test('times are held beside their control, counts need none', () => {
  assert.equal(
    valuesBeside(
      'round-trip',
      pairs([
        [2, 2],
        [2, 2 * Math.E],
      ]),
    ),
    [0, 1],
  );
  assert.equal(
    valuesBeside(
      'syscalls',
      pairs([
        [4, 6],
        [0, 0],
      ]),
    ),
    [6, 0],
  );
});

test('a machine that is half as fast now moves both: that is no change', () => {
  const random = simulatedChance(1);
  const was = recordedOf('a', ratios(measured(random, 40)));
  const found = ask([was], [question('a', measured(random, 40, { speed: 2 }))]).get('a');
  assert.is(found?.verdict, 'pass');
  assert.ok(Math.abs(found?.change.median ?? 1) < 0.02);
});

test('a worsening of a fifth regresses, an improvement of a fifth improves', () => {
  const random = simulatedChance(2);
  const was = recordedOf('a', ratios(measured(random, 40)));
  const verdict = (worsening: number): string | undefined =>
    ask([was], [question('a', measured(random, 40, { worsening }))]).get('a')?.verdict;
  assert.equal([verdict(0.2), verdict(-0.2)], ['regressed', 'improved']);
});

test('what is not recorded has no answer, and does not weigh on the others', () => {
  const random = simulatedChance(3);
  const was = recordedOf('a', ratios(measured(random, 40)));
  const now = measured(random, 40, { worsening: 0.12, spread: 0.05 });
  const alone = ask([was], [question('a', now)]);
  const among = ask(
    [was],
    [question('a', now), ...Array.from({ length: 50 }, (_, index) => question(`new-${index}`, now))],
  );
  assert.equal([...among.keys()], ['a']);
  assert.is(among.get('a')?.holmP, alone.get('a')?.holmP);
});

test(
  'gated ones are corrected for their number, decided ones among them; ' + 'advisory ones are not, and cost nothing',
  () => {
    const random = simulatedChance(4);
    const base = ratios(measured(random, 40, { spread: 0.2 }));
    const now = measured(random, 40, { worsening: 0.2, spread: 0.2 });
    const many = Array.from({ length: 20 }, (_, index) => `x-${index}`);
    const recorded = ['a', ...many].map((id) => recordedOf(id, base));
    const p = (others: Partial<PairComparisonInput>): number =>
      ask(recorded, [
        question('a', now),
        ...many.map((id) => question(id, measured(random, 40, { spread: 0.2 }), others)),
      ]).get('a')?.holmP ?? 0;
    const alone = ask(recorded, [question('a', now)]).get('a');
    assert.is(alone?.holmP, alone?.p);
    assert.ok((alone?.p ?? 0) > 0);
    assert.is(p({}), Math.min(1, 21 * (alone?.p ?? 0)));
    assert.is(p({ isDecided: true }), Math.min(1, 21 * (alone?.p ?? 0)));
    assert.is(p({ isGated: false }), alone?.p);
  },
);

test('a decided comparison is not looked at again', () => {
  const random = simulatedChance(5);
  const was = recordedOf('a', ratios(measured(random, 40)));
  assert.equal(
    [...ask([was], [question('a', measured(random, 40, { worsening: 1 }), { isDecided: true })]).keys()],
    [],
  );
});

test('counts at zero: none is a pass, one more a message regresses', () => {
  const was = recordedOf(
    'a',
    Array.from({ length: 40 }, () => 0),
  );
  const now = (count: number): PairComparisonInput =>
    question('a', pairs(Array.from({ length: 40 }, () => [5, count] as const)), {
      metric: 'switches',
      unit: 'per message',
    });
  assert.equal([ask([was], [now(0)]).get('a')?.verdict, ask([was], [now(1)]).get('a')?.verdict], ['pass', 'regressed']);
});

test('too few launches on record decide nothing', () => {
  const random = simulatedChance(6);
  const was = recordedOf('a', ratios(measured(random, 5)));
  const found = ask([was], [question('a', measured(random, 40, { worsening: 1 }))]).get('a');
  assert.equal([found?.verdict, found?.change.low], ['undecided', null]);
});

/** Chance of so many or more, if each had `chance`. */
const plausibility = (seen: number, of: number, chance: number): number =>
  seen === 0 ? 1 : 1 - (binomialAtMost(of, seen - 1, chance)[seen - 1] as number);

test(
  'of 400 looks at unchanged code no more fail than promised, with nothing but statistics between noise and a ' +
    'verdict',
  () => {
    const random = simulatedChance(20_260_102);
    const failures = (budget: number, factor: number): number =>
      Array.from({ length: 400 }, () => {
        const was = recordedOf('a', ratios(measured(random, 40, { spread: 0.3 })));
        const found = lookAtBaseline(new Map([['a', was]]))({ ...look, alpha: look.alpha * factor }, [
          question('a', measured(random, 40, { spread: 0.3 }), { budget }),
        ]).get('a');
        return found?.verdict === 'regressed';
      }).filter(Boolean).length;
    const [promised, greedy] = [failures(1e-6, 1), failures(1e-6, 20)];
    assert.ok(plausibility(promised, 400, look.alpha / 2) > 0.001, `${promised} of 400 failed`);
    assert.ok(plausibility(greedy, 400, look.alpha / 2) < 1e-5, `${greedy} of 400: this test could not fail`);
  },
);

test.run();
