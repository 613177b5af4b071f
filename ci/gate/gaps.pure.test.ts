import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseResult, Comparison, GateReport, LaunchRecord, Metric, Report } from '../../harness/model/index.js';
import { seededRandom } from '../../harness/plan/random.js';
import { emptyReport, oneCaseReport } from '../../reports/golden/report-fixture.js';
import { assembleGate, type GateInput } from './assemble-gate.js';
import { compareReports } from './compare-reports.js';
import { verdictOfGaps } from './gaps.js';
import { metricsOf } from './metrics.js';
import { runGate, type GateProgress, type PairOutcome } from './run-gate.js';
import { SCHEDULES } from './schedule.js';
import { pairOf, simulatedCase, simulatedLaunch, simulatedPorts } from './simulated-ports.fixture.js';

const test = suite('figures that are missing');

const one = simulatedCase('a');
const ALL = metricsOf('latency');
const here = { settings: [], resolved: [] };

function gateFrom(progress: GateProgress, failOn: GateInput['failOn'] = []): GateReport {
  return assembleGate({
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
    effort: 'default',
    schedule: SCHEDULES.default,
    progress,
    oneSided: [],
    verdictChanges: [],
    checksCompared: 0,
    warnings: [],
    failOn,
    endedBy: null,
    recorded: null,
    totalMs: 1000,
  });
}

async function gateOver(
  outcome: (attempt: number) => PairOutcome,
  metrics: readonly Metric[] = ALL,
  failOn: GateInput['failOn'] = [],
): Promise<{ gate: GateReport; asked: number }> {
  const ports = simulatedPorts({ outcome: (_, attempt) => outcome(attempt) });
  const plan = {
    cases: [
      {
        case: one,
        metrics: metrics.map((metric) => ({
          metric,
          terms: { budget: 0.05, isGated: metric !== 'p99', advisoryReason: metric === 'p99' ? 'a tail' : null },
        })),
      },
    ],
    schedule: SCHEDULES.default,
    seed: 1,
    budgetMs: null,
  };
  return { gate: gateFrom(await runGate(plan, ports), failOn), asked: ports.asked.length };
}

const rowOf = ({ comparisons }: Pick<GateReport, 'comparisons'>, metric: Metric): Comparison => {
  const found = comparisons.find((comparison) => comparison.metric === metric);
  if (found === undefined) throw new Error(`${metric} is no row`);
  return found;
};

/**
 * Head sleeps in every other launch, and such a launch has no quantile: the round trips of the others are those of
 * base.
 */
const sleepy = (attempt: number): PairOutcome =>
  pairOf(
    simulatedLaunch(8000),
    attempt % 2 === 0 ? simulatedLaunch(8000) : simulatedLaunch(120_000, { messages: 9, p25Ns: null, p50Ns: null }),
  );

test('a head that is fifteen times slower in half of its launches does not pass by the other half', async () => {
  const { gate } = await gateOver(sleepy, ['round-trip']);
  const row = rowOf(gate, 'round-trip');
  assert.equal([row.verdict, row.lackedBy, gate.exitCode, gate.verdict], ['incomparable', 'head', 3, 'incomparable']);
  assert.equal(row.gaps, { pairs: 40, missing: 20, absent: { base: 0, head: 20 }, zero: { base: 0, head: 0 } });
  assert.is(
    row.reason,
    'Head has no figure in 20 of 40 pairs. The other launches are not used: whether a launch has a ' +
      'figure may depend on how slow it was. Longer windows (--duration 200ms) hold more messages.',
  );
  assert.equal([row.base, row.head, row.change, row.smallestVisible], [null, null, null, null]);
});

const lacks = (more: Partial<LaunchRecord>): LaunchRecord => simulatedLaunch(8000, more);
for (const [what, outcome, metric, lackedBy] of [
  [
    'base lacks a round trip once',
    (attempt: number) => pairOf(attempt === 11 ? lacks({ p25Ns: null }) : lacks({}), lacks({})),
    'round-trip',
    'base',
  ],
  [
    'both lack it in different pairs',
    (attempt: number) =>
      pairOf(lacks(attempt === 3 ? { p25Ns: null } : {}), lacks(attempt === 7 ? { p25Ns: null } : {})),
    'round-trip',
    'both',
  ],
  [
    'no launch of either side has it',
    () => pairOf(lacks({ p25Ns: null }), lacks({ p25Ns: null })),
    'round-trip',
    'both',
  ],
  ['head cannot tell its CPU time', () => pairOf(lacks({}), lacks({ cpuNs: null })), 'cpu', 'head'],
  [
    'head exchanged nothing in one window',
    (attempt: number) => pairOf(lacks({}), lacks(attempt === 20 ? { messages: 0, p25Ns: null } : {})),
    'syscalls',
    'head',
  ],
  [
    'a figure is no number',
    (attempt: number) => pairOf(lacks({}), lacks(attempt === 5 ? { p25Ns: Number.POSITIVE_INFINITY } : {})),
    'round-trip',
    'head',
  ],
] as const) {
  test(`${what}: incomparable, exit 3`, async () => {
    const { gate } = await gateOver(outcome);
    const row = rowOf(gate, metric);
    assert.equal([row.verdict, row.lackedBy, gate.exitCode], ['incomparable', lackedBy, 3]);
    assert.ok(row.gaps !== undefined && row.gaps.missing > 0);
  });
}

test(
  'what fails first and has a gap when it is measured again closes nothing by the first alone, and is not open ' +
    'either',
  async () => {
    const { gate } = await gateOver(
      (attempt) => pairOf(lacks({}), attempt === 60 ? lacks({ p25Ns: null }) : simulatedLaunch(8800)),
      ['round-trip'],
    );
    assert.equal([rowOf(gate, 'round-trip').verdict, gate.exitCode], ['incomparable', 3]);
  },
);

test(
  'a driver that knows no system calls has no such row, and a tail that only some launches have is advisory and ' +
    'undecided',
  async () => {
    const { gate } = await gateOver((attempt) =>
      pairOf(lacks({ syscalls: null, p99Ns: 9000 }), lacks({ syscalls: null, p99Ns: attempt % 2 === 0 ? 9000 : null })),
    );
    assert.is(
      gate.comparisons.some((row) => row.metric === 'syscalls'),
      false,
    );
    assert.equal(
      [rowOf(gate, 'p99').verdict, rowOf(gate, 'round-trip').verdict, gate.exitCode],
      ['incomparable', 'pass', 0],
    );
  },
);

for (const [what, more, metric] of [
  ['CPU time below a tick on both sides', { cpuNs: 0 }, 'cpu'],
  ['a round trip of 0', { p25Ns: 0 }, 'round-trip'],
  ['a tail of 0', { p99Ns: 0 }, 'p99'],
] as const) {
  test(`${what}: that row cannot be told, the others are decided`, async () => {
    const { gate } = await gateOver((attempt) =>
      pairOf(lacks({ p99Ns: 9000, ...(attempt % 3 === 0 ? more : {}) }), lacks({ p99Ns: 9000, ...more })),
    );
    const row = rowOf(gate, metric);
    assert.is(row.verdict, 'inconclusive');
    assert.is(
      row.reason,
      'Base read 0 ns in 14, and head read 0 ns in 40 of 40 pairs: below the resolution of this ' +
        "system's clock, and no ratio to 0 exists. Longer windows (--duration 200ms) help.",
    );
    assert.equal(
      gate.comparisons.filter((other) => other.metric !== metric).map((other) => other.verdict),
      ALL.slice(1).map(() => 'pass'),
    );
    assert.equal([gate.exitCode, gate.verdict], [0, metric === 'p99' ? 'pass' : 'inconclusive']);
  });
}

test('a time of 0 that is all that is gated is 3, and beside others 4 where that is asked', async () => {
  const zero = (): PairOutcome => pairOf(lacks({}), lacks({ cpuNs: 0 }));
  assert.is((await gateOver(zero, ['cpu'])).gate.exitCode, 3);
  assert.is((await gateOver(zero, ALL, ['inconclusive'])).gate.exitCode, 4);
});

/** A launch of a window as long as a few round trips: whether it has a quantile depends on how many fitted in. */
function launchAtBorder(roundTripNs: number, enough: number): LaunchRecord {
  const messages = Math.floor(200_000 / roundTripNs);
  return simulatedLaunch(roundTripNs, {
    messages,
    ...(messages < enough ? { p25Ns: null, p50Ns: null } : {}),
    cpuNs: messages * roundTripNs,
    syscalls: 4 * messages,
    voluntarySwitches: 2 * messages,
  });
}

for (const slower of [1, 1.02, 1.5]) {
  test(
    `counts from 0 to 25 as what is enough, head ${slower} times ` + `base: no verdict is one of chosen launches`,
    async () => {
      const seen = new Set<string>();
      for (let enough = 0; enough <= 25; enough += 1) {
        for (let seed = 1; seed <= 4; seed += 1) {
          const random = seededRandom(1000 * enough + seed);
          const speed = (): number => 8000 * (0.8 + (random.below(1000) / 1000) * 0.6);
          const launches = Array.from({ length: 400 }, () => {
            const each = speed();
            return { base: launchAtBorder(each, enough), head: launchAtBorder(each * slower, enough) };
          });
          const { gate, asked } = await gateOver(
            (attempt) => pairOf(launches[attempt]?.base as LaunchRecord, launches[attempt]?.head as LaunchRecord),
            ['round-trip', 'cpu'],
          );
          const ran = launches.slice(0, asked);
          for (const row of gate.comparisons) {
            const without = ran.filter(
              ({ base, head }) => row.metric === 'round-trip' && (base.p25Ns === null || head.p25Ns === null),
            ).length;
            const isVerdict =
              row.verdict === 'pass' ||
              row.verdict === 'improved' ||
              row.verdict === 'regressed' ||
              row.change !== null;
            const used = row.measurements.reduce((total, { pairs }) => total + pairs.length, 0);
            if (isVerdict && row.metric === 'round-trip')
              assert.equal(
                [without, used],
                [0, asked],
                `enough ${enough}, seed ${seed}: ${row.verdict} from ${used} of ${asked} pairs`,
              );
            if (without > 0 && row.gaps !== undefined)
              assert.is(row.gaps.missing + used, row.gaps.pairs, `enough ${enough}: every pair is counted`);
            // CPU time has no gap here, and may close the gate by itself.
            const closed = rowOf(gate, 'cpu').verdict === 'regressed' ? 1 : 3;
            if (without > 0)
              assert.is(
                gate.exitCode,
                closed,
                `enough ${enough}, seed ${seed}: ${row.verdict} with ${without} of ${asked} pairs without a figure`,
              );
            seen.add(`${row.metric} ${row.verdict}`);
          }
        }
      }
      assert.ok(seen.has('round-trip incomparable'), [...seen].join());
      assert.ok(
        [...seen].some((verdict) => /round-trip (pass|regressed|inconclusive)/.test(verdict)),
        [...seen].join(),
      );
    },
  );
}

const template = oneCaseReport().results[0] as CaseResult;
const reportOf = (launches: readonly LaunchRecord[]): Report => ({
  ...emptyReport(),
  status: 'complete',
  results: [{ ...template, case: one, figure: 'latency', launches }],
  verdicts: [],
});
const twelve = (more: (index: number) => Partial<LaunchRecord>, roundTripNs = 8000): LaunchRecord[] =>
  Array.from({ length: 12 }, (_, index) =>
    simulatedLaunch(roundTripNs * (1 + index / 1000), { p99Ns: 9000, ...more(index) }),
  );

for (const [what, more, metric] of [
  ['cpuNs', { cpuNs: 0 }, 'cpu'],
  ['p25Ns', { p25Ns: 0 }, 'round-trip'],
  ['p99Ns', { p99Ns: 0 }, 'p99'],
] as const) {
  test(`two reports, ${what} of 0: that row cannot be told, the others are`, () => {
    const { comparisons } = compareReports(
      reportOf(twelve((index) => (index < 3 ? more : {}))),
      reportOf(twelve(() => ({}))),
      [],
    );
    assert.equal(
      [rowOf({ comparisons }, metric).verdict, rowOf({ comparisons }, metric).reason.slice(0, 35)],
      ['inconclusive', 'Base read 0 ns in 3 of 24 launches:'],
    );
    assert.ok(comparisons.filter((row) => row.metric !== metric).every((row) => row.verdict === 'pass'));
  });
}

test('two reports, a window of 0: that row cannot be told, the others are', () => {
  const stream = (more: Partial<LaunchRecord>): Report => {
    const report = reportOf(twelve((index) => ({ bytesPerSecond: 1e9, ...(index === 0 ? more : {}) })));
    return { ...report, results: report.results.map((result) => ({ ...result, figure: 'throughput' as const })) };
  };
  const { comparisons } = compareReports(stream({ windowNs: 0 }), stream({}), []);
  assert.equal(
    comparisons.map((row) => [row.metric, row.verdict]),
    [
      ['message-time', 'inconclusive'],
      ['cpu', 'pass'],
      ['syscalls', 'pass'],
      ['switches', 'pass'],
    ],
  );
});

test('two reports, launches without a figure: the survivors decide nothing', () => {
  const { comparisons } = compareReports(
    reportOf(twelve(() => ({}))),
    reportOf(twelve((index) => (index % 2 === 0 ? { p25Ns: null } : {}))),
    [{ select: '*#round-trip', gated: true }],
  );
  const row = rowOf({ comparisons }, 'round-trip');
  assert.equal([row.verdict, row.lackedBy, row.gaps?.missing], ['incomparable', 'head', 6]);
  assert.match(row.reason, /^Head has no figure in 6 of 24 launches\. The other launches are not used/);
});

test('a gap of one pair is one pair', () => {
  assert.is(
    verdictOfGaps({ pairs: 1, missing: 1, absent: { base: 0, head: 1 }, zero: { base: 0, head: 0 } }, 'cpu').reason,
    'Head has no figure in 1 of 1 pair.',
  );
});

test.run();
