// test-deadline-s: 400
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../../ci/dev/test-runner/skip.js';
import { parseReport } from '../../../reports/schema/parse-report.js';
import { cli, runCli, type CliResult } from './run-cli.js';

const test = suite<{ folder: string }>('the world around');

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'w-'));
});
test.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true, force: true });
});

const quick = ['--duration', '2ms', '--warmup', '1ms', '--launches', '1', '--size', '64', '--placement', 'free'];
const reportIn = (out: string): ReturnType<typeof parseReport> =>
  parseReport(readFileSync(join(out, 'report.json'), 'utf8'));

/** The command line behind a shell's beginning, such as a limit or another directory. */
const behind = async (shell: string, args: readonly string[]): Promise<CliResult> => {
  const { exitCode, signal, stdout, stderr } = await execa(
    'sh',
    ['-c', `${shell}; exec "$0" "$@"`, process.execPath, cli, ...args],
    { reject: false },
  );
  return { exitCode, signal, stdout, stderr };
};

for (const args of [
  ['bench', 'pipe', ...quick],
  ['bench', 'pipe', ...quick, '--json'],
  [
    'gate',
    'pipe',
    '--effort',
    'quick',
    '--size',
    '64',
    '--workload',
    'ping-pong',
    '--checks',
    'none',
    '--time-budget',
    '3s',
  ],
]) {
  test(
    'a full disk behind stdout costs what was to be printed ' +
      `alone: ${args.filter((one) => /^[a-z-]+$/.test(one)).join(' ')}`,
    async ({ folder }) => {
      const out = join(folder, 'out');
      const { exitCode, stderr } = await execa(
        'sh',
        ['-c', 'exec "$0" "$@" > /dev/full', process.execPath, cli, ...args, '--out', out],
        { reject: false },
      );
      assert.is(exitCode, 5, stderr);
      assert.match(stderr, /^The output could not be written to stdout \(ENOSPC: the disk is full\)\.$/m);
      assert.not.match(stderr, /\n\s+at /);
      assert.ok(existsSync(join(out, args[0] === 'gate' ? 'gate.html' : 'report.html')));
    },
  );
}

test(
  'a closed gate stays closed when its answer cannot be printed, and a full disk behind stderr costs progress ' +
    'alone',
  async ({ folder }) => {
    const wrong = await execa(
      'sh',
      ['-c', 'exec "$0" "$@" > /dev/full', process.execPath, cli, 'bench', 'pipe', '--size', '0'],
      { reject: false },
    );
    assert.is(wrong.exitCode, 2);
    const out = join(folder, 'out');
    const { exitCode, stdout } = await execa(
      'sh',
      ['-c', 'exec "$0" "$@" 2> /dev/full', process.execPath, cli, 'bench', 'pipe', ...quick, '--out', out],
      { reject: false },
    );
    assert.is(exitCode, 0);
    assert.match(stdout, /Open .*report\.html/);
  },
);

test('a limit on file sizes is told with what it stopped, and leaves nothing half written', async ({ folder }) => {
  const { exitCode, stdout, stderr } = await behind('ulimit -f 0', [
    'bench',
    'pipe',
    ...quick,
    '--out',
    join(folder, 'out'),
  ]);
  assert.is(exitCode, 5, stderr);
  // Not even the memory that peers share can be had.
  assert.match(stdout, /EFBIG: File too large, ftruncate/);
  assert.match(
    stderr,
    /out\/report\.json, .* could not be written \(EFBIG: the file would be larger than the limit, ulimit -f, allows\)\./,
  );
  assert.not.match(stderr, /\n\s+at /);
  assert.not.match(stdout, /Look at/);
});

/** Waits for the first save of a run, then for its end. */
async function afterFirstSave(out: string, then: () => void): Promise<CliResult> {
  const run = execa(
    process.execPath,
    [
      cli,
      'bench',
      'pipe',
      '--duration',
      '100ms',
      '--launches',
      '8',
      '--size',
      '64',
      '--placement',
      'free',
      '--out',
      out,
    ],
    { reject: false },
  );
  while (!existsSync(join(out, 'report.json'))) await setTimeout(5);
  then();
  const { exitCode, signal, stdout, stderr } = await run;
  return { exitCode, signal, stdout, stderr };
}

test('an output directory that is removed while a run goes on is made again', async ({ folder }) => {
  const out = join(folder, 'out');
  const { exitCode, stderr } = await afterFirstSave(out, () => rmSync(out, { recursive: true }));
  assert.is(exitCode, 0, stderr);
  assert.is(reportIn(out).status, 'complete');
});

test('an output directory that a file has replaced costs nothing that was measured', async ({ folder }) => {
  const out = join(folder, 'out');
  const { exitCode, stderr, stdout } = await afterFirstSave(out, () => {
    rmSync(out, { recursive: true });
    writeFileSync(out, '');
  });
  assert.is(exitCode, 5, stderr);
  assert.match(stdout, /round trip \(ping-pong/);
  const kept = /^The results are in (.*)\/report\.json instead/m.exec(stderr)?.[1] ?? '';
  try {
    assert.is(reportIn(kept).rounds.completed, 8);
  } finally {
    rmSync(kept, { recursive: true, force: true });
  }
});

test('a working directory that was removed, or that is longer than a path may be, is told in one sentence', async ({
  folder,
}) => {
  mkdirSync(join(folder, 'gone'));
  const gone = `cd '${folder}/gone' && rmdir '${folder}/gone'`;
  for (const args of [
    ['bench', 'pipe', ...quick, '--out', join(folder, 'out')],
    ['list'],
    ['report', join(folder, 'report.json')],
    ['gate', 'pipe'],
  ]) {
    mkdirSync(join(folder, 'gone'), { recursive: true });
    const { exitCode, stderr } = await behind(gone, args);
    assert.is(exitCode, 2, stderr);
    assert.is(stderr, 'The working directory no longer exists. Change to another one (cd) and run it again.');
  }
  const long =
    `cd '${folder}' && n=$(printf 'x%.0s' $(seq 250)) && for i in $(seq 18); do mkdir $n && cd -P ./$n ` +
    '|| exit 9; done 2> /dev/null';
  const { exitCode, stderr } = await behind(long, ['bench', 'pipe', ...quick, '--out', join(folder, 'out')]);
  // Not Node's own removal, which takes the whole path at once.
  await execa('rm', ['-rf', folder]);
  assert.is(exitCode, 2, stderr);
  assert.match(
    stderr,
    /^The working directory cannot be read \(.*\): its path may be longer than the 4096 bytes that Linux allows\. Change to another one/m,
  );
});

const preload = (code: string): Record<string, string> => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}`,
});

for (const [what, code] of [
  ['prints to stdout', "process.stdout.write('hello from a preload\\n');"],
  ['keeps a timer', 'setInterval(() => {}, 1000);'],
  ['holds a server', "import { createServer } from 'node:net'; createServer().listen(0);"],
] as const) {
  test(`a preloaded module that ${what} neither fails a good run nor keeps it alive`, async ({ folder }) => {
    const out = join(folder, 'out');
    const result = await execa(process.execPath, [cli, 'bench', 'pipe', 'node-net', ...quick, '--out', out], {
      reject: false,
      timeout: 90_000,
      env: preload(code),
    });
    assert.not.ok(result.timedOut);
    assert.is(result.exitCode, 0, result.stderr);
    assert.is(reportIn(out).status, 'complete');
    assert.match(result.stdout, /charts? as PNG files? in the same folder|optional dependency/);
  });
}

for (const [what, code, told] of [
  ['aborts', 'process.abort();', /ended by SIGABRT after it had reported its result/],
  ['is killed', "process.kill(process.pid, 'SIGKILL');", /ended by SIGKILL after it had reported its result/],
  [
    'ends with a status of its own',
    'process.reallyExit(7);',
    /ended with exit status 7 after it had reported its result/,
  ],
] as const) {
  test(`a peer that ${what} after its result is a launch that broke, and the rest is kept`, async ({ folder }) => {
    const out = join(folder, 'out');
    const env = preload(`if (process.argv.includes('initiator')) process.on('exit', () => { ${code} });`);
    const result = await runCli(['bench', 'pipe', 'node-net', ...quick, '--workload', 'ping-pong', '--out', out], {
      env,
    });
    assert.is(result.exitCode, 5, result.stderr);
    assert.match(result.stdout.replace(/\s+/g, ' '), told);
    const { results } = reportIn(out);
    assert.equal(
      results
        .map(({ case: { transport }, launches, failures }) => [transport, launches.length, failures.length])
        .sort(),
      [
        ['node-net', 0, 1],
        ['pipe', 1, 0],
      ],
    );
  });
}

test('without a loopback interface what needs it is skipped with the reason, and the rest runs', async ({ folder }) => {
  const { exitCode } = await execa('unshare', ['-n', 'true'], { reject: false });
  if (exitCode !== 0) skip('this user may not make a network namespace');
  const out = join(folder, 'out');
  const result = await execa(
    'unshare',
    ['-n', process.execPath, cli, 'bench', 'tcp-loopback', 'pipe', ...quick, '--out', out],
    { reject: false },
  );
  assert.is(result.exitCode, 0, result.stderr);
  const { skipped, results } = reportIn(out);
  assert.equal(
    skipped.map(({ caseId, code }) => [caseId.split('/')[0], code]),
    [
      ['tcp-loopback', 'ENETUNREACH'],
      ['tcp-loopback', 'ENETUNREACH'],
    ],
  );
  assert.match(
    skipped[0]?.reason ?? '',
    /the loopback interface is absent or down\. Bring it up \(ip link set lo up\)/,
  );
  assert.equal(
    results.map((one) => one.failures.length),
    [0, 0],
  );
});

test('without /proc a check that needs it is skipped with the reason, and none fails of that', async ({ folder }) => {
  const { exitCode } = await execa('unshare', ['-m', 'sh', '-c', 'umount -l /proc'], { reject: false });
  if (exitCode !== 0) skip('this user may not unmount /proc in a namespace of its own');
  const out = join(folder, 'out');
  const checks = ['protocol/env', 'cloexec/closed-on-exec', 'descriptors/inherited-stdio-only'];
  const args = ['check', ...checks.flatMap((id) => ['--check', id]), '--out', out];
  const result = await execa(
    'unshare',
    ['-m', 'sh', '-c', 'umount -l /proc; exec "$0" "$@"', process.execPath, cli, ...args],
    { reject: false },
  );
  assert.is(result.exitCode, 0, result.stderr);
  const { verdicts } = reportIn(out);
  assert.equal([...new Set(verdicts.map((one) => one.checkId))].sort(), [...checks].sort());
  for (const { verdict, evidence, id } of verdicts)
    assert.ok(verdict === 'skip' && evidence.includes('/proc is not mounted'), `${id}: ${verdict}, ${evidence}`);
});

test('after an interruption no page of an earlier run stands beside the new figures', async ({ folder }) => {
  const out = join(folder, 'out');
  mkdirSync(out);
  for (const name of ['report.html', 'report.md', 'junit.xml'])
    writeFileSync(join(out, name), 'ipcbench: an earlier run');
  const run = execa(
    process.execPath,
    [
      cli,
      'bench',
      'pipe',
      '--duration',
      '50ms',
      '--launches',
      '1000',
      '--size',
      '64',
      '--placement',
      'free',
      '--out',
      out,
    ],
    { reject: false },
  );
  while (!existsSync(join(out, 'report.json'))) await setTimeout(5);
  run.kill('SIGINT');
  const { exitCode } = await run;
  assert.is(exitCode, 130);
  assert.equal(readdirSync(out).sort(), ['junit.xml', 'report.html', 'report.json', 'report.md']);
  for (const name of ['report.html', 'report.md', 'junit.xml'])
    assert.not.match(readFileSync(join(out, name), 'utf8'), /an earlier run/);
  const { seed, status } = reportIn(out);
  assert.is(status, 'interrupted');
  assert.ok(readFileSync(join(out, 'report.html'), 'utf8').includes(String(seed)));
});

test.run();
