import { spawnSync } from 'node:child_process';
import { loadNative } from '../load.js';
import { runPair } from '../test/peers.js';

/**
 * Is the core as fast as the plainest C++ for the same work? Launches of both are interleaved in random order on one CPU;
 * compared are the p25 over launches of the p50 round trip, and the p75 over launches of the rate: launches are bimodal by
 * 8 %, plain C included, and those are the sides that two equal programs agree on.
 */
const bounds = [
  { workload: 'ping-pong', sizeBytes: 64, isWithin: (ratio: number) => ratio <= 1.02, says: 'at most 1.02' },
  { workload: 'stream', sizeBytes: 65536, isWithin: (ratio: number) => ratio >= 0.96, says: 'at least 0.96' },
  { workload: 'stream', sizeBytes: 64, isWithin: (ratio: number) => ratio >= 0.93, says: 'at least 0.93' },
] as const;
const transports = ['socketpair-stream', 'unix-stream', 'unix-dgram', 'unix-seqpacket', 'pipe', 'fifo'];
const warmupUs = 5000;
const windowUs = 20000;

const launches = Number(process.argv[2] ?? 20);
const wanted = process.argv[3]?.split(',') ?? transports;
const native = await loadNative();
const twinPath = native.twinPath;
if (twinPath === null) throw new Error('ipcbench-twin is not built: it is in a checkout only.');
const cpu = native.addon.allowedCpus()[0]!;
let outside = 0;
for (const { workload, sizeBytes, isWithin, says } of bounds) {
  for (const transport of wanted) {
    const core: number[] = [];
    const twin: number[] = [];
    for (let launch = 0; launch < launches; launch += 1) {
      const isTwinFirst = Math.random() < 0.5;
      if (isTwinFirst) twin.push(runTwin(transport, workload, sizeBytes));
      core.push(await runCore(transport, workload, sizeBytes));
      if (!isTwinFirst) twin.push(runTwin(transport, workload, sizeBytes));
    }
    const q = workload === 'ping-pong' ? 0.25 : 0.75;
    const ratio = quantile(core, q) / quantile(twin, q);
    if (!isWithin(ratio)) outside += 1;
    console.log(`${workload.padEnd(9)} ${String(sizeBytes).padStart(5)} B  ${transport.padEnd(17)}  core / twin ${ratio.toFixed(3)}, ${says}${isWithin(ratio) ? '' : '   OUTSIDE'}`);
  }
}
process.exitCode = outside === 0 ? 0 : 1;

/** ns of the p50 round trip, or bytes per second. */
async function runCore(meeting: string, workload: 'ping-pong' | 'stream', sizeBytes: number): Promise<number> {
  const { initiator, responder } = await runPair({ program: [native.peerPath], addon: native.addon, meeting, workload, sizeBytes, warmupUs, windowUs, cpu });
  if (initiator?.type !== 'result' || responder?.type !== 'result') throw new Error(`A launch failed: ${JSON.stringify([initiator, responder])}`);
  if (workload === 'stream') return (Number(responder['bytes']) * 1e9) / Number(responder['windowNs']);
  const { bins } = initiator['latency'] as { bins: [number, number][] };
  let left = bins.reduce((sum, [, count]) => sum + count, 0) / 2;
  return bins.find(([, count]) => (left -= count) <= 0)![0];
}

function runTwin(transport: string, workload: string, sizeBytes: number): number {
  const { stdout } = spawnSync(twinPath!, [transport, workload, String(sizeBytes), String(warmupUs), String(windowUs), String(cpu)], { encoding: 'utf8' });
  const line = JSON.parse(stdout) as { p50Ns?: number; bytesPerSecond?: number };
  return line.p50Ns ?? line.bytesPerSecond!;
}

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))]!;
}
