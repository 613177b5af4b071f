import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { parseGate } from '../../reports/schema/parse-gate.js';
import { seededRandom, shuffled } from '../../harness/plan/random.js';

// How often does a gate close at a real slowdown? Gates run one after the other as a user runs them, in random order
// over all kinds, against a write(2) that spins for a share of what a message takes (spinning-write.cc). One line of
// JSON a gate goes to --out; the table at the end is drawn from it.
//
//   npm run study:power -- --gates 20 --out power.jsonl     half an hour on a quiet machine
//   --subjects 'unix-stream ping-pong 64 B'                 one of the subjects
//   npm run study:power -- --count power.jsonl              the table of a recording

interface Subject {
  readonly name: string;
  readonly args: readonly string[];
  /** write(2) calls a message, both ends together: the spin is divided among them. */
  readonly writes: number;
}

const SUBJECTS: readonly Subject[] = [
  {
    name: 'unix-stream ping-pong 64 B',
    args: ['unix-stream', '--workload', 'ping-pong', '--size', '64', '--placement', 'same-cpu'],
    writes: 2,
  },
  {
    name: 'unix-stream stream 64 KiB',
    args: ['unix-stream', '--workload', 'stream', '--size', '64KiB', '--placement', 'same-cpu'],
    writes: 1,
  },
  {
    name: 'pipe stream 64 KiB',
    args: ['pipe', '--workload', 'stream', '--size', '64KiB', '--placement', 'same-cpu'],
    writes: 1,
  },
  {
    name: 'pipe stream 64 B',
    args: ['pipe', '--workload', 'stream', '--size', '64', '--placement', 'same-cpu'],
    writes: 1,
  },
];

/**
 * Slowdowns and how many gates of each, in units of --gates: none of a slowdown that is looked for in vain more than
 * once in forty would show in twenty.
 */
const SLOWDOWNS = [
  { share: 0, times: 1 },
  { share: 0.02, times: 2 },
  { share: 0.05, times: 1 },
  { share: 0.1, times: 1 },
] as const;

interface GateRecord {
  readonly subject: string;
  readonly share: number;
  readonly spinNs: number;
  readonly exitCode: number;
  /** Of round-trip or message-time, as last looked at. */
  readonly change: number | null;
  readonly pairs: number;
  readonly regressed: readonly string[];
  readonly ms: number;
  readonly load1: number | null;
}

const cli = fileURLToPath(new URL('../../../harness/cli/ipcbench.mjs', import.meta.url));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      subjects: { type: 'string', default: SUBJECTS.map((subject) => subject.name).join(',') },
      slowdowns: { type: 'string', default: SLOWDOWNS.map(({ share }) => share).join(',') },
      gates: { type: 'string', default: '20' },
      out: { type: 'string', default: 'power.jsonl' },
      count: { type: 'string' },
      effort: { type: 'string', default: 'default' },
      seed: { type: 'string', default: '1' },
    },
  });
  if (values.count !== undefined) return void process.stdout.write(table(read(values.count)));
  const folder = mkdtempSync(join(tmpdir(), 'ipcbench-study-'));
  // A study takes half an hour, and is often stopped before: its directory goes with it, and so does the gate it waits
  // for.
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process
    .once('exit', remove)
    .once('SIGINT', () => process.exit(130))
    .once('SIGTERM', () => process.exit(143));
  try {
    const library = await compileSpin(folder);
    const random = seededRandom(Number(values.seed));
    const subjects = SUBJECTS.filter((subject) => values.subjects.split(',').includes(subject.name));
    // What a message takes now: an A/A gate says it first, and every later gate's base anew.
    const messageNs = new Map<string, number>();
    for (const subject of subjects)
      messageNs.set(subject.name, (await runGate(subject, 0, 0, library, folder, 'quick')).baseNs);
    const shares = values.slowdowns.split(',').map(Number);
    const gates = shuffled(
      subjects.flatMap((subject) =>
        SLOWDOWNS.filter(({ share }) => shares.includes(share)).flatMap(({ share, times }) =>
          Array.from({ length: Number(values.gates) * times }, () => ({ subject, share })),
        ),
      ),
      random,
    );
    for (const [done, { subject, share }] of gates.entries()) {
      const spinNs = Math.round((share * (messageNs.get(subject.name) ?? 0)) / subject.writes);
      const { baseNs, ...record } = await runGate(subject, share, spinNs, library, folder, values.effort);
      messageNs.set(subject.name, baseNs);
      appendFileSync(values.out, `${JSON.stringify(record)}\n`);
      process.stderr.write(
        `${done + 1} of ${gates.length}: ${subject.name}, ${share * 100} %: ` +
          `exit ${record.exitCode}, ${((record.change ?? 0) * 100).toFixed(1)} %, ${(record.ms / 1000).toFixed(1)} s\n`,
      );
    }
    process.stdout.write(table(read(values.out)));
  } finally {
    remove();
  }
}

export async function compileSpin(folder: string): Promise<string> {
  const library = join(folder, 'spinning-write.so');
  await execa('g++', [
    '-O2',
    '-shared',
    '-fPIC',
    '-o',
    library,
    fileURLToPath(new URL('../../../ci/study/spinning-write.cc', import.meta.url)),
  ]);
  return library;
}

async function runGate(
  subject: Subject,
  share: number,
  spinNs: number,
  library: string,
  folder: string,
  effort: string,
): Promise<GateRecord & { readonly baseNs: number }> {
  const startedMs = performance.now();
  const out = join(folder, 'gate');
  await execa(
    'node',
    [
      cli,
      'gate',
      ...subject.args,
      '--effort',
      effort,
      '--base',
      `env.LD_PRELOAD=${library}`,
      '--head',
      `env.LD_PRELOAD=${library}`,
      '--head',
      `env.SPIN_NS=${spinNs}`,
      '--out',
      out,
    ],
    { reject: false },
  );
  const ms = performance.now() - startedMs;
  const gate = parseGate(readFileSync(join(out, 'gate.json'), 'utf8'));
  const time = gate.comparisons.find((one) => one.metric === 'round-trip' || one.metric === 'message-time');
  if (time?.base == null) throw new Error(`A gate of ${subject.name} gave no figure: ${gate.summary}`);
  return {
    baseNs: time.base,
    subject: subject.name,
    share,
    spinNs,
    exitCode: gate.exitCode,
    change: time.change?.median ?? null,
    pairs: time.measurements[0]?.pairs.length ?? 0,
    regressed: gate.comparisons.filter((one) => one.isGated && one.verdict === 'regressed').map((one) => one.metric),
    ms: Math.round(ms),
    load1: time.measurements[0]?.pairs[0]?.noise.load1 ?? null,
  };
}

const read = (path: string): GateRecord[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as GateRecord);

function table(records: readonly GateRecord[]): string {
  const rows = SUBJECTS.flatMap((subject) =>
    SLOWDOWNS.flatMap(({ share }) => {
      const mine = records.filter((record) => record.subject === subject.name && record.share === share);
      if (mine.length === 0) return [];
      const closed = mine.filter((record) => record.exitCode === 1);
      const by = (metric: string): number => closed.filter((record) => record.regressed.includes(metric)).length;
      const times = by('round-trip') + by('message-time');
      const change = medianOf(mine.flatMap((record) => record.change ?? []));
      return [
        `${subject.name.padEnd(28)} ${`${share * 100} %`.padStart(5)} ` +
          `${`${closed.length} of ${mine.length}`.padStart(9)} ${`${times} by time, ${by('cpu')} by CPU`.padStart(24)} ${`${(change * 100).toFixed(1)} %`.padStart(8)} ${`${(medianOf(mine.map((record) => record.ms)) / 1000).toFixed(1)} s`.padStart(7)} ${medianOf(
            mine.map((record) => record.load1 ?? 0),
          )
            .toFixed(1)
            .padStart(5)}`,
      ];
    }),
  );
  return `${['subject'.padEnd(28), ' spin', '   closed', '                        ', 'measured', '   time', ' load'].join(' ')}\n${rows.join('\n')}\n`;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
