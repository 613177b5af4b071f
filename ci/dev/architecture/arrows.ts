import { posix } from 'node:path';
import { readImports, type Import } from './read-imports.js';

/** A part of the tree that the rules speak of: the longest prefix that fits a path is its part. */
const parts = [
  'suites/',
  'suites/conformance/fault-injection/',
  'native/',
  'reports/',
  'reports/schema/',
  'ci/',
  'ci/dev/',
  'ci/dev/test-runner/skip.ts',
  'harness/',
  'harness/model/',
  'harness/outcome/',
  'harness/define.ts',
  'harness/check-run/check-run.ts',
  'harness/check-run/host.ts',
  'harness/peer/open-endpoint.ts',
  'harness/peer/place-in-stack',
  'harness/discovery/suite-modules.ts',
  'harness/stats/',
  'harness/plan/',
  'harness/runner/turns.ts',
  'harness/saving/',
  'harness/comparison/',
  'harness/self-test/',
  'harness/uvu/',
  'harness/cli/',
] as const;
export type Part = (typeof parts)[number];

const FAULTS = 'suites/conformance/fault-injection/';

/** What runs, and every room of harness/ that knows neither reports/ nor ci/ nor the faults. */
const running: readonly Part[] = [
  'harness/',
  'harness/model/',
  'harness/outcome/',
  'harness/define.ts',
  'harness/check-run/check-run.ts',
  'harness/check-run/host.ts',
  'harness/peer/open-endpoint.ts',
  'harness/peer/place-in-stack',
  'harness/discovery/suite-modules.ts',
  'harness/stats/',
  'harness/plan/',
  'harness/runner/turns.ts',
  'harness/saving/',
];
const harnessRule: readonly Part[] = [...running, 'native/'];

/**
 * What each part may import. suites/ is on no list but its own: whoever runs it finds it by directory, never by name.
 * The faults are no suite: they are what `ipcbench self-test`, a command, is about.
 */
const mayImport: Readonly<Record<Part, readonly Part[]>> = {
  'harness/model/': ['harness/model/'],
  // What verdicts come to is asked by the rule that decides and by all that draw: one answer for both.
  'harness/outcome/': ['harness/outcome/', 'harness/model/'],
  'harness/define.ts': ['harness/model/', 'harness/check-run/check-run.ts', 'native/'],
  'harness/check-run/check-run.ts': ['harness/model/', 'native/'],
  'suites/': ['suites/', FAULTS, 'harness/model/', 'harness/define.ts'],
  'suites/conformance/fault-injection/': ['suites/', FAULTS, 'harness/model/', 'harness/define.ts'],
  'native/': ['native/', 'harness/model/'],
  'harness/': harnessRule,
  // Processes in which a fault is injected import it themselves.
  'harness/check-run/host.ts': [...harnessRule, FAULTS],
  'harness/peer/open-endpoint.ts': [...harnessRule, FAULTS],
  // The folder, and no file in it: one finds what lies there, the other tells whose line of a stack it is.
  'harness/discovery/suite-modules.ts': [...harnessRule, 'suites/'],
  'harness/peer/place-in-stack': [...harnessRule, 'suites/'],
  'harness/stats/': ['harness/stats/', 'harness/', 'harness/model/', 'harness/plan/'],
  'harness/plan/': ['harness/plan/', 'harness/', 'harness/model/', 'harness/define.ts', 'harness/stats/'],
  'harness/runner/turns.ts': [],
  // A stored report is read back by the schema that reports/ holds.
  'harness/saving/': ['harness/', 'harness/saving/', 'harness/model/', 'harness/stats/', 'native/', 'reports/schema/'],
  // Brings two sides to the rule in ci/gate.
  'harness/comparison/': [...harnessRule, 'harness/comparison/', 'ci/'],
  'harness/self-test/': [...harnessRule, 'harness/self-test/', FAULTS],
  'harness/uvu/': [...harnessRule, 'harness/uvu/', 'harness/self-test/', FAULTS],
  'harness/cli/': [
    ...harnessRule,
    'harness/comparison/',
    'harness/self-test/',
    'harness/cli/',
    FAULTS,
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
    'reports/schema/',
    'harness/model/',
    'harness/outcome/',
    'harness/stats/',
    'harness/plan/',
    'harness/runner/turns.ts',
  ],
  // Studies look at how the parts work together, and ship nowhere.
  'ci/dev/': [
    ...running,
    'ci/',
    'ci/dev/',
    'ci/dev/test-runner/skip.ts',
    'harness/comparison/',
    'harness/cli/',
    'reports/',
    'reports/schema/',
  ],
  'ci/dev/test-runner/skip.ts': [],
};

/** A test stands beside its subject and may take what it needs to bring the subject about. */
const testMayAlsoImport: Partial<Record<Part, readonly Part[]>> = {
  'suites/': harnessRule,
  'suites/conformance/fault-injection/': harnessRule,
  'native/': running,
  'harness/': [FAULTS],
  'harness/comparison/': ['reports/', 'harness/cli/'],
  'harness/saving/': ['harness/cli/'],
  'harness/cli/': ['ci/dev/'],
  'ci/': ['reports/'],
  // The made-up reports of tests are ranked as real ones are.
  'reports/': ['harness/stats/'],
};

/**
 * Modules that import what they compute, tests aside. What each of them imports is found at run time, or is a module of
 * the user's; everything else is imported by name, where the arrows are held.
 */
const computing: readonly string[] = [
  'harness/discovery/inspect-child.ts',
  'harness/discovery/suite-modules.ts',
  'harness/peer/open-endpoint.ts',
  'harness/peer/run-js-peer.ts',
  'harness/check-run/host.ts',
  'suites/conformance/mutation/mutate-module.ts',
  'ci/dev/study/launch-cost.ts',
  'ci/dev/test-runner/child/uvu-child.ts',
];

/**
 * One sentence for every import of this source that goes against the arrows. Paths are relative to the package, with
 * slashes.
 */
export function forbiddenImports(path: string, source: string): string[] {
  const { named, computed } = readImports(source);
  const isUnnamed = computed > 0 && !isTest(path) && !computing.includes(path);
  return [
    ...named.flatMap((one) => forbidden(path, one)),
    ...(isUnnamed ? [`${path} computes what it imports: name it, or say in arrows.ts why it cannot be named`] : []),
  ];
}

function forbidden(path: string, { specifier, isTypeOnly }: Import): string[] {
  const from = partOf(path);
  if (!specifier.startsWith('.')) {
    const isNodesOwnType = isTypeOnly && specifier.startsWith('node:');
    return from === 'harness/model/' && !isNodesOwnType
      ? [`${path} imports ${specifier}: harness/model imports nothing but types of Node`]
      : [];
  }
  const target = importedPath(path, specifier);
  // Data, such as package.json or a README, is no arrow; nor is what lies outside of the compiled tree.
  if (!/(\.[tj]s|\/)$/.test(target) || target.startsWith('..') || target === './') return [];
  const to = partOf(target);
  if (to === undefined || from === undefined)
    return [`${path} imports ${target}, which is in none of the folders of this package`];
  if (!allowed(from, isTest(path)).includes(to)) return [`${path} imports ${target}: ${from} may not import ${to}`];
  if (from === 'native/' && to === 'harness/model/' && !isTypeOnly)
    return [`${path} imports ${target} as a value: native/ takes types only`];
  return [];
}

/** The source that a relative import is about. */
export function importedPath(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts');
}

export function isTest(path: string): boolean {
  return /\.(test|proof|fixture)\.ts$/.test(path) || path.includes('/fixtures/') || path.includes('/golden/');
}

function allowed(from: Part, test: boolean): readonly Part[] {
  return test
    ? [...mayImport[from], ...(testMayAlsoImport[from] ?? []), 'ci/dev/test-runner/skip.ts']
    : mayImport[from];
}

function partOf(path: string): Part | undefined {
  return parts.filter((part) => path.startsWith(part)).sort((a, b) => b.length - a.length)[0];
}
