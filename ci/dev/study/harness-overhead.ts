import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeReportSaver } from '../../../harness/saving/report-saver.js';
import { readEnvironment } from '../../../harness/environment/environment.js';
import type {
  Case,
  Column,
  LatencyBins,
  Launch,
  LaunchOutcome,
  PeerResult,
  Plan,
  Report,
} from '../../../harness/model/index.js';
import { seededRandom } from '../../../harness/plan/random.js';
import { assembleReport } from '../../../harness/runner/assemble-report.js';
import { openRace, type Race } from '../../../harness/runner/race.js';
import { runPlan } from '../../../harness/runner/run-plan.js';
import { openRunRecords, type RunRecords } from '../../../harness/runner/run-records.js';
import { loadSettings } from '../../../harness/discovery/load-settings.js';
import { loadWorkloads } from '../../../harness/discovery/load-workloads.js';

// What does the harness spend beside its launches, and does that grow with their number? Launches here take no time:
// what is left is planning, recording, ranking and saving. A clock that gains LAUNCH_MS a launch stands for the time
// they would take, so that the file is saved as often as in a real run.
//
//   npm run bench:overhead

const LAUNCH_MS = 10;
const SHAPES = [
  { name: '1,000 launches of one case', columns: 1, transports: 1, blocks: 1000 },
  { name: '10,000 launches of one case', columns: 1, transports: 1, blocks: 10_000 },
  { name: '20 launches of 130 cases', columns: 13, transports: 10, blocks: 20 },
  { name: '200 launches of 130 cases', columns: 13, transports: 10, blocks: 200 },
] as const;
/** The bound of each shape; ms a launch, and MiB. */
const MOST_MS = 1;
const MOST_MIB = 200;

const shape = SHAPES[Number(process.argv[2] ?? Number.NaN)];
if (shape === undefined) {
  // Each in a process of its own: memory that one gave back is still counted for the next.
  const { execa } = await import('execa');
  let isMet = true;
  for (const index of SHAPES.keys()) {
    const { exitCode } = await execa(process.execPath, [...process.execArgv, process.argv[1] ?? '', String(index)], {
      stdio: 'inherit',
      reject: false,
    });
    isMet &&= exitCode === 0;
  }
  console.log(
    isMet
      ? `All within ${MOST_MS} ms a launch and ${MOST_MIB} MiB.`
      : `NOT MET: more than ${MOST_MS} ms a launch or ${MOST_MIB} MiB.`,
  );
  process.exit(isMet ? 0 : 1);
}
await measure(shape);

async function measure({ name, columns, transports, blocks }: (typeof SHAPES)[number]): Promise<void> {
  const dimensions = { workloads: await loadWorkloads(), settings: await loadSettings() };
  const plan = planOf(columns, transports, blocks);
  const records = openRunRecords(plan, dimensions);
  const race = openRace(plan, records.cases, new Set(), { kind: 'order' });
  const out = mkdtempSync(join(tmpdir(), 'ipcbench-overhead-'));
  const outcomes = exampleOutcomes();
  let launches = 0;
  let saves = 0;
  const nowMs = (): number => performance.now() + launches * LAUNCH_MS;
  const report = assembling(plan, records, race);
  let finishedAt: Date | null = null;
  const saver = makeReportSaver(
    out,
    () => {
      saves += 1;
      return report(finishedAt);
    },
    nowMs,
  );
  const startedMs = performance.now();
  await runPlan(
    plan,
    { budgetMs: null, moreUntilMs: 0 },
    {
      nowMs,
      launch: async (launch) => {
        launches += 1;
        return outcomeOf(launch, outcomes[launch.index % outcomes.length] as PeerResult);
      },
      record: (launch, outcome) => {
        records.record(launch, outcome);
        saver.saveIfDue();
      },
      moreFor: race.moreFor,
    },
  );
  finishedAt = new Date();
  saver.save();
  const spentMs = performance.now() - startedMs;
  const bytes = statSync(join(out, 'report.json')).size;
  rmSync(out, { recursive: true });
  const mib = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${name.padEnd(28)} ${(spentMs / launches).toFixed(3)} ms a launch, ${saves} saves, ` +
      `report.json ${(bytes / 2 ** 20).toFixed(1)} MiB, at most ${mib.toFixed(0)} MiB of memory`,
  );
  process.exit(spentMs / launches <= MOST_MS && mib <= MOST_MIB ? 0 : 1);
}

/** Puts a report together as a run does, from what the launches have recorded so far. */
function assembling(plan: Plan, records: RunRecords, race: Race): (finishedAt: Date | null) => Report {
  const common = {
    ipcbenchVersion: '0',
    command: ['bench'],
    startedAt: new Date(),
    seed: 1,
    environment: readEnvironment({ allowedCpus: [0, 1], native: null }),
    transports: [],
    plan,
    verdicts: [],
    warnings: [],
    totalMs: 1,
    checkedMs: 0,
    status: 'running',
    skipped: [],
    roundsCompleted: 0,
  } as const;
  return (finishedAt) =>
    assembleReport({
      ...common,
      finishedAt,
      results: records.results(),
      rankings: finishedAt === null ? [] : race.rankings(),
      measuredMs: records.totals.measuredMs,
    });
}

function planOf(columns: number, transports: number, blocks: number): Plan {
  const made = Array.from({ length: columns }, (_, at): Column => {
    const id = `native/ping-pong/${64 + at}B/same-cpu`;
    const cases = Array.from({ length: transports }, (__, index): Case => ({
      id: `transport-${index}/${id}`,
      transport: `transport-${index}`,
      driver: 'native',
      workload: 'ping-pong',
      sizeBytes: 64 + at,
      placement: 'same-cpu',
      verify: 'header',
      methodRevision: 1,
    }));
    return { id, cases, timing: { warmupMs: 1, windowMs: 5 }, blocks, isHeadline: false };
  });
  return { seed: 1, rounds: blocks, columns: made, cases: made.flatMap((column) => column.cases), skipped: [] };
}

/** Round trips with a long tail: some six hundred bins a launch, as a window of 5 ms on a busy machine has. */
function exampleOutcomes(): PeerResult[] {
  const random = seededRandom(7);
  const costs = {
    cpuNs: 5e6,
    syscalls: 8000,
    voluntarySwitches: 4000,
    involuntarySwitches: 3,
    minorFaults: 0,
    majorFaults: 0,
    runDelayNs: 12_345,
    maxRssBytes: 2e6,
  };
  return Array.from({ length: 50 }, () => {
    const values = [
      ...new Set(
        Array.from(
          { length: 600 },
          () => 2500 + 4 * random.below(500) + (random.below(20) === 0 ? 64 * random.below(300) : 0),
        ),
      ),
    ].sort((a, b) => a - b);
    const latency: LatencyBins = {
      significantDigits: 3,
      highestTrackableNs: 6e10,
      overflow: 0,
      minNs: values[0] ?? 0,
      maxNs: values.at(-1) ?? 0,
      sumNs: 1,
      bins: values.flatMap((value) => [value, 3]),
    };
    return {
      role: 'initiator',
      messages: 3 * values.length,
      bytes: 64,
      windowNs: 5e6 + random.below(1000),
      latency,
      costs,
      verified: 'header',
    };
  });
}

function outcomeOf(launch: Launch, initiator: PeerResult): LaunchOutcome {
  const responder: PeerResult = { ...initiator, role: 'responder', latency: null };
  const cpus = { initiator: 0, responder: 0, relation: 'same-cpu' } as const;
  const noise = { cpuPressureUs: 12_345, stealTicks: 0, load1: 0.42 };
  return {
    kind: 'sample',
    sample: {
      caseId: launch.case.id,
      launchIndex: launch.index,
      round: launch.round,
      initiator,
      responder,
      cpus,
      noise,
      wallNs: 12_345_678,
    },
  };
}
