import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { forbiddenImports, importedPath, isTest } from './arrows.js';
import { circlesOf } from './circles.js';
import { readImports } from './read-imports.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const topFolders = ['suites', 'harness', 'native', 'reports', 'ci'];
const paths = topFolders.flatMap(listFiles);
const sources = paths.filter((path) => path.endsWith('.ts'));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const tree = suite('this tree');

tree('keeps to the import arrows', () => {
  assert.equal(
    sources.flatMap((path) => forbiddenImports(path, read(path))),
    [],
  );
});

tree("has no default export except a transport's", () => {
  assert.equal(
    sources.filter((path) => !mayExportDefault(path) && exportsDefault(read(path))),
    [],
  );
});

tree('calls no file or folder utils, helpers, manager or data', () => {
  assert.equal(paths.filter(hasEmptyName), []);
});

tree('says in the README of each top folder what lives there', () => {
  assert.equal(
    topFolders.flatMap((folder) => missingFromReadme(folder)),
    [],
  );
});

tree('names no heading of a README that is not there', () => {
  const headingsOf = (readme: string): readonly string[] =>
    existsSync(join(root, readme)) ? (read(readme).match(/(?<=^#+ ).*$/gm) ?? []) : [];
  // This file's own examples are made up.
  const others = sources.filter((path) => !path.endsWith('architecture/architecture.test.ts'));
  const absent = others.flatMap((path) =>
    headingsNamedIn(read(path))
      .filter(({ readme, heading }) => !headingsOf(readme).includes(heading))
      .map(({ readme, heading }) => `${path} names "${heading}", which ${readme} does not have`),
  );
  assert.equal(absent, []);
});

tree('has no circle of imports, types included', () => {
  const known = new Set(sources);
  const graph = new Map(
    sources.map((path) => [
      path,
      readImports(read(path))
        .named.filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => importedPath(path, specifier))
        .filter((target) => known.has(target)),
    ]),
  );
  assert.equal(circlesOf(graph), []);
});

tree.run();

const rules = suite('the rules');

const forbidden: readonly (readonly [from: string, source: string])[] = [
  ['suites/transports/a.ts', "import { place } from '../../harness/placement/place.js';"],
  ['suites/transports/a.ts', "import type { Pair } from '../../harness/pair/pair.js';"],
  ['suites/transports/a.ts', "import { loadNative } from '../../native/load.js';"],
  ['suites/workloads/a.ts', "export * from '../../reports/terminal/table.js';"],
  ['suites/transports/a.ts', "import { skip } from '../../ci/dev/test-runner/skip.js';"],
  ['harness/plan/a.ts', "import pipe from '../../suites/transports/pipe.js';"],
  ['harness/plan/a.test.ts', "import pipe from '../../suites/transports/pipe.js';"],
  ['harness/cli/a.ts', "const pipe = await import('../../suites/transports/pipe.js');"],
  ['harness/plan/a.ts', "import { table } from '../../reports/terminal/table.js';"],
  ['harness/plan/a.ts', "import { run } from '../cli/run.js';"],
  ['harness/plan/a.ts', "import { gate } from '../../ci/gate/gate.js';"],
  ['harness/plan/a.ts', 'const pipe = await import(name);'],
  ['harness/plan/a.ts', "const url = new URL('../../suites/conformance/fault-injection/a.js', import.meta.url);"],
  ['harness/comparison/live/a.ts', "import { run } from '../../cli/run.js';"],
  ['harness/comparison/live/a.ts', "import { spin } from '../../../ci/dev/study/power.js';"],
  ['harness/cli/a.ts', "import { spin } from '../../ci/dev/study/power.js';"],
  ['ci/gate/a.ts', "import { spin } from '../dev/study/power.js';"],
  ['harness/define.ts', "import { makePlan } from './plan/plan.js';"],
  ['harness/model/a.ts', "import { z } from '../define.js';"],
  ['harness/model/a.ts', "import { type Stats } from 'node:fs';"],
  ['harness/model/a.ts', "const fs = await import('node:fs');"],
  ['harness/model/a.ts', "export type Bench = import('tinybench').Bench;"],
  ['native/load.ts', "import { place } from '../harness/placement/place.js';"],
  ['native/load.ts', "import { kinds } from '../harness/model/index.js';"],
  ['native/load.ts', "import { type Role } from '../harness/model/index.js';"],
  ['reports/html/a.ts', "import { summarise } from '../../harness/stats/summarise.js';"],
  ['reports/html/a.ts', "import { gate } from '../../ci/gate/gate.js';"],
  ['reports/schema/a.ts', "import { makePlan } from '../../harness/plan/plan.js';"],
  ['ci/gate/a.ts', "import { page } from '../../reports/html/page.js';"],
  ['ci/gate/a.ts', "import { runLaunch } from '../../harness/runner/run-launch.js';"],
  ['ci/gate/a.ts', "import { thing } from '../../vendor/canvas/index.js';"],
];

const permitted: readonly (readonly [from: string, source: string])[] = [
  [
    'suites/transports/a.ts',
    "import { defineTransport } from '../../harness/define.js';\nimport type { Transport } from " +
      "'../../harness/model/index.js';\nimport { b } from './node-ipc/b.js';",
  ],
  [
    'suites/conformance/a.test.ts',
    "import { withPair } from '../../harness/pair/pair.js';\nimport { skip } from '../../ci/dev/test-runner/skip.js';",
  ],
  ['harness/pair/a.ts', "import type { NativeAddon } from '../../native/addon.js';\nimport { execa } from 'execa';"],
  [
    'harness/cli/a.ts',
    "import { page } from '../../reports/html/page.js';\nimport { gate } from '../../ci/gate/gate.js';",
  ],
  [
    'harness/discovery/suite-modules.ts',
    "await import(new URL(name, new URL('../../suites/', import.meta.url)).href);",
  ],
  [
    'harness/check-run/host.ts',
    "const url = new URL('../../suites/conformance/fault-injection/a.js', import.meta.url);",
  ],
  ['harness/plan/a.test.ts', 'await import(name);'],
  ['harness/plan/a.ts', "readFileSync(new URL('../../suites/README.md', import.meta.url));"],
  ['native/addon.ts', "import type { SocketType } from '../harness/model/index.js';"],
  [
    'reports/html/a.ts',
    "import { parseReport } from '../schema/parse.js';\nimport type { Report } from '../../harness/model/index.js';",
  ],
  ['ci/gate/a.ts', "import { holmAdjusted } from '../../harness/stats/holm.js';"],
  [
    'ci/gate/a.ts',
    "import { openTurns } from '../../harness/runner/turns.js';\nimport { parseReport } from " +
      "'../../reports/schema/parse.js';",
  ],
  ['harness/model/index.ts', "export type * from './case.js';"],
  ['harness/model/a.ts', "export type Child = import('node:child_process').ChildProcess;"],
];

for (const [from, source] of forbidden) {
  rules(`forbid in ${from}: ${source}`, () => assert.is(forbiddenImports(from, source).length, 1));
}

for (const [from, source] of permitted) {
  rules(`permit in ${from}: ${source.replaceAll('\n', ' ')}`, () => assert.equal(forbiddenImports(from, source), []));
}

rules('find empty names, and leave meaning ones alone', () => {
  const empty = [
    'harness/utils.ts',
    'harness/peer-manager.ts',
    'reports/helpers/a.ts',
    'ci/test-util.ts',
    'native/src/helper.cc',
    'reports/data.ts',
  ];
  assert.equal(empty.filter(hasEmptyName), empty);
  assert.equal(['harness/plan/plan.ts', 'reports/html/page-data.ts', 'ci/management.ts'].filter(hasEmptyName), []);
});

rules('find the headings that a source names, also where a comment was wrapped', () => {
  assert.equal(headingsNamedIn('/** Costs (harness/README.md, "What it costs"). */\n// README, "Exit\n// status"\n'), [
    { readme: 'harness/README.md', heading: 'What it costs' },
    { readme: 'README.md', heading: 'Exit status' },
  ]);
});

rules('find a default export in each form', () => {
  assert.ok(exportsDefault('const a = 1;\nexport default a;'));
  assert.ok(exportsDefault('export { a as default };'));
  assert.ok(exportsDefault("export { default } from './a.js';"));
  assert.not(exportsDefault('// no export default here\nexport const a = { default: 1 };'));
});

rules.run();

function listFiles(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return ['node_modules', 'native/build', 'native/prebuilds'].some((left) => path.endsWith(left))
      ? []
      : listFiles(path);
  });
}

function headingsNamedIn(source: string): { readonly readme: string; readonly heading: string }[] {
  const named = /((?:[\w-]+\/)*)README(?:\.md)?,\s*(?:(?:\*|\/\/)\s*)?"([^"]+)"/g;
  return [...source.matchAll(named)].map(([, folder = '', heading = '']) => ({
    readme: `${folder}README.md`,
    heading: heading.replace(/\s*\n\s*(\*|\/\/)\s*/g, ' '),
  }));
}

function mayExportDefault(path: string): boolean {
  // A transport wrong on purpose is one all the same, and node's --test-reporter takes nothing but a default export.
  return (
    path.startsWith('suites/transports/') ||
    path.startsWith('suites/conformance/fault-injection/') ||
    isTest(path) ||
    path === 'ci/dev/test-runner/child/proof-reporter.ts'
  );
}

function exportsDefault(source: string): boolean {
  return /^\s*export\s+(default\b|\{[^}]*\bdefault\b)/m.test(source);
}

function hasEmptyName(path: string): boolean {
  return path.split('/').some((name) => /^([^.]*-)?(utils?|helpers?|managers?)(\.|$)|^data(\.|$)/.test(name));
}

function missingFromReadme(folder: string): string[] {
  if (!existsSync(join(root, folder, 'README.md'))) return [`${folder}/README.md does not exist`];
  const readme = read(`${folder}/README.md`);
  const inside = new Set(
    paths
      .map((path) => path.split('/'))
      .filter((names) => names.length > 2 && names[0] === folder)
      .map((names) => names[1] ?? ''),
  );
  return [...inside]
    .filter((name) => !readme.includes(`${name}/`) && !existsSync(join(root, folder, name, 'README.md')))
    .map((name) => `${folder}/README.md does not name ${name}/`);
}
