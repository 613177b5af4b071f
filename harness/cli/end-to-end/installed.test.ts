// test-deadline-s: 600
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../../ci/dev/test-runner/skip.js';

const test = suite<{ folder: string; tarball: string; project: string; home: string }>('installed from a tarball');
const root = fileURLToPath(new URL('../../../../', import.meta.url));

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'i-'));
  context.home = join(context.folder, 'home');
  context.project = join(context.folder, 'app');
  await mkdir(context.home);
  await mkdir(context.project);
  // Not npm's own prepare: that would compile into the folder that these very tests run from.
  await execa(process.execPath, ['ci/dev/prebuild.mjs'], { cwd: root });
  const { stdout } = await execa('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', context.folder], {
    cwd: root,
  });
  const [packed] = JSON.parse(stdout) as [{ filename: string }];
  context.tarball = join(context.folder, packed.filename);
  writeFileSync(join(context.project, 'package.json'), '{ "name": "app", "private": true }');
  const { exitCode, stderr } = await execa('npm', ['install', '--no-audit', '--no-fund', context.tarball], {
    cwd: context.project,
    env: { HOME: context.home },
    reject: false,
  });
  if (exitCode !== 0 && /ENOTFOUND|ECONNREFUSED|EAI_AGAIN/.test(stderr))
    skip('the npm registry is not reached from here');
  assert.is(exitCode, 0, stderr);
});
test.after(async (context) => {
  await rm(context.folder, { recursive: true, force: true });
});

test('npx ipcbench measures, checks and draws the page and the images, with no compiler', async ({ project, home }) => {
  const { exitCode, stdout, stderr } = await execa(
    'npx',
    ['ipcbench', 'all', 'pipe', 'unix-dgram', 'node-net', '--time-budget', '5s'],
    { cwd: project, env: { HOME: home, CXX: '/nonexistent/compiler' }, reject: false },
  );
  assert.is(exitCode, 0, stderr + stdout);
  const files = readdirSync(join(project, 'ipcbench-report'));
  for (const file of ['report.json', 'report.html', 'report.md']) assert.ok(files.includes(file), file);
  assert.ok(
    files.some((file) => file.endsWith('.png')),
    stdout,
  );
  const report = JSON.parse(readFileSync(join(project, 'ipcbench-report', 'report.json'), 'utf8')) as {
    verdicts: { verdict: string }[];
    results: unknown[];
  };
  assert.ok(report.verdicts.filter(({ verdict }) => verdict === 'pass').length >= 15);
  assert.ok(report.results.length > 0);
});

// Of a bundled package npm takes what it needs to be in the tarball too, and does not put in what it needs as a peer:
// with --global its folder stays empty (npm 10, 11).
for (const [how, options] of [
  ['for all users', ['--global', '--prefix']],
  ['with nested folders', ['--install-strategy=nested', '--prefix']],
] as const) {
  test(`installed ${how} it draws images too`, async ({ folder, tarball, home }) => {
    const prefix = join(folder, options[0].replaceAll('-', ''));
    await mkdir(prefix);
    const { exitCode, stderr } = await execa(
      'npm',
      ['install', '--no-audit', '--no-fund', ...options, prefix, tarball],
      { cwd: folder, env: { HOME: home }, reject: false },
    );
    assert.is(exitCode, 0, stderr);
    const installed = join(
      prefix,
      options[0] === '--global' ? 'lib' : '',
      'node_modules',
      'ipcbench',
      'harness',
      'cli',
      'ipcbench.mjs',
    );
    const args = [
      installed,
      'bench',
      'pipe',
      '--launches',
      '3',
      '--duration',
      '5ms',
      '--size',
      '64',
      '--placement',
      'free',
    ];
    const run = await execa(process.execPath, args, { cwd: prefix, env: { HOME: home }, reject: false });
    assert.is(run.exitCode, 0, run.stderr + run.stdout);
    assert.ok(
      readdirSync(join(prefix, 'ipcbench-report')).some((file) => file.endsWith('.png')),
      run.stdout,
    );
  });
}

test('what a bundled package needs as a peer is bundled too', () => {
  const read = (path: string) =>
    JSON.parse(readFileSync(join(root, path), 'utf8')) as {
      bundleDependencies?: string[];
      peerDependencies?: Record<string, string>;
    };
  const { bundleDependencies: bundled = [] } = read('package.json');
  assert.ok(bundled.length > 0);
  for (const name of bundled) {
    for (const peer of Object.keys(read(`node_modules/${name}/package.json`).peerDependencies ?? {}))
      assert.ok(bundled.includes(peer), `${peer}, of ${name}`);
  }
});

test('it carries no tests, no test runner and no sources of TypeScript', async ({ tarball }) => {
  const { stdout } = await execa('tar', ['tzf', tarball]);
  const wrong = stdout
    .split('\n')
    .filter(
      (path) => /\.test\.|\.proof\.|test-runner|fixtures?\/|(?<!\.d)\.ts$/.test(path) && !path.includes('node_modules'),
    );
  assert.equal(wrong, []);
});

test('no compiler and no prebuild is a sentence', async ({ project, home }) => {
  await rm(join(project, 'node_modules', 'ipcbench', 'native', 'prebuilds'), { recursive: true });
  const { exitCode, stderr } = await execa('npx', ['ipcbench', 'bench', 'pipe'], {
    cwd: project,
    env: { HOME: home, CXX: '/nonexistent/compiler' },
    reject: false,
  });
  assert.is(exitCode, 5, stderr);
  assert.match(stderr, /\/nonexistent\/compiler/);
  assert.match(stderr, /C\+\+20 compiler/);
  assert.not.match(stderr, /\n\s+at /);
});

test.run();
