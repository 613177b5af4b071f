// test-deadline-s: 300
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../../ci/dev/test-runner/skip.js';
import { cli, runCli } from './run-cli.js';

const test = suite<{ folder: string }>('surroundings');
const root = fileURLToPath(new URL('../../../../', import.meta.url));

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 's-'));
});
test.after.each(async (context) => {
  await rm(context.folder, { recursive: true, force: true });
});

const quick = ['--duration', '2ms', '--warmup', '1ms', '--launches', '1', '--size', '64', '--placement', 'free'];

test('it runs with an empty HOME and leaves it empty', async ({ folder }) => {
  const home = join(folder, 'home');
  await mkdir(home);
  const result = await runCli(['bench', 'pipe', ...quick, '--out', join(folder, 'out')], {
    env: { HOME: home, XDG_CACHE_HOME: undefined, XDG_CONFIG_HOME: undefined },
  });
  assert.is(result.exitCode, 0, result.stderr);
  assert.equal(readdirSync(home), []);
});

test('it runs from and into directories with spaces and other letters in their paths', async ({ folder }) => {
  const odd = join(folder, "it's a  Ordner, größer");
  await mkdir(odd);
  const result = await runCli(['bench', 'unix-stream', 'node-net', ...quick], { cwd: odd });
  assert.is(result.exitCode, 0, result.stderr);
  assert.ok(existsSync(join(odd, 'ipcbench-report', 'report.html')));
});

test('into a file it writes no escape codes, and NO_COLOR is honoured', async ({ folder }) => {
  const file = join(folder, 'summary.txt');
  const { exitCode } = await execa(process.execPath, [cli, 'bench', 'pipe', ...quick, '--out', join(folder, 'out')], {
    stdout: { file },
    reject: false,
  });
  assert.is(exitCode, 0);
  const text = readFileSync(file, 'utf8');
  assert.match(text, /pipe/);
  assert.not.match(text, /\u001b/);
  const forced = await runCli(['report', join(folder, 'out', 'report.json')], { env: { FORCE_COLOR: '1' } });
  assert.match(forced.stdout, /\u001b\[/);
  const quiet = await runCli(['report', join(folder, 'out', 'report.json')], {
    env: { FORCE_COLOR: '1', NO_COLOR: '1' },
  });
  assert.not.match(quiet.stdout, /\u001b/);
});

test('--json prints the report and nothing else', async ({ folder }) => {
  const result = await runCli(['bench', 'pipe', ...quick, '--json', '--out', join(folder, 'out')]);
  const printed = JSON.parse(result.stdout) as { schema: string };
  assert.is(printed.schema, 'ipcbench-report');
  assert.equal(printed, JSON.parse(readFileSync(join(folder, 'out', 'report.json'), 'utf8')));
});

test('a reader that has seen enough is no error', async () => {
  const { exitCode, stderr } = await execa('sh', ['-c', `"${process.execPath}" "${cli}" list | head -n 1`], {
    reject: false,
  });
  assert.is(exitCode, 0);
  assert.is(stderr, '');
});

test('it runs as an ordinary user, also one whom the system does not know and who has no home', async () => {
  if (process.getuid?.() !== 0) skip('this is an ordinary user already; the other tests show it');
  // No entry in the password file, and no HOME below: as in many containers.
  const nobody = 54_321;
  // Not in TMPDIR, which belongs to whoever runs the tests and lets nobody else in; and a copy, because a checkout may
  // lie where only root may look.
  const scratch = await mkdtemp('/tmp/o-');
  try {
    const copy = join(scratch, 'package');
    for (const part of [
      'dist',
      'native',
      'package.json',
      'harness/cli',
      'reports/assets',
      'suites/conformance/deviations',
      'vendor',
    ])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    cpSync(join(root, 'node_modules'), join(copy, 'node_modules'), {
      recursive: true,
      filter: (path) => !/node_modules\/(esbuild|@esbuild|typescript|@typescript|playwright-core)$/.test(path),
    });
    const own = join(scratch, 'own');
    await mkdir(own);
    await execa('chmod', ['-R', 'a+rX', scratch]);
    await execa('chown', [`${nobody}:${nobody}`, own]);
    const out = join(own, 'out');
    const { exitCode, stderr, stdout } = await execa(
      process.execPath,
      [join(copy, 'harness/cli/ipcbench.mjs'), 'bench', 'unix-stream', 'fifo', 'node-ipc-json', ...quick, '--out', out],
      {
        uid: nobody,
        gid: nobody,
        cwd: own,
        env: { HOME: undefined, TMPDIR: own, XDG_CACHE_HOME: undefined },
        reject: false,
      },
    );
    assert.is(exitCode, 0, stderr + stdout);
    assert.ok(existsSync(join(out, 'report.html')));
    assert.not.match(stdout, /homedir/);
    assert.equal(readdirSync(own), ['out']);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});

test('a checkout that was never compiled answers with a sentence', async ({ folder }) => {
  await mkdir(join(folder, 'harness', 'cli'), { recursive: true });
  writeFileSync(join(folder, 'harness', 'cli', 'ipcbench.mjs'), readFileSync(cli));
  const { exitCode, stderr } = await execa(process.execPath, [join(folder, 'harness', 'cli', 'ipcbench.mjs'), 'all'], {
    reject: false,
  });
  assert.is(exitCode, 5);
  assert.match(stderr, /not compiled\. Run 'npm ci'/);
});

test.run();
