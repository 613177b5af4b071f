import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilerCommand, make } from './compile.js';
import { runInParallel } from './run-in-parallel.js';
import type { Target } from './targets.js';

/** `sanitize`: with AddressSanitizer and UndefinedBehaviorSanitizer. */
export type Variant = 'release' | 'sanitize';

export interface TargetBuild {
  readonly root: string;
  /** Where objects and products go. */
  readonly directory: string;
  readonly targets: readonly Target[];
  readonly variant: Variant;
}

/** Compiles and links what is out of date. Gives how many compiler runs that took. */
export async function buildTargets(build: TargetBuild): Promise<number> {
  // napi.h is most of what each file of the addon costs to compile, so it is compiled once for all of them.
  const prefixes = new Map(
    build.targets
      .filter((target) => target.kind === 'addon')
      .map((target) => [target.name, prefixHeader(join(build.directory, 'objects', target.name))]),
  );
  const headers = build.targets.flatMap((target) => {
    const header = prefixes.get(target.name);
    return header === undefined ? [] : [() => compileHeader(build, target, header)];
  });
  const objects = build.targets.flatMap((target) =>
    objectsOf(build, target).map((file) => () => compileSource(build, target, { ...file, prefixes })),
  );
  const products = build.targets.filter((target) => target.kind !== 'part').map((target) => () => link(build, target));
  let commands = 0;
  for (const jobs of [headers, objects, products]) commands += await runInParallel(jobs);
  return commands;
}

const variantFlags: Readonly<Record<Variant, readonly string[]>> = {
  release: [],
  sanitize: ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer', '-g', '-O1'],
};

interface SourceFile {
  readonly source: string;
  readonly object: string;
}

function objectsOf({ root, directory }: TargetBuild, target: Target): SourceFile[] {
  return target.sources.map((source) => ({
    source: join(root, 'native', source),
    object: join(directory, 'objects', target.name, `${source}.o`),
  }));
}

function compileHeader({ variant }: TargetBuild, target: Target, header: string): Promise<boolean> {
  const flags = [...target.compileFlags, ...variantFlags[variant]];
  return make(`${header}.gch`, [header], [...compilerCommand(), ...flags, '-x', 'c++-header', '-c', header]);
}

function compileSource(
  { variant }: TargetBuild,
  target: Target,
  { source, object, prefixes }: SourceFile & { readonly prefixes: ReadonlyMap<string, string> },
): Promise<boolean> {
  const header = prefixes.get(target.name);
  const include = header === undefined ? [] : ['-include', header];
  const flags = [...target.compileFlags, ...variantFlags[variant], ...include];
  return make(object, [source], [...compilerCommand(), ...flags, '-c', source]);
}

/** The core goes into each product object by object: an archive between them would be one more file to keep in step. */
function link(build: TargetBuild, target: Target): Promise<boolean> {
  const parts = build.targets.filter((other) => other === target || target.parts.includes(other.name));
  // A target's own objects come first.
  parts.sort((a, b) => Number(b === target) - Number(a === target));
  const objects = parts.flatMap((part) => objectsOf(build, part).map(({ object }) => object));
  const shared = target.kind === 'addon' ? ['-shared'] : [];
  const flags = [...shared, ...variantFlags[build.variant], ...target.linkFlags];
  return make(join(build.directory, productName(target)), objects, [...compilerCommand(), ...flags, ...objects]);
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

const productName = (target: Target): string => (target.kind === 'addon' ? `${target.name}.node` : target.name);
