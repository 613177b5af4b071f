// test-deadline-s: 300
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readText } from '../../environment/read-text.js';
import { isPeer, MARK, markedProcesses, remainingAfter, untilProcess, type MarkedProcess } from './marked-processes.js';
import { cli } from './run-cli.js';

const test = suite<{ folder: string; tmp: string; mark: string }>('left behind');

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'l-'));
  context.tmp = join(context.folder, 't');
  context.mark = randomBytes(8).toString('hex');
  await mkdir(context.tmp);
});
test.after.each(async (context) => {
  for (const { pid } of markedProcesses(context.mark)) process.kill(pid, 'SIGKILL');
  await rm(context.folder, { recursive: true, force: true });
});

type Context = { readonly folder: string; readonly tmp: string; readonly mark: string };

const start = (context: Context, args: readonly string[], out = 'out') =>
  execa(process.execPath, [cli, ...args, '--out', join(context.folder, out)], {
    reject: false,
    env: { TMPDIR: context.tmp, [MARK]: context.mark },
  });

/** A peer of the run; fails with what the run said when it ends before it has one. */
const peerOf = async (context: Context, run: ReturnType<typeof start>): Promise<MarkedProcess> => {
  const ended = run.then(({ stderr }) => {
    throw new Error(`The run ended before it had a peer: ${stderr}`);
  });
  ended.catch(() => undefined);
  return Promise.race([untilProcess(context.mark, isPeer), ended]);
};

const quick = ['--duration', '5ms', '--warmup', '1ms', '--launches', '1', '--size', '64'];
/** Long enough that a test always finds its peers running. */
const endless = ['--duration', '60s', '--launches', '1', '--size', '64', '--workload', 'stream'];

const nothingIsLeft = async (context: Context, withinMs = 0): Promise<void> => {
  assert.equal(
    (await remainingAfter(context.mark, withinMs)).map(({ command }) => command),
    [],
  );
  assert.equal(readdirSync(context.tmp), []);
  assert.is((readText('/proc/net/unix') ?? '').includes(context.tmp), false);
};

test('after a normal end', async (context) => {
  const { exitCode, stderr } = await start(context, [
    'bench',
    'unix',
    'fifo',
    'node-net',
    'node-ipc-json',
    ...quick,
    '--placement',
    'free',
  ]);
  assert.is(exitCode, 0, stderr);
  await nothingIsLeft(context);
});

test('after a case whose peers fail', async (context) => {
  const module = join(context.folder, 'fails.mjs');
  writeFileSync(
    module,
    `export default {
    name: 'fails', summary: 'Fails to open.', platforms: ['linux'],
    guarantees: { framing: 'message', ordered: true, reliable: true, eof: true, duplex: true, ` +
      `atomicWriteBytes: null, maxMessageBytes: null, backpressure: 'blocks' },
    js: { topology: 'spawned', open: async () => { throw new Error('no endpoint today'); } },
  };`,
  );
  const { exitCode, stdout } = await start(context, [
    'bench',
    'fails',
    'pipe',
    '--transport',
    module,
    ...quick,
    '--placement',
    'free',
  ]);
  assert.is(exitCode, 5);
  assert.match(stdout, /no endpoint today/);
  await nothingIsLeft(context);
});

for (const [transport, kind] of [
  ['unix-stream', 'native'],
  ['fifo', 'native'],
  ['node-net', 'js'],
  ['node-ipc-advanced', 'js'],
] as const) {
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`after ${signal} while ${transport} (${kind}) is measured`, async (context) => {
      const run = start(context, ['bench', transport, ...endless, '--placement', 'free']);
      await peerOf(context, run);
      run.kill(signal);
      const { exitCode, stderr } = await run;
      assert.is(exitCode, status, stderr);
      assert.match(stderr, new RegExp(`Interrupted by ${signal}`));
      // The peer's own exit may lag the harness's by a moment only where the harness is not its parent.
      await nothingIsLeft(context, transport.startsWith('node-ipc') ? 1000 : 0);
      assert.is(
        (JSON.parse(readFileSync(join(context.folder, 'out', 'report.json'), 'utf8')) as { status: string }).status,
        'interrupted',
      );
    });
  }

  test(
    `after a SIGKILL of the harness while ${transport} (${kind}) is measured: processes within 2 s, files at the ` +
      'next run',
    async (context) => {
      const run = start(context, ['bench', transport, ...endless, '--placement', 'free']);
      await peerOf(context, run);
      run.kill('SIGKILL');
      await run;
      assert.equal(
        (await remainingAfter(context.mark, 2000)).map(({ command }) => command),
        [],
      );
      assert.is(readdirSync(context.tmp).length, 1);
      const { exitCode } = await start(context, [
        'bench',
        'pipe',
        ...quick,
        '--workload',
        'ping-pong',
        '--placement',
        'free',
      ]);
      assert.is(exitCode, 0);
      await nothingIsLeft(context);
    },
  );
}

test('after a SIGKILL of the harness while a peer is stopped', async (context) => {
  const run = start(context, ['bench', 'unix-dgram', ...endless, '--placement', 'free']);
  const peer = await peerOf(context, run);
  process.kill(peer.pid, 'SIGSTOP');
  run.kill('SIGKILL');
  await run;
  assert.equal(
    (await remainingAfter(context.mark, 2000)).map(({ command }) => command),
    [],
  );
});

test('after a peer was killed: the case fails by name, the rest runs, the exit code is 5', async (context) => {
  const run = start(context, [
    'bench',
    'unix-stream',
    'pipe',
    '--duration',
    '200ms',
    '--launches',
    '2',
    '--size',
    '64',
    '--workload',
    'ping-pong',
    '--placement',
    'free',
  ]);
  process.kill((await peerOf(context, run)).pid, 'SIGKILL');
  const { exitCode, stdout } = await run;
  assert.is(exitCode, 5);
  assert.match(stdout, /ended by SIGKILL/);
  const report = JSON.parse(readFileSync(join(context.folder, 'out', 'report.json'), 'utf8')) as {
    results: { launches: unknown[]; failures: unknown[] }[];
  };
  assert.is(
    report.results.reduce((sum, result) => sum + result.launches.length, 0),
    3,
  );
  assert.is(
    report.results.reduce((sum, result) => sum + result.failures.length, 0),
    1,
  );
  await nothingIsLeft(context);
});

test('two runs at once neither disturb each other nor sweep what the other holds', async (context) => {
  const args = ['bench', 'unix', 'fifo', '--duration', '5ms', '--launches', '6', '--size', '64', '--placement', 'free'];
  const runs = await Promise.all([start(context, args, 'one'), start(context, args, 'two')]);
  for (const [index, { exitCode, stderr }] of runs.entries()) {
    assert.is(exitCode, 0, stderr);
    const path = join(context.folder, index === 0 ? 'one' : 'two', 'report.json');
    assert.ok(existsSync(path));
    const report = JSON.parse(readFileSync(path, 'utf8')) as {
      results: { launches: unknown[]; failures: unknown[] }[];
    };
    assert.is(report.results.length, 8);
    for (const result of report.results) assert.equal([result.launches.length, result.failures.length], [6, 0]);
  }
  await nothingIsLeft(context);
});

test.run();
