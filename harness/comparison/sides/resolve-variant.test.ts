import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { differencesFromHere, type Found } from './resolve-variant.js';

const test = suite<{ folder: string }>('what distinguishes a side');

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'rv-'));
});
test.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true, force: true });
});

const NOTHING: Found = { tree: null, own: [], runtime: null, env: {}, wrap: [], cwd: '/' };
const differences = (found: Partial<Found>, node = process.execPath): string[] =>
  differencesFromHere({ ...NOTHING, ...found }, node);
const runtime = (path: string): Found['runtime'] => ({ name: 'node', version: 'v22.0.0', file: path, args: [], path });

test('this installation differs in nothing, and so does one that is told what is so already', () => {
  assert.equal(differences({}), []);
  assert.equal(differences({ runtime: runtime(process.execPath) }), []);
  assert.equal(differences({ env: { PATH: process.env['PATH'] ?? '' } }), []);
});

test('a runtime under another name is the same one: by a link, and by a copy', ({ folder }) => {
  for (const name of ['a', 'other']) writeFileSync(join(folder, name), `#!/bin/sh\n# ${name}\n`);
  const node = join(folder, 'a');
  symlinkSync(node, join(folder, 'link'));
  copyFileSync(node, join(folder, 'copy'));
  assert.equal(differences({ runtime: runtime(join(folder, 'link')) }, node), []);
  assert.equal(differences({ runtime: runtime(join(folder, 'copy')) }, node), []);
  assert.is(differences({ runtime: runtime(join(folder, 'other')) }, node).length, 1);
});

test('a library under two names is one, wherever the path begins, and another is another', ({ folder }) => {
  mkdirSync(join(folder, 'b'));
  for (const [name, text] of [
    ['mine.so', 'one'],
    ['b/renamed.so', 'one'],
    ['other.so', 'two'],
  ] as const)
    writeFileSync(join(folder, name), text);
  const preload = (path: string): string[] => differences({ env: { LD_PRELOAD: path }, cwd: folder });
  assert.equal(preload(join(folder, 'mine.so')), preload('./b/renamed.so'));
  assert.is.not(preload('mine.so')[0], preload('other.so')[0]);
});

test('a wrapper is its words, of files their contents', ({ folder }) => {
  for (const name of ['x', 'y']) writeFileSync(join(folder, name), 'same');
  assert.equal(
    differences({ wrap: [join(folder, 'x'), '-c', '2'] }),
    differences({ wrap: [join(folder, 'y'), '-c', '2'] }),
  );
  assert.is.not(differences({ wrap: ['taskset', '-c', '1'] })[0], differences({ wrap: ['taskset', '-c', '2'] })[0]);
});

test.run();
