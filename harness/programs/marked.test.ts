import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { endMarked, endMarkedNow, environmentOf, freshMark, markedProcesses, type Mark } from './marked.js';

const test = suite<{ children: ChildProcess[] }>('marked processes');

test.before.each((context) => {
  context.children = [];
});
test.after.each(({ children }) => children.forEach((child) => child.kill('SIGKILL')));

test('are found by a variable that their children inherit', async ({ children }) => {
  const mark = freshMark('program');
  const child = await start(children, environmentOf(mark), 'sleep 600 & echo started; wait');
  assert.is(markedProcesses(mark).length, 2);
  assert.equal(markedProcesses(freshMark('program')), []);
  await endAll(mark, child);
});

test('that emptied their environment are found by the group that the program leads', async ({ children }) => {
  const mark = freshMark('program');
  const child = await start(children, environmentOf(mark), 'env -i sh -c "echo started; exec sleep 600" & wait');
  assert.is(markedProcesses(mark).length, 1);
  const led = { ...mark, group: child.pid as number };
  assert.is(markedProcesses(led).length, 2);
  await endAll(led, child);
});

test('get SIGTERM first where they are given time, and SIGKILL where they are not', async ({ children }) => {
  const mark = freshMark('exchange');
  const trap = 'trap "exit 7" TERM; echo started; while :; do sleep 0.01; done';
  const child = await start(children, environmentOf(mark), trap);
  await Promise.all([once(child, 'exit'), endMarked(mark, 60_000)]);
  assert.is(child.exitCode, 7);

  const other = await start(children, environmentOf(mark), trap);
  await endAll(mark, other);
  assert.is(other.signalCode, 'SIGKILL');
});

test('that ignore SIGTERM get SIGKILL when their time is over', async ({ children }) => {
  const mark = freshMark('program');
  const child = await start(children, environmentOf(mark), 'trap "" TERM; echo started; while :; do sleep 0.01; done');
  await Promise.all([once(child, 'exit'), endMarked(mark, 50)]);
  assert.is(child.signalCode, 'SIGKILL');
});

test('are ended without a turn of the event loop on the way out', async ({ children }) => {
  const mark = freshMark('host');
  const child = await start(children, environmentOf(mark), 'echo started; exec sleep 600');
  const exited = once(child, 'exit');
  endMarkedNow(mark);
  assert.equal(markedProcesses(mark), []);
  await exited;
});

test.run();

/** A shell in a group of its own, once it has written a line. */
async function start(
  children: ChildProcess[],
  env: Readonly<Record<string, string>>,
  script: string,
): Promise<ChildProcess> {
  const child = spawn('sh', ['-c', script], {
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

async function endAll(mark: Mark, child: ChildProcess): Promise<void> {
  await Promise.all([once(child, 'exit'), endMarked(mark)]);
  assert.equal(markedProcesses(mark), []);
}
