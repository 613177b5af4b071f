import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { forbiddenImports, isTest } from './architecture/arrows.js';
import { readImports } from './architecture/read-imports.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
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

tree('has no import that esbuild sees and the scan does not', async () => {
  assert.equal(
    (await importsSeenByEsbuild()).filter(({ path, specifier }) => !scanSees(path, specifier)),
    [],
  );
});

tree.run();

const rules = suite('the rules');

const forbidden: readonly (readonly [from: string, source: string])[] = [
  ['suites/transports/a.ts', "import { place } from '../../harness/placement/place.js';"],
  ['suites/transports/a.ts', "import type { Pair } from '../../harness/pair/pair.js';"],
  ['suites/transports/a.ts', "import { loadNative } from '../../native/load.js';"],
  ['suites/workloads/a.ts', "export * from '../../reports/terminal/table.js';"],
  ['suites/transports/a.ts', "import { skip } from '../../ci/test-runner/skip.js';"],
  ['harness/plan/a.ts', "import pipe from '../../suites/transports/pipe.js';"],
  ['harness/plan/a.test.ts', "import pipe from '../../suites/transports/pipe.js';"],
  ['harness/cli/a.ts', "const pipe = await import('../../suites/transports/pipe.js');"],
  ['harness/plan/a.ts', "import { table } from '../../reports/terminal/table.js';"],
  ['harness/plan/a.ts', "import { run } from '../cli/run.js';"],
  ['harness/plan/a.ts', "import { gate } from '../../ci/gate/gate.js';"],
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
    "import { withPair } from '../../harness/pair/pair.js';\nimport { skip } from '../../ci/test-runner/skip.js';",
  ],
  ['harness/pair/a.ts', "import type { NativeAddon } from '../../native/addon.js';\nimport { execa } from 'execa';"],
  [
    'harness/cli/a.ts',
    "import { page } from '../../reports/html/page.js';\nimport { gate } from '../../ci/gate/gate.js';",
  ],
  ['harness/suites/a.ts', 'await import(pathToFileURL(path).href);'],
  ['native/addon.ts', "import type { SocketType } from '../harness/model/index.js';"],
  [
    'reports/html/a.ts',
    "import { parseReport } from '../schema/parse.js';\nimport type { Report } from '../../harness/model/index.js';",
  ],
  ['ci/gate/a.ts', "import { holmAdjusted } from '../../harness/stats/holm.js';"],
  [
    'ci/gate/a.ts',
    "import { runPlan } from '../../harness/runner/run-plan.js';\nimport { parseReport } from " +
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

rules('find a default export in each form', () => {
  assert.ok(exportsDefault('const a = 1;\nexport default a;'));
  assert.ok(exportsDefault('export { a as default };'));
  assert.ok(exportsDefault("export { default } from './a.js';"));
  assert.not(exportsDefault('// no export default here\nexport const a = { default: 1 };'));
});

rules.run();

const scan = suite('the scan for imports');

const forms: readonly (readonly [source: string, specifier: string, isTypeOnly: boolean])[] = [
  ["import a from './a.js';", './a.js', false],
  ['import * as a from "./a.js"', './a.js', false],
  ["import './a.js';", './a.js', false],
  ["import a, { b } from './a.js';", './a.js', false],
  ["import {\n  a,\n  type B,\n} from './a.js';", './a.js', false],
  ["import type { A } from './a.js';", './a.js', true],
  ["import type A from './a.js';", './a.js', true],
  ["import type * as A from './a.js';", './a.js', true],
  ["import type, { b } from './a.js';", './a.js', false],
  ["import type from './a.js';", './a.js', false],
  ["import { type A } from './a.js';", './a.js', false],
  ["import a from './a.json' with { type: 'json' };", './a.json', false],
  ["export * from './a.js';", './a.js', false],
  ["export * as a from './a.js';", './a.js', false],
  ["export { a } from './a.js';", './a.js', false],
  ["export type { A } from './a.js';", './a.js', true],
  ["export type * from './a.js';", './a.js', true],
  ["const a = await import('./a.js');", './a.js', false],
  ['const a = await import(\n  `./a.js`,\n);', './a.js', false],
  ["let a: import('./a.js').A;", './a.js', true],
  ["import('./a.js').then(use);", './a.js', false],
  ["const a = require.resolve('./a.js');", './a.js', false],
];

for (const [source, specifier, isTypeOnly] of forms) {
  scan(`sees ${source.replaceAll('\n', ' ')}`, () => assert.equal(readImports(source), [{ specifier, isTypeOnly }]));
}

scan('sees each of many', () => {
  const source = "import a from 'a';\nimport type { B } from 'b';\n\nexport const c = 'from';\nexport * from 'd';\n";
  assert.equal(
    readImports(source).map((found) => found.specifier),
    ['a', 'b', 'd'],
  );
});

scan('takes no comment and no plain export for an import', () => {
  assert.equal(
    readImports(
      "// import a from 'a';\n/**\n * import('b')\n */\nexport const c = 'd';\nexport type E = 'e' | " +
        "'f';\nexport interface J { readonly from: 'k' }\nexport function g(h = 'i') {}",
    ),
    [],
  );
});

scan.run();

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

function mayExportDefault(path: string): boolean {
  // A transport wrong on purpose is one all the same, and node's --test-reporter takes nothing but a default export.
  return (
    path.startsWith('suites/transports/') ||
    path.startsWith('suites/conformance/fault-injection/') ||
    isTest(path) ||
    path === 'ci/test-runner/child/proof-reporter.ts'
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

async function importsSeenByEsbuild(): Promise<{ readonly path: string; readonly specifier: string }[]> {
  const seen: { path: string; specifier: string }[] = [];
  await build({
    absWorkingDir: root,
    entryPoints: sources,
    bundle: true,
    write: false,
    outdir: 'nowhere',
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
    plugins: [
      {
        name: 'record imports',
        setup: ({ onResolve }) =>
          onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
            if (kind === 'entry-point') return undefined;
            seen.push({ path: relative(root, importer), specifier: path });
            return { path, external: true };
          }),
      },
    ],
  });
  return seen;
}

function scanSees(path: string, specifier: string): boolean {
  return readImports(read(path)).some((found) => found.specifier === specifier);
}
