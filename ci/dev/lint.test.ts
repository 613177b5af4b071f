// test-deadline-s: 300
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from './test-runner/skip.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const COLUMNS = 120;
const LINES = 300;

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });

const needCheckout = (): void => {
  if (!existsSync(join(root, '.git'))) skip('no git checkout: nothing says which files are the repository’s');
};

/** Files that people write and review: not data, not what a program has written, not the licence of a font. */
const isWritten = (path: string): boolean =>
  /\.(ts|mjs|cc|h|sh|yml|gyp)$|^\.ci\/run$/.test(path) &&
  !/(^|\/)(golden|fixtures|recordings)\/|^vendor\/|\.d\.ts$/.test(path);

const written = (): readonly string[] =>
  git('ls-files', '-z')
    .split('\0')
    .filter((path) => path !== '' && isWritten(path) && existsSync(join(root, path)));

const linesOf = (path: string): readonly string[] => readFileSync(join(root, path), 'utf8').split('\n');

async function assertQuiet(program: string, args: readonly string[]): Promise<void> {
  const { exitCode, all } = await execa(program, args, { cwd: root, reject: false, all: true });
  assert.is(exitCode, 0, all);
}

test('oxlint finds nothing', () => assertQuiet(process.execPath, ['node_modules/oxlint/bin/oxlint']));

test('Prettier has nothing to format', () =>
  assertQuiet(process.execPath, ['node_modules/prettier/bin/prettier.cjs', '--check', '.']));

test('clang-format has nothing to format', async () => {
  needCheckout();
  const { failed } = await execa('clang-format', ['--version'], { reject: false });
  if (failed) skip('no clang-format: apt-get install clang-format');
  await assertQuiet('clang-format', ['--dry-run', '-Werror', ...written().filter((path) => /\.(cc|h)$/.test(path))]);
});

/** How many long lines, and how many lines in all, the files have that are still over. It may only become less. */
const { longLines, longFiles } = JSON.parse(readFileSync(join(root, 'ci/dev/lint-exceptions.json'), 'utf8')) as {
  readonly longLines: Readonly<Record<string, number>>;
  readonly longFiles: readonly string[];
};

test(`no line is longer than ${COLUMNS} columns, but those that are listed`, () => {
  needCheckout();
  const long = written()
    .map((path): [string, number] => [path, linesOf(path).filter((line) => [...line].length > COLUMNS).length])
    .filter(([, count]) => count > 0);
  assert.equal(Object.fromEntries(long), longLines);
});

test(`no file has more than ${LINES} lines, but those that are listed`, () => {
  needCheckout();
  // A file ends in a line end, behind which is an empty line.
  assert.equal(
    written().filter((path) => linesOf(path).length - 1 > LINES),
    longFiles,
  );
});

test.run();
