import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../../user-error.js';
import { checkOut, type CheckedOutTree, type CheckOutRequest } from './check-out.js';

interface Context {
  readonly folder: string;
  readonly repository: string;
  /** The run's private directory; its name is what a run's is. */
  readonly directory: string;
}
const test = suite<Context>('a checked-out tree');

/** How the private directories of this user's runs are called. */
const OURS = `ipcbench-${process.getuid?.() ?? 0}-`;

const git = (cwd: string, ...args: readonly string[]) =>
  execa('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], { cwd });

test.before.each(async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'co-'));
  const repository = join(folder, 'repository');
  mkdirSync(repository);
  await git(repository, 'init', '--quiet', '--initial-branch=main');
  for (const version of ['one', 'two']) {
    writeFileSync(join(repository, 'version'), version);
    await git(repository, 'add', '.');
    await git(repository, 'commit', '--quiet', '--message', version);
    await git(repository, 'tag', version);
  }
  const directory = join(folder, `${OURS}abcdef`);
  mkdirSync(directory);
  Object.assign(context, { folder, repository, directory });
});
test.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true, force: true });
});

const request = ({ repository, directory }: Context, more: Partial<CheckOutRequest> = {}): CheckOutRequest => ({
  side: 'base',
  ref: 'one',
  build: null,
  directory,
  cwd: repository,
  signal: new AbortController().signal,
  ...more,
});

/** Neither files nor git's note of them. */
const nothingIsLeft = async ({ repository, directory }: Context): Promise<void> => {
  assert.equal(readdirSync(directory), []);
  assert.is((await git(repository, 'worktree', 'list')).stdout.split('\n').length, 1);
  assert.not.ok(
    existsSync(join(repository, '.git', 'worktrees')) && readdirSync(join(repository, '.git', 'worktrees')).length > 0,
  );
};

const refuses = async (work: Promise<CheckedOutTree>, sentence: RegExp, exitCode: number): Promise<void> => {
  try {
    await work;
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as UserError).message, sentence);
    assert.is((error as UserError).exitCode, exitCode);
    return;
  }
  assert.unreachable('it was checked out');
};

test('has the files of the ref and leaves the working tree alone', async (context) => {
  const tree = await checkOut(request(context));
  assert.is(readFileSync(join(tree.path, 'version'), 'utf8'), 'one');
  assert.is(tree.commit, (await git(context.repository, 'rev-parse', 'one')).stdout);
  assert.is(readFileSync(join(context.repository, 'version'), 'utf8'), 'two');
  await tree.remove();
  await nothingIsLeft(context);
  await tree.remove();
});

test('is built by a shell command in it', async (context) => {
  const tree = await checkOut(request(context, { build: 'mkdir dist && cp version dist/built' }));
  assert.is(readFileSync(join(tree.path, 'dist', 'built'), 'utf8'), 'one');
  await tree.remove();
  await nothingIsLeft(context);
});

test('both sides, and two runs, have trees of their own', async (context) => {
  const other = join(context.folder, `${OURS}fedcba`);
  mkdirSync(other);
  const trees = await Promise.all([
    checkOut(request(context)),
    checkOut(request(context, { side: 'head', ref: 'two' })),
    checkOut(request(context, { directory: other })),
  ]);
  assert.equal(
    trees.map((tree) => readFileSync(join(tree.path, 'version'), 'utf8')),
    ['one', 'two', 'one'],
  );
  for (const tree of trees) await tree.remove();
  await nothingIsLeft(context);
});

test('a ref that is missing is told: nothing to compare with for a base, a broken run for a head', async (context) => {
  await refuses(
    checkOut(request(context, { ref: 'three' })),
    /^--base git=three is not a commit of this repository\. Fetch it first; a shallow clone/,
    3,
  );
  await refuses(
    checkOut(request(context, { ref: 'three', side: 'head' })),
    /^--head git=three is not a commit of this repository/,
    5,
  );
  await refuses(
    checkOut(request(context, { ref: '--help' })),
    /^--base git=--help is not a commit of this repository/,
    3,
  );
  await nothingIsLeft(context);
});

test('outside of a repository that is said', async (context) => {
  await refuses(
    checkOut(request(context, { cwd: context.folder })),
    /^--base git=one needs a git repository, but .* is not in one\. Change to one/,
    2,
  );
});

test('a build that fails is told with its status and its last lines, and nothing is left', async (context) => {
  const build = 'for line in 1 2 3 4 5; do echo "line $line"; done; echo gone wrong >&2; exit 7';
  await refuses(
    checkOut(request(context, { build })),
    /^The base does not build: '.*' ended with 7 in a checkout of one \(line 4 · line 5 · gone wrong\)\. Build it by hand/,
    3,
  );
  await refuses(
    checkOut(request(context, { build: 'kill -9 $$', side: 'head' })),
    /^The head does not build: .* was killed by SIGKILL in a checkout of one\. /,
    5,
  );
  await nothingIsLeft(context);
});

test('a tree that is no worktree any more goes all the same', async (context) => {
  await refuses(checkOut(request(context, { build: 'rm .git; false' })), /does not build/, 3);
  await nothingIsLeft(context);
});

test('an abort during the build ends all that the build started, and nothing is left', async (context) => {
  const controller = new AbortController();
  // Both the shell and what it waits for hold the FIFO open for writing: it ends when neither lives.
  const fifo = join(context.folder, 'fifo');
  await execa('mkfifo', [fifo]);
  const reader = execa('cat', [fifo]);
  const started = new Promise<void>((resolve) => reader.stdout.once('data', () => resolve()));
  const tree = checkOut(
    request(context, {
      build: `exec 9>${fifo}; (echo started >&9; sleep 600; echo not reached) & wait; true`,
      signal: controller.signal,
    }),
  );
  tree.catch(() => undefined);
  await started;
  const interruption = new Error('Interrupted by SIGTERM.');
  controller.abort(interruption);
  try {
    await tree;
    assert.unreachable('it went on');
  } catch (error) {
    assert.is(error, interruption);
  }
  assert.is((await reader).stdout, 'started');
  await nothingIsLeft(context);
});

test('an abort during the checkout leaves nothing', async (context) => {
  const controller = new AbortController();
  // A filter stands for a large tree: it runs while git checks out, and waits.
  const [waiting, go] = [join(context.folder, 'waiting'), join(context.folder, 'go')];
  await execa('mkfifo', [waiting, go]);
  // Both ends: opening it for writing alone would wait for a filter that the abort may have ended already.
  const goes = openSync(go, constants.O_RDWR);
  const filter = join(context.folder, 'filter');
  writeFileSync(filter, `#!/bin/sh\necho waits > ${waiting}\nread go < ${go}\ncat\n`);
  chmodSync(filter, 0o755);
  writeFileSync(join(context.repository, '.git', 'info', 'attributes'), 'version filter=slow\n');
  await git(context.repository, 'config', 'filter.slow.smudge', filter);
  const tree = checkOut(request(context, { signal: controller.signal }));
  tree.catch(() => undefined);
  await execa('cat', [waiting]);
  controller.abort(new Error('Interrupted by SIGINT.'));
  writeSync(goes, 'go\n');
  await tree.then(
    () => assert.unreachable('it went on'),
    (error: Error) => assert.is(error.message, 'Interrupted by SIGINT.'),
  );
  closeSync(goes);
  await nothingIsLeft(context);
});

const pathsOf = async (repository: string): Promise<string[]> =>
  [...(await git(repository, 'worktree', 'list', '--porcelain')).stdout.matchAll(/^worktree (.*)/gm)].map(
    ([, path]) => path ?? '',
  );

test(
  'what killed runs noted is forgotten once their directory has ' + 'been swept, however git held it locked',
  async (context) => {
    const { repository, folder } = context;
    for (const [name, lock] of [
      ['killed', null],
      ['halfway', 'initializing'],
      ['between', ''],
    ] as const) {
      const directory = join(folder, `${OURS}${name}`);
      mkdirSync(directory);
      const tree = await checkOut(request(context, { directory }));
      if (lock !== null) await git(repository, 'worktree', 'unlock', tree.path);
      if (lock === 'initializing') await git(repository, 'worktree', 'lock', '--reason', lock, tree.path);
      await rm(directory, { recursive: true });
    }
    await (await checkOut(request(context))).remove();
    assert.equal(await pathsOf(repository), [repository]);
  },
);

test('a worktree that is absent at the moment keeps its registration and what is staged in it', async (context) => {
  const { repository, folder } = context;
  const mine = join(folder, 'disk', 'mine');
  await git(repository, 'worktree', 'add', '--quiet', '--detach', mine);
  writeFileSync(join(mine, 'version'), 'staged');
  await git(mine, 'add', '.');
  renameSync(join(folder, 'disk'), join(folder, 'unmounted'));
  await (await checkOut(request(context))).remove();
  renameSync(join(folder, 'unmounted'), join(folder, 'disk'));
  assert.equal(await pathsOf(repository), [repository, mine]);
  assert.is((await git(mine, 'show', ':version')).stdout, 'staged');
});

test(
  'trees of others that look like ours are left alone: of another user, of another TMPDIR, of a run that sees ' +
    'other mounts',
  async (context) => {
    const { repository, folder } = context;
    const others = [
      join(folder, 'ipcbench-4294967294-abc', 'tree-base'),
      join(folder, 'elsewhere', `${OURS}abc`, 'tree-base'),
      join(folder, `${OURS}def`, 'tree-base'),
      join(folder, `${OURS}ghi`, 'tree-mine'),
    ];
    for (const path of others) await git(repository, 'worktree', 'add', '--quiet', '--detach', path);
    await git(
      repository,
      'worktree',
      'lock',
      '--reason',
      'ipcbench checks it out for a comparison (mnt:[1])',
      others[2] ?? '',
    );
    for (const path of others) await rm(dirname(path), { recursive: true });
    await (await checkOut(request(context))).remove();
    assert.equal((await pathsOf(repository)).sort(), [repository, ...others].sort());
  },
);

test('nobody else who prunes while it is checked out makes git forget it', async (context) => {
  const tree = await checkOut(request(context));
  renameSync(tree.path, `${tree.path}-away`);
  await git(context.repository, 'worktree', 'prune');
  renameSync(`${tree.path}-away`, tree.path);
  assert.equal(await pathsOf(context.repository), [context.repository, tree.path]);
  await tree.remove();
  await nothingIsLeft(context);
});

test('from a folder of the repository, paths and the build begin at that folder of the tree', async (context) => {
  const { repository } = context;
  for (const folder of ['packages/a', 'packages/with space']) {
    mkdirSync(join(repository, folder), { recursive: true });
    writeFileSync(join(repository, folder, 'version'), `three of ${folder}`);
  }
  await git(repository, 'add', '.');
  await git(repository, 'commit', '--quiet', '--message', 'three');
  for (const folder of ['packages/a', 'packages/with space']) {
    const tree = await checkOut(
      request(context, { ref: 'main', cwd: join(repository, folder), build: 'cp version built' }),
    );
    assert.is(tree.from, join(tree.path, folder, '/'));
    assert.is(readFileSync(join(tree.path, folder, 'built'), 'utf8'), `three of ${folder}`);
    await tree.remove();
  }
  await refuses(
    checkOut(request(context, { cwd: join(repository, 'packages/a') })),
    /^--base git=one has no folder packages\/a\/, where ipcbench was started/,
    3,
  );
  await nothingIsLeft(context);
});

test('what a build leaves running is not waited for, and ends with it', async (context) => {
  const fifo = join(context.folder, 'fifo');
  await execa('mkfifo', [fifo]);
  const reader = execa('cat', [fifo]);
  // One of its group, one of a session of its own; both keep the build's output open. The reader ends when neither
  // lives.
  const tree = await checkOut(
    request(context, { build: `exec 9>${fifo}; sleep 600 & setsid sleep 600 & echo started >&9; cp version built` }),
  );
  assert.is((await reader).stdout, 'started');
  assert.is(readFileSync(join(tree.path, 'built'), 'utf8'), 'one');
  await tree.remove();
  await nothingIsLeft(context);
});

test('a hook that leaves a daemon does not hold the checkout up', async (context) => {
  const hooks = join(context.folder, 'hooks');
  mkdirSync(hooks);
  writeFileSync(join(hooks, 'post-checkout'), '#!/bin/sh\nsleep 600 &\n');
  chmodSync(join(hooks, 'post-checkout'), 0o755);
  await git(context.repository, 'config', 'core.hooksPath', hooks);
  await (await checkOut(request(context))).remove();
  await nothingIsLeft(context);
});

test("a hook's environment does not lead to another repository", async (context) => {
  process.env['GIT_DIR'] = join(context.folder, 'elsewhere');
  try {
    const tree = await checkOut(request(context, { build: 'git log --format=%s -1 > subject' }));
    assert.is(readFileSync(join(tree.path, 'subject'), 'utf8'), 'one\n');
    await tree.remove();
  } finally {
    delete process.env['GIT_DIR'];
  }
  await nothingIsLeft(context);
});

test.run();
