import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { compilerCommand, make } from './compile.js';
import { readGyp, type GypTarget } from './gyp.js';
import { withLock } from './lock.js';
import { machine, packageRoot } from './paths.js';

export { MissingCompiler } from './compile.js';

export interface BuildOptions {
  /** The package's folder; where native/binding.gyp is. */
  readonly root?: string;
  /** Where the products go; native/build/<platform>-<arch> unless given. */
  readonly directory?: string;
  /**
   * `sanitize`: with AddressSanitizer and UndefinedBehaviorSanitizer. An addon built so would need them in Node too.
   */
  readonly variant?: 'release' | 'sanitize';
  /** Names of binding.gyp's targets; all that can be built here unless given. */
  readonly targets?: readonly string[];
}

export interface BuildResult {
  readonly directory: string;
  /** Compiler runs that were needed; 0 when everything was up to date. */
  readonly commands: number;
  readonly durationMs: number;
}

/** Files whose times tell whether a build is up to date. */
const sourceFolders = ['src', 'control', 'test'];

/**
 * Builds the products that binding.gyp lists with the C++ compiler alone: nothing is downloaded, nothing but a compiler
 * is needed. Safe to run twice at once. Rejects with MissingCompiler, or with what the compiler said.
 */
export async function buildNative(options: BuildOptions = {}): Promise<BuildResult> {
  const started = new Date();
  const root = options.root ?? packageRoot();
  const variant = options.variant ?? 'release';
  const directory = options.directory ?? defaultDirectory(root, variant);
  mkdirSync(directory, { recursive: true });
  const targets = targetsOf(root, options.targets);
  const commands = await withLock(join(directory, '.lock'), async () => {
    const done = await buildTargets(root, directory, targets, variant);
    if (options.targets === undefined) stamp(directory, started);
    return done;
  });
  return { directory, commands, durationMs: Date.now() - started.getTime() };
}

export function defaultDirectory(root: string, variant: 'release' | 'sanitize' = 'release'): string {
  return join(root, 'native', 'build', variant === 'release' ? machine() : `${machine()}-${variant}`);
}

/**
 * Whether a source is newer than the build in `directory`. Only a checkout asks: an installed package's times mean
 * nothing.
 */
export function isStale(root: string, directory: string): boolean {
  const built = statSync(join(directory, stampName), { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) return true;
  const native = join(root, 'native');
  const files = sourceFolders
    .filter((folder) => existsSync(join(native, folder)))
    .flatMap((folder) => filesIn(join(native, folder)));
  return [join(native, 'binding.gyp'), ...files].some((file) => statSync(file).mtimeMs > built);
}

/** Whether a build could be written there. */
export function isWritable(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const stampName = '.built';

/** The stamp bears the time the build began: a source saved while the compiler ran is newer than it. */
function stamp(directory: string, started: Date): void {
  const path = join(directory, stampName);
  writeFileSync(path, '');
  utimesSync(path, started, started);
}

function targetsOf(root: string, wanted: readonly string[] | undefined): GypTarget[] {
  const native = join(root, 'native');
  const development = existsSync(join(native, 'control')) ? '1' : '0';
  const all = readGyp(join(native, 'binding.gyp'), { target_arch: process.arch, development });
  const selected = wanted === undefined ? all : all.filter((target) => wanted.includes(target.name));
  const needed = new Set(selected.flatMap((target) => [target.name, ...target.dependencies]));
  return all.filter((target) => needed.has(target.name));
}

async function buildTargets(
  root: string,
  directory: string,
  targets: readonly GypTarget[],
  variant: 'release' | 'sanitize',
): Promise<number> {
  const native = join(root, 'native');
  const compiler = compilerCommand();
  const sanitizers = [
    '-fsanitize=address,undefined',
    '-fno-sanitize-recover=all',
    '-fno-omit-frame-pointer',
    '-g',
    '-O1',
  ];
  const extra = variant === 'sanitize' ? sanitizers : [];
  const objectsOf = (target: GypTarget): { source: string; object: string }[] =>
    target.sources.map((source) => ({
      source: join(native, source),
      object: join(directory, 'objects', target.name, `${source}.o`),
    }));

  // napi.h is most of what each file of the addon costs to compile, so it is compiled once for all of them.
  const prefixes = new Map(
    targets
      .filter((target) => target.type === 'loadable_module')
      .map((target) => [target.name, prefixHeader(join(directory, 'objects', target.name))]),
  );
  let commands = await inParallel(
    targets.flatMap((target) => {
      const header = prefixes.get(target.name);
      return header === undefined
        ? []
        : [
            () =>
              make(
                `${header}.gch`,
                [header],
                [...compiler, ...target.compileFlags, ...extra, '-x', 'c++-header', '-c', header],
              ),
          ];
    }),
  );
  const compilations = targets.flatMap((target) => {
    const header = prefixes.get(target.name);
    const include = header === undefined ? [] : ['-include', header];
    return objectsOf(target).map(
      ({ source, object }) =>
        () =>
          make(object, [source], [...compiler, ...target.compileFlags, ...extra, ...include, '-c', source]),
    );
  });
  commands += await inParallel(compilations);

  // The core goes into each product object by object: an archive between them would be one more file to keep in step.
  const byName = new Map(targets.map((target) => [target.name, target]));
  const links = targets
    .filter((target) => target.type !== 'static_library')
    .map((target) => () => {
      const parts = [target, ...target.dependencies.map((name) => byName.get(name)!)].flatMap((part) =>
        objectsOf(part).map(({ object }) => object),
      );
      const shared = target.type === 'loadable_module' ? ['-shared'] : [];
      return make(join(directory, productName(target)), parts, [
        ...compiler,
        ...shared,
        ...extra,
        ...target.linkFlags,
        ...parts,
      ]);
    });
  commands += await inParallel(links);
  return commands;
}

/**
 * A header whose precompiled form stands beside it, where g++ and clang look for one; without it they read the header
 * itself.
 */
function prefixHeader(folder: string): string {
  const path = join(folder, 'napi-prefix.h');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path)) writeFileSync(path, '#include <napi.h>\n');
  return path;
}

const productName = (target: GypTarget): string =>
  target.type === 'loadable_module' ? `${target.name}.node` : target.name;

/**
 * Runs jobs, as many at once as there are CPUs up to four, and counts those that did something. The first failure wins.
 */
async function inParallel(jobs: readonly (() => Promise<boolean>)[]): Promise<number> {
  const waiting = [...jobs];
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      try {
        if (await job()) done += 1;
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
  return done;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(cc|h)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
