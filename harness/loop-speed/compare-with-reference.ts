import { execa } from 'execa';
import * as v from 'valibot';
import type { Launch, Sample } from '../model/index.js';
import { makeCase } from '../plan/case-id.js';
import { seededRandom, shuffled } from '../plan/random.js';
import { runLaunch, type LaunchContext } from '../runner/run-launch.js';
import { quantileOfBins } from '../stats/latency-bins.js';
import { medianEstimate, quantileOfSorted } from '../stats/order-statistics.js';
import { UserError } from '../user-error.js';

/** One kind of work, done by the core and by its control. */
export interface SpeedRow {
  readonly transport: string;
  readonly work: string;
  /** Of either side. */
  readonly launches: number;
  /**
   * Round trip: time of the core over time of the reference. Throughput: rate of the core over rate of the reference.
   */
  readonly ratio: number;
  readonly bound: number;
  readonly isMet: boolean;
  readonly core: number;
  readonly reference: number;
  readonly unit: 'ns' | 'B/s';
  /**
   * The same against a reference that looks at none of the bytes that arrive; null where a message is too short for
   * that to
   * show. Not held to a bound: it does less work.
   */
  readonly ratioToBareCopy: number | null;
}

export interface SpeedComparison {
  readonly rows: readonly SpeedRow[];
  readonly isMet: boolean;
  /**
   * `perf bench sched pipe`, a round trip over two pipes that nobody here wrote; null with the reason where it cannot
   * run.
   */
  readonly independentReference: { readonly nsPerRoundTrip: number } | { readonly reason: string };
  readonly windowMs: number;
  /**
   * What a launch of the core costs beside its warm-up and window: spawn, connect, barrier, reap. The bound holds the
   * median of all launches. It is one for a quiet machine, and whatever else runs only adds: the least median of so
   * many in a row tells how much of a miss was that.
   */
  readonly launchCost: {
    readonly quietestMs: number;
    readonly inARow: number;
    readonly medianMs: number;
    readonly launches: number;
    readonly boundMs: number;
    readonly isMet: boolean;
  };
  /** Largest resident sets: of any native peer at these sizes, and of this process so far. */
  readonly memory: {
    readonly peerBytes: number;
    readonly peerBound: number;
    readonly harnessBytes: number;
    readonly harnessBound: number;
    readonly isMet: boolean;
  };
}

const LAUNCH_COST_BOUND_MS = 5;
const IN_A_ROW = 50;
const PEER_BOUND_BYTES = 8 * 2 ** 20;
const HARNESS_BOUND_BYTES = 150 * 2 ** 20;

const TRANSPORTS = ['socketpair-stream', 'unix-stream', 'unix-dgram', 'unix-seqpacket', 'pipe', 'fifo'];

interface Work {
  readonly workload: 'ping-pong' | 'stream';
  readonly sizeBytes: number;
  readonly words: string;
  readonly bound: number;
  /** Messages long enough that one read of each of their cache lines shows: the reference runs without it, too. */
  readonly hasBareCopy: boolean;
}

/** What the header, its checks and the histogram may cost beside the plainest read and write of the same bytes. */
const WORKS: readonly Work[] = [
  { workload: 'ping-pong', sizeBytes: 64, words: '64 B round trip', bound: 1.02, hasBareCopy: false },
  { workload: 'stream', sizeBytes: 65536, words: '64 KiB stream', bound: 0.96, hasBareCopy: true },
  { workload: 'stream', sizeBytes: 64, words: '64 B stream', bound: 0.93, hasBareCopy: false },
];

const LAUNCHES = 20;
/** Times as many again for a row that misses its bound. */
const CLOSER = 4;
const TIMING = { warmupMs: 1, windowMs: 20 };
/** Of either side, its window included: for the time left that is shown. */
const MS_PER_LAUNCH = 31;

/** The figures of one work over one transport, launch by launch. */
interface Kind {
  readonly transport: string;
  readonly work: Work;
  readonly core: number[];
  readonly reference: number[];
  readonly bareCopy: number[];
}

export interface SpeedSession {
  readonly context: LaunchContext;
  readonly referencePath: string | null;
  /** The CPU both peers are pinned to. */
  readonly cpu: number;
}

/**
 * Runs the core and the plainest C++ of the same work in turns, fresh processes each time, both ends on one CPU, and
 * compares the fast quarter of each: launches are bimodal by several per cent, plain ones too, and the p25 (p75 of
 * rates) is steadier than the median. Their order is drawn anew each time. Rows beyond their bound after 20 launches
 * are measured five times as closely, and judged by all of it.
 */
export async function compareWithReference(
  session: SpeedSession,
  before: (doing: string, leftMs: number) => void,
): Promise<SpeedComparison> {
  const { referencePath } = session;
  if (referencePath === null)
    throw new UserError(
      'The control program is built in a checkout only. Clone the repository, run npm ci there, and try again.',
      5,
    );
  const random = seededRandom(20);
  const kinds: readonly Kind[] = TRANSPORTS.flatMap((transport) =>
    WORKS.map((work) => ({ transport, work, core: [], reference: [], bareCopy: [] })),
  );
  const costsMs: number[] = [];
  let peerBytes = 0;
  const measure = async (measured: readonly Kind[], launches: number): Promise<void> => {
    let left = launches * measured.reduce((sum, { work }) => sum + (work.hasBareCopy ? 3 : 2), 0);
    for (let turn = 0; turn < launches; turn += 1) {
      for (const { transport, work, core, reference, bareCopy } of measured) {
        before(`${transport} · ${work.words}`, left * MS_PER_LAUNCH);
        const sides = [
          async () => {
            const sample = await coreLaunch(session, transport, work, costsMs.length);
            core.push(figureOf(sample, work));
            costsMs.push(sample.wallNs / 1e6 - TIMING.warmupMs - TIMING.windowMs);
            peerBytes = Math.max(
              peerBytes,
              sample.initiator.costs.maxRssBytes ?? 0,
              sample.responder.costs.maxRssBytes ?? 0,
            );
          },
          async () => reference.push(await referenceFigure(session, { referencePath, transport, work, reads: 'look' })),
          ...(work.hasBareCopy
            ? [
                async () =>
                  bareCopy.push(await referenceFigure(session, { referencePath, transport, work, reads: 'copy' })),
              ]
            : []),
        ];
        for (const side of shuffled(sides, random)) await side();
        left -= sides.length;
      }
    }
  };
  await measure(kinds, LAUNCHES);
  // The ratio of two quarters of 20 launches spreads by a per cent or more, as wide as what the core adds: what missed
  // is looked at closer, and all its launches count.
  await measure(
    kinds.filter((kind) => !rowOf(kind).isMet),
    CLOSER * LAUNCHES,
  );
  const rows = kinds.map(rowOf);
  const launchCost = launchCostOf(costsMs);
  const memory = memoryOf(peerBytes);
  const isMet = rows.every((row) => row.isMet) && launchCost.isMet && memory.isMet;
  return {
    rows,
    isMet,
    independentReference: await perfBench(session.cpu),
    windowMs: TIMING.windowMs,
    launchCost,
    memory,
  };
}

function launchCostOf(costsMs: readonly number[]): SpeedComparison['launchCost'] {
  const medianMs = medianEstimate(costsMs).value;
  const stretches = Array.from({ length: Math.floor(costsMs.length / IN_A_ROW) }, (_, index) =>
    costsMs.slice(index * IN_A_ROW, (index + 1) * IN_A_ROW),
  );
  const quietestMs = Math.min(...stretches.map((stretch) => medianEstimate(stretch).value));
  return {
    quietestMs,
    inARow: IN_A_ROW,
    medianMs,
    launches: costsMs.length,
    boundMs: LAUNCH_COST_BOUND_MS,
    isMet: medianMs <= LAUNCH_COST_BOUND_MS,
  };
}

function memoryOf(peerBytes: number): SpeedComparison['memory'] {
  // maxRSS is in KiB: process.resourceUsage(), Node documentation.
  const harnessBytes = process.resourceUsage().maxRSS * 1024;
  return {
    peerBytes,
    peerBound: PEER_BOUND_BYTES,
    harnessBytes,
    harnessBound: HARNESS_BOUND_BYTES,
    isMet: peerBytes <= PEER_BOUND_BYTES && harnessBytes <= HARNESS_BOUND_BYTES,
  };
}

function rowOf({ transport, work, core, reference, bareCopy }: Kind): SpeedRow {
  const isLatency = work.workload === 'ping-pong';
  const fast = (values: readonly number[]): number =>
    quantileOfSorted(
      [...values].sort((a, b) => a - b),
      isLatency ? 0.25 : 0.75,
    );
  const ratio = fast(core) / fast(reference);
  return {
    transport,
    work: work.words,
    launches: core.length,
    ratio,
    bound: work.bound,
    isMet: isLatency ? ratio <= work.bound : ratio >= work.bound,
    core: fast(core),
    reference: fast(reference),
    unit: isLatency ? 'ns' : 'B/s',
    ratioToBareCopy: work.hasBareCopy ? fast(core) / fast(bareCopy) : null,
  };
}

async function coreLaunch(session: SpeedSession, transport: string, work: Work, index: number): Promise<Sample> {
  const { workload, sizeBytes } = work;
  const measured = makeCase({
    transport,
    driver: 'native',
    workload,
    sizeBytes,
    placement: 'same-cpu',
    methodRevision: 1,
  });
  const launch: Launch = { index, round: 0, case: measured, timing: TIMING, seed: index };
  const outcome = await runLaunch(launch, session.context);
  if (outcome.kind === 'sample') return outcome.sample;
  throw new Error(
    `A launch of ${measured.id} failed: ${outcome.kind === 'failure' ? outcome.failure.message : outcome.reason}`,
  );
}

function figureOf({ initiator, responder }: Sample, work: Work): number {
  if (work.workload === 'stream') return (responder.bytes * 1e9) / responder.windowNs;
  const p50 = initiator.latency === null ? null : quantileOfBins(initiator.latency, 0.5);
  if (p50 === null) throw new Error('A launch has no round trip.');
  return p50;
}

/** A round trip's median, or a rate; never both. */
const referenceLine = v.object({ p50Ns: v.optional(v.number()), bytesPerSecond: v.optional(v.number()) });

interface TwinLaunch {
  readonly referencePath: string;
  readonly transport: string;
  readonly work: Work;
  readonly reads: 'look' | 'copy';
}

async function referenceFigure(
  session: SpeedSession,
  { referencePath, transport, work, reads }: TwinLaunch,
): Promise<number> {
  const { stdout } = await execa(
    referencePath,
    [
      transport,
      work.workload,
      String(work.sizeBytes),
      String(TIMING.warmupMs * 1000),
      String(TIMING.windowMs * 1000),
      String(session.cpu),
      reads,
    ],
    {
      env: { TMPDIR: session.context.directory },
      timeout: 10_000,
      cancelSignal: session.context.signal,
    },
  );
  const line = v.parse(referenceLine, JSON.parse(stdout));
  const figure = work.workload === 'stream' ? line.bytesPerSecond : line.p50Ns;
  if (figure === undefined) throw new Error(`The control program gave no figure for ${transport}, ${work.words}.`);
  return figure;
}

async function perfBench(cpu: number): Promise<SpeedComparison['independentReference']> {
  const { stdout, exitCode } = await execa(
    'taskset',
    ['-c', String(cpu), 'perf', 'bench', '-f', 'simple', 'sched', 'pipe', '-l', '100000'],
    { reject: false, timeout: 30_000 },
  );
  const seconds = Number.parseFloat(stdout ?? '');
  if (exitCode !== 0 || !(seconds > 0))
    return { reason: "'perf bench sched pipe' does not run here (Debian: apt-get install linux-perf)" };
  return { nsPerRoundTrip: (seconds * 1e9) / 100_000 };
}
