// test-deadline-s: 240
// Run by node:test, not by uvu: what holds the runner to its word must not depend on it. Each fixture is a real uvu
// file.
import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

interface Run {
  readonly exitCode: number | undefined;
  readonly output: string;
  readonly lastLine: string;
}

const packageRoot = fileURLToPath(new URL('../../../..', import.meta.url));

test('a file that is fine is green, and its count is exact', async () => {
  const run = await runFixtures(['green']);
  assert.equal(run.lastLine, '4 passed, 0 failed, 0 skipped');
  assert.equal(run.exitCode, 0, run.output);
});

test('a failing test is red, with its name, its diff and its file', async () => {
  const run = await runFixtures(['failing']);
  assertRed(run, '1 passed, 1 failed, 0 skipped', [
    /six by nine/,
    /FAIL .*failing\.test\.ts/,
    /--.*"answer":.54/,
    /\+\+.*"answer":.42/,
    /failing\.test\.js:\d+/,
  ]);
});

test('a failing file does not hide behind a green one', async () => {
  assertRed(await runFixtures(['failing', 'green']), '5 passed, 1 failed, 0 skipped', []);
});

const falseGreens: readonly {
  readonly fixture: string;
  readonly totals: string;
  readonly says: readonly RegExp[];
  readonly args?: readonly string[];
}[] = [
  {
    fixture: 'throwing-before',
    totals: '0 passed, 3 failed, 0 skipped',
    says: [/before\(\) of .* threw Error: set-up broke/, /first\n.*never ran/, /second\n.*never ran/],
  },
  {
    fixture: 'throwing-before-each',
    totals: '0 passed, 1 failed, 0 skipped',
    says: [/before\.each\(\) threw Error: set-up of each broke/],
  },
  {
    fixture: 'throwing-after',
    totals: '1 passed, 1 failed, 0 skipped',
    says: [/after\(\) of .* threw Error: tidying broke/],
  },
  {
    fixture: 'throwing-after-each',
    totals: '0 passed, 2 failed, 0 skipped',
    says: [/the real failure/, /after\.each\(\) threw Error: tidying each broke/, /second\n.*never ran/],
  },
  { fixture: 'forgotten-run', totals: '1 passed, 1 failed, 0 skipped', says: [/forgotten: never ran\n.*no \.run\(\)/] },
  { fixture: 'registered-after-run', totals: '1 passed, 1 failed, 0 skipped', says: [/too late\n.*no \.run\(\)/] },
  { fixture: 'registered-in-a-test', totals: '1 passed, 1 failed, 0 skipped', says: [/inner\n.*no \.run\(\)/] },
  { fixture: 'no-test', totals: '0 passed, 1 failed, 0 skipped', says: [/declares no test/] },
  {
    fixture: 'empty-loop',
    totals: '1 passed, 2 failed, 0 skipped',
    says: [/suite 'every transport' declares no test/],
  },
  {
    fixture: 'throwing-import',
    totals: '0 passed, 2 failed, 0 skipped',
    says: [/broke while being read/, /first\n.*never ran/],
  },
  {
    fixture: 'live-handle',
    totals: '1 passed, 1 failed, 0 skipped',
    says: [/the tests ended and the process did not; kept alive by: .*TCPServerWrap/],
  },
  {
    fixture: 'hanging',
    totals: '1 passed, 3 failed, 0 skipped',
    says: [/not done within 1 s, in 'waits for ever'; kept alive by: .*Timeout/],
    args: ['--deadline-s', '1'],
  },
  {
    fixture: 'blocked',
    totals: '0 passed, 2 failed, 0 skipped',
    says: [/not done within 1 s, in 'turns in a loop'; its event loop did not answer \(state R/],
    args: ['--deadline-s', '1'],
  },
  {
    fixture: 'never-settles',
    totals: '0 passed, 3 failed, 0 skipped',
    says: [/exited with code \d+ before its tests were done, in 'waits for nothing'/],
  },
  {
    fixture: 'early-exit',
    totals: '1 passed, 3 failed, 0 skipped',
    says: [/exited with code \d+ before its tests were done, in 'exits'/, /would fail\n.*never ran/],
  },
  {
    fixture: 'exit-while-read',
    totals: '0 passed, 2 failed, 0 skipped',
    says: [/exited with code 0 before its tests were done/, /first\n.*never ran/],
  },
  {
    fixture: 'exit-in-after',
    totals: '1 passed, 2 failed, 0 skipped',
    says: [/exited with code \d+ before/, /second: would fail\n.*never ran/],
  },
  {
    fixture: 'exit-code',
    totals: '1 passed, 1 failed, 0 skipped',
    says: [/every test passed, and the process exited with code 3/],
  },
  {
    fixture: 'late-rejection',
    totals: '1 passed, 1 failed, 0 skipped',
    says: [/exited with code 1/, /nobody waited for this/],
  },
  { fixture: 'killed', totals: '0 passed, 2 failed, 0 skipped', says: [/ended by SIGKILL, in 'kills itself'/] },
  {
    fixture: 'left-only',
    totals: '1 passed, 2 failed, 0 skipped',
    says: [/'the one being worked on' was left in \.only/, /would fail\n.*never ran/],
  },
  {
    fixture: 'leaked-child',
    totals: '1 passed, 1 failed, 0 skipped',
    says: [/left processes alive: sleep 1234 \(pid \d+\)/],
  },
  {
    fixture: 'leaked-child-without-environment',
    totals: '1 passed, 1 failed, 0 skipped',
    says: [/left processes alive: sleep 1235 \(pid \d+\)/],
  },
  {
    fixture: 'escaped-child',
    totals: '1 passed, 1 failed, 0 skipped',
    says: [/left its session and its environment behind still holds its output open/],
  },
  {
    fixture: 'leaked-file',
    totals: '1 passed, 1 failed, 0 skipped',
    says: [/left files behind: folder run, file run\/left\.sock/],
  },
  { fixture: 'proof-failing', totals: '1 passed, 1 failed, 0 skipped', says: [/is wrong\n.*AssertionError/] },
  {
    fixture: 'proof-early-exit',
    totals: '1 passed, 2 failed, 0 skipped',
    says: [/exited with code 0 before its tests were done/],
  },
  { fixture: 'proof-no-test', totals: '0 passed, 2 failed, 0 skipped', says: [/declares no test/] },
];

for (const { fixture, totals, says, args } of falseGreens) {
  test(`turns red: ${fixture}`, async () => assertRed(await runFixtures([fixture], args), totals, says));
}

test('turns red: a pattern that matches no file', async () => {
  assertRed(await runFixtures(['green'], ['grene']), '0 passed, 1 failed, 0 skipped', [/no test file matches 'grene'/]);
});

test('turns red: a package without a test', async () => {
  assertRed(await runFixtures([]), '0 passed, 1 failed, 0 skipped', [/A run without tests fails/]);
});

test('turns red: a source that was not compiled', async () => {
  const run = await runFixtures(['green'], [], (root) => writeFileSync(join(root, 'ci/forgotten.test.ts'), ''));
  assertRed(run, '4 passed, 1 failed, 0 skipped', [/ci\/forgotten\.test\.ts is not compiled/]);
});

test('a compiled test without its source is told and not run', async () => {
  const run = await runFixtures(['green', 'failing'], [], (root) => rmSync(join(root, sourceOf('failing'))));
  assert.equal(run.lastLine, '4 passed, 0 failed, 0 skipped');
  assert.match(run.output, /failing\.test\.js was not run: its source is gone/);
});

test('a pattern runs what it names and nothing else', async () => {
  const run = await runFixtures(['green', 'failing'], ['green.test.ts']);
  assert.equal(run.lastLine, '4 passed, 0 failed, 0 skipped');
});

test('a file may declare its own deadline', async () => {
  const run = await runFixtures(['hanging'], ['--deadline-s', '60'], (root) =>
    writeFileSync(join(root, sourceOf('hanging')), '// test-deadline-s: 1\n'),
  );
  assertRed(run, '1 passed, 3 failed, 0 skipped', [/not done within 1 s/]);
});

test('skips are counted, with their reasons', async () => {
  const run = await runFixtures(['skipping']);
  assert.equal(run.lastLine, '1 passed, 0 failed, 5 skipped');
  assert.equal(run.exitCode, 0, run.output);
  for (const said of [
    /is skipped \(no such kernel here\)/,
    /without a word \(no reason given\)/,
    /absent: one \(nothing installed\)/,
    /absent: two \(nothing/,
    /some: three \(not this/,
  ]) {
    assert.match(run.output, said);
  }
});

test('what a test left behind is killed and removed', async () => {
  const run = await runFixtures(['leaked-child', 'leaked-file']);
  const pid = Number(/sleep 1234 \(pid (\d+)\)/.exec(run.output)?.[1]);
  assert.equal(isRunning(pid), false);
});

test('an interrupted run takes its test along', async () => {
  const root = makePackage(['says-its-pid']);
  const pidFile = join(root, 'pid');
  try {
    const run = startRunner(root, [], { PID_FILE: pidFile });
    while (!existsSync(pidFile)) await delay(10);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    assert.equal(isRunning(pid), true);
    run.kill('SIGINT');
    assert.equal((await run).exitCode, 130);
    while (isRunning(pid)) await delay(10);
  } finally {
    rmSync(root, { recursive: true });
  }
});

for (const fixture of [
  'throwing-before',
  'throwing-after-each',
  'forgotten-run',
  'no-test',
  'empty-loop',
  'left-only',
]) {
  test(`uvu alone calls it green: ${fixture}`, async () => {
    const { exitCode } = await execa(
      process.execPath,
      [join(packageRoot, `dist/ci/dev/test-runner/fixtures/${fixture}.fixture.js`)],
      { reject: false },
    );
    assert.equal(exitCode, 0, 'uvu has changed: this proof and the workaround may go');
  });
}

test('wrong usage is one sentence and exit 2', async () => {
  const run = await runFixtures(['green'], ['--jobs', 'many']);
  assert.equal(run.exitCode, 2);
  assert.match(run.output, /--jobs takes a whole number from 1 on, not 'many'\./);
});

function assertRed(run: Run, totals: string, says: readonly RegExp[]): void {
  assert.equal(run.lastLine, totals, run.output);
  assert.equal(run.exitCode, 1, run.output);
  for (const said of says) assert.match(run.output, said);
}

/** A package of its own that holds the fixtures as its tests, run as `npm test` would. */
async function runFixtures(
  fixtures: readonly string[],
  args: readonly string[] = [],
  change?: (root: string) => void,
): Promise<Run> {
  const root = makePackage(fixtures);
  try {
    change?.(root);
    const { exitCode, all } = await startRunner(root, args);
    return { exitCode, output: all, lastLine: all.trimEnd().split('\n').at(-1) ?? '' };
  } finally {
    rmSync(root, { recursive: true });
  }
}

function makePackage(fixtures: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'package-'));
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(packageRoot, 'node_modules'), join(root, 'node_modules'));
  copy('dist/ci/dev/test-runner/skip.js', root, 'dist/ci/dev/test-runner/skip.js');
  mkdirSync(join(root, 'ci/dev/test-runner/fixtures'), { recursive: true });
  for (const name of fixtures) {
    const source = sourceOf(name);
    copy(`ci/dev/test-runner/fixtures/${name}.fixture.ts`, root, source);
    copy(`dist/ci/dev/test-runner/fixtures/${name}.fixture.js`, root, `dist/${source.replace(/ts$/, 'js')}`);
  }
  return root;
}

function startRunner(root: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const main = join(packageRoot, 'dist/ci/dev/test-runner/main.js');
  return execa(process.execPath, [main, '--root', root, ...args], {
    reject: false,
    all: true,
    env: { NODE_TEST_CONTEXT: undefined, NO_COLOR: '1', ...env },
  });
}

// A zombie that no parent has reaped yet does not run.
function isRunning(pid: number): boolean {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : 'State:\tX';
  return !/^State:\s*[XZ]/m.test(status);
}

function sourceOf(fixture: string): string {
  return `ci/dev/test-runner/fixtures/${fixture}.${fixture.startsWith('proof-') ? 'proof' : 'test'}.ts`;
}

function copy(from: string, root: string, to: string): void {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  copyFileSync(join(packageRoot, from), join(root, to));
}
