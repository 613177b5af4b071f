// test-deadline-s: 120
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  clearGround,
  coreTransport,
  makeGround,
  makeRepository,
  runToEnd,
  SMALL,
  start,
  worktreesOf,
  type Ground,
} from './gate-ground.fixture.js';
import { remainingAfter, untilProcess } from './marked-processes.js';

// Nobody can tidy up after SIGKILL of itself: what it started ends all the same, and the next run removes what is on
// disk.

const test = suite<Ground>('ipcbench killed by SIGKILL while it prepares');

test.before.each(async (context) => {
  Object.assign(context, await makeGround());
});
test.after.each(clearGround);

/** Kills it once a process with this command runs; fails where anything that it started lives on. */
async function killedDuring(ground: Ground, args: readonly string[], command: RegExp): Promise<void> {
  const run = start(ground, args);
  await untilProcess(ground.mark, (one) => command.test(one.command));
  run.kill('SIGKILL');
  await run;
  assert.equal(
    (await remainingAfter(ground.mark, 10_000)).map((one) => one.command),
    [],
  );
}

test(
  'during a build: the build and what it started end, and the ' + 'next run removes our tree and no other',
  async (ground) => {
    await makeRepository(ground, ['one']);
    const absent = join(ground.folder, 'disk', 'mine');
    await execa('git', ['worktree', 'add', '--quiet', '--detach', absent], { cwd: ground.cwd });
    rmSync(join(ground.folder, 'disk'), { recursive: true });
    const base = ['--base', 'git=one', '--base', 'transport=dist/mine.mjs', '--head', 'transport=./dist/mine.mjs'];
    await killedDuring(
      ground,
      ['gate', ...base, '--base', 'build=(trap "" TERM; sleep 612) & setsid sleep 613; wait', ...SMALL],
      /^sleep 613/,
    );
    assert.is(await worktreesOf(ground), 3);
    await runToEnd(ground, ['gate', ...base, '--base', 'build=false', ...SMALL]);
    assert.equal(
      (await execa('git', ['worktree', 'list', '--porcelain'], { cwd: ground.cwd })).stdout.match(/^worktree .*$/gm),
      [`worktree ${ground.cwd}`, `worktree ${absent}`],
    );
  },
);

test('while it looks whether a wrapper runs what stands behind it', async (ground) => {
  writeFileSync(join(ground.cwd, 'wrapper'), '#!/bin/sh\nsetsid sleep 614\n');
  chmodSync(join(ground.cwd, 'wrapper'), 0o755);
  await killedDuring(ground, ['gate', 'pipe', '--head', 'wrap=./wrapper', ...SMALL], /^sleep 614/);
});

test('while a module is imported', async (ground) => {
  writeFileSync(
    join(ground.cwd, 'slow.mjs'),
    `import { spawnSync } from 'node:child_process';\nspawnSync('sleep', ['615'], { detached: true ` +
      `});\n${coreTransport('slow')}`,
  );
  await killedDuring(ground, ['gate', '--transport', './slow.mjs', ...SMALL], /^sleep 615/);
});

test(
  'what a wrapper leaves running beside each peer is gone when the ' + 'gate has ended, and when it was killed',
  async (ground) => {
    mkdirSync(join(ground.cwd, 'bin'));
    writeFileSync(join(ground.cwd, 'bin', 'wrapper'), '#!/bin/sh\nsetsid sleep 616 &\nexec "$@"\n');
    chmodSync(join(ground.cwd, 'bin', 'wrapper'), 0o755);
    const args = ['gate', 'pipe', '--head', 'wrap=./bin/wrapper', ...SMALL, '--time-budget', '1s'];
    assert.is((await runToEnd(ground, args)).exitCode, 0);
    await killedDuring(ground, args, /^\S*ipcbench-peer /);
    assert.ok(readdirSync(ground.tmp).length > 0, 'it was killed before it had anything on disk');
  },
);

test.run();
