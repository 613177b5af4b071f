import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Case, Comparison, GateReport, Metric, Variant } from '../../harness/model/index.js';
import { emptyReport } from '../../reports/golden/report-fixture.js';
import { parseGate } from '../../reports/schema/parse-gate.js';
import { assembleGate, type GateInput } from './assemble-gate.js';
import { runGate, type GatedCase, type GateProgress, type PairOutcome } from './run-gate.js';
import { SCHEDULES } from './schedule.js';
import {
  equalPair,
  pairOf,
  simulatedCase,
  simulatedLaunch,
  simulatedPorts,
  worsePair,
} from './simulated-ports.fixture.js';

const test = suite('a gate put together');

const [a, b] = [simulatedCase('a'), simulatedCase('b')];
const asking = (one: Case, metrics: readonly Metric[] = ['round-trip'], isGated = true): GatedCase => ({
  case: one,
  metrics: metrics.map((metric) => ({
    metric,
    terms: { budget: 0.05, isGated, advisoryReason: isGated ? null : 'asked' },
  })),
});

const here: Variant = { settings: [], resolved: [] };
const inputOf = (progress: GateProgress, more: Partial<GateInput> = {}): GateInput => ({
  kind: 'gate',
  method: 'interleaved',
  status: 'complete',
  ipcbenchVersion: '0.1.0',
  command: ['gate'],
  startedAt: '2026-03-14T09:31:22.904Z',
  finishedAt: '2026-03-14T09:32:22.904Z',
  seed: 1,
  environment: emptyReport().environment,
  base: here,
  head: here,
  effort: 'quick',
  schedule: SCHEDULES.quick,
  progress,
  oneSided: [],
  verdictChanges: [],
  checksCompared: 0,
  warnings: [],
  failOn: [],
  endedBy: null,
  recorded: null,
  totalMs: 1000,
  ...more,
});

const gateOf = async (
  cases: readonly GatedCase[],
  outcome: (one: Case, attempt: number) => PairOutcome,
  more: Partial<GateInput> = {},
  budgetMs: number | null = null,
): Promise<GateReport> =>
  assembleGate(
    inputOf(await runGate({ cases, schedule: SCHEDULES.quick, seed: 1, budgetMs }, simulatedPorts({ outcome })), more),
  );

/** The progress that was saved when the pair `attempt` was interrupted. */
const interruptedAt = async (attempt: number, outcome: (attempt: number) => PairOutcome): Promise<GateProgress> => {
  const ports = simulatedPorts({
    outcome: (_, now) => {
      if (now === attempt) throw new Error('Interrupted.');
      return outcome(now);
    },
  });
  await runGate({ cases: [asking(a)], schedule: SCHEDULES.quick, seed: 1, budgetMs: null }, ports).catch(
    () => undefined,
  );
  return ports.saved.at(-1) as GateProgress;
};

const only = ({ comparisons }: GateReport): Comparison => {
  assert.is(comparisons.length, 1);
  return comparisons[0] as Comparison;
};
const noise = (_: Case, attempt: number): PairOutcome => worsePair(attempt % 2 === 0 ? 0.5 : -0.33);
const SIGINT = { signal: 'SIGINT', exitCode: 130 };

for (const [what, outcome, verdict, exitCode] of [
  ['equal launches', () => equalPair(), 'pass', 0],
  ['ten per cent more, twice', () => worsePair(0.1), 'regressed', 1],
  ['ten per cent less', () => worsePair(-0.1), 'improved', 0],
  ['noise', noise, 'inconclusive', 0],
  ['ten per cent more, once', (_: Case, attempt: number) => (attempt < 23 ? worsePair(0.1) : equalPair()), 'pass', 0],
] as const) {
  test(`${what}: ${verdict}, exit ${exitCode}, and the report is one by its schema`, async () => {
    const gate = await gateOf([asking(a)], outcome);
    assert.equal([only(gate).verdict, gate.verdict, gate.exitCode], [verdict, verdict, exitCode]);
    assert.equal(parseGate(JSON.stringify(gate)), gate);
  });
}

test('a comparison has its medians, its change as last looked at, and what could be seen', async () => {
  const found = only(await gateOf([asking(a)], () => worsePair(0.1)));
  assert.equal(
    [found.base, found.head, found.unit, found.lackedBy, found.allowedIncrease],
    [8000, 8800, 'ns', null, null],
  );
  assert.ok(Math.abs((found.change?.median ?? 0) - 0.1) < 1e-9);
  assert.ok((found.smallestVisible ?? 1) < 0.034);
  assert.is(found.measurements.length, 2);
});

test('a count has what may be added: a share of base, a hundredth at least', async () => {
  const launch = simulatedLaunch(8000, { syscalls: 4000, voluntarySwitches: 0 });
  const gate = await gateOf([asking(a, ['syscalls', 'switches'])], () => pairOf(launch, launch));
  assert.equal(
    gate.comparisons.map((one) => [one.unit, one.allowedIncrease, one.verdict]),
    [
      ['per message', 0.2, 'pass'],
      ['per message', 0.01, 'pass'],
    ],
  );
});

test('an advisory worsening closes nothing', async () => {
  const gate = await gateOf([asking(a), asking(b, ['round-trip'], false)], (one) =>
    one.id === 'b' ? worsePair(0.1) : equalPair(),
  );
  assert.equal(
    gate.comparisons.map((one) => [one.verdict, one.isGated]),
    [
      ['pass', true],
      ['regressed', false],
    ],
  );
  assert.is(gate.exitCode, 0);
});

test('a metric that no launch knows is no comparison; of a case that never ran, all are', async () => {
  const launch = simulatedLaunch(8000, { syscalls: null });
  const gate = await gateOf([asking(a, ['round-trip', 'syscalls'])], () => pairOf(launch, launch));
  assert.equal(
    gate.comparisons.map((one) => one.id),
    ['a#round-trip'],
  );
  const never = await gateOf([asking(a, ['round-trip', 'syscalls'])], () => ({
    kind: 'skipped',
    side: 'head',
    reason: 'EMSGSIZE',
  }));
  assert.equal(
    never.comparisons.map((one) => one.id),
    ['a#round-trip', 'a#syscalls'],
  );
});

for (const side of ['base', 'head'] as const) {
  test(`what ${side} does not take here is lacked by ${side}, with its reason`, async () => {
    const gate = await gateOf([asking(a), asking(b)], (one) =>
      one.id === 'b' ? { kind: 'skipped', side, reason: 'EMSGSIZE' } : equalPair(),
    );
    const found = gate.comparisons[1] as Comparison;
    assert.equal(
      [found.verdict, found.lackedBy, found.reason],
      ['incomparable', side, `This case does not run on ${side} on this machine: EMSGSIZE`],
    );
    // What head lacks closes the gate: deleting a case must not open it.
    assert.is(gate.exitCode, side === 'head' ? 3 : 0);
  });
}

test('what neither side takes is lacked by both, and closes nothing that others decide', async () => {
  const gate = await gateOf([asking(a), asking(b)], (one) =>
    one.id === 'b' ? { kind: 'skipped', side: 'both', reason: 'EMSGSIZE' } : equalPair(),
  );
  assert.equal(
    [gate.comparisons[1]?.lackedBy, gate.comparisons[1]?.reason, gate.exitCode],
    ['both', 'This case runs on neither side on this machine: EMSGSIZE', 0],
  );
});

test('broken launches: exit 5, one warning a side with how often', async () => {
  const gate = await gateOf([asking(a), asking(b)], (one) =>
    one.id === 'b' ? { kind: 'failure', failure: { side: 'head', message: 'The responder ended.' } } : equalPair(),
  );
  assert.is(gate.exitCode, 5);
  assert.equal(
    gate.warnings.map((one) => [one.code, one.message]),
    [['launch-broke', 'b failed on head in 3 launches: The responder ended.']],
  );
  assert.equal(
    [gate.comparisons[1]?.verdict, gate.comparisons[1]?.lackedBy, gate.comparisons[1]?.reason],
    ['incomparable', 'head', 'Its launches failed on head: The responder ended.'],
  );
});

test('one case of another side is lacked by it; counts are asked of native cases alone', () => {
  const js = simulatedCase('c', { driver: 'js' });
  const gate = assembleGate(
    inputOf(
      { comparisons: [], skipped: [], breaks: [], wasCutOff: false },
      {
        oneSided: [
          { lackedBy: 'head', cases: [asking(a, ['round-trip', 'syscalls'])], reason: 'Gone.' },
          { lackedBy: 'base', cases: [asking(js, ['round-trip', 'syscalls'])], reason: 'New.' },
        ],
      },
    ),
  );
  assert.equal(
    gate.comparisons.map((one) => [one.id, one.verdict, one.lackedBy, one.reason]),
    [
      ['a#round-trip', 'incomparable', 'head', 'Gone.'],
      ['a#syscalls', 'incomparable', 'head', 'Gone.'],
      ['c#round-trip', 'incomparable', 'base', 'New.'],
    ],
  );
  assert.equal(
    gate.cases.map((one) => one.id),
    ['a', 'c'],
  );
  assert.is(gate.exitCode, 3);
});

test('a time budget that ends it is told with the fewest pairs of what is still open', async () => {
  const outcome = (one: Case, attempt: number): PairOutcome => (one.id === 'a' ? equalPair() : noise(one, attempt));
  const gate = await gateOf([asking(a, ['round-trip', 'switches']), asking(b)], outcome, {}, 5400);
  assert.equal(
    gate.warnings.map((one) => one.message),
    ['The time budget ended the measurement after 27 pairs of each comparison that was still undecided.'],
  );
  const short = await gateOf([asking(a)], outcome, {}, 1);
  assert.equal(
    short.warnings.map((one) => one.message),
    ['The time budget ended the measurement after 1 pair of each comparison that was still undecided.'],
  );
});

test('ended by a signal before the first look: undecided, with the number of pairs', async () => {
  const gate = assembleGate(
    inputOf(await interruptedAt(5, () => equalPair()), { status: 'interrupted', endedBy: SIGINT }),
  );
  assert.equal(
    [gate.verdict, gate.exitCode, gate.summary],
    ['inconclusive', 130, 'Undecided: ended by SIGINT before the measurement was complete.'],
  );
  assert.equal(
    [only(gate).verdict, only(gate).reason, only(gate).change],
    ['inconclusive', 'The measurement ended after 5 pairs, before the first analysis.', null],
  );
  assert.equal([only(gate).base, only(gate).head], [8000, 8000]);
});

test('ended before the first pair: there are no figures', async () => {
  const gate = assembleGate(
    inputOf(await interruptedAt(0, () => equalPair()), { status: 'interrupted', endedBy: SIGINT }),
  );
  assert.equal(
    [only(gate).verdict, only(gate).reason, only(gate).base],
    ['inconclusive', 'The run ended before this was measured.', null],
  );
});

for (const attempt of [23, 25]) {
  test(
    `ended ${attempt - 23} pairs into the second measurement: the first ` + `one's figures stand, and decide nothing`,
    async () => {
      const gate = assembleGate(
        inputOf(await interruptedAt(attempt, () => worsePair(0.1)), { status: 'interrupted', endedBy: SIGINT }),
      );
      assert.is(only(gate).verdict, 'inconclusive');
      assert.match(
        only(gate).reason,
        /^Worse by 10 %.* this counts only if a second measurement confirms it, and none was made\.$/,
      );
      assert.ok(Math.abs((only(gate).change?.median ?? 0) - 0.1) < 1e-9);
    },
  );
}

test('the file of a gate that was killed says neither open nor closed', async () => {
  const gate = await gateOf([asking(a)], () => worsePair(0.1), { status: 'running', finishedAt: null });
  assert.equal([gate.verdict, gate.exitCode], ['inconclusive', 5]);
});

const variant = (...settings: string[]): Variant => ({ settings, resolved: [] });

test('the same settings in another order are the same variant; another method never is', async () => {
  const isSame = async (more: Partial<GateInput>): Promise<boolean> =>
    (await gateOf([asking(a)], () => equalPair(), more)).isSameVariant;
  assert.is(await isSame({}), true);
  assert.is(await isSame({ base: variant('env.A=1', 'wrap=nice'), head: variant('wrap=nice', 'env.A=1') }), true);
  assert.is(await isSame({ base: variant('env.A=1'), head: variant('env.A=2') }), false);
  assert.is(await isSame({ method: 'baseline', recorded: new Map() }), false);
  assert.is(await isSame({ method: 'reports' }), false);
});

test('beside a baseline the base is what was recorded, and what is not on record is new', async () => {
  const recorded = new Map([['a#round-trip', { median: 7000, values: [0, 0, 0] }]]);
  const gate = await gateOf([asking(a, ['round-trip', 'cpu'])], () => equalPair(), { method: 'baseline', recorded });
  const [known, unknown] = gate.comparisons as [Comparison, Comparison];
  assert.equal([known.base, known.head, known.lackedBy, known.smallestVisible], [7000, 8000, null, null]);
  assert.equal([unknown.verdict, unknown.lackedBy, unknown.base, unknown.head], ['incomparable', 'base', null, 8000]);
  assert.match(unknown.reason, /--update/);
});

test.run();
