// test-deadline-s: 300
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeAddon } from '../../native/addon.js';
import { loadNative } from '../../native/load.js';
import { childrenOf } from '../os/os.js';
import { verdictOfCheckRun } from '../runner/verdict-of-check-run.js';
import { loadProcedures } from '../discovery/load-procedures.js';
import { startCheckProcess } from './check-process.js';
import { watchChildren } from './watch-children.js';

interface Context {
  addon: NativeAddon;
  addonPath: string;
}

const test = suite<Context>('children that somebody else ends');
const { SIGKILL, SIGTERM, SIGALRM, SIGUSR1 } = constants.signals;

test.before(async (context) => {
  const { addon, addonPath } = await loadNative();
  Object.assign(context, { addon, addonPath });
});

test('a forked program that this process kills behind the back of its procedure', ({ addon }) => {
  const { sys, endedFromOutside } = watchChildren(addon.sys);
  const program = sys.forkProgram([{ op: 'pause' }]);
  process.kill(program.pid, 'SIGKILL');
  program.wait();
  assert.is(
    endedFromOutside(),
    `A child of the procedure (process ${program.pid}) was ended by SIGKILL, which the procedure did not send: ` +
      'nothing can be said.',
  );
});

test('one that nobody waits for is found when it is put away', async ({ addon }) => {
  const { sys, endedFromOutside } = watchChildren(addon.sys);
  const program = sys.forkProgram([{ op: 'pause' }]);
  const descriptor = addon.sys.pidfd_open(program.pid);
  process.kill(program.pid, 'SIGTERM');
  assert.is(addon.sys.poll([{ fd: descriptor, events: addon.sys.constants.POLLIN }], 10_000)[0], 1);
  addon.sys.close(descriptor);
  program.end();
  assert.match(endedFromOutside() ?? '', /by SIGTERM/);
});

test('what the procedure sends by itself, in each of its ways, is no news', ({ addon }) => {
  const { sys, expect, endedFromOutside } = watchChildren(addon.sys);
  const start = () => sys.forkProgram([{ op: 'pause' }]);
  const killed = start();
  sys.kill(killed.pid, SIGKILL);
  const byThread = start();
  sys.tgkill(byThread.pid, byThread.pid, SIGTERM);
  const byDescriptor = start();
  const descriptor = sys.pidfd_open(byDescriptor.pid);
  sys.pidfd_send_signal(descriptor, SIGTERM);
  sys.close(descriptor);
  const raises = sys.forkProgram([{ op: 'raise', signo: SIGUSR1 }]);
  // As a timer of its own would.
  const timedOut = start();
  process.kill(timedOut.pid, 'SIGALRM');
  const expected = start();
  expect(expected.pid, SIGKILL);
  process.kill(expected.pid, 'SIGKILL');
  const ends = [killed, byThread, byDescriptor, raises, timedOut, expected].map((program) => program.wait()?.signal);
  assert.equal(ends, [SIGKILL, SIGTERM, SIGTERM, SIGUSR1, SIGALRM, SIGKILL]);
  const ended = start();
  ended.end();
  ended.end();
  assert.is(endedFromOutside(), null);
});

test('a spawned child: its own kill() is the procedure’s, any other is not', async ({ addon }) => {
  const { watch, endedFromOutside } = watchChildren(addon.sys);
  const start = () => {
    const child = spawn('/bin/cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    watch(child);
    return child;
  };
  const ours = start();
  ours.kill('SIGTERM');
  await once(ours, 'exit');
  assert.is(endedFromOutside(), null);
  const theirs = start();
  process.kill(theirs.pid as number, 'SIGTERM');
  await once(theirs, 'exit');
  assert.match(endedFromOutside() ?? '', new RegExp(`process ${theirs.pid}\\) was ended by SIGTERM`));
});

/** Long enough with their large counts that a child can be found; whatever they would say, nobody may believe it. */
const PROCEDURES = [
  ['ordering/two-directions', 'pipe'],
  ['ordering/value-chain', 'socketpair-stream'],
  ['ordering/multi-sender', 'socketpair-dgram'],
  ['duplication/competing-readers', 'unix-stream'],
] as const;

for (const [checkId, subject] of PROCEDURES) {
  test(`${subject}/${checkId} is broken, not failed, when somebody kills a child of it`, async ({
    addon,
    addonPath,
  }) => {
    const found = (await loadProcedures()).find(({ check }) => check.id === checkId);
    assert.ok(found, checkId);
    const directory = mkdtempSync(join(tmpdir(), 'k-'));
    const before = childrenOf(process.pid);
    const host = startCheckProcess({ addon, addonPath, runtime: { file: process.execPath, args: [] }, env: {} });
    const [pid] = childrenOf(process.pid).filter((one) => !before.includes(one));
    try {
      const job = {
        checkId,
        module: found.module,
        subject,
        seed: 1,
        scale: 'thorough',
        directory,
        fault: null,
      } as const;
      const state = { isOver: false };
      const running = host.run(job, 120_000).finally(() => (state.isOver = true));
      while (!state.isOver) {
        endChildren(pid as number);
        await delay(1);
      }
      const outcome = await running;
      assert.is(outcome.type, 'failed', JSON.stringify(outcome));
      assert.match(
        'message' in outcome ? outcome.message : '',
        /was ended by SIGKILL, which the procedure did not send/,
      );
      const verdict = verdictOfCheckRun({ ...found, subject }, outcome, { seed: 1, scale: 'thorough' });
      assert.is(verdict.verdict, 'broken');
      assert.is(verdict.teardown, 'clean', verdict.teardownEvidence ?? '');
    } finally {
      await host.end();
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

/** All of them: one that is left waits for the others as long as its procedure lets it. */
function endChildren(host: number): void {
  for (const child of childrenOf(host)) {
    try {
      process.kill(child, 'SIGKILL');
    } catch {
      // It has ended, and was reaped, in between.
    }
  }
}

test.run();
