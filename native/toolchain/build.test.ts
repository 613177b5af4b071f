// test-deadline-s: 600
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildNative, isStale, MissingCompiler } from './build.js';
import { compilerCommand, make } from './compile.js';
import { loadNative } from '../load.js';
import { withLock } from './lock.js';
import { machine, packageRoot } from './paths.js';
import { systemFolder, targetsIn } from './targets.js';

const test = suite<{ folder: string }>('build');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'ipcbench-build-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const root = packageRoot();

/** The files that an installed package has, without its TypeScript: enough to build and to load from. */
function installedPackage(folder: string): string {
  const installed = join(folder, 'package');
  mkdirSync(join(installed, 'native'), { recursive: true });
  copyFileSync(join(root, 'package.json'), join(installed, 'package.json'));
  cpSync(join(root, 'native', 'src'), join(installed, 'native', 'src'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'));
  return installed;
}

/** Products that were made elsewhere, put where a package or a cache has them. */
async function placeProducts(directory: string): Promise<void> {
  const native = await loadNative();
  mkdirSync(directory, { recursive: true });
  copyFileSync(native.addonPath, join(directory, 'ipcbench.node'));
  copyFileSync(native.peerPath, join(directory, 'ipcbench-peer'));
  copyFileSync(native.launcherPath, join(directory, 'ipcbench-launcher'));
}

/** Runs `work` with these environment variables. */
async function withEnvironment<T>(changes: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const before = Object.keys(changes).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, changes);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

async function rejection(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not reject');
}

test('every source belongs to one target, and none to two', () => {
  const listed = targetsIn(root).flatMap(({ sources }) => sources);
  assert.is(new Set(listed).size, listed.length);
  const native = join(root, 'native');
  const found = ['src', 'control', 'test']
    .flatMap((folder) => readdirSync(join(native, folder), { withFileTypes: true, recursive: true }))
    .filter((entry) => entry.name.endsWith('.cc'))
    .map((entry) => join(entry.parentPath, entry.name).slice(native.length + 1));
  const otherCpus = found.filter((path) => /crc32c_(x64|arm64|other)\.cc$/.test(path) && !listed.includes(path));
  assert.is(otherCpus.length, 2);
  assert.equal([...listed, ...otherCpus].sort(), found.sort());
});

test('a system without code of its own is refused by a sentence', () => {
  const native = join(root, 'native');
  assert.is(systemFolder(native, 'linux'), 'src/os/linux');
  assert.throws(() => systemFolder(native, 'aix'), /^ipcbench cannot run on aix: it has code for linux alone\.$/);
});

test('an installed package has no targets of development', ({ folder }) => {
  assert.equal(
    targetsIn(installedPackage(folder)).map(({ name }) => name),
    ['ipcbench-core', 'ipcbench-peer', 'ipcbench-launcher', 'ipcbench'],
  );
});

test('a file is compiled again when it, a header of it or its command changed, and not otherwise', async ({
  folder,
}) => {
  const [source, header, object] = [join(folder, 'a file.cc'), join(folder, 'a.h'), join(folder, 'out', 'a.o')];
  writeFileSync(source, '#include "a.h"\n');
  writeFileSync(header, '');
  const command = [...compilerCommand(), '-c', source];
  const later = (path: string, seconds: number): void =>
    utimesSync(path, Date.now() / 1000 + seconds, Date.now() / 1000 + seconds);
  assert.is(await make(object, [source], command), true);
  assert.is(await make(object, [source], command), false);
  later(header, 10);
  assert.is(await make(object, [source], command), true);
  later(header, -10);
  later(source, 20);
  assert.is(await make(object, [source], command), true);
  later(source, -10);
  assert.is(await make(object, [source], command), false);
  assert.is(await make(object, [source], [...command, '-O2']), true);
});

test('a compiler that fails leaves nothing, and its words are in the error', async ({ folder }) => {
  const source = join(folder, 'a.cc');
  const object = join(folder, 'a.o');
  writeFileSync(source, '#error this is why\n');
  const error = await rejection(make(object, [source], [...compilerCommand(), '-c', source]));
  assert.match(error.message, /^The C\+\+ compiler failed \(exit 1\): .*\n[^]*this is why/);
  assert.equal(readdirSync(folder), ['a.cc']);
});

test('CXX may be a name, or a launcher with options', () => {
  assert.equal(compilerCommand({}), ['g++']);
  assert.equal(compilerCommand({ CXX: '' }), ['g++']);
  assert.equal(compilerCommand({ CXX: 'ccache  clang++ -m64' }), ['ccache', 'clang++', '-m64']);
});

test('without a compiler the error is a sentence that names it and the way out', async ({ folder }) => {
  const installed = installedPackage(folder);
  const error = await withEnvironment({ CXX: 'no-such-compiler' }, () => rejection(buildNative({ root: installed })));
  assert.instance(error, MissingCompiler);
  assert.is(
    error.message,
    `The native core is not built for ${machine()}, and the compiler 'no-such-compiler' was not found. ` +
      'Install a C++20 compiler (the package is called g++ on Debian, Ubuntu and Alpine, gcc-c++ on Fedora) or ' +
      "name one in CXX, then run 'ipcbench build'.",
  );
});

test('an installed package is built on first use, says so once, and is then found', async ({ folder }) => {
  const installed = installedPackage(folder);
  const said: string[] = [];
  const first = await loadNative({ root: installed, onBuild: (sentence) => said.push(sentence) });
  assert.is(first.directory, join(installed, 'native', 'build', machine()));
  assert.is(first.referencePath, null);
  assert.equal(said, [`Building the native core for ${machine()} into ${first.directory} (once; a few seconds).`]);
  // Newer sources mean nothing outside a checkout.
  utimesSync(join(installed, 'native', 'src', 'peer.cc'), Date.now() / 1000 + 100, Date.now() / 1000 + 100);
  await loadNative({ root: installed, onBuild: (sentence) => said.push(sentence) });
  assert.is(said.length, 1);
});

test('a prebuild is used without a compiler', async ({ folder }) => {
  const installed = installedPackage(folder);
  const prebuilds = join(installed, 'native', 'prebuilds', machine());
  await placeProducts(prebuilds);
  const native = await withEnvironment({ CXX: 'no-such-compiler' }, () => loadNative({ root: installed }));
  assert.is(native.directory, prebuilds);
});

test('a prebuild that does not load here gives way to a build', async ({ folder }) => {
  const installed = installedPackage(folder);
  const prebuilds = join(installed, 'native', 'prebuilds', machine());
  await placeProducts(prebuilds);
  writeFileSync(join(prebuilds, 'ipcbench.node'), 'made for another machine');
  const error = await withEnvironment({ CXX: 'no-such-compiler' }, () =>
    rejection(loadNative({ root: installed, onBuild: () => undefined })),
  );
  assert.instance(error, MissingCompiler);
});

test('where the package is read-only, the cache folder of the user is used', async ({ folder }) => {
  const installed = installedPackage(folder);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const cached = join(folder, 'cache', 'ipcbench', version, machine());
  await placeProducts(cached);
  // A file where the folder should be cannot be written into, not even by root.
  writeFileSync(join(installed, 'native', 'build'), '');
  const native = await withEnvironment({ XDG_CACHE_HOME: join(folder, 'cache'), CXX: 'no-such-compiler' }, () =>
    loadNative({ root: installed }),
  );
  assert.is(native.directory, cached);
  rmSync(cached, { recursive: true });
  const said: string[] = [];
  await withEnvironment({ XDG_CACHE_HOME: join(folder, 'cache'), CXX: 'no-such-compiler' }, () =>
    rejection(loadNative({ root: installed, onBuild: (sentence) => said.push(sentence) })),
  );
  assert.ok(said[0]?.includes(cached), said[0]);
});

test('a checkout is stale when a source is newer than its build', ({ folder }) => {
  const native = join(folder, 'native');
  mkdirSync(join(native, 'src'), { recursive: true });
  mkdirSync(join(native, 'test'));
  const directory = join(native, 'build', machine());
  mkdirSync(directory, { recursive: true });
  for (const file of ['src/a.cc', 'test/peers.ts']) writeFileSync(join(native, file), '');
  assert.is(isStale(folder, directory), true);
  writeFileSync(join(directory, '.built'), '');
  const at = (path: string, seconds: number): void => utimesSync(path, seconds, seconds);
  at(join(directory, '.built'), 1000);
  for (const file of ['src/a.cc']) at(join(native, file), 999);
  assert.is(isStale(folder, directory), false);
  at(join(native, 'src', 'a.cc'), 1001);
  assert.is(isStale(folder, directory), true);
});

test('two builds at once make one product, whole', async ({ folder }) => {
  const installed = installedPackage(folder);
  const [a, b] = await Promise.all([
    buildNative({ root: installed, targets: ['ipcbench-peer'] }),
    buildNative({ root: installed, targets: ['ipcbench-peer'] }),
  ]);
  assert.is(Math.min(a.commands, b.commands), 0);
  const peer = spawnSync(join(a.directory, 'ipcbench-peer'), [], { encoding: 'utf8' });
  assert.equal([peer.status, peer.stderr], [2, 'ipcbench-peer: --role is missing: initiator, responder or relay.\n']);
});

test('a lock keeps others waiting, and one of a dead process is taken over', async ({ folder }) => {
  const path = join(folder, 'lock');
  const order: string[] = [];
  let release = (): void => undefined;
  const first = withLock(path, () => {
    order.push('first');
    return new Promise<void>((resolve) => (release = resolve));
  });
  let pauses = 0;
  const pause = async (): Promise<void> => {
    pauses += 1;
    if (pauses < 3) return;
    assert.equal(order, ['first']);
    release();
    await first;
  };
  const second = withLock(path, async () => void order.push('second'), pause);
  await Promise.all([first, second]);
  assert.equal(order, ['first', 'second']);
  assert.not.ok(existsSync(path));

  const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await new Promise((resolve) => gone.once('exit', resolve));
  writeFileSync(path, `${gone.pid}\n`);
  assert.is(await withLock(path, async () => 'done'), 'done');
});

test('the products are executables that need the C library alone', async () => {
  const { peerPath, addonPath } = await loadNative();
  assert.ok((statSync(peerPath).mode & 0o111) !== 0);
  for (const path of [peerPath, addonPath]) {
    const { stdout, error } = spawnSync('ldd', [path], { encoding: 'utf8' });
    if (error !== undefined) continue;
    assert.not.match(stdout, /libstdc\+\+|libgcc/);
  }
});

test.run();
