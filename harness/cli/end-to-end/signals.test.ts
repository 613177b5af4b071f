// test-deadline-s: 300
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  clearGround,
  makeGround,
  makeRepository,
  nothingIsLeft,
  start,
  worktreesOf,
  type Ground,
} from './gate-ground.fixture.js';
import { isPeer, markedProcesses, remainingAfter, untilProcess, type MarkedProcess } from './marked-processes.js';

const test = suite<Ground>('signals');

test.before.each(async (context) => {
  Object.assign(context, await makeGround());
});
test.after.each(clearGround);

const STATUS = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;
type EndingSignal = keyof typeof STATUS;
const signals = Object.keys(STATUS) as EndingSignal[];

/** A process of the run that is looked for; fails with what the run said when it ends before it has one. */
async function found(
  ground: Ground,
  run: ReturnType<typeof start>,
  isIt: (one: MarkedProcess) => boolean,
): Promise<MarkedProcess> {
  const ended = run.then(({ stderr, stdout }) => {
    throw new Error(`The run ended before that: ${stderr}${stdout}`);
  });
  ended.catch(() => undefined);
  return Promise.race([untilProcess(ground.mark, isIt), ended]);
}

async function endsWith(ground: Ground, run: ReturnType<typeof start>, signal: EndingSignal): Promise<string> {
  run.kill(signal);
  const { exitCode, stderr } = await run;
  assert.is(exitCode, STATUS[signal], stderr);
  assert.match(stderr, new RegExp(`Interrupted by ${signal}`));
  await nothingIsLeft(ground);
  return stderr;
}

const isReceiver = ({ command }: MarkedProcess): boolean => command.includes('handle-receiver.js');
/** A program that the host forked: a second process with its command. */
const isHeir =
  (ground: Ground) =>
  ({ command }: MarkedProcess): boolean =>
    command.includes('check-run/host.js') &&
    markedProcesses(ground.mark).filter((one) => one.command === command).length > 1;

const procedures: readonly (readonly [
  check: string,
  subject: string,
  isIt: (ground: Ground) => (one: MarkedProcess) => boolean,
])[] = [
  ['handles/server', 'node-ipc-json', () => isReceiver],
  ['handles/dgram-pipe-tty', 'node-ipc-json', () => isReceiver],
  ['ordering/with-handles', 'node-ipc-advanced', () => isReceiver],
  ['disturbance/parent-dies', 'pipe', isHeir],
];

for (const [index, [check, subject, isIt]] of procedures.entries()) {
  const signal = signals[index] as EndingSignal;
  test(`${signal} during ${check}: the exit code says so, and no child of a child is left`, async (ground) => {
    const run = start(ground, ['check', subject, '--check', check, '--repeat', '500']);
    await found(ground, run, isIt(ground));
    await endsWith(ground, run, signal);
  });

  test(`SIGKILL of the harness during ${check}: what it brought about ends by itself`, async (ground) => {
    const run = start(ground, ['check', subject, '--check', check, '--repeat', '500']);
    await found(ground, run, isIt(ground));
    run.kill('SIGKILL');
    await run;
    assert.equal(
      (await remainingAfter(ground.mark, 5000)).map(({ command }) => command),
      [],
    );
  });
}

test('what was left of a run whose guard was killed too is ended by the next one', async (ground) => {
  const run = start(ground, ['check', 'node-ipc-json', '--check', 'handles/server', '--repeat', '500']);
  const receiver = await found(ground, run, isReceiver);
  process.kill(receiver.pid, 'SIGSTOP');
  const guard = markedProcesses(ground.mark).find(({ command }) => command.includes('end-marked'));
  if (guard === undefined) throw new Error('Nothing guards the run.');
  process.kill(guard.pid, 'SIGKILL');
  run.kill('SIGKILL');
  await run;
  assert.ok(markedProcesses(ground.mark).some(isReceiver), 'the stopped one did not outlive its run');
  const { exitCode, stderr } = await start(ground, ['check', 'pipe', '--check', 'loss/tail', '--messages', '200']);
  assert.is(exitCode, 0, stderr);
  await nothingIsLeft(ground);
});

for (const signal of signals) {
  test(`${signal} while a transport is measured: what was measured is kept`, async (ground) => {
    const run = start(ground, [
      'bench',
      'pipe',
      '--duration',
      '60s',
      '--launches',
      '1',
      '--size',
      '64',
      '--workload',
      'stream',
      '--placement',
      'free',
    ]);
    await found(ground, run, isPeer);
    await endsWith(ground, run, signal);
    assert.is(
      (JSON.parse(readFileSync(join(ground.cwd, 'ipcbench-report', 'report.json'), 'utf8')) as { status: string })
        .status,
      'interrupted',
    );
  });
}

const isDrawing = ({ command }: MarkedProcess): boolean => command.includes('png/child.js');
const drawn = [
  'bench',
  'pipe',
  'fifo',
  '--duration',
  '20ms',
  '--launches',
  '3',
  '--size',
  '64,4k',
  '--placement',
  'free',
];

for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} while charts are drawn is heard, and what was measured is kept`, async (ground) => {
    const run = start(ground, drawn);
    await found(ground, run, isDrawing);
    assert.match(await endsWith(ground, run, signal), /It came after the last measurement/);
    assert.is(
      (JSON.parse(readFileSync(join(ground.cwd, 'ipcbench-report', 'report.json'), 'utf8')) as { status: string })
        .status,
      'complete',
    );
  });
}

test('SIGKILL of the harness while charts are drawn ends the drawing', async (ground) => {
  const run = start(ground, drawn);
  await found(ground, run, isDrawing);
  run.kill('SIGKILL');
  await run;
  assert.equal(
    (await remainingAfter(ground.mark, 5000)).map(({ command }) => command),
    [],
  );
});

const isBuild = ({ command }: MarkedProcess): boolean => command.trim() === 'sleep 1234';
const building = [
  'gate',
  '--base',
  'git=HEAD',
  '--base',
  'build=sleep 1234 & wait',
  '--base',
  'transport=dist/mine.mjs',
  '--head',
  'transport=dist/mine.mjs',
];

for (const signal of ['SIGHUP', 'SIGQUIT'] as const) {
  test(`${signal} during a build: build, worktree and git's note are gone`, async (ground) => {
    await makeRepository(ground, ['one']);
    const run = start(ground, building);
    await found(ground, run, isBuild);
    run.kill(signal);
    const { exitCode, stderr } = await run;
    assert.is(exitCode, STATUS[signal], stderr);
    await nothingIsLeft(ground);
    assert.is(await worktreesOf(ground), 1);
    assert.not.ok(existsSync(join(ground.cwd, 'ipcbench-gate')));
  });
}

test(
  'SIGKILL of the harness during a build: the build ends by ' + 'itself, tree and note with the next gate',
  async (ground) => {
    await makeRepository(ground, ['one']);
    const run = start(ground, building);
    await found(ground, run, isBuild);
    run.kill('SIGKILL');
    await run;
    assert.equal(
      (await remainingAfter(ground.mark, 5000)).map(({ command }) => command),
      [],
    );
    const next = start(
      ground,
      building.map((word) => (word.startsWith('build=') ? 'build=false' : word)),
    );
    assert.is((await next).exitCode, 3);
    assert.equal(readdirSync(ground.tmp), []);
    assert.is(await worktreesOf(ground), 1);
  },
);

test.run();
