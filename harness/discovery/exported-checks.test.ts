import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../package-root.js';
import { FORMER_IDS, presentCheckId, presentVerdictId } from '../outcome/check-ids.js';
import { loadChecks } from './load-checks.js';
import { loadConformance } from './load-conformance.js';
import { loadProcedures } from './load-procedures.js';

const exported = suite<{ root: string }>('exported checks');
exported.before.each((context) => void (context.root = mkdtempSync(join(tmpdir(), 'ipcbench-checks-'))));
exported.after.each(({ root }) => rmSync(root, { recursive: true }));

/** A suites folder with one module of checks in a topic, beside what is none. */
const rootWith = (root: string, topic: string, text: string): URL => {
  const folder = join(root, 'conformance/checks', topic);
  mkdirSync(join(folder, 'inner'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'one.js'), text);
  for (const ignored of ['one.test.js', 'one.d.ts', 'inner/two.js', '../three.js', '../../four.js'])
    writeFileSync(join(folder, ignored), 'throw new Error("not a module of the suite");');
  return pathToFileURL(`${root}/`);
};

const messageOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'was taken',
    (error: Error) => error.message,
  );

const check = (id: string): string =>
  `{ id: '${id}', guarantee: 'P.', source: () => ({}), level: 'MUST', relayable: true, notApplicable: 'N.', ` +
  'appliesTo: () => true, judge: () => ({}) }';
const procedure = (id: string): string =>
  `{ kind: 'procedure', id: '${id}', guarantee: 'P.', source: () => ({}), level: 'MUST', subjects: ['pipe'], ` +
  "expected: 'E.', procedure: 'D.', quick: true, observe: () => ({}), judge: () => ({}), proofs: [] }";

exported('checks are sorted by id, and an object that is no check stays out', async ({ root }) => {
  const text =
    `export const b = ${check('a/two')}; export const a = ${check('a/one')}; ` +
    `export const table = { id: 3 }; export const p = ${procedure('a/three')};`;
  const at = rootWith(root, 'a', text);
  assert.equal(
    (await loadChecks(at)).map(({ id }) => id),
    ['a/one', 'a/two'],
  );
  assert.equal(
    (await loadProcedures(at)).map(({ check: { id }, module }) => [id, module.slice(-8)]),
    [['a/three', 'a/one.js']],
  );
});

exported('a check without a group in its id is refused', async ({ root }) => {
  assert.match(
    await messageOf(loadChecks(rootWith(root, 'a', `export const a = ${check('two')};`))),
    /^Check 'a' of file:.*one\.js: id: write it as group\/name\.$/,
  );
});

exported('two checks of one id are refused', async ({ root }) => {
  const twice = `export const a = ${check('a/one')}; export const b = ${check('a/one')};`;
  assert.match(await messageOf(loadChecks(rootWith(root, 'a', twice))), /^Check 'a\/one' of file:.*exists twice\.$/);
});

exported('a check in another folder than the first part of its id is refused, with both ways out', async ({ root }) => {
  const at = rootWith(root, 'a', `export const b = ${check('b/one')}; export const c = ${procedure('ab/two')};`);
  assert.match(
    await messageOf(loadChecks(at)),
    /^Check 'b\/one' of file:.*: the first part .* Move it to checks\/b\/, or call it 'a\/…'\.$/,
  );
  assert.match(await messageOf(loadProcedures(at)), /^Check 'ab\/two' of file:.* Move it to checks\/ab\//);
});

const ours = await loadConformance();
const ids = [...ours.checks.map(({ id }) => id), ...ours.procedures.map(({ check: { id } }) => id)];
/** The ids before they were sorted into folders. */
const former = JSON.parse(
  readFileSync(new URL('suites/conformance/former-ids.json', packageRoot), 'utf8'),
) as readonly string[];

exported('every id that ever was in a report still means a check, and each check of then another one', () => {
  assert.is(former.length, 251);
  for (const id of former) assert.ok(ids.includes(presentCheckId(id)), `${id} became ${presentCheckId(id)}`);
  assert.is(new Set(former.map(presentCheckId)).size, former.length);
});

exported('no id of today was once the id of another check', () => {
  for (const id of ids) assert.is(presentCheckId(id), id);
  for (const id of Object.keys(FORMER_IDS)) assert.ok(former.includes(id), `${id} never was one`);
});

exported("a verdict's id keeps its subject, and its driver", () => {
  assert.is(presentVerdictId('node-net/node-net/embedded-nul'), 'node-net/names/embedded-nul');
  assert.is(presentVerdictId('mine/limit/pipe-buf/addon'), 'mine/limits/pipe-buf/addon');
  assert.is(presentVerdictId('pipe/loss/tail'), 'pipe/loss/tail');
  assert.is(presentVerdictId('whatever'), 'whatever');
});

exported('no part of what users see is said twice', () => {
  for (const id of ids) {
    const [group = '', name = ''] = id.split('/');
    assert.not.ok(name === group || name.startsWith(`${group}-`), id);
  }
  for (const { check: one } of ours.procedures)
    for (const subject of one.subjects) {
      const parts = `${subject}/${one.id}`.split('/');
      assert.is(new Set(parts).size, parts.length, `${subject}/${one.id}`);
    }
});

exported.run();
