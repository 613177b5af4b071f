import { appendFileSync, existsSync } from 'node:fs';
import { Command } from 'commander';
import { aboutLine, columnsOf, describeMachine, pairLine } from '../../../ci/replay/recording.js';
import { seededRandom } from '../../plan/random.js';
import { parseVariant } from '../variant/parse-variant.js';
import { prepareVariant } from '../variant/prepare-variant.js';
import { openRig } from '../rig.js';
import { gateCases, timingOf } from './gate-cases.js';
import { collect } from '../shared-options.js';
import { livePairs } from './live-world.js';

// A development tool (ci/README.md, "The rule, held to recorded launches"): runs pairs of one case as a gate does,
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
    const rig = await openRig({ cpus: null, timeoutMs: 10_000, transportModules: [] });
    try {
      const [base, head] = [
        await prepareVariant(parseVariant('base', options.base ?? []), rig),
        await prepareVariant(parseVariant('head', options.head ?? []), rig),
      ];
      const found = gateCases(
        base,
        head,
        rig.workloads,
        {
          transports: [transport],
          workloads: [options.workload],
          sizesBytes: null,
          placements: null,
          drivers: null,
          timing: {},
        },
        rig.place,
      );
      const one = found.common[0];
      if (one === undefined) throw new Error(`${transport} has no case that both sides can run.`);
      const figure = rig.workloads.find(({ name }) => name === one.workload)?.figure.kind ?? 'latency';
      const columns = columnsOf(figure);
      if (!existsSync(options.out)) {
        const about = {
          schema: 'ipcbench-pairs',
          version: 1,
          case: one,
          columns,
          timing: timingOf(one.driver, { timing: {} }),
          base: base.variant.settings,
          head: head.variant.settings,
        } as const;
        appendFileSync(
          options.out,
          aboutLine({
            ...about,
            machine: describeMachine(rig.environment),
            load: options.load,
            ipcbenchVersion: rig.version,
            startedAt: new Date().toISOString(),
          }),
        );
      }
      const runPair = livePairs({
        base: base.context,
        head: head.context,
        workloads: rig.workloads,
        options: { timing: {} },
      });
      const random = seededRandom(options.seed);
      const sinceMs = performance.now();
      for (let pair = 0; pair < options.pairs; pair += 1) {
        const first = random.below(2) === 0 ? 'base' : 'head';
        const atMs = performance.now() - sinceMs;
        const outcome = await runPair(one, first, random.below(2 ** 32));
        if (outcome.kind === 'pair') appendFileSync(options.out, pairLine(columns, { atMs, first, ...outcome }));
        else process.stderr.write(`${outcome.side}: ${outcome.kind === 'broken' ? outcome.message : outcome.reason}\n`);
      }
      process.stderr.write(`${options.pairs} pairs in ${((performance.now() - sinceMs) / 1000).toFixed(0)} s\n`);
    } finally {
      rig.close();
    }
  })
  .parseAsync();
