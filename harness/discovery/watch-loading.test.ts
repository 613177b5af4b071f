import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadedFiles } from './inspection.js';
import { loadTransports } from './load-transports.js';

const test = suite<{ folder: string }>('what a module loads');

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'wl-'));
});
test.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true, force: true });
});

const mine =
  `export default {
  name: 'mine', summary: 'A socketpair of my own.', platforms: ['linux'],
  guarantees: { framing: 'stream', ordered: true, reliable: true, eof: true, duplex: true, atomicWriteBytes: ` +
  `null, maxMessageBytes: null, backpressure: 'blocks' },
  arrange(tools) {
    const [initiator, responder] = tools.socketpair('stream');
    return { initiator: { spec: 'fd:{0}', descriptors: [initiator] }, responder: { spec: 'fd:{0}', ` +
  `descriptors: [responder] } };
  },
  coreDrivers: ['native'],
};
`;

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

const loadedBy = async (module: string): Promise<LoadedFiles> => {
  const { transports, failures } = await loadTransports({ modules: [module] });
  assert.equal(failures, []);
  const loaded = transports.find((one) => one.origin === 'user')?.loaded;
  if (loaded === undefined) throw new Error('it is not told');
  return loaded;
};

/** The same entry file; what it imports is written by `dependency`. */
const sideWith = (folder: string, side: string, imports: string, files: Readonly<Record<string, string>>): string => {
  const entry = join(folder, side, 'mine.mjs');
  write(entry, `${imports}\n${mine}`);
  for (const [name, text] of Object.entries(files)) write(join(folder, side, name), text);
  return entry;
};

test('a module alone is one file; under another name it is the same', async ({ folder }) => {
  const one = await loadedBy(sideWith(folder, 'a', '', {}));
  assert.equal([one.files, one.packages], [1, []]);
  assert.equal(await loadedBy(sideWith(folder, 'b', '', {})), one);
  write(join(folder, 'other-name.mjs'), `\n${mine}`);
  assert.equal(await loadedBy(join(folder, 'other-name.mjs')), one);
});

for (const [how, imports, name, before, after] of [
  ['imports', "import './part.mjs';", 'part.mjs', 'export const a = 1;', 'export const a = 2;'],
  [
    'requires',
    "import { createRequire } from 'node:module'; createRequire(import.meta.url)('./part.cjs');",
    'part.cjs',
    "require('./deep.json');",
    "require('./deep.json'); // other",
  ],
  [
    'requires as JSON',
    "import { createRequire } from 'node:module'; createRequire(import.meta.url)('./part.json');",
    'part.json',
    '{"a":1}',
    '{"a":2}',
  ],
] as const) {
  test(`what it ${how} is part of it: an equal entry file with another dependency is another transport`, async ({
    folder,
  }) => {
    const more = { 'deep.json': '{}' };
    const was = await loadedBy(sideWith(folder, 'a', imports, { [name]: before, ...more }));
    assert.ok(was.files >= 2);
    assert.equal(await loadedBy(sideWith(folder, 'b', imports, { [name]: before, ...more })), was);
    assert.is.not((await loadedBy(sideWith(folder, 'c', imports, { [name]: after, ...more }))).digest, was.digest);
  });
}

test('packages are named with their versions, its own left out', async ({ folder }) => {
  const packageOf = (name: string, version: string) => ({
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version, main: 'index.js' }),
    [`node_modules/${name}/index.js`]: `exports.version = '${version}';`,
  });
  const withVersion = (version: string) => ({
    'package.json': JSON.stringify({ name: 'own', version: '9.9.9' }),
    ...packageOf('wss', version),
    ...packageOf('@scope/part', '2.0.0-rc.1'),
  });
  const imports = "import 'wss'; import '@scope/part';";
  const [eight, nine] = [
    await loadedBy(sideWith(folder, 'a', imports, withVersion('8.18.0'))),
    await loadedBy(sideWith(folder, 'b', imports, withVersion('8.19.1'))),
  ];
  assert.equal(eight.packages, ['@scope/part 2.0.0-rc.1', 'wss 8.18.0']);
  assert.equal(nine.packages, ['@scope/part 2.0.0-rc.1', 'wss 8.19.1']);
  assert.is.not(eight.digest, nine.digest);
});

test.run();
