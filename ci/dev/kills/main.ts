// Proof that nothing is left behind, whoever is killed when: `npm run kills`.
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { blowsOf, COMMANDS, spellBlow, type CommandName } from './blows.js';
import { clearAllGrounds } from './ground.js';
import { strike } from './strike.js';

const usage =
  `npm run kills -- [--count n] [--seed n] [--in ${COMMANDS.join(',')}]\nStrikes the harness, its ` +
  'peers and the processes that host procedures with SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT and ' +
  'SIGSTOP at\nrandom moments of random commands, one signal a run, and verifies after each run ' +
  'that nothing is left behind, that the\nreport is complete at every moment, and that the exit ' +
  'status is right.\n  --count  signals, default 500\n  --seed   the same seed strikes the same way, ' +
  'default 1\n  --in     only these commands';

function readArguments() {
  const { values } = parseArgs({
    options: { count: { type: 'string' }, seed: { type: 'string' }, in: { type: 'string' } },
  });
  const numberOf = (text: string | undefined, name: string, otherwise: number): number => {
    if (text !== undefined && !/^[1-9]\d{0,8}$/.test(text))
      throw new Error(`${name} takes a whole number from 1 on, not '${text}'.`);
    return text === undefined ? otherwise : Number(text);
  };
  const commands = (values.in?.split(',') ?? [...COMMANDS]) as CommandName[];
  const unknown = commands.find((name) => !COMMANDS.includes(name));
  if (unknown !== undefined) throw new Error(`Unknown command '${unknown}'.`);
  return { count: numberOf(values.count, '--count', 500), seed: numberOf(values.seed, '--seed', 1), commands };
}

async function run(count: number, seed: number, commands: readonly CommandName[]): Promise<number> {
  let [done, missed, red] = [0, 0, 0];
  for (const blow of blowsOf(seed, commands)) {
    if (done === count) break;
    const outcome = await strike(blow);
    if (outcome.type === 'missed') {
      missed += 1;
      continue;
    }
    done += 1;
    red += outcome.complaints.length === 0 ? 0 : 1;
    const { exitCode, signal } = outcome.end;
    process.stdout.write(
      `${done} of ${count}: ${spellBlow(blow)}: ended ` +
        `with ${signal ?? exitCode}${outcome.complaints.length === 0 ? '' : '; RED'}\n`,
    );
    for (const sentence of outcome.complaints) process.stdout.write(`  ${sentence}\n`);
  }
  process.stdout.write(
    `${done} signals (seed ${seed}), ${red} of them failed; ${missed} came after their target ` +
      'process had ended and were drawn again.\n',
  );
  return red === 0 && done === count ? 0 : 1;
}

process.on('exit', clearAllGrounds);
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
try {
  const { count, seed, commands } = readArguments();
  process.exitCode = await run(count, seed, commands);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  process.exitCode = 2;
}
