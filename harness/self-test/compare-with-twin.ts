import { execa } from 'execa';
import * as v from 'valibot';
import type { Case, Launch, Sample } from '../model/index.js';
import { caseId } from '../plan/case-id.js';
import { seededRandom } from '../plan/random.js';
import { runLaunch, type LaunchContext } from '../runner/run-launch.js';
import { quantileOfBins } from '../stats/latency-bins.js';
import { medianEstimate, quantileOfSorted } from '../stats/order-statistics.js';
import { UserError } from '../user-error.js';

/** One kind of work, done by the core and by its control. */
export interface SpeedRow {
  readonly transport: string;
  readonly work: string;
  /** Round trip: time of the core over time of the twin. Throughput: rate of the core over rate of the twin. */
  readonly ratio: number;
  readonly bound: number;
  readonly isMet: boolean;
  readonly core: number;
  readonly twin: number;
  readonly unit: 'ns' | 'B/s';
}

export interface SpeedComparison {
  readonly rows: readonly SpeedRow[];
  readonly isMet: boolean;
  /** `perf bench sched pipe`, a round trip over two pipes that nobody here wrote; null with the reason where it cannot run. */
  readonly yardstick: { readonly nsPerRoundTrip: number } | { readonly reason: string };
  readonly launches: number;
  readonly windowMs: number;
  /** What a launch of the core costs beside its warm-up and window: spawn, connect, barrier, reap. Median of all of them. */
  readonly launchCost: { readonly medianMs: number; readonly boundMs: number; readonly isMet: boolean };
  /** Largest resident sets: of any native peer at these sizes, and of this process so far. */
  readonly memory: { readonly peerBytes: number; readonly peerBound: number; readonly harnessBytes: number; readonly harnessBound: number; readonly isMet: boolean };
}

const LAUNCH_COST_BOUND_MS = 10;
const PEER_BOUND_BYTES = 8 * 2 ** 20;
const HARNESS_BOUND_BYTES = 150 * 2 ** 20;

const TRANSPORTS = ['socketpair-stream', 'unix-stream', 'unix-dgram', 'unix-seqpacket', 'pipe', 'fifo'];

interface Work {
  readonly workload: 'ping-pong' | 'stream';
  readonly sizeBytes: number;
  readonly words: string;
  readonly bound: number;
}

/** What the header, its checks and the histogram may cost beside the plainest read and write of the same bytes. */
const WORKS: readonly Work[] = [
  { workload: 'ping-pong', sizeBytes: 64, words: '64 B round trip', bound: 1.02 },
  { workload: 'stream', sizeBytes: 65536, words: '64 KiB stream', bound: 0.96 },
  { workload: 'stream', sizeBytes: 64, words: '64 B stream', bound: 0.93 },
];

const LAUNCHES = 20;
const TIMING = { warmupMs: 1, windowMs: 20 };

export interface SpeedRig {
  readonly context: LaunchContext;
  readonly twinPath: string | null;
  /** The CPU both peers are pinned to. */
  readonly cpu: number;
}

/**
 * Runs the core and the plainest C++ of the same work in turns, fresh processes each time, both ends on one CPU, and compares the
 * fast quarter of each: launches are bimodal by several per cent, plain ones too, and the p25 (p75 of rates) is steadier than the
 * median. Which side goes first is drawn for each pair of launches.
 */
export async function compareWithTwin(rig: SpeedRig, before: (doing: string, leftMs: number) => void): Promise<SpeedComparison> {
  const { twinPath } = rig;
  if (twinPath === null) throw new UserError('The control program is built in a checkout only. Clone the repository, run npm ci there, and try again.', 5);
  const random = seededRandom(20);
  const kinds = TRANSPORTS.flatMap((transport) => WORKS.map((work) => ({ transport, work, core: [] as number[], twin: [] as number[] })));
  const samples: Sample[] = [];
  const total = LAUNCHES * kinds.length;
  let done = 0;
  for (let turn = 0; turn < LAUNCHES; turn += 1) {
    for (const kind of kinds) {
      before(`${kind.transport} · ${kind.work.words}`, (total - done) * 2 * 31);
      const sides = [
        async () => {
          const sample = await coreLaunch(rig, kind.transport, kind.work, done);
          samples.push(sample);
          kind.core.push(figureOf(sample, kind.work));
        },
        async () => kind.twin.push(await twinFigure(twinPath, rig, kind.transport, kind.work)),
      ];
      if (random.below(2) === 0) sides.reverse();
      for (const side of sides) await side();
      done += 1;
    }
  }
  const rows = kinds.map(({ transport, work, core, twin }) => rowOf(transport, work, core, twin));
  const launchCost = launchCostOf(samples);
  const memory = memoryOf(samples);
  const isMet = rows.every((row) => row.isMet) && launchCost.isMet && memory.isMet;
  return { rows, isMet, yardstick: await perfBench(rig.cpu), launches: LAUNCHES, windowMs: TIMING.windowMs, launchCost, memory };
}

function launchCostOf(samples: readonly Sample[]): SpeedComparison['launchCost'] {
  const medianMs = medianEstimate(samples.map((sample) => sample.wallNs / 1e6 - TIMING.warmupMs - TIMING.windowMs)).value;
  return { medianMs, boundMs: LAUNCH_COST_BOUND_MS, isMet: medianMs <= LAUNCH_COST_BOUND_MS };
}

function memoryOf(samples: readonly Sample[]): SpeedComparison['memory'] {
  const peerBytes = Math.max(...samples.flatMap((sample) => [sample.initiator.costs.maxRssBytes ?? 0, sample.responder.costs.maxRssBytes ?? 0]));
  // maxRSS is in KiB: process.resourceUsage(), Node documentation.
  const harnessBytes = process.resourceUsage().maxRSS * 1024;
  return { peerBytes, peerBound: PEER_BOUND_BYTES, harnessBytes, harnessBound: HARNESS_BOUND_BYTES, isMet: peerBytes <= PEER_BOUND_BYTES && harnessBytes <= HARNESS_BOUND_BYTES };
}

function rowOf(transport: string, work: Work, core: readonly number[], twin: readonly number[]): SpeedRow {
  const isLatency = work.workload === 'ping-pong';
  const quarter = (values: readonly number[]): number => quantileOfSorted([...values].sort((a, b) => a - b), isLatency ? 0.25 : 0.75);
  const [coreFast, twinFast] = [quarter(core), quarter(twin)];
  const ratio = coreFast / twinFast;
  return { transport, work: work.words, ratio, bound: work.bound, isMet: isLatency ? ratio <= work.bound : ratio >= work.bound, core: coreFast, twin: twinFast, unit: isLatency ? 'ns' : 'B/s' };
}

async function coreLaunch(rig: SpeedRig, transport: string, work: Work, index: number): Promise<Sample> {
  const parts = { transport, driver: 'native', workload: work.workload, sizeBytes: work.sizeBytes, placement: 'same-cpu', verify: 'header' } as const;
  const measured: Case = { id: caseId(parts), ...parts, methodRevision: 1 };
  const launch: Launch = { index, round: 0, case: measured, timing: TIMING, seed: index };
  const outcome = await runLaunch(launch, rig.context);
  if (outcome.kind === 'sample') return outcome.sample;
  throw new Error(`A launch of ${measured.id} broke: ${outcome.kind === 'failure' ? outcome.failure.message : outcome.reason}`);
}

function figureOf({ initiator, responder }: Sample, work: Work): number {
  if (work.workload === 'stream') return (responder.bytes * 1e9) / responder.windowNs;
  const p50 = initiator.latency === null ? null : quantileOfBins(initiator.latency, 0.5);
  if (p50 === null) throw new Error('A launch saw too few round trips for a median.');
  return p50;
}

/** A round trip's median, or a rate; never both. */
const twinLine = v.object({ p50Ns: v.optional(v.number()), bytesPerSecond: v.optional(v.number()) });

async function twinFigure(twinPath: string, rig: SpeedRig, transport: string, work: Work): Promise<number> {
  const { stdout } = await execa(twinPath, [transport, work.workload, String(work.sizeBytes), String(TIMING.warmupMs * 1000), String(TIMING.windowMs * 1000), String(rig.cpu)], {
    env: { TMPDIR: rig.context.directory },
    timeout: 10_000,
    cancelSignal: rig.context.signal,
  });
  const line = v.parse(twinLine, JSON.parse(stdout));
  const figure = work.workload === 'stream' ? line.bytesPerSecond : line.p50Ns;
  if (figure === undefined) throw new Error(`The control program gave no figure for ${transport}, ${work.words}.`);
  return figure;
}

async function perfBench(cpu: number): Promise<SpeedComparison['yardstick']> {
  const { stdout, exitCode } = await execa('taskset', ['-c', String(cpu), 'perf', 'bench', '-f', 'simple', 'sched', 'pipe', '-l', '100000'], { reject: false, timeout: 30_000 });
  const seconds = Number.parseFloat(stdout ?? '');
  if (exitCode !== 0 || !(seconds > 0)) return { reason: "'perf bench sched pipe' does not run here (Debian: apt-get install linux-perf)" };
  return { nsPerRoundTrip: (seconds * 1e9) / 100_000 };
}
