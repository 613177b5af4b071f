// Proof that a verdict is a property of the machine and not of the moment: `npm run stability`.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { differing, moved, verdictCounts, type Seen } from './moved.js';
import { runCheck } from './run-check.js';
import { surroundings, type Surrounding } from './surroundings.js';

const usage =
  `npm run stability -- [--in ${surroundings.map(({ name }) => name).join(',')}] [--quick n] ` +
  "[--full n] [--out folder] [-- what to check]\nRuns 'ipcbench check' repeatedly and reports each " +
  'verdict that changes between runs.\n  --in     only in these surroundings; each has a number of ' +
  'runs of its own\n  --quick  runs with --quick in each of them, in place of that number\n  --full  ' +
  ' runs without it\n  --out    keeps every report there, default ./stability-report\n  --       ' +
  "arguments of 'ipcbench check': stability -- fifo --check lifecycle";

function readArguments() {
  const { values, positionals } = parseArgs({
    options: { in: { type: 'string' }, quick: { type: 'string' }, full: { type: 'string' }, out: { type: 'string' } },
    allowPositionals: true,
  });
  const wanted = values.in?.split(',') ?? surroundings.map(({ name }) => name);
  const unknown = wanted.find((name) => surroundings.every((one) => one.name !== name));
  if (unknown !== undefined) throw new Error(`Unknown surrounding '${unknown}'.`);
  const runsOf = (text: string | undefined): number | undefined => {
    if (text !== undefined && !/^\d+$/.test(text))
      throw new Error(`--quick and --full take a whole number, not '${text}'.`);
    return text === undefined ? undefined : Number(text);
  };
  const given = { quick: runsOf(values.quick), full: runsOf(values.full) };
  const isGiven = given.quick !== undefined || given.full !== undefined;
  return {
    chosen: surroundings
      .filter(({ name }) => wanted.includes(name))
      .map((one) => ({ ...one, runs: isGiven ? { quick: given.quick ?? 0, full: given.full ?? 0 } : one.runs })),
    out: resolve(values.out ?? 'stability-report'),
    selection: positionals,
  };
}

async function run(chosen: readonly Surrounding[], out: string, selection: readonly string[]): Promise<number> {
  const seen: Seen[] = [];
  let complaints = 0;
  const complain = (line: string): void => {
    complaints += 1;
    process.stdout.write(`  ${line}\n`);
  };
  for (const surrounding of chosen) {
    process.stdout.write(`${surrounding.name}: ${surrounding.summary}\n`);
    const scales = [
      ...Array<'quick'>(surrounding.runs.quick).fill('quick'),
      ...Array<'full'>(surrounding.runs.full).fill('full'),
    ];
    for (const [index, scale] of scales.entries()) {
      const folder = join(out, `${surrounding.name}-${index + 1}`);
      mkdirSync(folder, { recursive: true });
      const ended = await runCheck(surrounding, scale, folder, selection);
      if (ended.type === 'impossible') {
        process.stdout.write(`  not available here: ${ended.reason}\n`);
        break;
      }
      process.stdout.write(
        `  ${index + 1} of ${scales.length}, ${scale}: exit status ${ended.exitCode} ` +
          `after ${ended.seconds.toFixed(0)} s; ${verdictCounts(ended.verdicts)}\n`,
      );
      if (ended.exitCode !== 0)
        complain(`exit status ${ended.exitCode}${ended.verdicts.length === 0 ? `: ${ended.stderr}` : ''}`);
      for (const verdict of ended.verdicts) {
        if (verdict.verdict === 'fail' || verdict.verdict === 'broken')
          complain(`${verdict.id}: ${verdict.verdict}: ${verdict.evidence}`);
        if (verdict.verdict === 'deviation' && verdict.known === null)
          complain(`${verdict.id}: a deviation that is not recorded: ${verdict.evidence}`);
        if (verdict.changed !== null) complain(`${verdict.id}: ${verdict.changed}`);
        if (verdict.teardown === 'unclean') complain(`${verdict.id}: left behind: ${verdict.teardownEvidence ?? ''}`);
      }
      seen.push({ surrounding: surrounding.name, run: index + 1, verdicts: ended.verdicts });
    }
  }
  const told = [...moved(seen), ...differing(seen)];
  for (const sentence of told) process.stdout.write(`${sentence}\n`);
  process.stdout.write(
    `${seen.length} runs; ` +
      `${told.length === 0 ? 'no verdict changed' : `${told.length} verdicts changed`}, ${complaints} ` +
      `other complaints. Reports: ${out}\n`,
  );
  return told.length + complaints === 0 && seen.length > 0 ? 0 : 1;
}

try {
  const { chosen, out, selection } = readArguments();
  process.exitCode = await run(chosen, out, selection);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  process.exitCode = 2;
}
