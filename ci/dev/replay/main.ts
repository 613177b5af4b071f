import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { GateReport } from '../../../harness/model/index.js';
import { SCHEDULES } from '../../gate/schedule.js';
import { parseRecording, type Recording } from './recording.js';
import { isAA, oneAfterTheOther, replayGates, worsened, type ReplayTally } from './replay-gates.js';

// A development tool: counts what gates over recorded pairs say (../recordings/README.md).

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, effort: { type: 'string', default: 'default' } },
});
const schedule = SCHEDULES[values.effort as GateReport['effort']];
if (positionals.length === 0 || schedule === undefined) {
  console.error(
    'Usage: npm run replay -- ci/dev/recordings/<file>.jsonl.gz… [--effort quick|default|thorough] [--seed n]',
  );
  process.exit(2);
}

for (const file of positionals) {
  const bytes = readFileSync(file);
  const recording = parseRecording((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
  const { about, pairs } = recording;
  console.log(
    `${about.case.id}: ${pairs.length} ` +
      `pairs, ${isAA(recording) ? 'base and head the same' : `head ${about.head.join(' ')}`}`,
  );
  console.log(`  ${about.machine.cpus} CPUs (${about.machine.cpu}), Linux ${about.machine.kernel}; ${about.load}`);
  for (const [what, arranged] of arrangements(recording))
    print(what, await replayGates(arranged, schedule, Number(values.seed)));
}

function arrangements(recording: Recording): (readonly [string, Recording])[] {
  if (!isAA(recording)) return [['as recorded', recording]];
  return [
    ['as recorded', recording],
    ...[0.02, 0.05, 0.1].map((share) => [`times of head ${share * 100} % longer`, worsened(recording, share)] as const),
    ['all of base, then all of head', oneAfterTheOther(recording, 100)],
  ];
}

function print(what: string, { gates, closed, failedOnce, inconclusive, pairs, metrics }: ReplayTally): void {
  const share = (count: number): string => `${count} (${((100 * count) / gates).toFixed(1)} %)`;
  console.log(
    `  ${what}: ${gates} gates of ${(pairs / gates).toFixed(0)} pairs each; closed ${share(closed)}, failed ` +
      `once ${share(failedOnce)}, neither closed nor decided ${share(inconclusive)}`,
  );
  for (const [metric, count] of metrics)
    console.log(
      `    ${metric.padEnd(12)} closed ${count.closed}, failed once ${count.failedOnce}, ` +
        `undecided ${count.inconclusive}`,
    );
}
