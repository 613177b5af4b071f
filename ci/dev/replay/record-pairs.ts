import { appendFileSync, existsSync } from 'node:fs';
import { Command } from 'commander';
import { aboutLine, columnsOf, describeMachine, pairLine } from './recording.js';
import type { Case, WorkloadFigure } from '../../../harness/model/index.js';
import { seededRandom } from '../../../harness/plan/random.js';
import { parseVariant } from '../../../harness/comparison/sides/parse-variant.js';
import { prepareVariant, type BothSides } from '../../../harness/comparison/sides/prepare-variant.js';
import { openSession, type Session } from '../../../harness/session/session.js';
import { gateCases, timingOf } from '../../../harness/comparison/cases/gate-cases.js';
import { collect } from '../../../harness/cli/shared-options.js';
import { livePairs } from '../../../harness/comparison/live/live-ports.js';

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
  .option('--workload <name>', 'a workload, at the size a gate takes', 'ping-pong')
  .option('--pairs <n>', 'how many', Number, 1000)
  .option('--load <words>', "what else runs on this machine, for the file's head", 'unknown')
  .option('--seed <n>', 'draws which side goes first', Number, 1)
  .option('--base <key=value>', 'as for gate', collect)
  .option('--head <key=value>', 'as for gate', collect);

await command
  .action(async (transport: string, options: RecordOptions) => {
    const session = await openSession({ cpus: null, timeoutMs: 10_000, transportModules: [] });
    try {
      const sides = {
        base: await prepareVariant(parseVariant('base', options.base ?? []), session),
        head: await prepareVariant(parseVariant('head', options.head ?? []), session),
      };
      const one = caseOf(transport, options.workload, sides, session);
      if (!existsSync(options.out)) appendFileSync(options.out, headOf(one, options.load, sides, session));
      await recordPairs(one, options, sides, session);
    } finally {
      session.close();
    }
  })
  .parseAsync();

function caseOf(transport: string, workload: string, sides: BothSides, session: Session): Case {
  const asked = { sizesBytes: null, placements: null, drivers: null, timing: {} };
  const found = gateCases(
    sides,
    session.workloads,
    { transports: [transport], workloads: [workload], ...asked },
    session.place,
  );
  const one = found.common[0];
  if (one === undefined) throw new Error(`${transport} has no case that both sides can run.`);
  return one;
}

function figureOf(one: Case, { workloads }: Session): WorkloadFigure['kind'] {
  return workloads.find(({ name }) => name === one.workload)?.figure.kind ?? 'latency';
}

/** The first line of a recording: what it is of. */
function headOf(one: Case, load: string, { base, head }: BothSides, session: Session): string {
  return aboutLine({
    schema: 'ipcbench-pairs',
    version: 1,
    case: one,
    columns: columnsOf(figureOf(one, session)),
    timing: timingOf(one.driver, { timing: {} }),
    base: base.variant.settings,
    head: head.variant.settings,
    machine: describeMachine(session.environment),
    load,
    ipcbenchVersion: session.version,
    startedAt: new Date().toISOString(),
  });
}

async function recordPairs(
  one: Case,
  { seed, pairs, out }: RecordOptions,
  sides: BothSides,
  session: Session,
): Promise<void> {
  const columns = columnsOf(figureOf(one, session));
  const runPair = livePairs({
    base: sides.base.context,
    head: sides.head.context,
    workloads: session.workloads,
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
