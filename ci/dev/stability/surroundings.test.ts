// test-deadline-s: 300
import { chmodSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../test-runner/skip.js';
import { differing, moved, type Seen } from './moved.js';
import { runCheck } from './run-check.js';
import { surroundings, type Surrounding } from './surroundings.js';

/** What depends on the user, on descriptors, on namespaces and on the kernel's favour, and a few that do not. */
const SELECTION = [
  'scm/max-fds',
  'credentials/scm-forged',
  'permissions/mode-matrix',
  'capacity/soft-limit-shrink',
  'disturbance/disk-readonly-socket-path',
  'ordering/io-uring-linked',
  'lifecycle/stale-file',
  'exit/send-then-exit',
];

const test = suite<{ folder: string; quiet: Seen }>('surroundings');

const verdictsIn = async (
  surrounding: Surrounding,
  folder: string,
  selection: readonly string[] = SELECTION.flatMap((id) => ['--check', id]),
): Promise<Seen> => {
  const own = join(folder, surrounding.name);
  await mkdir(own);
  const ended = await runCheck(surrounding, 'full', own, selection);
  if (ended.type === 'impossible') skip(`${surrounding.summary}: ${ended.reason}`);
  assert.is(ended.exitCode, 0, ended.stderr);
  assert.equal(
    ended.verdicts.filter(({ teardown }) => teardown === 'unclean').map(({ id }) => id),
    [],
  );
  return { surrounding: surrounding.name, run: 1, verdicts: ended.verdicts };
};

test.before(async (context) => {
  // Not in TMPDIR, which belongs to whoever runs the tests and lets nobody else in.
  context.folder = await mkdtemp('/tmp/s-');
  chmodSync(context.folder, 0o755);
  context.quiet = await verdictsIn(surroundings[0] as Surrounding, context.folder);
});
test.after(({ folder }) => rm(folder, { recursive: true, force: true }));

test('what is compared is decided where nothing is in its way', ({ quiet }) => {
  assert.ok(quiet.verdicts.length > 25);
  assert.equal(
    quiet.verdicts.filter(({ verdict }) => verdict === 'broken' || verdict === 'fail'),
    [],
  );
});

/** All of it takes ten minutes there (`npm run stability -- --in slow`): these are what once judged by the clock. */
const SLOW = [
  'node-net',
  'node-ipc-json',
  'pipe',
  '--quick',
  '--check',
  'loss/tail',
  '--check',
  'disturbance/parent-dies',
  '--check',
  'protocol/unsolicited-ack',
  '--messages',
  '500',
];

test('on a thirtieth of a CPU nothing is broken', async ({ folder }) => {
  const there = await verdictsIn(surroundings.find(({ name }) => name === 'slow') as Surrounding, folder, SLOW);
  assert.equal(
    there.verdicts
      .filter(({ verdict }) => verdict === 'broken' || verdict === 'fail')
      .map(({ id, evidence }) => `${id}: ${evidence}`),
    [],
  );
  assert.is(there.verdicts.length, 6);
});

for (const surrounding of surroundings.filter(({ name }) => !['quiet', 'slow'].includes(name))) {
  test(
    `${surrounding.name} (${surrounding.summary}): the same verdicts, ` + `or a skip with the error that proves it`,
    async ({ folder, quiet }) => {
      const there = await verdictsIn(surrounding, folder);
      assert.equal(
        there.verdicts.map(({ id }) => id),
        quiet.verdicts.map(({ id }) => id),
      );
      assert.equal([...moved([quiet, there]), ...differing([quiet, there])], []);
    },
  );
}

test.run();
