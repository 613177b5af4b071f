import { chmodSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from '../../../native/load.js';
import { UserError } from '../../user-error.js';
import { proveLoader } from './prove-loader.js';
import { proveRuntime } from './prove-runtime.js';
import { proveWrap } from './prove-wrap.js';
import { findRuntime } from './runtime.js';

const test = suite<{ folder: string }>('programs of a variant');

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'fp-'));
});
test.after.each(async (context) => {
  await rm(context.folder, { recursive: true, force: true });
});

const script = (folder: string, text: string): string => {
  const path = join(folder, 'program');
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
};

const refuses = async (work: Promise<unknown>, sentence: RegExp): Promise<void> => {
  const error = await work.then(() => assert.unreachable('it was taken'), (thrown: unknown) => thrown);
  assert.instance(error, UserError);
  assert.match((error as UserError).message, sentence);
  assert.is((error as UserError).exitCode, 2);
};

test('node is found by its path, relative to where it was typed, and on PATH', async () => {
  const expected = { name: 'node', version: process.version, args: [] };
  const found = async (text: string, cwd: string): Promise<unknown> => {
    const { file, ...rest } = await findRuntime('base', text, cwd);
    return { ...rest, isPath: file.includes('/') };
  };
  assert.equal(await found(process.execPath, '/'), { ...expected, isPath: true });
  assert.equal(await found(`./${basename(process.execPath)}`, dirname(process.execPath)), { ...expected, isPath: true });
  assert.equal(await found(relative('/usr/lib', process.execPath), '/usr/lib'), { ...expected, isPath: true });
  const before = process.env['PATH'];
  process.env['PATH'] = `${dirname(process.execPath)}:${before ?? ''}`;
  try {
    assert.equal(await found('node', '/'), { ...expected, isPath: false });
  } finally {
    process.env['PATH'] = before;
  }
});

test('a program that is missing, no program, or a directory is told', async ({ folder }) => {
  await refuses(findRuntime('head', './absent', folder), /^--head runtime=\.\/absent: there is no program \/.*\/absent that can be run \(ENOENT\)\. Give the path of a node, bun or deno\.$/);
  await refuses(findRuntime('head', 'no-such-program-anywhere', folder), /no-such-program-anywhere that can be run \(ENOENT\)/);
  writeFileSync(join(folder, 'text'), '');
  await refuses(findRuntime('head', './text', folder), /\(EACCES\)/);
  await refuses(findRuntime('head', folder, folder), /\(EACCES\)/);
});

for (const [what, text, sentence] of [
  ['prints nothing', '', /^--base runtime=\.\/program is neither node, bun nor deno: '--version' gave ''\.$/],
  ['fails', 'echo no >&2; exit 3', /is neither node, bun nor deno: '--version' gave Command failed with exit code 3/],
  ['is another', 'echo GNU bash, version 5.2; echo more', /'--version' gave 'GNU bash, version 5\.2'\.$/],
  ['answers with a bare number, as npm does', 'echo 10.8.2', /'--version' gave '10\.8\.2'\.$/],
] as const) {
  test(`a program that ${what} is no runtime`, async ({ folder }) => {
    script(folder, text);
    await refuses(findRuntime('base', './program', folder), sentence);
  });
}

test('bun and deno are known by what they answer', async ({ folder }) => {
  const bun = script(folder, '[ "$1" = --version ] && echo 1.2.3 && exit; echo bun 1.2.3');
  assert.equal(await findRuntime('base', bun, folder), { name: 'bun', version: '1.2.3', file: bun, args: [] });
  const deno = script(folder, 'echo "deno 2.1.4 (stable, release, x86_64-unknown-linux-gnu)"; echo v8 1');
  assert.equal(await findRuntime('base', deno, folder), { name: 'deno', version: '2.1.4', file: deno, args: ['run', '--allow-all', '--quiet'] });
});

test('a wrapper that becomes what stands behind it, or stays between, is taken', async ({ folder }) => {
  await proveWrap('base', [], folder);
  for (const wrap of [['nice', '-n', '5'], ['env', '-i', `PATH=${process.env['PATH'] ?? ''}`], ['sh', '-c', '"$@"; exit', 'sh'], [script(folder, '"$@"')]]) await proveWrap('base', wrap, folder);
});

for (const [what, wrap, sentence] of [
  ['is missing', ['no-such-wrapper', '-x'], /^--base wrap=no-such-wrapper -x does not run a command with the descriptors it was given \(there is no program no-such-wrapper that can be run, ENOENT\)\./],
  ['never runs what stands behind it', ['true'], /\(it ended without having run it\)/],
  ['closes descriptors', ['sh', '-c', 'exec 3>&-; exec "$@"', 'sh'], /\(.*(3|file descriptor)/],
  ['does not know its own options', ['nice', '--no-such-option'], /\(.*\)/],
] as const) {
  test(`a wrapper that ${what} is refused`, async ({ folder }) => {
    await refuses(proveWrap('base', wrap, folder), sentence);
  });
}

test('a library that cannot be preloaded, and a directory that is not there, are refused: the linker would go on without', async ({ folder }) => {
  await proveLoader('base', {}, folder);
  await proveLoader('base', { LD_PRELOAD: '', LD_LIBRARY_PATH: `${folder}:` }, folder);
  const absent = join(folder, 'absent.so');
  await refuses(proveLoader('head', { LD_PRELOAD: absent }, folder), /^--head env\.LD_PRELOAD=.*absent\.so: object '.*absent\.so' from LD_PRELOAD cannot be preloaded.*The peers would run without it/);
  writeFileSync(join(folder, 'text.so'), 'no library');
  await refuses(proveLoader('head', { LD_PRELOAD: './text.so' }, folder), /text\.so.*cannot be preloaded/);
  await refuses(proveLoader('head', { LD_LIBRARY_PATH: `${folder}:${absent}` }, folder), /^--head env\.LD_LIBRARY_PATH=.* names .*absent\.so, which is no directory/);
});

test('a runtime that cannot load the core, or closes the channel it is given, cannot host a peer', async ({ folder }) => {
  const node = { name: 'node', version: process.version, file: process.execPath, args: [] } as const;
  await refuses(proveRuntime('base', node, join(folder, 'no.node')), /^--base runtime=: node v[\d.]+ cannot host a peer \(.*no\.node.*\)\. Name a node, 20\.19 or newer\.$/);
  const file = script(folder, 'exec 3>&-; echo "Socket is closed" >&2; exit 1');
  await refuses(proveRuntime('head', { name: 'bun', version: '1.2.3', file, args: [] }, ''), /^--head runtime=: bun 1\.2\.3 cannot host a peer \(Socket is closed\)/);
  await proveRuntime('base', node, (await loadNative()).addonPath);
});

test.run();
