import { makeVerdict } from '../../harness/outcome/make-verdict.js';
import type { Case, CaseResult, Environment, Estimate, LaunchRecord, LatencySummary, Report, TransportRecord, Verdict, VerdictKind } from '../../harness/model/index.js';
import { rankResults } from '../../harness/stats/with-rankings.js';
import { histogramOf, median, randomFrom, roundTrips, type Random } from './plausible-figures.js';

/** How much of a report to make up. Figures follow the orders of magnitude seen on a small virtual machine; equal input, equal report. */
export interface Scope {
  readonly sizes: readonly number[];
  readonly placements: readonly Case['placement'][];
  readonly launches: number;
}

const small: Scope = { sizes: [64, 4096, 65536], placements: ['same-cpu', 'cross-cpu'], launches: 20 };

/** A run with something of everything: every verdict kind, failures, skips, warnings, references, costs nobody knows. */
export function plausibleReport(scope: Scope = small): Report {
  const random = randomFrom(7);
  const results = transports.flatMap((transport, rank) =>
    scope.placements.flatMap((placement) =>
      scope.sizes.flatMap((sizeBytes) => [
        latencyResult(random, transport, rank, placement, sizeBytes, scope.launches),
        throughputResult(random, transport, rank, placement, sizeBytes, scope.launches),
      ]),
    ),
  );
  const withFailure = results.map((result) => (result.case.id === 'fifo/native/ping-pong/4KiB/cross-cpu' ? failSome(result) : result));
  const withDeadCase = withFailure.map((result) => (result.case.id === 'unix-dgram/native/stream/64KiB/cross-cpu' ? failAll(result) : result));
  return ranked({
    ...emptyReport(),
    status: 'complete',
    finishedAt: '2026-03-14T09:28:47.113Z',
    rounds: { planned: scope.launches, completed: scope.launches },
    transports: transports.map(({ record }) => record),
    results: withDeadCase.filter((result) => result.case.id !== 'unix-seqpacket/native/ping-pong/64KiB/same-cpu'),
    skipped: [
      { caseId: 'unix-seqpacket/native/ping-pong/64KiB/same-cpu', code: 'ENOTSUP', reason: 'unix-seqpacket could not be opened here: socket(2) said ENOTSUP. Use unix-stream, or run on Linux.' },
      { caseId: 'shm-spin/native/ping-pong/64B/same-cpu', code: 'spin-on-one-cpu', reason: 'Two peers that spin on one CPU only wait for each other. Use --placement cross-cpu.' },
    ],
    verdicts: verdicts(),
    warnings: [
      { code: 'governor', message: "The CPU governor is 'powersave': frequency follows load, and short windows run slow.", hint: 'Set it to performance: cpupower frequency-set -g performance.' },
      { code: 'few-cpus', message: '2 CPUs are allowed: cross-cpu peers share them with everything else that runs.', hint: null },
    ],
    time: { totalMs: 96_431, measuredMs: 61_220 },
  });
}

/** With the rankings that a run would have made of these launches. */
export function ranked(report: Report): Report {
  const references = new Set(report.transports.filter((transport) => transport.reference !== null).map((transport) => transport.name));
  return { ...report, rankings: rankResults(report.results.filter((result) => !references.has(result.case.transport))) };
}

/** About 110 cases of 12 launches: what `--profile thorough` leaves behind. */
export function largeReport(): Report {
  const report = plausibleReport({ sizes: [1, 64, 512, 4096, 65536, 1048576], placements: ['same-cpu', 'cross-cpu'], launches: 12 });
  const names = report.transports.map((transport) => transport.name);
  return { ...report, verdicts: names.flatMap((name) => Array.from({ length: 26 }, (_, index) => verdict(name, `group-${Math.floor(index / 5)}/check-${index}`, 'pass'))) };
}

/** The first save of a run: nothing has been measured. */
export function emptyReport(): Report {
  return {
    schema: 'ipcbench-report',
    version: 1,
    status: 'running',
    ipcbenchVersion: '0.1.0',
    command: ['ipcbench', 'all', '--placement', 'same-cpu,cross-cpu'],
    startedAt: '2026-03-14T09:27:10.682Z',
    finishedAt: null,
    seed: 1234567,
    environment: environment(),
    transports: [],
    rounds: { planned: 8, completed: 0 },
    results: [],
    rankings: [],
    skipped: [],
    verdicts: [],
    warnings: [],
    time: { totalMs: 0, measuredMs: 0 },
  };
}

/** `ipcbench bench pipe --size 64`. */
export function oneCaseReport(): Report {
  const report = plausibleReport();
  return ranked({ ...report, results: report.results.filter((result) => result.case.id === 'pipe/native/ping-pong/64B/same-cpu'), skipped: [], verdicts: [], warnings: [] });
}

/** `--launches 1`: a figure for everything, an interval for nothing. */
export function singleLaunchReport(): Report {
  const report = plausibleReport({ ...small, launches: 1 });
  return { ...report, verdicts: [] };
}

/** `ipcbench check`. */
export function verdictsOnlyReport(): Report {
  return { ...plausibleReport(), results: [], rankings: [], skipped: [], rounds: { planned: 0, completed: 0 } };
}

/** Text from outside that would break a page, a table or a terminal that trusted it. */
export const hostileText = '</script><b onmouseover="x">&amp;`|\u001b[31m\u2028<!--';
export const longName = `a-transport-with-a-name-${'x'.repeat(120)}`;

export function hostileReport(): Report {
  const report = plausibleReport();
  const rename = (name: string): string => (name === 'pipe' ? hostileText : name === 'fifo' ? longName : name);
  return ranked({
    ...report,
    command: ['ipcbench', hostileText],
    environment: { ...report.environment, cpu: { ...report.environment.cpu, model: hostileText }, limits: { [hostileText]: hostileText } },
    transports: report.transports.map((record) => ({ ...record, name: rename(record.name), summary: hostileText })),
    results: report.results.map((result) => ({
      ...result,
      case: { ...result.case, transport: rename(result.case.transport) },
      method: `${result.method} ${hostileText}`,
      latency: result.latency === null ? null : { ...result.latency, histogram: result.case.transport === 'pipe' ? hostileText : result.latency.histogram },
    })),
    verdicts: report.verdicts.map((verdict) => ({ ...verdict, transport: rename(verdict.transport), evidence: hostileText, source: { document: hostileText, quote: hostileText } })),
    warnings: [{ code: hostileText, message: hostileText, hint: hostileText }],
  });
}

interface PlausibleTransport {
  readonly record: TransportRecord;
  readonly roundTripNs: number;
  readonly bytesPerSecond: number;
}

const transports: readonly PlausibleTransport[] = [
  transport('pipe', 'Two pipes made by pipe(2), one each way', 4810, 3.6e9, { duplex: false, atomicWriteBytes: 4096 }),
  transport('fifo', 'Two named pipes in the file system', 5190, 3.5e9, { duplex: false, atomicWriteBytes: 4096 }),
  transport('socketpair-stream', 'Two connected Unix sockets made by socketpair(2)', 8520, 5.4e9, {}),
  transport('socketpair-dgram', 'Two connected Unix datagram sockets', 7900, 5.9e9, { framing: 'message', eof: false, maxMessageBytes: 212960 }),
  transport('unix-stream', 'A named Unix stream socket', 8500, 5.5e9, {}),
  transport('unix-dgram', 'Two named Unix datagram sockets', 7880, 5.8e9, { framing: 'message', eof: false, maxMessageBytes: 212960 }),
  transport('unix-seqpacket', 'A named Unix socket that keeps message boundaries', 7700, 5.7e9, { framing: 'message', maxMessageBytes: 212960 }),
  transport('node-ipc-json', "Node's IPC channel, JSON serialization", 61_000, 42e6, { framing: 'message', backpressure: 'advises' }),
  { ...transport('tcp-loopback', 'TCP over 127.0.0.1, TCP_NODELAY', 13_500, 2.9e9, {}, 'TCP: what local transports are compared with') },
];

function transport(
  name: string,
  summary: string,
  roundTripNs: number,
  bytesPerSecond: number,
  guarantees: Partial<TransportRecord['guarantees']>,
  reference: string | null = null,
): PlausibleTransport {
  const usual = { framing: 'stream', ordered: true, reliable: true, eof: true, duplex: true, atomicWriteBytes: null, maxMessageBytes: null, backpressure: 'blocks' } as const;
  return { record: { name, summary, guarantees: { ...usual, ...guarantees }, reference }, roundTripNs, bytesPerSecond };
}

function latencyResult(random: Random, { record, roundTripNs }: PlausibleTransport, rank: number, placement: Case['placement'], sizeBytes: number, launches: number): CaseResult {
  const typicalNs = (roundTripNs + sizeBytes * 0.35) * (placement === 'same-cpu' ? 1 : 3.4 + (rank % 3) * 0.2);
  const perLaunch = Array.from({ length: launches }, () => typicalNs * (1 + (random() - 0.5) * (placement === 'same-cpu' ? 0.03 : 0.22)));
  const recorded = roundTrips(random, typicalNs, 4000);
  const latency: LatencySummary = {
    count: recorded.reduce((total, [, count]) => total + count, 0),
    minNs: recorded[0]?.[0] ?? 0,
    ...recordedQuantiles(recorded),
    maxNs: recorded.at(-1)?.[0] ?? 0,
    overflow: 0,
    medianOfP50Ns: estimate(perLaunch),
    histogram: histogramOf(recorded),
  };
  return {
    ...commonResult(random, record, 'ping-pong', placement, sizeBytes, perLaunch.map((p50Ns) => ({ p50Ns, bytesPerSecond: null }))),
    figure: 'latency',
    latency,
    throughput: null,
  };
}

function throughputResult(random: Random, { record, bytesPerSecond }: PlausibleTransport, rank: number, placement: Case['placement'], sizeBytes: number, launches: number): CaseResult {
  const perMessageNs = 450 + rank * 12 + (sizeBytes / bytesPerSecond) * 1e9;
  const typical = (sizeBytes / perMessageNs) * 1e9 * (placement === 'same-cpu' ? 1 : 0.8);
  const perLaunch = Array.from({ length: launches }, () => typical * (1 + (random() - 0.5) * 0.06));
  const bytes = estimate(perLaunch);
  const scaled = (value: number | null): number | null => (value === null ? null : value / sizeBytes);
  return {
    ...commonResult(random, record, 'stream', placement, sizeBytes, perLaunch.map((rate) => ({ p50Ns: null, bytesPerSecond: rate }))),
    figure: 'throughput',
    latency: null,
    throughput: {
      bytesPerSecond: bytes,
      messagesPerSecond: { value: bytes.value / sizeBytes, low: scaled(bytes.low), high: scaled(bytes.high), confidence: bytes.confidence },
    },
  };
}

function commonResult(
  random: Random,
  record: TransportRecord,
  workload: string,
  placement: Case['placement'],
  sizeBytes: number,
  perLaunch: readonly { readonly p50Ns: number | null; readonly bytesPerSecond: number | null }[],
): Omit<CaseResult, 'figure' | 'latency' | 'throughput'> {
  const driver = record.name.startsWith('node-') ? 'js' : 'native';
  const id = [record.name, driver, workload, sizeLabel(sizeBytes), placement].join('/');
  const known = driver === 'native';
  return {
    case: { id, transport: record.name, driver, workload, sizeBytes, placement, verify: 'header', methodRevision: 1 },
    cpus: placement === 'same-cpu' ? { initiator: 0, responder: 0, relation: 'same-cpu' } : { initiator: 0, responder: 1, relation: 'same-socket' },
    costs: {
      cpuNsPerMessage: 4200 + random() * 900,
      syscallsPerMessage: known ? (workload === 'stream' ? 2 : 4) : null,
      voluntarySwitchesPerMessage: known ? (workload === 'stream' ? 0.031 : 2) : null,
      involuntarySwitchesPerMessage: known ? 0.0004 : null,
      runDelayNsPerMessage: known ? 310 : null,
      maxRssBytes: { initiator: known ? 5_976_883 : 48_234_496, responder: known ? 5_968_691 : null },
    },
    launches: perLaunch.map((figures, index): LaunchRecord => ({
      index: index * 18,
      round: index,
      messages: 4000,
      windowNs: 20_000_000,
      wallNs: 29_000_000,
      p25Ns: figures.p50Ns === null ? null : figures.p50Ns * 0.97,
      p50Ns: figures.p50Ns,
      p99Ns: figures.p50Ns === null ? null : figures.p50Ns * 1.9,
      maxNs: figures.p50Ns === null ? null : figures.p50Ns * 40,
      bytesPerSecond: figures.bytesPerSecond,
      cpuNs: 18_200_000,
      syscalls: known ? 16_000 : null,
      voluntarySwitches: known ? 8_000 : null,
      involuntarySwitches: known ? 2 : null,
      runDelayNs: known ? 1_240_000 : null,
      noise: { cpuPressureUs: 1800 + Math.round(random() * 900), stealTicks: index === 3 ? 1 : 0, load1: 0.4 + index * 0.05 },
    })),
    failures: [],
    method:
      workload === 'ping-pong'
        ? 'The initiator sends one message and waits for it to come back; one CLOCK_MONOTONIC read a round trip, and the whole round trip is the figure. Both ends check header, sequence and length and read every cache line. Each launch is a fresh pair of processes: up to 5 ms of warm-up, then a window of 20 ms. The figure is the median over launches of each launch’s p50.'
        : 'The sender writes as fast as it can; the receiver stops the clock with the last byte of the window, so bytes still in the kernel are not counted. Each launch is a fresh pair of processes: up to 5 ms of warm-up, then a window of 20 ms. The figure is the median over launches.',
  };
}

function sizeLabel(bytes: number): string {
  return bytes >= 2 ** 20 ? `${bytes / 2 ** 20}MiB` : bytes >= 1024 ? `${bytes / 1024}KiB` : `${bytes}B`;
}

function recordedQuantiles(recorded: readonly (readonly [number, number])[]): Pick<LatencySummary, 'p50Ns' | 'p90Ns' | 'p99Ns' | 'p999Ns'> {
  const total = recorded.reduce((sum, [, count]) => sum + count, 0);
  const quantile = (q: number): number | null => {
    if (total * (1 - q) < 10) return null;
    let seen = 0;
    return recorded.find(([, count]) => (seen += count) >= q * total)?.[0] ?? null;
  };
  return { p50Ns: quantile(0.5), p90Ns: quantile(0.9), p99Ns: quantile(0.99), p999Ns: quantile(0.999) };
}

// The real intervals are order statistics; outer launches stand in for them here.
function estimate(perLaunch: readonly number[]): Estimate {
  const sorted = [...perLaunch].sort((a, b) => a - b);
  if (sorted.length < 6) return { value: median(sorted), low: null, high: null, confidence: null };
  return { value: median(sorted), low: sorted[1] ?? null, high: sorted.at(-2) ?? null, confidence: 0.9297 };
}

function failSome(result: CaseResult): CaseResult {
  const failed = result.launches.slice(0, 2);
  return {
    ...result,
    launches: result.launches.slice(2),
    failures: failed.map((launch) => ({
      caseId: result.case.id,
      launchIndex: launch.index,
      round: launch.round,
      message: 'The responder did not connect within 5000 ms (state: opening FIFO for writing). Raise --timeout if the machine is loaded.',
      code: null,
    })),
  };
}

function failAll(result: CaseResult): CaseResult {
  return {
    ...result,
    throughput: null,
    launches: [],
    failures: result.launches.map((launch) => ({
      caseId: result.case.id,
      launchIndex: launch.index,
      round: launch.round,
      message: 'The initiator could not send a message of 65536 bytes: EMSGSIZE. Use a smaller --size, or raise net.core.wmem_default.',
      code: 'EMSGSIZE',
    })),
  };
}

function verdicts(): readonly Verdict[] {
  const checks = ['ordering/single-writer', 'loss/total-queue', 'duplication/none', 'integrity/position-keyed', 'loss/tail', 'boundaries/one-read-one-message'];
  const remarkable: Readonly<Record<string, VerdictKind>> = {
    'node-ipc-json/loss/tail': 'fail',
    'unix-dgram/loss/tail': 'info',
    'socketpair-dgram/loss/tail': 'deviation',
    'fifo/loss/total-queue': 'broken',
    'pipe/boundaries/one-read-one-message': 'skip',
    'fifo/boundaries/one-read-one-message': 'skip',
    'unix-stream/boundaries/one-read-one-message': 'skip',
    'socketpair-stream/boundaries/one-read-one-message': 'skip',
    'tcp-loopback/boundaries/one-read-one-message': 'skip',
  };
  return transports.flatMap(({ record }) => checks.map((checkId) => verdict(record.name, checkId, remarkable[`${record.name}/${checkId}`] ?? 'pass')));
}

const promises: Readonly<Record<string, string>> = {
  'ordering/single-writer': 'What one sender sent arrives in the order in which it was sent.',
  'loss/total-queue': 'Nothing that was accepted is lost while both ends live.',
  'duplication/none': 'Nothing arrives twice.',
  'integrity/position-keyed': 'Every byte arrives as it was sent.',
  'loss/tail': 'What was sent before the end is read before the end.',
  'boundaries/one-read-one-message': 'One read returns one message, whole.',
};

function verdict(transportName: string, checkId: string, kind: VerdictKind): Verdict {
  const evidence: Readonly<Record<VerdictKind, string>> = {
    pass: '10,000 of 10,000 messages arrived, intact and in order.',
    fail: '9,722 of 10,000 messages arrived; the last 278 were lost when the sender ended.',
    deviation: '9,990 of 10,000 messages arrived; 10 were still queued when the receiver closed, and no error told the sender.',
    info: 'The receiver closed with 5 messages queued; the next send failed with ECONNREFUSED.',
    skip: 'A byte stream keeps no boundaries: nothing is promised to hold it to.',
    broken: 'The responder did not finish within 5000 ms (state: draining), so nothing can be said of the 2,048 messages not seen.',
  };
  const leak = transportName === 'fifo' && checkId === 'loss/tail';
  const about = {
    id: `${transportName}/${checkId}`,
    checkId,
    transport: transportName,
    driver: transportName.startsWith('node-') ? 'js' : 'native',
    level: kind === 'deviation' ? 'SHOULD' : kind === 'info' ? 'INFO' : 'MUST',
    promise: promises[checkId] ?? 'What was promised is kept.',
    source: { document: 'POSIX.1-2024, XSH, write()', quote: 'Data written to the pipe shall be read in the order in which it was written.' },
    teardownEvidence: leak ? 'The FIFO b.fifo was left in the launch’s directory.' : null,
    expected: kind === 'info' ? 'Linux: no error for what was accepted; the next send fails with ECONNREFUSED.' : null,
    procedure: kind === 'info' ? 'Send 5 messages, close the receiver, send once more.' : null,
    history: kind === 'fail' ? `histories/${transportName}-${checkId.replace('/', '-')}.json` : null,
    command: `ipcbench check ${transportName} --check ${checkId} --seed 1234567`,
  } as const;
  const known = { link: 'https://github.com/nodejs/node/issues/36268', note: 'Messages queued in process.send are lost when the process exits.' };
  return makeVerdict(about, { verdict: kind, evidence: evidence[kind], known });
}

function environment(): Environment {
  return {
    os: { platform: 'linux', kernel: '6.18.44', arch: 'x64', distribution: 'Debian GNU/Linux 12 (bookworm)', libc: 'glibc 2.36' },
    cpu: {
      model: 'AMD EPYC 9R14',
      online: 2,
      allowed: [0, 1],
      quota: null,
      smt: false,
      sockets: 1,
      governor: 'powersave',
      hypervisor: 'KVM',
      mitigations: { spectre_v2: 'Mitigation: Enhanced / Automatic IBRS', meltdown: 'Not affected' },
      clocksource: 'kvm-clock',
    },
    memoryBytes: 8_237_506_560,
    container: null,
    runtime: { name: 'node', version: '20.20.2', v8: '11.3.244.8', libuv: '1.46.0' },
    native: { version: '0.1.0', compiler: 'g++ 12.2.0', sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' },
    limits: { 'net.core.wmem_default': '212992', 'net.unix.max_dgram_qlen': '10', 'fs.pipe-max-size': '1048576', 'fs.pipe-user-pages-soft': '16384' },
    fingerprint: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
  };
}
