import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { childrenOf } from '../../../harness/os/os.js';
import { encode, shellHearGo } from './node-ipc-channel.js';
import { processState } from './process-state.js';

const start = () =>
  spawn('/bin/sh', ['-c', `${shellHearGo('json')}; echo heard >&1`], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });

/** Until what it waits with is asleep: only then can a clock of its own be what ends it. */
const untilWaiting = async (pid: number): Promise<void> => {
  while (!childrenOf(pid).some((child) => processState(child) === 'S')) await delay(1);
};

test('a shell waits for its parent’s go without a clock: there is no time after which it goes on by itself', () => {
  for (const serialization of ['json', 'advanced'] as const)
    assert.not.match(shellHearGo(serialization), /\b(timeout|sleep|read -t)\b/);
});

test('it goes on when it is told', async () => {
  const shell = start();
  await untilWaiting(shell.pid as number);
  const channel = shell.stdio[3] as NodeJS.WritableStream;
  channel.write(encode('json', 'go'));
  assert.equal((await once(shell, 'exit'))[0], 0);
});

test('it goes on when its parent’s end is closed', async () => {
  const shell = start();
  await untilWaiting(shell.pid as number);
  (shell.stdio[3] as unknown as { destroy(): void }).destroy();
  assert.equal((await once(shell, 'exit'))[0], 0);
});

test.run();
