import { appendFileSync, existsSync } from 'node:fs';
import { Command } from 'commander';
import { aboutLine, columnsOf, describeMachine, pairLine } from './recording.js';
import type { Case } from '../../../harness/model/index.js';
import { seededRandom } from '../../../harness/plan/random.js';
import { parseVariant } from '../../../harness/comparison/sides/parse-variant.js';
import { prepareVariant, type BothSides } from '../../../harness/comparison/sides/prepare-variant.js';
import { openRig, type Rig } from '../../../harness/session/rig.js';
import { gateCases, timingOf } from '../../../harness/comparison/cases/gate-cases.js';
import { collect } from '../../../harness/cli/shared-options.js';
import { livePairs } from '../../../harness/comparison/live/live-world.js';

// A development tool (ci/dev/recordings/README.md): runs pairs of one case as a gate does,
// deciding nothing, and appends them to a file.

interface RecordOptions {
  readonly base?: readonly string[];
  readonly head?: readonly string[];
  readonly workload: string;
  readonly pairs: number;
  readonly load: string;
  readonly seed: number;
  readonly out: string;
}

const command = new Command('record-pairs')
  .argument('<transport>')
  .requiredOption('--out <file>', 'JSON lines; appended to where it exists')
  .option('--workload <name>', 'ping-pong or stream, at the size a gate takes', 'ping-pong')
  .option('--pairs <n>', 'how many', Number, 1000)
  .option('--load <words>', "what else runs on this machine, for the file's head", 'unknown')
  .option('--seed <n>', 'draws which side goes first', Number, 1)
  .option('--base <key=value>', 'as for gate', collect)
  .option('--head <key=value>', 'as for gate', collect);

await command
  .action(async (transport: string, options: RecordOptions) => {
    const rig = await openRig({ cpus: null, timeoutMs: 10_000, transportModules: [] });
    try {
      const sides = {
        base: await prepareVariant(parseVariant('base', options.base ?? []), rig),
        head: await prepareVariant(parseVariant('head', options.head ?? []), rig),
      };
      const one = caseOf(transport, options.workload, sides, rig);
      if (!existsSync(options.out)) appendFileSync(options.out, headOf(one, options.load, sides, rig));
      await recordPairs(one, options, sides, rig);
    } finally {
      rig.close();
    }
  })
  .parseAsync();

function caseOf(transport: string, workload: string, sides: BothSides, rig: Rig): Case {
  const asked = { sizesBytes: null, placements: null, drivers: null, timing: {} };
  const found = gateCases(
    sides,
    rig.workloads,
    { transports: [transport], workloads: [workload], ...asked },
    rig.place,
  );
  const one = found.common[0];
  if (one === undefined) throw new Error(`${transport} has no case that both sides can run.`);
  return one;
}

/** The first line of a recording: what it is of. */
function headOf(one: Case, load: string, { base, head }: BothSides, rig: Rig): string {
  return aboutLine({
    schema: 'ipcbench-pairs',
    version: 1,
    case: one,
    columns: columnsOf(one.workload),
    timing: timingOf(one.driver, { timing: {} }),
    base: base.variant.settings,
    head: head.variant.settings,
    machine: describeMachine(rig.environment),
    load,
    ipcbenchVersion: rig.version,
    startedAt: new Date().toISOString(),
  });
}

async function recordPairs(one: Case, { seed, pairs, out }: RecordOptions, sides: BothSides, rig: Rig): Promise<void> {
  const columns = columnsOf(one.workload);
  const runPair = livePairs({
    base: sides.base.context,
    head: sides.head.context,
    workloads: rig.workloads,
    options: { timing: {} },
  });
  const random = seededRandom(seed);
  const sinceMs = performance.now();
  for (let pair = 0; pair < pairs; pair += 1) {
    const first = random.below(2) === 0 ? 'base' : 'head';
    const atMs = performance.now() - sinceMs;
    const outcome = await runPair(one, first, random.below(2 ** 32));
    if (outcome.kind === 'sample') appendFileSync(out, pairLine(columns, { atMs, first, ...outcome.sample }));
    else if (outcome.kind === 'failure') process.stderr.write(`${outcome.failure.side}: ${outcome.failure.message}\n`);
    else process.stderr.write(`${outcome.side}: ${outcome.reason}\n`);
  }
  process.stderr.write(`${pairs} pairs in ${((performance.now() - sinceMs) / 1000).toFixed(0)} s\n`);
}
