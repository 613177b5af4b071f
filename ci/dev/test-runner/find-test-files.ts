import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TestFile {
  /** Relative to the package: `harness/plan/plan.test.ts`. */
  readonly source: string;
  readonly built: string;
  readonly runBy: 'uvu' | 'node:test';
  /** From a line `// test-deadline-s: 600` in the source, where its reader sees it. */
  readonly deadlineS: number | undefined;
}

export interface FoundTests {
  readonly files: readonly TestFile[];
  /** Compiled tests whose source is gone: they would test what no longer exists, and are not run. */
  readonly stale: readonly string[];
  /** Sources that were never compiled: tests everybody believes to run. */
  readonly uncompiled: readonly string[];
  readonly unmatchedPatterns: readonly string[];
}

export const topFolders = ['suites', 'harness', 'native', 'reports', 'ci'] as const;

/**
 * Tests are named by their sources, and a pattern is a part of such a name; a source and its compiled file must both
 * exist. So a test written in another dialect (x.test.mjs), which nothing would run, counts as never compiled.
 */
export function findTestFiles(root: string, patterns: readonly string[]): FoundTests {
  const sources = topFolders
    .flatMap((folder) => list(root, folder))
    .filter((path) => /\.(test|proof)\.[cm]?[jt]sx?$/.test(path))
    .sort();
  const compiled = topFolders
    .flatMap((folder) => list(join(root, 'dist'), folder))
    .filter((path) => /\.(test|proof)\.js$/.test(path));
  const wanted = patterns.map(asSourceName);
  const matches = (source: string): boolean =>
    wanted.length === 0 || wanted.some((pattern) => source.includes(pattern));
  const all = sources.map((source) => asTestFile(root, source));
  return {
    files: all.filter((file) => existsSync(file.built) && matches(file.source)),
    stale: compiled
      .map((path) => `dist/${path}`)
      .filter((path) => !sources.includes(asSourceName(path)))
      .sort(),
    uncompiled: all.filter((file) => !existsSync(file.built) && matches(file.source)).map((file) => file.source),
    unmatchedPatterns: patterns.filter((_, index) => !sources.some((source) => source.includes(wanted[index] ?? ''))),
  };
}

function asSourceName(pattern: string): string {
  return pattern
    .replace(/^\.\//, '')
    .replace(/^dist\//, '')
    .replace(/\.js$/, '.ts');
}

function asTestFile(root: string, source: string): TestFile {
  const declared = /^\/\/ test-deadline-s: (\d+)$/m.exec(readFileSync(join(root, source), 'utf8'))?.[1];
  return {
    source,
    built: join(root, 'dist', source.replace(/\.[^.]+$/, '.js')),
    runBy: source.endsWith('.proof.ts') ? 'node:test' : 'uvu',
    deadlineS: declared === undefined ? undefined : Number(declared),
  };
}

function list(root: string, folder: string): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : list(root, `${folder}/${entry.name}`);
    return [`${folder}/${entry.name}`];
  });
}
