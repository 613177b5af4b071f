// test-deadline-s: 1200
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../../ci/dev/test-runner/skip.js';
import { copyRepository, root } from './copy-repository.fixture.js';
import { readRecipes, type Recipe } from './read-recipes.js';

const test = suite<{ folder: string; copy: string }>('recipes of CONTRIBUTING');
const recipes = readRecipes(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'));

/** Files that a recipe may add and edit at most, not counting edits of other files in `own`, the folders of its kind. */
interface Bound {
  readonly added: number;
  readonly edited: number;
  readonly own?: string;
}

const BOUNDS: Readonly<Record<string, Bound>> = {
  'a transport': { added: 1, edited: 0 },
  'a transport with system calls of its own': { added: 3, edited: 1 },
  'a workload': { added: 3, edited: 0, own: '/workloads/' },
  'a setting': { added: 1, edited: 2 },
  'a check': { added: 1, edited: 0 },
  'an export': { added: 1, edited: 1 },
};

const follow = (copy: string, { title, added, edits }: Recipe): void => {
  for (const { path, content } of added) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), content, { flag: 'wx' });
  }
  for (const { path, before, after } of edits) {
    const text = readFileSync(join(copy, path), 'utf8');
    assert.is(text.split(before).length, 2, `Recipe '${title}': ${path} has not exactly one\n${before}`);
    writeFileSync(
      join(copy, path),
      text.replace(before, () => after),
    );
  }
};

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'c-'));
  const copy = copyRepository(context.folder);
  if (copy === null) return skip('no git checkout: nothing says which files are the repository’s');
  context.copy = copy;
  // All in one copy: what is native compiles for a minute.
  for (const recipe of recipes) follow(copy, recipe);
  const build = recipes.some(({ isNative }) => isNative)
    ? [['ci/dev/build.mjs']]
    : [['node_modules/typescript/bin/tsc', '-p', '.'], ['ci/dev/bundle-peer.mjs']];
  for (const program of build) {
    const { exitCode, stdout, stderr } = await execa(process.execPath, program, { cwd: copy, reject: false });
    assert.is(exitCode, 0, `${program.join(' ')}\n${stdout}\n${stderr}`);
  }
});
test.after(({ folder }) => rm(folder, { recursive: true, force: true }));

test('each recipe that has a bound is there, and each has its bound', () => {
  const titles = recipes.map(({ title }) => title);
  for (const title of Object.keys(BOUNDS)) assert.ok(titles.includes(title), title);
  for (const title of titles) assert.ok(title in BOUNDS, `'${title}' has no bound`);
});

for (const { title, added, edits, commands } of recipes) {
  test(`${title}: no more files than promised`, () => {
    const bound: Bound = BOUNDS[title] ?? { added: 0, edited: 0 };
    assert.ok(added.length <= bound.added, `${added.length} added`);
    const edited = new Set(
      edits.map(({ path }) => path).filter((path) => bound.own === undefined || !path.includes(bound.own)),
    );
    assert.ok(edited.size <= bound.edited, [...edited].join(', '));
    assert.ok(commands.length > 0, 'nothing is run');
  });

  for (const command of commands) {
    test(`${title}: ${command}`, async ({ folder, copy }) => {
      const [, ...args] = command.split(' ');
      const { exitCode, stdout, stderr } = await execa(
        process.execPath,
        [join(copy, 'harness/cli/ipcbench.mjs'), ...args],
        { cwd: folder, reject: false },
      );
      assert.is(exitCode, 0, `${stdout}\n${stderr}`);
    });
  }
}

test.run();
