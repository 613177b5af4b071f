import { parseArgs } from 'node:util';
import { openSession } from '../../../harness/session/session.js';
import type { Case, Launch, LaunchOutcome } from '../../../harness/model/index.js';
import { caseId } from '../../../harness/plan/case-id.js';
import { seededRandom, shuffled } from '../../../harness/plan/random.js';
import { runLaunch } from '../../../harness/runner/run-launch.js';
import { startTogether } from '../../../harness/runner/start-together.js';
import { quantileOfBins } from '../../../harness/stats/latency-bins.js';
import { medianEstimate } from '../../../harness/stats/order-statistics.js';

// Does a Node pair that was started together with others, and waited for its turn, measure what one measures that was
// started alone? Blocks of both kinds in random order; for each transport the ratio of neighbours, median and interval.
//
//   npm run study:together -- --blocks 60

const { values } = parseArgs({ options: { blocks: { type: 'string', default: '60' } } });
const TRANSPORTS = ['node-net', 'node-ipc-json', 'node-ipc-advanced'];
const TIMING = { warmupMs: 30, windowMs: 170 };

const session = await openSession({ cpus: null, timeoutMs: 10_000, transportModules: [] });
const ratios = new Map(TRANSPORTS.map((transport): [string, number[]] => [transport, []]));
let index = 0;
try {
  const random = seededRandom(1);
  for (let block = 0; block < Number(values.blocks); block += 1) {
    const found = new Map<string, Map<string, number>>();
    for (const way of shuffled(['alone', 'together'], random)) {
      const launches = shuffled(TRANSPORTS, random).map((transport): Launch => launchOf(transport, block));
      found.set(way, await measure(way, launches));
    }
    for (const transport of TRANSPORTS) {
      const ratio = (found.get('together')?.get(transport) ?? 0) / (found.get('alone')?.get(transport) ?? 0);
      ratios.get(transport)?.push(ratio);
    }
  }
} finally {
  session.close();
}
for (const [transport, each] of ratios) {
  const { value, low, high } = medianEstimate(each);
  const interval = `[${low?.toFixed(3) ?? '?'}, ${high?.toFixed(3) ?? '?'}]`;
  console.log(`${transport}: p25 of the 64 B round trip, together over alone: ${value.toFixed(3)} ${interval}`);
}

async function measure(way: string, launches: readonly Launch[]): Promise<Map<string, number>> {
  const p25s = new Map<string, number>();
  const record = (outcome: LaunchOutcome): void => {
    if (outcome.kind !== 'sample') throw new Error(`A launch broke: ${JSON.stringify(outcome)}`);
    const { latency } = outcome.sample.initiator;
    const transport = outcome.sample.caseId.split('/')[0] ?? '';
    p25s.set(transport, latency === null ? Number.NaN : (quantileOfBins(latency, 0.25) ?? Number.NaN));
  };
  if (way === 'alone') {
    for (const launch of launches) record(await runLaunch(launch, session.context));
    return p25s;
  }
  const started = startTogether(launches, (launch, turn) => runLaunch(launch, session.context, turn));
  try {
    for (const launch of launches) record(await started.measure(launch));
  } finally {
    await started.end();
  }
  return p25s;
}

function launchOf(transport: string, round: number): Launch {
  const parts = {
    transport,
    driver: 'js',
    workload: 'ping-pong',
    sizeBytes: 64,
    placement: 'free',
    verify: 'header',
  } as const;
  const one: Case = { id: caseId(parts), ...parts, methodRevision: 1 };
  return { index: index++, round, case: one, timing: TIMING, seed: round };
}
