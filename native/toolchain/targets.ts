import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';

/** One product, or one part of a product: what the compiler has to be told. */
export interface Target {
  readonly name: string;
  readonly kind: 'part' | 'executable' | 'addon';
  /** Names of the targets whose objects are linked into this one. */
  readonly parts: readonly string[];
  /** Relative to native/. */
  readonly sources: readonly string[];
  readonly compileFlags: readonly string[];
  readonly linkFlags: readonly string[];
}

/**
 * Everything that is built from native/ of the package in `root`. A source belongs to a target by its folder, so that
 * a new file needs no line here; a test holds that every source belongs to one target.
 */
export function targetsIn(root: string): Target[] {
  const native = join(root, 'native');
  const inFolder = (folder: string): string[] => sourcesIn(native, folder);
  const core = ownFoldersOf(native, 'src').filter((folder) => !foldersBesideCore.has(folder));
  const system = systemFolder(native, process.platform);
  const targets: Target[] = [
    {
      ...executable('ipcbench-core'),
      kind: 'part',
      parts: [],
      sources: [
        ...inFolder('src').filter((source) => source !== mainSource && !isForOneCpu(source)),
        ...[...core, system].flatMap((folder) => sourcesBelow(native, folder)),
        cpuSourceOf(process.arch),
      ],
    },
    { ...executable('ipcbench-peer'), sources: [mainSource] },
    { ...executable('ipcbench-launcher'), sources: inFolder('src/launcher') },
    {
      ...executable('ipcbench'),
      kind: 'addon',
      sources: ['src/addon', 'src/syscalls'].flatMap((folder) => sourcesBelow(native, folder)),
      compileFlags: [...warningFlags, '-O1', ...languageFlags, ...addonFlags(root)],
    },
  ];
  // Only a checkout has these.
  if (existsSync(join(native, 'control'))) {
    targets.push(
      { ...executable('ipcbench-twin'), parts: [], sources: inFolder('control') },
      { ...executable('ipcbench-tests'), sources: inFolder('test'), linkFlags: [...linkFlags, '-pthread'] },
    );
  }
  return targets;
}

const mainSource = 'src/main.cc';
const foldersBesideCore = new Set(['src/addon', 'src/launcher', 'src/os', 'src/syscalls']);

const warningFlags = ['-Wall', '-Wextra', '-Werror', '-fPIC', '-fvisibility=hidden'];
const languageFlags = ['-std=c++20', '-fno-exceptions', '-fno-rtti', '-D_GNU_SOURCE'];
const linkFlags = ['-static-libstdc++', '-static-libgcc'];

function executable(name: string): Omit<Target, 'sources'> {
  return {
    name,
    kind: 'executable',
    parts: ['ipcbench-core'],
    compileFlags: ['-O3', ...warningFlags, ...languageFlags],
    linkFlags,
  };
}

/** What differs between systems: src/os/ has the headers, and one folder for each system there is code for. */
export function systemFolder(native: string, platform: string): string {
  const folders = ownFoldersOf(native, 'src/os');
  const folder = `src/os/${platform}`;
  if (folders.includes(folder)) return folder;
  const names = folders.map((path) => posix.basename(path)).join(', ');
  throw new Error(`ipcbench cannot run on ${platform}: it has code for ${names} alone.`);
}

/** One of these is compiled: the checksum with the instructions of this CPU. */
function cpuSourceOf(arch: string): string {
  return arch === 'x64' || arch === 'arm64' ? `src/crc32c_${arch}.cc` : 'src/crc32c_other.cc';
}

const isForOneCpu = (source: string): boolean => /crc32c_(?:x64|arm64|other)\.cc$/.test(source);

function addonFlags(root: string): string[] {
  const packageFile = join(root, 'package.json');
  const { resolve } = createRequire(packageFile);
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  return [
    '-DNAPI_VERSION=8',
    '-DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS',
    `-DIPCBENCH_VERSION="${version}"`,
    `-I${join(dirname(resolve('node-api-headers/package.json')), 'include')}`,
    `-I${dirname(resolve('node-addon-api/package.json'))}`,
  ];
}

function ownFoldersOf(native: string, folder: string): string[] {
  return readdirSync(join(native, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => posix.join(folder, entry.name))
    .sort();
}

function sourcesBelow(native: string, folder: string): string[] {
  const deeper = ownFoldersOf(native, folder).flatMap((inner) => sourcesBelow(native, inner));
  return [...sourcesIn(native, folder), ...deeper];
}

/** In the order of their names, so that a product is linked alike everywhere. */
function sourcesIn(native: string, folder: string): string[] {
  return readdirSync(join(native, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.cc'))
    .map((entry) => posix.join(folder, entry.name))
    .sort();
}
