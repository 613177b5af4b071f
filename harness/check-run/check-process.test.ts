import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from '../../native/load.js';
import { MARK_VARIABLES, markedProcesses } from '../programs/marked.js';
import { readText } from '../environment/read-text.js';
import { startCheckProcess, type HostTools, type CheckProcess } from './check-process.js';

interface Context {
  tools: HostTools;
  directory: string;
}

const test = suite<Context>('trial host');
const MINUTES_MS = 600_000;
const HOST_MARK = MARK_VARIABLES.host;
const node = { file: process.execPath, args: [] } as const;

test.before(async (context) => {
  const { addon, addonPath } = await loadNative();
  context.tools = { addon, addonPath, runtime: node, env: {} };
});
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 't-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));

const run = (host: CheckProcess, name: string, directory: string, deadlineMs = MINUTES_MS) =>
  host.run(
    {
      checkId: `dying/${name}`,
      module: new URL('./dying.fixture.js', import.meta.url).href,
      subject: 'pipe',
      seed: 1,
      scale: 'quick',
      directory,
      fault: null,
    },
    deadlineMs,
  );

/** Every process of any host of this test's; `markOf` is how the harness tells them apart. */
const marksHere = (): string[] => [...new Set(everyMark())];
const everyMark = (): string[] =>
  (readText(`/proc/self/task/${process.pid}/children`) ?? '')
    .split(' ')
    .filter((pid) => pid !== '')
    .flatMap((pid) => markOf(Number(pid)));
const markOf = (pid: number): string[] =>
  (readText(`/proc/${pid}/environ`) ?? '')
    .split('\0')
    .flatMap((entry) => (entry.startsWith(`${HOST_MARK}=`) ? [entry.slice(HOST_MARK.length + 1)] : []));

const nothingOf = (marks: readonly string[]): void => {
  for (const value of marks) assert.equal(markedProcesses({ name: HOST_MARK, value }), []);
};

const runtimes = {
  'is killed before it has read its job': ['-c', 'kill -KILL $$'],
  'ends before it has read its job': ['-c', 'exit 7'],
  'closes its end and is killed': ['-c', 'exec 3>&-; kill -KILL $$'],
  'ends with a program that holds its descriptor': ['-c', 'sleep 1000 & exit 7'],
} as const;

for (const [what, args] of Object.entries(runtimes)) {
  test(`a host that ${what} is an outcome, and the next one works`, async ({ tools, directory }) => {
    const host = startCheckProcess({ ...tools, runtime: { file: '/bin/sh', args } });
    const marks = marksHere();
    const outcome = await run(host, 'quick', directory);
    assert.is(outcome.type, 'died');
    assert.match('how' in outcome ? outcome.how : '', /^Its process ended (by SIGKILL|with exit status 7)\.$/);
    assert.is(host.isAlive(), false);
    await host.end();
    nothingOf(marks);
    const next = startCheckProcess(tools);
    assert.is((await run(next, 'quick', directory)).type, 'observed');
    await next.end();
  });
}

test('a host that cannot be started is an outcome', async ({ tools, directory }) => {
  const host = startCheckProcess({ ...tools, runtime: { file: '/nowhere/node', args: [] } });
  const outcome = await run(host, 'quick', directory);
  assert.equal(outcome, { type: 'died', how: 'Its process could not be started (ENOENT).' });
  await host.end();
});

for (const [name, how] of [
  ['killed', /ended by SIGKILL/],
  ['killed-with-heir', /ended by SIGKILL/],
  ['grandchildren', /ended by SIGKILL/],
  ['talkative', /wrote 'this is no line of ours'/],
] as const) {
  test(`the outcome of '${name}' says how the process went, and nothing of it is left`, async ({
    tools,
    directory,
  }) => {
    const host = startCheckProcess(tools);
    assert.is((await run(host, 'quick', directory)).type, 'observed');
    const marks = marksHere();
    assert.is(marks.length, 1);
    const outcome = await run(host, name, directory);
    assert.is(outcome.type, 'died');
    assert.match('how' in outcome ? outcome.how : '', how);
    await host.end();
    nothingOf(marks);
  });
}

for (const name of ['blocked-with-heir', 'stopped-with-heir'] as const) {
  test(`the deadline acts on '${name}', whoever holds the descriptor`, async ({ tools, directory }) => {
    const host = startCheckProcess(tools);
    assert.is((await run(host, 'quick', directory)).type, 'observed');
    const marks = marksHere();
    const outcome = await run(host, name, directory, 300);
    assert.match('how' in outcome ? outcome.how : '', /^Its process did not finish within \d+ ms and was killed\.$/);
    nothingOf(marks);
    await host.end();
  });
}

test('a host that is ended while it works ends with all that it started', async ({ tools, directory }) => {
  const host = startCheckProcess(tools);
  assert.is((await run(host, 'quick', directory)).type, 'observed');
  const marks = marksHere();
  const outcome = run(host, 'blocked-with-heir', directory);
  for (;;) {
    if (marks.flatMap((value) => markedProcesses({ name: HOST_MARK, value })).length > 1) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await host.end();
  assert.is((await outcome).type, 'died');
  nothingOf(marks);
});

test('a procedure is told how slow the machine is', async ({ tools, directory }) => {
  const host = startCheckProcess(tools);
  const outcome = await run(host, 'patience', directory);
  assert.ok(outcome.type === 'observed' && typeof outcome.observation === 'number' && outcome.observation >= 1);
  await host.end();
});

test.run();
