// test-deadline-s: 300
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../../ci/dev/test-runner/skip.js';
import { cli, runCli, type CliResult } from './run-cli.js';

const test = suite<{ folder: string }>('bad input');

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'b-'));
});
test.after.each(async (context) => {
  await rm(context.folder, { recursive: true, force: true });
});

/** A mistake of the user's: exit 2 unless said otherwise, a sentence on stderr, never a stack. */
const refuses = (result: CliResult, sentence: RegExp, exitCode = 2): void => {
  assert.match(result.stderr, sentence);
  assert.is(result.exitCode, exitCode, result.stderr);
  assert.not.match(result.stderr, /\n\s+at /);
  assert.not.match(result.stdout, /\n\s+at /);
};

const quick = ['--duration', '2ms', '--warmup', '1ms', '--launches', '1'];

test('an unknown transport suggests the nearest', async () => {
  refuses(await runCli(['bench', 'unix-steam']), /No transport is called 'unix-steam'\. Did you mean 'unix-stream'\?/);
});

test('an unknown workload suggests the nearest', async () => {
  refuses(
    await runCli(['bench', 'pipe', '--workload', 'pingpong']),
    /No workload is called 'pingpong'\. Did you mean 'ping-pong'\?/,
  );
});

test('an unknown check suggests the nearest', async () => {
  refuses(
    await runCli(['check', 'pipe', '--check', 'ordring/single-writer']),
    /No check is called 'ordring\/single-writer'\. Did you mean 'ordering\/single-writer'\?/,
  );
});

test('an unknown option and an unknown command suggest the nearest', async () => {
  refuses(await runCli(['bench', '--sise', '64']), /unknown option '--sise'[\s\S]*--size/);
  refuses(await runCli(['bensh']), /unknown command 'bensh'[\s\S]*bench/);
});

test('no command at all is help and wrong usage', async () => {
  const result = await runCli([]);
  assert.is(result.exitCode, 2);
  assert.match(result.stderr, /Usage: ipcbench/);
});

test('--size 0 and sizes that are none say how sizes are written', async () => {
  refuses(await runCli(['bench', 'pipe', '--size', '0']), /from 1 B to 16 MiB/);
  refuses(await runCli(['bench', 'pipe', '--size', 'huge']), /'huge' is not a size/);
});

test(
  'a time budget too short for one launch of each case and the checks is refused before anything runs, with what ' +
    'it would take',
  async () => {
    refuses(
      await runCli(['all', '--time-budget', '1s']),
      /--time-budget 1 s is too short: one launch of each of the \d+ cases and the checks take about \d+ s\. Raise it, or select fewer/,
    );
    refuses(
      await runCli(['bench', 'pipe', '--time-budget', '1ms']),
      /too short: one launch of each of the \d+ cases take about 1 s/,
    );
  },
);

test('a precision that is none says how one is written', async () => {
  for (const text of ['0', '-3%', 'three', '200%'])
    refuses(await runCli(['bench', 'pipe', `--precision=${text}`]), /is not a precision\. Write it like 3% or 0\.5%/);
});

test('selecting nothing is wrong usage', async () => {
  refuses(await runCli(['bench', 'pipe', '--driver', 'js']), /None of pipe has the driver js/);
});

test('a check that this scale leaves out is told with the scale that has it', async () => {
  refuses(
    await runCli(['check', '--check', 'disturbance/enospc-memory']),
    /'disturbance\/enospc-memory' is run only with --thorough/,
  );
  refuses(
    await runCli(['check', '--quick', '--check', 'disturbance/eintr-storm']),
    /'disturbance\/eintr-storm' is not part of --quick/,
  );
});

test('a datagram larger than the system takes is skipped with EMSGSIZE and the limit, and the rest runs', async ({
  folder,
}) => {
  const result = await runCli([
    'bench',
    'unix-dgram',
    '--size',
    '64,1MiB',
    '--workload',
    'ping-pong',
    '--placement',
    'same-cpu',
    ...quick,
    '--out',
    folder,
  ]);
  assert.is(result.exitCode, 0, result.stderr);
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as {
    skipped: { code: string; reason: string; caseId: string }[];
    results: { launches: unknown[] }[];
  };
  assert.is(report.skipped.length, 1);
  assert.is(report.skipped[0]?.code, 'EMSGSIZE');
  assert.match(
    report.skipped[0]?.reason ?? '',
    /A message of 1MiB is larger than unix-dgram accepts on this system \(EMSGSIZE\): \d{5,} bytes at most/,
  );
  assert.is(report.results.length, 1);
  assert.is(report.results[0]?.launches.length, 1);
  assert.match(result.stdout, /EMSGSIZE/);
});

test('one allowed CPU skips cross-cpu and says so', async ({ folder }) => {
  const { stdout: allowed } = await execa('sh', ['-c', "grep Cpus_allowed_list /proc/self/status | grep -o '[0-9]*$'"]);
  const result = await runCli([
    'bench',
    'pipe',
    '--size',
    '64',
    '--workload',
    'ping-pong',
    '--cpus',
    allowed.trim(),
    ...quick,
    '--out',
    folder,
  ]);
  assert.is(result.exitCode, 0, result.stderr);
  assert.match(result.stdout, /Only CPU \d+ is allowed for this process/);
});

test('a CPU that may not be used is refused', async () => {
  refuses(await runCli(['bench', 'pipe', '--cpus', '4000']), /CPU 4000 is not allowed for this process; allowed: /);
  refuses(await runCli(['bench', 'pipe', '--cpus', 'all']), /'all' is not a list of CPUs/);
});

test('an output directory that cannot be written is said before anything is measured', async ({ folder }) => {
  writeFileSync(join(folder, 'file'), '');
  refuses(
    await runCli(['bench', 'pipe', '--out', join(folder, 'file', 'out')]),
    /cannot be written \(ENOTDIR: a part of the path is a file, not a directory\)\. Name another directory with --out/,
  );
});

test('an output directory without write permission is refused', async ({ folder }) => {
  if (process.getuid?.() === 0) skip('root may write everywhere; run the tests as an ordinary user');
  chmodSync(folder, 0o500);
  refuses(await runCli(['bench', 'pipe', '--out', folder]), /cannot be written \(EACCES\)/);
  chmodSync(folder, 0o700);
});

test('a TMPDIR too long for a socket path is told with both lengths', async ({ folder }) => {
  const long = join(folder, 'x'.repeat(100));
  mkdirSync(long);
  const result = await runCli(
    [
      'bench',
      'unix-stream',
      '--size',
      '64',
      '--workload',
      'ping-pong',
      '--placement',
      'same-cpu',
      ...quick,
      '--out',
      join(folder, 'out'),
    ],
    { env: { TMPDIR: long } },
  );
  refuses(
    result,
    /^TMPDIR is .*A socket path in it is up to \d+ bytes; Linux allows 107\. Set TMPDIR to a shorter directory, of \d+ bytes at most\.$/,
  );
  assert.not.match(result.stderr, /round/);
});

test('a TMPDIR with a colon is told before anything is measured, also where no path is needed', async ({ folder }) => {
  const odd = join(folder, 'a:b');
  mkdirSync(odd);
  for (const command of [
    ['bench', 'fifo', ...quick],
    ['check', 'pipe', '--quick'],
    ['gate', 'pipe', '--effort', 'quick'],
  ]) {
    const result = await runCli([...command, '--out', join(folder, 'out')], { env: { TMPDIR: odd } });
    refuses(result, /^TMPDIR is .*a:b: a colon separates the paths.*Set TMPDIR to a directory without a colon\.$/);
  }
});

test('a directory, a path through a file and a loop of links in place of a report are told in words', async ({
  folder,
}) => {
  writeFileSync(join(folder, 'file'), '');
  symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
  const out = ['--out', join(folder, 'out')];
  refuses(await runCli(['report', folder]), /cannot be read \(EISDIR: it is a directory\)\. Name a report\.json/);
  refuses(
    await runCli(['report', join(folder, 'file', 'report.json')]),
    /cannot be read \(ENOTDIR: a part of the path is a file, not a directory\)/,
  );
  refuses(
    await runCli(['compare', join(folder, 'loop', 'a.json'), join(folder, 'b.json'), ...out]),
    /cannot be read \(ELOOP: the path goes through too many symbolic links\)/,
  );
  refuses(
    await runCli(['check', '--judge', folder]),
    /cannot be judged \(EISDIR: it is a directory\)\. Name a file of histories\//,
  );
  refuses(
    await runCli(['gate', '--config', folder, ...out]),
    /cannot be read \(EISDIR: it is a directory\)\. Name an existing file with --config/,
  );
});

test('what is quoted from the command line or a file does not steer the terminal', async ({ folder }) => {
  const sequence = '\u001b]0;owned\u0007\u009b31m';
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify({ schema: sequence }));
  writeFileSync(join(folder, `${sequence}.mjs`), `throw new Error(${JSON.stringify(sequence)});`);
  const commands = [
    ['bench', sequence],
    [sequence],
    ['bench', `--${sequence}`],
    ['report', file],
    ['report', join(folder, sequence)],
    ['bench', 'pipe', '--size', sequence],
    ['check', '--judge', join(folder, sequence)],
    ['bench', '--transport', join(folder, `${sequence}.mjs`)],
    ['gate', '--base', sequence],
  ];
  for (const command of commands) {
    const result = await runCli(command);
    assert.is(result.exitCode, 2, result.stderr);
    assert.match(result.stderr, /owned/);
    assert.not.match(
      `${result.stderr}${result.stdout}`,
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/,
      JSON.stringify(command),
    );
  }
});

test('a TMPDIR that cannot be written is told', async ({ folder }) => {
  refuses(
    await runCli(['bench', 'pipe', ...quick, '--out', folder], { env: { TMPDIR: join(folder, 'missing') } }),
    /No private directory can be made in .*Set TMPDIR/,
    5,
  );
});

test('too few descriptors are told with the number that is needed', async ({ folder }) => {
  const { exitCode, stderr, stdout } = await execa(
    'sh',
    ['-c', 'ulimit -n 40; exec "$0" "$@"', process.execPath, cli, 'bench', 'pipe', ...quick, '--out', folder],
    { reject: false },
  );
  refuses(
    { exitCode, stderr, stdout, signal: undefined },
    /may open 40 descriptors; ipcbench needs \d+\. Raise the limit \(ulimit -n \d+\)/,
    5,
  );
});

test('a report that is truncated, newer, foreign or absent is told, and nothing is written', async ({ folder }) => {
  const file = join(folder, 'report.json');
  writeFileSync(file, '{"schema":"ipcbench-report","version":1,"sta');
  refuses(await runCli(['report', file]), /cut short/);
  writeFileSync(file, '{"schema":"ipcbench-report","version":99}');
  refuses(await runCli(['report', file, '--format', 'html']), /newer ipcbench/);
  writeFileSync(file, '{"schema":"something else"}');
  refuses(await runCli(['report', file]), /report\.json: /);
  refuses(await runCli(['report', join(folder, 'absent.json')]), /absent\.json cannot be read \(ENOENT\)/);
});

test('a time budget, a seed and counts that are none are refused', async () => {
  refuses(await runCli(['all', '--time-budget', 'soon']), /'soon' is not a duration/);
  refuses(await runCli(['all', '--seed', '-1']), /--seed is a whole number/);
  refuses(await runCli(['bench', 'pipe', '--launches', '0']), /--launches is a whole number from 1/);
});

test('a transport module that throws, hangs, exits or lacks a member costs a sentence', async ({ folder }) => {
  const module = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  refuses(
    await runCli(['bench', '--transport', module('throws.mjs', "throw new Error('no luck');")]),
    /throws\.mjs.*no luck/,
  );
  refuses(await runCli(['bench', '--transport', module('exits.mjs', 'process.exit(7);')]), /exits\.mjs.*7/);
  refuses(
    await runCli(['bench', '--transport', module('lacks.mjs', "export default { name: 'lacks' };")]),
    /lacks\.mjs.*(summary|platforms|guarantees)/,
  );
  refuses(await runCli(['bench', '--transport', module('empty.mjs', '')]), /empty\.mjs.*default/);
  refuses(await runCli(['bench', '--transport', join(folder, 'absent.mjs')]), /absent\.mjs/);
  refuses(
    await runCli([
      'bench',
      '--transport',
      module('hangs.mjs', 'await new Promise(() => setInterval(() => {}, 1000));'),
      '--timeout',
      '1s',
    ]),
    /hangs\.mjs.*(1000|1 s|within)/,
  );
});

test.run();
