import type { Case, ChangeInterval, Comparison, GateReport, LookResult, Measurement, Metric, PairRecord, VerdictChange } from '../../harness/model/index.js';
import { emptyReport, hostileText, longName } from './report-fixture.js';
import { median, randomFrom, type Random } from './plausible-figures.js';

/** A gate with something of everything: every verdict, a failure measured twice, counts at zero, changed promises, warnings. */
export function plausibleGate(): GateReport {
  const comparisons = plausible.map(comparison);
  return {
    ...emptyGate(),
    status: 'complete',
    finishedAt: '2026-03-14T09:31:22.904Z',
    cases: [...new Map(plausible.map((spec) => [spec.case.id, spec.case])).values()],
    comparisons,
    verdictChanges: verdictChanges(),
    checksCompared: 318,
    warnings: [
      { code: 'governor', message: "The CPU governor is 'powersave': frequency follows load, and short windows run slow.", hint: 'Set it to performance: cpupower frequency-set -g performance.' },
      { code: 'launches-failed', message: '2 launches of head failed in fifo/native/ping-pong/4KiB/same-cpu; their pairs were dropped.', hint: null },
    ],
    verdict: 'regressed',
    summary: 'Closed: unix-stream round trip at 64 B is 6.0 % slower (at least 4.7 %, budget 5 %), measured twice, and 1 promise is no longer kept.',
    exitCode: 1,
    totalMs: 252_222,
  };
}

/** Nothing changed, and the machine was quiet enough to see it. */
export function passingGate(): GateReport {
  const gate = plausibleGate();
  return {
    ...gate,
    comparisons: gate.comparisons.filter((found) => found.verdict === 'pass'),
    verdictChanges: [],
    warnings: [],
    verdict: 'pass',
    summary: 'Open: none of 7 gated figures is worse by its budget, and every promise that base keeps is kept.',
    exitCode: 0,
  };
}

/** Ctrl-C after a third of it. */
export function interruptedGate(): GateReport {
  const gate = plausibleGate();
  return {
    ...gate,
    status: 'interrupted',
    comparisons: gate.comparisons.slice(0, 3).map((found) => ({
      ...found,
      verdict: 'inconclusive',
      reason: 'The gate was ended before this could be decided.',
      smallestVisible: null,
      measurements: found.measurements.slice(0, 1).map(({ pairs }) => ({ looks: [], pairs: pairs.slice(0, 5) })),
      change: found.change === null ? null : { ...found.change, low: null, high: null },
    })),
    verdictChanges: [],
    checksCompared: 0,
    verdict: 'inconclusive',
    summary: 'Undecided: the gate was interrupted after 5 pairs of each comparison.',
    exitCode: 130,
  };
}

/** The first save: nothing has been measured. */
export function emptyGate(): GateReport {
  const { environment, ipcbenchVersion, seed } = emptyReport();
  return {
    schema: 'ipcbench-gate',
    version: 1,
    kind: 'gate',
    method: 'interleaved',
    status: 'running',
    ipcbenchVersion,
    command: ['ipcbench', 'gate', '--base', 'git=main', '--head', 'git=HEAD', '--budget', '5%'],
    startedAt: '2026-03-14T09:27:10.682Z',
    finishedAt: null,
    seed,
    environment,
    base: { settings: ['git=main'], resolved: ['commit 4f1c2d9 of main'] },
    head: { settings: ['git=HEAD'], resolved: ['commit b80a6e1, with uncommitted changes'] },
    isSameVariant: false,
    effort: 'default',
    schedule,
    cases: [],
    comparisons: [],
    verdictChanges: [],
    checksCompared: 0,
    warnings: [],
    verdict: 'inconclusive',
    summary: 'Running: nothing has been decided yet.',
    exitCode: 0,
    totalMs: 0,
  };
}

/** Head against a recorded baseline: the other launch of each pair is a control's, half as slow again. */
export function baselineGate(): GateReport {
  const gate = plausibleGate();
  return {
    ...gate,
    method: 'baseline',
    base: { settings: ['baseline=.ipcbench'], resolved: ['3 records, the last of 2026-03-01T10:00:00.000Z'] },
    comparisons: gate.comparisons
      .filter((found) => found.lackedBy !== 'head')
      .map((found) => ({
        ...found,
        budget: 0.1,
        smallestVisible: null,
        measurements: found.measurements.map((measurement) => ({ ...measurement, pairs: measurement.pairs.map((pair) => ({ ...pair, base: pair.base * 1.5, difference: pair.difference - Math.log(1.5) })) })),
      })),
  };
}

/** Two reports that were measured apart: no pairs, and nothing gated. */
export function reportsGate(): GateReport {
  const gate = plausibleGate();
  return {
    ...gate,
    kind: 'compare',
    method: 'reports',
    base: { settings: ['report=monday.json'], resolved: ['measured 2026-03-09T09:27:10.682Z by ipcbench 0.1.0'] },
    head: { settings: ['report=tuesday.json'], resolved: ['measured 2026-03-10T09:27:10.682Z by ipcbench 0.1.0'] },
    comparisons: gate.comparisons.map((found) => ({
      ...found,
      isGated: false,
      advisoryReason: 'the two were measured apart, so the hour is part of the change',
      smallestVisible: null,
      measurements: found.measurements.slice(0, 1).map(({ looks }) => ({ looks, pairs: [] })),
    })),
    verdict: 'pass',
    exitCode: 0,
    summary: 'Compared: 2 of 15 figures differ beyond chance, and the two were measured apart.',
  };
}

/** 48 gated and 16 advisory comparisons: as many rows as a table, a plot and a page must stay readable with. */
export function largeGate(): GateReport {
  const names = ['pipe', 'fifo', 'socketpair-stream', 'socketpair-dgram', 'socketpair-seqpacket', 'unix-stream', 'unix-dgram', 'unix-seqpacket'];
  const specs = names.flatMap((transport, rank) =>
    [64, 65536].flatMap((sizeBytes): readonly Spec[] => {
      const change = ((rank * 7) % 5) * 0.004 - 0.008;
      const here = pingPong(transport, sizeBytes, 'same-cpu');
      return [
        { case: here, metric: 'round-trip', base: 5000 + rank * 600, change, spread: 0.02 },
        { case: here, metric: 'cpu', base: 4000 + rank * 300, change, spread: 0.01 },
        { case: here, metric: 'syscalls', base: 4, change: 0, spread: 0 },
        { case: pingPong(transport, sizeBytes, 'cross-cpu'), metric: 'round-trip', base: 25_000, change: 0.01, spread: 0.2, advisory: crossCpu },
      ];
    }),
  );
  return { ...passingGate(), cases: [...new Map(specs.map((spec) => [spec.case.id, spec.case])).values()], comparisons: specs.map(comparison) };
}

/** Text from outside wherever a gate has text. */
export function hostileGate(): GateReport {
  const gate = plausibleGate();
  const rename = (id: string): string => id.replace('unix-stream', hostileText).replace('fifo', longName);
  return {
    ...gate,
    command: ['ipcbench', 'gate', hostileText],
    environment: { ...gate.environment, cpu: { ...gate.environment.cpu, model: hostileText } },
    base: { settings: [hostileText], resolved: [hostileText] },
    head: { settings: [longName], resolved: [longName, hostileText] },
    cases: gate.cases.map((one) => ({ ...one, id: rename(one.id), transport: rename(one.transport) })),
    comparisons: gate.comparisons.map((found) => ({ ...found, id: rename(found.id), caseId: rename(found.caseId), reason: `${found.reason} ${hostileText}`, advisoryReason: found.advisoryReason === null ? null : hostileText })),
    verdictChanges: gate.verdictChanges.map((change) => ({ ...change, id: rename(change.id), promise: hostileText, evidence: hostileText })),
    warnings: [{ code: hostileText, message: hostileText, hint: hostileText }],
    summary: hostileText,
  };
}

const schedule = [
  { pairs: 40, alpha: 0.002 },
  { pairs: 70, alpha: 0.003 },
  { pairs: 100, alpha: 0.005 },
] as const;

interface Spec {
  readonly case: Case;
  readonly metric: Metric;
  readonly base: number;
  readonly change: number;
  /** Standard deviation of one pair's difference. */
  readonly spread: number;
  /** Of the pairs measured again; by default the same change. */
  readonly again?: number;
  readonly advisory?: string;
  readonly lackedBy?: 'base' | 'head';
}

const crossCpu = 'peers on two CPUs: their round trip measures how a sleeping CPU is woken';
const tail = 'a tail: too few slow round trips in a launch to gate on';

const plausible: readonly Spec[] = [
  { case: pingPong('unix-stream', 64, 'same-cpu'), metric: 'round-trip', base: 8480, change: 0.061, spread: 0.018 },
  { case: pingPong('unix-stream', 64, 'same-cpu'), metric: 'cpu', base: 8390, change: 0.058, spread: 0.012 },
  { case: pingPong('unix-stream', 64, 'same-cpu'), metric: 'syscalls', base: 4, change: 0, spread: 0 },
  { case: pingPong('unix-stream', 64, 'same-cpu'), metric: 'switches', base: 0, change: 0, spread: 0 },
  { case: pingPong('unix-stream', 64, 'same-cpu'), metric: 'p99', base: 14_200, change: 0.07, spread: 0.2, advisory: tail },
  { case: pingPong('pipe', 64, 'same-cpu'), metric: 'round-trip', base: 4810, change: -0.002, spread: 0.021 },
  { case: pingPong('pipe', 64, 'same-cpu'), metric: 'cpu', base: 4720, change: 0.012, spread: 0.009 },
  { case: pingPong('pipe', 64, 'same-cpu'), metric: 'syscalls', base: 4, change: 0, spread: 0 },
  { case: pingPong('pipe', 64, 'same-cpu'), metric: 'switches', base: 0.031, change: 0, spread: 0.02 },
  { case: pingPong('pipe', 64, 'cross-cpu'), metric: 'round-trip', base: 16_600, change: 0.03, spread: 0.3, advisory: crossCpu },
  { case: stream('socketpair-stream', 65536), metric: 'message-time', base: 12_140, change: 0.028, spread: 0.11 },
  { case: stream('socketpair-stream', 65536), metric: 'cpu', base: 23_900, change: 0.004, spread: 0.02 },
  { case: stream('unix-seqpacket', 65536), metric: 'message-time', base: 11_490, change: -0.094, spread: 0.03 },
  { case: stream('unix-seqpacket', 65536), metric: 'syscalls', base: 2, change: -0.25, spread: 0 },
  { case: pingPong('fifo', 4096, 'same-cpu'), metric: 'round-trip', base: 6610, change: 0.045, spread: 0.03, again: 0.006 },
  { case: pingPong('posix-mq', 64, 'same-cpu'), metric: 'round-trip', base: 6900, change: 0, spread: 0, lackedBy: 'head' },
  { case: stream('unix-dgram', 65536), metric: 'message-time', base: 11_800, change: 0, spread: 0, lackedBy: 'base' },
];

function pingPong(transport: string, sizeBytes: number, placement: Case['placement']): Case {
  return caseOf(transport, 'ping-pong', sizeBytes, placement);
}

function stream(transport: string, sizeBytes: number): Case {
  return caseOf(transport, 'stream', sizeBytes, 'same-cpu');
}

function caseOf(transport: string, workload: string, sizeBytes: number, placement: Case['placement']): Case {
  const size = sizeBytes >= 1024 ? `${sizeBytes / 1024}KiB` : `${sizeBytes}B`;
  return { id: `${transport}/native/${workload}/${size}/${placement}`, transport, driver: 'native', workload, sizeBytes, placement, verify: 'header', methodRevision: 1 };
}

const budget = 0.05;

function comparison(spec: Spec, index: number): Comparison {
  const isCount = spec.metric === 'syscalls' || spec.metric === 'switches';
  const common = {
    id: `${spec.case.id}#${spec.metric}`,
    caseId: spec.case.id,
    metric: spec.metric,
    unit: isCount ? 'per message' : 'ns',
    isGated: spec.advisory === undefined,
    advisoryReason: spec.advisory ?? null,
    budget,
    allowedIncrease: isCount ? Math.max(budget * spec.base, 0.01) : null,
  } as const;
  if (spec.lackedBy !== undefined) {
    const reason = spec.lackedBy === 'head' ? `Head has no transport ${spec.case.transport}: mq_open(3) said ENOSYS.` : `New in head: base has no transport ${spec.case.transport}.`;
    return { ...common, verdict: 'incomparable', lackedBy: spec.lackedBy, reason, base: null, head: null, change: null, smallestVisible: null, measurements: [] };
  }
  const random = randomFrom(index + 11);
  const first = measure(random, spec, spec.change, common.allowedIncrease, 0);
  const failed = first.looks.at(-1)?.verdict === 'regressed';
  const measurements = failed ? [first, measure(random, spec, spec.again ?? spec.change, common.allowedIncrease, 120_000)] : [first];
  const decided = measurements.at(-1);
  const look = decided?.looks.at(-1);
  if (decided === undefined || look === undefined) throw new Error(`the fixture measured nothing of ${common.id}`);
  const verdict = failed ? (look.verdict === 'regressed' ? 'regressed' : 'inconclusive') : look.verdict === 'undecided' ? 'inconclusive' : look.verdict;
  return {
    ...common,
    verdict,
    lackedBy: null,
    reason: reasonOf(verdict, look, measurements.length),
    base: middle(decided.pairs.map((pair) => pair.base)),
    head: middle(decided.pairs.map((pair) => pair.head)),
    change: look.change,
    smallestVisible: budget / 2 + (1.6 * spec.spread) / Math.sqrt(decided.pairs.length),
    measurements,
  };
}

function reasonOf(verdict: Comparison['verdict'], { change, pairs }: LookResult, measured: number): string {
  const percent = (value: number | null): string => (value === null ? 'unknown' : `${(value * 100).toFixed(1)} %`);
  switch (verdict) {
    case 'pass':
      return `After ${pairs} pairs a worsening of ${percent(budget)} is ruled out: it is at most ${percent(change.high)}.`;
    case 'regressed':
      return `Worse by ${percent(change.median)}, at least ${percent(change.low)}, in both of ${measured} measurements.`;
    case 'improved':
      return `Better by ${percent(-change.median)}, at least ${percent(change.high === null ? null : -change.high)}.`;
    case 'inconclusive':
      return measured > 1 ? 'Worse when first measured, not when measured again.' : `After ${pairs} pairs the change lies between ${percent(change.low)} and ${percent(change.high)}: neither a worsening of ${percent(budget)} nor its absence can be told.`;
    case 'incomparable':
      return 'One side lacks it.';
  }
}

/** Pairs up to the first look that decides, as the schedule has it. */
function measure(random: Random, spec: Spec, change: number, allowedIncrease: number | null, fromMs: number): Measurement {
  const pairs: PairRecord[] = [];
  const looks: LookResult[] = [];
  for (const { pairs: until, alpha } of schedule) {
    while (pairs.length < until) pairs.push(pairOf(random, spec, change, allowedIncrease, fromMs + pairs.length * 910));
    const found = intervalOf(pairs.map((pair) => pair.difference), alpha, allowedIncrease !== null);
    const verdict = verdictOf(found);
    const p = signTest(pairs.map((pair) => pair.difference));
    looks.push({ pairs: until, alpha, change: found, p, holmP: Math.min(1, p * 10), verdict });
    if (verdict !== 'undecided') break;
  }
  return { looks, pairs };
}

function pairOf(random: Random, spec: Spec, change: number, allowedIncrease: number | null, atMs: number): PairRecord {
  const isCount = allowedIncrease !== null;
  const base = isCount ? spec.base : spec.base * Math.exp(0.03 * normal(random));
  const head = isCount ? Math.max(spec.base * (1 + change) + spec.spread * 0.1 * normal(random), 0) : base * Math.exp(Math.log1p(change) + spec.spread * normal(random));
  return {
    atMs: atMs + Math.round(random() * 40),
    first: random() < 0.5 ? 'base' : 'head',
    base,
    head,
    difference: isCount ? ((head - base) / allowedIncrease) * budget : Math.log(head / base),
    noise: { cpuPressureUs: 1500 + Math.round(random() * 1200), stealTicks: random() < 0.03 ? 1 : 0, load1: 0.6 },
  };
}

// Ranks of the interval by the normal approximation: what a fixture needs, no more.
function intervalOf(differences: readonly number[], alpha: number, isCount: boolean): ChangeInterval {
  const sorted = differences.toSorted((a, b) => a - b);
  const reach = (alpha < 0.0025 ? 3.09 : alpha < 0.004 ? 2.97 : 2.81) * Math.sqrt(sorted.length) * 0.5;
  const rank = Math.max(Math.floor(sorted.length / 2 - reach), 0);
  const change = (difference: number): number => (isCount ? difference : Math.expm1(difference));
  return { median: change(median(sorted)), low: change(sorted[rank] ?? 0), high: change(sorted[sorted.length - 1 - rank] ?? 0), confidence: 1 - alpha };
}

function verdictOf({ median: middleOf, low, high }: ChangeInterval): LookResult['verdict'] {
  if (low !== null && low > 0 && middleOf > budget / 2) return 'regressed';
  if (high !== null && high < 0 && middleOf < -budget / 2) return 'improved';
  return high !== null && high < budget ? 'pass' : 'undecided';
}

/** P(at least this many of n coins show heads). */
function signTest(differences: readonly number[]): number {
  const worse = differences.filter((difference) => difference > 0).length;
  const n = differences.filter((difference) => difference !== 0).length;
  let term = 0.5 ** n;
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    if (k >= worse) sum += term;
    term = (term * (n - k)) / (k + 1);
  }
  return Math.min(sum, 1);
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function middle(values: readonly number[]): number {
  return median(values.toSorted((a, b) => a - b));
}

function verdictChanges(): readonly VerdictChange[] {
  return [
    { id: 'unix-stream/loss/tail', base: 'pass', head: 'fail', isWorse: true, promise: 'What was sent before the end is read before the end.', evidence: '9,722 of 10,000 messages arrived; the last 278 were lost when the sender ended.' },
    { id: 'posix-mq/ordering/single-writer', base: 'pass', head: null, isWorse: false, promise: 'What one sender sent arrives in the order in which it was sent.', evidence: 'Head lacks posix-mq, so it was not checked there.' },
    { id: 'fifo/loss/total-queue', base: 'broken', head: 'pass', isWorse: false, promise: 'Nothing that was accepted is lost while both ends live.', evidence: '10,000 of 10,000 messages arrived, intact and in order.' },
  ];
}
