import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProcedureCheck } from '../../../../harness/define.js';
import { loadProcedures } from '../../../../harness/discovery/load-procedures.js';
import { isProven, killMatrix } from '../kill-matrix.js';
import { drawsOf } from '../random.js';
import { mutateObservation } from './mutate-observation.js';
import { observeRecordedSystem } from './recorded-observations.js';
import { systemFaultTable, TEARDOWN } from './system-fault-table.js';

const checks = (await loadProcedures()).map(({ check }) => check);
const checkOf = (id: string): ProcedureCheck =>
  checks.find((check) => check.id === id) ?? (assert.unreachable(id) as never);
/** What was left behind is no matter of a judge. */
const judgedTable = systemFaultTable.filter(({ caughtBy }) => !caughtBy.includes(TEARDOWN));
/** The mutation run of the judges asks for fewer. */
const seeds = Number(process.env['FAULT_SEEDS'] ?? 1000);

test('every row has checks that exist, on subjects that they have, and a lie that somebody must notice', () => {
  for (const { fault, caughtBy, notFlaggedBy, isApplicable } of systemFaultTable) {
    assert.is(caughtBy.length > 0, fault !== 'honest', fault);
    for (const id of [...caughtBy, ...notFlaggedBy].filter((one) => one !== TEARDOWN))
      assert.ok(checkOf(id).subjects.some(isApplicable), `${fault} ${id}`);
    for (const id of caughtBy) assert.not.ok(notFlaggedBy.includes(id), `${fault} ${id}`);
    assert.ok(caughtBy.includes(TEARDOWN) || notFlaggedBy.includes(TEARDOWN), fault);
  }
  assert.is(new Set(systemFaultTable.map(({ fault }) => fault)).size, systemFaultTable.length);
});

test('the honest system is under every check that has to notice a lie, or must not', () => {
  const [honest, ...wrong] = systemFaultTable;
  assert.is(honest?.fault, 'honest');
  const named = new Set(wrong.flatMap(({ caughtBy, notFlaggedBy }) => [...caughtBy, ...notFlaggedBy]));
  assert.equal([...(honest?.notFlaggedBy ?? [])].sort(), [...named].sort());
});

test('the table of the README is this table', () => {
  const readme = readFileSync(new URL('../../../../../suites/conformance/README.md', import.meta.url), 'utf8');
  const said = [...readme.matchAll(/^\| `([a-z-]+)` \| [^|]+ \| ([^|]*) \| ([^|]*) \|$/gm)].map(
    ([, fault, must, mustNot]) => [fault, idsIn(must), idsIn(mustNot)].join(' · '),
  );
  const meant = systemFaultTable
    .filter(({ fault }) => fault !== 'honest')
    .map(({ fault, caughtBy, notFlaggedBy }) =>
      [fault, [...caughtBy].sort(), notFlaggedBy.filter((id) => id !== TEARDOWN).sort()].join(' · '),
    );
  assert.equal(said, meant);
});

test(`every lie that an observation can show is noticed in ${seeds} of ${seeds}, and by no other check`, () => {
  const observed = Array.from({ length: seeds }, (_, seed) => observeRecordedSystem(judgedTable, checks, seed)).flat();
  const rows = killMatrix(observed, judgedTable);
  assert.ok(
    isProven(rows),
    JSON.stringify(rows.filter(({ cell }) => cell === 'missed' || cell === 'false alarm' || cell === 'unseen')),
  );
  for (const row of rows.filter(({ expected }) => expected === 'fail'))
    assert.equal([row.runs, row.failed], [seeds, seeds], `${row.fault} ${row.checkId}`);
});

test('a lie changes the observation of the check that must notice, and of no other', () => {
  for (const { fault, caughtBy, notFlaggedBy, isApplicable } of judgedTable) {
    for (const id of caughtBy) {
      const good = checkOf(id).proofs.find(
        ({ verdict, subject }) =>
          (verdict === 'pass' || verdict === 'info') &&
          isApplicable(subject ?? checkOf(id).subjects.find(isApplicable) ?? ''),
      )?.observation;
      for (let seed = 0; seed < 20; seed += 1)
        assert.is.not(
          JSON.stringify(mutateObservation(fault, id, good, drawsOf(seed))),
          JSON.stringify(good),
          `${fault} ${id} ${seed}`,
        );
    }
    for (const id of notFlaggedBy) assert.is(mutateObservation(fault, id, {}, drawsOf(1)), null);
  }
});

function idsIn(cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, id = '']) => id).sort();
}

test.run();
