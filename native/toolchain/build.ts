import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildTargets, type Variant } from './build-targets.js';
import { withLock } from './lock.js';
import { machine, packageRoot } from './paths.js';
import { stamp } from './stamp.js';
import { targetsIn, type Target } from './targets.js';

export { MissingCompiler } from './compile.js';
export { isStale } from './stamp.js';

export interface BuildOptions {
  /** The package's folder. */
  readonly root?: string;
  /** Where the products go; native/build/<platform>-<arch> unless given. */
  readonly directory?: string;
  /** An addon built with `sanitize` would need the sanitizers in Node too. */
  readonly variant?: Variant;
  /** Names of targets; all that can be built here unless given. */
  readonly targets?: readonly string[];
}

export interface BuildResult {
  readonly directory: string;
  /** Compiler runs that were needed; 0 when everything was up to date. */
  readonly commands: number;
  readonly durationMs: number;
}

/**
 * Builds the products of targets.ts with the C++ compiler alone: nothing is downloaded, nothing but a compiler is
 * needed. Safe to run twice at once. Rejects with MissingCompiler, or with what the compiler said.
 */
export async function buildNative(options: BuildOptions = {}): Promise<BuildResult> {
  const started = new Date();
  const root = options.root ?? packageRoot();
  const variant = options.variant ?? 'release';
  const directory = options.directory ?? defaultDirectory(root, variant);
  mkdirSync(directory, { recursive: true });
  const targets = selectTargets(targetsIn(root), options.targets);
  const commands = await withLock(join(directory, '.lock'), async () => {
    const done = await buildTargets({ root, directory, targets, variant });
    if (options.targets === undefined) stamp(directory, started);
    return done;
  });
  return { directory, commands, durationMs: Date.now() - started.getTime() };
}

export function defaultDirectory(root: string, variant: Variant = 'release'): string {
  return join(root, 'native', 'build', variant === 'release' ? machine() : `${machine()}-${variant}`);
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

/** The wanted targets and the parts that go into them. */
function selectTargets(all: readonly Target[], wanted: readonly string[] | undefined): readonly Target[] {
  if (wanted === undefined) return all;
  const selected = all.filter((target) => wanted.includes(target.name));
  const needed = new Set(selected.flatMap((target) => [target.name, ...target.parts]));
  return all.filter((target) => needed.has(target.name));
}
