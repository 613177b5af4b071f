import { chmodSync, closeSync, mkdtempSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from '../../native/load.js';
import { childrenOf } from '../os/os.js';
import { launcherOnDemand } from './launcher-on-demand.js';
import { startLauncher, type LaunchedProcess, type Launcher } from './launcher.js';

interface Ground {
  launcher: Launcher;
  folder: string;
}

const { addon, launcherPath } = await loadNative();
const test = suite<Ground>('launcher');

test.before.each(async (ground) => {
  ground.launcher = await startLauncher(launcherPath, addon);
  ground.folder = mkdtempSync(join(tmpdir(), 'l-'));
});
test.after.each(async ({ launcher, folder }) => {
  await launcher.close();
  rmSync(folder, { recursive: true });
  assert.equal(childrenOf(process.pid), []);
});

/** `text` run by sh, with what it wrote to stderr and how it ended. */
const shell = async (
  { launcher }: Ground,
  text: string,
  {
    env = {},
    descriptors = [],
  }: { readonly env?: Record<string, string>; readonly descriptors?: readonly number[] } = {},
) => {
  const started = await launcher.start({ file: '/bin/sh', args: ['-c', text], env, descriptors });
  return { end: await started.ended, said: started.stderrTail() };
};

/** A process that waits, and its id. */
const waiting = async (
  { launcher }: Ground,
  text = '',
): Promise<{ readonly process: LaunchedProcess; readonly pid: number }> => {
  const [read, write] = addon.pipe();
  try {
    const process = await launcher.start({
      file: '/bin/sh',
      args: ['-c', `${text} echo $$ >&3; exec sleep 1000 3>&-`],
      env: {},
      descriptors: [write],
    });
    const said = Buffer.alloc(16);
    const pid = Number(said.toString('latin1', 0, readSync(read, said, 0, 16, null)));
    await until(() => statusOf(pid, 'Name') === 'sleep');
    return { process, pid };
  } finally {
    closeSync(read);
    closeSync(write);
  }
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await setImmediate();
};

const statusOf = (pid: number, name: string): string | undefined =>
  new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
const isGone = (pid: number): boolean => {
  try {
    return statusOf(pid, 'State') === 'Z';
  } catch {
    return true;
  }
};

const failureOf = async (work: Promise<unknown>): Promise<Error> => {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
};

test('an exit status, a signal, and what was written to stderr are told', async (ground) => {
  assert.equal(await shell(ground, 'echo oops >&2; exit 7'), { end: { exitCode: 7, signal: null }, said: 'oops' });
  assert.equal(await shell(ground, 'kill -ABRT $$'), { end: { exitCode: null, signal: 'SIGABRT' }, said: '' });
});

test('of much stderr the last 4096 characters are kept, whatever bytes they are', async (ground) => {
  const { said } = await shell(
    ground,
    'i=0; while [ $i -lt 3000 ]; do echo "line $i \\303\\274 \\"quoted\\"" >&2; i=$((i+1)); done; printf "\\377" >&2',
  );
  assert.ok(said.length > 4000 && said.length <= 4096, String(said.length));
  assert.match(said, /line 2998 .*\nline 2999 .*\n\ufffd$/);
});

test('a program that does not run is told with the error of exec', async ({ launcher, folder }) => {
  const plain = join(folder, 'plain');
  writeFileSync(plain, 'no program');
  const codeOf = async (file: string): Promise<string> =>
    String(
      ((await failureOf(launcher.start({ file, args: [], env: {}, descriptors: [] }))) as NodeJS.ErrnoException).code,
    );
  assert.equal(
    [await codeOf('/nonexistent/peer'), await codeOf(plain), await codeOf('no-such-program-anywhere')],
    ['ENOENT', 'EACCES', 'ENOENT'],
  );
  assert.equal(childrenOf(launcher.pid), []);
});

test(
  'a variable is added or replaced for the process alone, and its ' + 'PATH is where the program is looked for',
  async (ground) => {
    const own = join(ground.folder, 'own-tool');
    writeFileSync(own, '#!/bin/sh\necho "$IPCBENCH_TEST_VALUE $HOME" >&2\n');
    chmodSync(own, 0o755);
    const env = {
      PATH: `${ground.folder}:${process.env['PATH'] ?? ''}`,
      IPCBENCH_TEST_VALUE: 'a=b',
      HOME: '/elsewhere',
    };
    const started = await ground.launcher.start({ file: 'own-tool', args: [], env, descriptors: [] });
    await started.ended;
    assert.is(started.stderrTail(), 'a=b /elsewhere');
    assert.is(
      (await shell(ground, 'echo "$IPCBENCH_TEST_VALUE $HOME" >&2')).said,
      ` ${process.env['HOME'] ?? ''}`.trim(),
    );
  },
);

test('a library is preloaded into the process and not into the launcher', async (ground) => {
  // ld.so says that it cannot load it, and goes on (ld.so(8)).
  const { end, said } = await shell(ground, 'exit 0', { env: { LD_PRELOAD: '/nonexistent/lib.so' } });
  assert.is(end.exitCode, 0);
  assert.match(said, /nonexistent\/lib\.so.*cannot be preloaded/);
  assert.not.match(readFileSync(`/proc/${ground.launcher.pid}/environ`, 'latin1'), /nonexistent/);
});

test('descriptors arrive in order from 3 on, and no others', async (ground) => {
  const pipes = [addon.pipe(), addon.pipe(), addon.pipe()];
  try {
    // Backwards, so that numbers cross.
    const { end, said } = await shell(ground, 'echo three >&3; echo four >&4; echo five >&5; ls /proc/$$/fd >&2', {
      descriptors: pipes.map(([, write]) => write).reverse(),
    });
    assert.is(end.exitCode, 0, said);
    assert.equal(
      said
        .split('\n')
        .map(Number)
        .filter((number) => number < 10)
        .sort(),
      [0, 1, 2, 3, 4, 5],
    );
    const heard = pipes.map(([read]) => {
      const bytes = Buffer.alloc(16);
      return bytes.toString('latin1', 0, readSync(read, bytes, 0, 16, null)).trim();
    });
    assert.equal(heard, ['five', 'four', 'three']);
  } finally {
    for (const pipe of pipes.flat()) closeSync(pipe);
  }
});

test('a process ignores and blocks no signal, and ends with its launcher', async (ground) => {
  const { process: started, pid } = await waiting(ground);
  assert.equal(
    ['SigIgn', 'SigBlk'].map((name) => BigInt(`0x${statusOf(pid, name)}`)),
    [0n, 0n],
  );
  assert.is(statusOf(pid, 'PPid'), String(ground.launcher.pid));
  process.kill(ground.launcher.pid, 'SIGKILL');
  assert.match((await started.ended).lost?.message ?? '', /^The launcher of the peers has ended by SIGKILL\.$/);
  await until(() => isGone(pid));
  assert.is(ground.launcher.isAlive(), false);
  assert.match((await failureOf(shell(ground, 'exit 0'))).message, /^The launcher of the peers has ended/);
});

test('a stopped process is killed, and so is one that ignores everything else', async (ground) => {
  for (const text of ['', 'trap "" INT TERM HUP;']) {
    const { process: started, pid } = await waiting(ground, text);
    if (text === '') process.kill(pid, 'SIGSTOP');
    started.kill();
    assert.equal(await started.ended, { exitCode: null, signal: 'SIGKILL' });
    started.kill();
    assert.ok(isGone(pid));
  }
});

test('an interruption of the whole group does not end the launcher', async (ground) => {
  await waiting(ground);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(ground.launcher.pid, signal);
  assert.is((await shell(ground, 'exit 3')).end.exitCode, 3);
});

test('closing it ends what it has started, also what is stopped', async (ground) => {
  const { pid } = await waiting(ground);
  const stopped = await waiting(ground);
  process.kill(stopped.pid, 'SIGSTOP');
  await ground.launcher.close();
  assert.ok(isGone(pid) && isGone(stopped.pid));
  assert.is(ground.launcher.isAlive(), false);
});

test('what a process leaves behind is reaped', async (ground) => {
  const [read, write] = addon.pipe();
  // The inner shell outlives its parent, and ends when it reads the end.
  const { end } = await shell(ground, '(read line <&3) & exit 0', { descriptors: [read] });
  closeSync(read);
  assert.is(end.exitCode, 0);
  assert.is(childrenOf(ground.launcher.pid).length, 1);
  closeSync(write);
  await until(() => childrenOf(ground.launcher.pid).length === 0);
});

test('a launcher that was stopped is killed in the end, and with it what it has started', async ({ folder }) => {
  const launcher = await startLauncher(launcherPath, addon, 200);
  const { process: started, pid } = await waiting({ launcher, folder });
  process.kill(launcher.pid, 'SIGSTOP');
  started.kill();
  await started.ended;
  await until(() => isGone(pid));
  assert.match(
    (await failureOf(launcher.start({ file: 'true', args: [], env: {}, descriptors: [] }))).message,
    /has ended by SIGKILL/,
  );
});

test('a kept launcher that has died is followed by another', async () => {
  const kept = launcherOnDemand(launcherPath, addon);
  const first = await kept.running();
  assert.is(await kept.running(), first);
  process.kill(first.pid, 'SIGKILL');
  await until(() => !first.isAlive());
  const [second, same] = await Promise.all([kept.running(), kept.running()]);
  assert.ok(second === same && second.pid !== first.pid);
  await kept.close();
  assert.is(second.isAlive(), false);
});

test('a launcher that does not run is a sentence', async () => {
  assert.match(
    (await failureOf(startLauncher('/nonexistent/launcher', addon))).message,
    /^The launcher of the peers cannot be started: \/nonexistent\/launcher does not run \(ENOENT\)\. Run 'ipcbench build'/,
  );
});

test.run();
