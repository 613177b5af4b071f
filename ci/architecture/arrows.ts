import { posix } from 'node:path';
import { readImports } from './read-imports.js';

/** A part of the tree that the rules speak of: the longest prefix that fits a path is its part. */
const parts = [
  'suites/',
  'suites/conformance/fault-injection/',
  'native/',
  'reports/',
  'reports/schema/',
  'ci/',
  'ci/study/',
  'ci/test-runner/skip.ts',
  'harness/',
  'harness/model/',
  'harness/outcome/',
  'harness/define.ts',
  'harness/trial/trial.ts',
  'harness/cli/',
  'harness/stats/',
  'harness/plan/',
  'harness/runner/index.ts',
  'harness/runner/run-plan.ts',
] as const;
export type Part = (typeof parts)[number];

const runnerFace: readonly Part[] = ['harness/runner/index.ts', 'harness/runner/run-plan.ts'];
const harness: readonly Part[] = [
  'harness/',
  'harness/model/',
  'harness/outcome/',
  'harness/define.ts',
  'harness/trial/trial.ts',
  'harness/stats/',
  'harness/plan/',
  ...runnerFace,
];
const harnessRule: readonly Part[] = [...harness, 'native/'];

/**
 * What each part may import. suites/ is on no list but its own: whoever runs it finds it by directory, never by name.
 * The faults are no suite: they are what `ipcbench self-test`, a command, is about.
 */
const mayImport: Readonly<Record<Part, readonly Part[]>> = {
  'harness/model/': ['harness/model/'],
  // What verdicts come to is asked by the rule that decides and by all that draw: one answer for both.
  'harness/outcome/': ['harness/outcome/', 'harness/model/'],
  'harness/define.ts': ['harness/model/', 'harness/trial/trial.ts', 'native/'],
  'harness/trial/trial.ts': ['harness/model/', 'native/'],
  'suites/': ['suites/', 'suites/conformance/fault-injection/', 'harness/model/', 'harness/define.ts'],
  'suites/conformance/fault-injection/': [
    'suites/',
    'suites/conformance/fault-injection/',
    'harness/model/',
    'harness/define.ts',
  ],
  'native/': ['native/', 'harness/model/'],
  'harness/': harnessRule,
  'harness/stats/': ['harness/stats/', 'harness/', 'harness/model/', 'harness/plan/'],
  'harness/plan/': ['harness/plan/', 'harness/', 'harness/model/', 'harness/define.ts', 'harness/stats/'],
  'harness/runner/index.ts': harnessRule,
  'harness/runner/run-plan.ts': harnessRule,
  'harness/cli/': [
    ...harnessRule,
    'harness/cli/',
    'suites/conformance/fault-injection/',
    'reports/',
    'reports/schema/',
    'ci/',
  ],
  'reports/': ['reports/', 'reports/schema/', 'harness/model/', 'harness/outcome/'],
  'reports/schema/': ['reports/', 'reports/schema/', 'harness/model/', 'harness/outcome/'],
  // harness/plan/ draws orders from a seed, and harness/stats/ is arithmetic: a decision drawn from the same order
  // statistics as the report's intervals cannot contradict them.
  'ci/': [
    'ci/',
    'ci/test-runner/skip.ts',
    'reports/schema/',
    'harness/model/',
    'harness/outcome/',
    'harness/stats/',
    'harness/plan/',
    ...runnerFace,
  ],
  // Studies look at how the parts work together, and ship nowhere.
  'ci/study/': [
    'ci/',
    'ci/study/',
    'ci/test-runner/skip.ts',
    'reports/',
    'reports/schema/',
    ...harness,
    'harness/cli/',
  ],
  'ci/test-runner/skip.ts': [],
};

/** A test stands beside its subject and may take what it needs to bring the subject about. */
const testMayAlsoImport: Partial<Record<Part, readonly Part[]>> = {
  'suites/': harnessRule,
  'suites/conformance/fault-injection/': harnessRule,
  'native/': harness,
  'harness/runner/run-plan.ts': ['suites/conformance/fault-injection/'],
  'harness/': ['suites/conformance/fault-injection/'],
  'harness/cli/': ['ci/study/'],
  'ci/': ['reports/'],
  // The made-up reports of tests are ranked as real ones are.
  'reports/': ['harness/stats/'],
};

/**
 * One sentence for every import of this source that goes against the arrows. Paths are relative to the package, with
 * slashes.
 */
export function forbiddenImports(path: string, source: string): string[] {
  const from = partOf(path);
  return readImports(source).flatMap(({ specifier, isTypeOnly }) => {
    if (!specifier.startsWith('.')) {
      const isNodesOwnType = isTypeOnly && specifier.startsWith('node:');
      return from === 'harness/model/' && !isNodesOwnType
        ? [`${path} imports ${specifier}: harness/model imports nothing but types of Node`]
        : [];
    }
    const target = posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts');
    // The package's own name and version, and what a test stands on, are data; they are no arrow.
    if (target === 'package.json') return [];
    const to = partOf(target);
    if (to === undefined || from === undefined)
      return [`${path} imports ${target}, which is in none of the folders of this package`];
    if (!allowed(from, isTest(path)).includes(to)) return [`${path} imports ${target}: ${from} may not import ${to}`];
    if (from === 'native/' && to === 'harness/model/' && !isTypeOnly)
      return [`${path} imports ${target} as a value: native/ takes types only`];
    return [];
  });
}

export function isTest(path: string): boolean {
  return /\.(test|proof|fixture)\.ts$/.test(path) || path.includes('/fixtures/') || path.includes('/golden/');
}

function allowed(from: Part, test: boolean): readonly Part[] {
  return test ? [...mayImport[from], ...(testMayAlsoImport[from] ?? []), 'ci/test-runner/skip.ts'] : mayImport[from];
}

function partOf(path: string): Part | undefined {
  return parts.filter((part) => path.startsWith(part)).sort((a, b) => b.length - a.length)[0];
}
