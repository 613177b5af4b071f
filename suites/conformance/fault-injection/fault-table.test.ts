// test-deadline-s: 120
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FaultExpectation, Framing, KillMatrixRow } from '../../../harness/model/index.js';
import { loadChecks } from '../../../harness/discovery/load-checks.js';
import { faultTable } from './fault-table.js';
import { isProven, killMatrix } from './kill-matrix.js';
import { observeRecorded, observeUntouched } from './recorded-exchanges.js';
import { renderKillMatrix } from './render-kill-matrix.js';

const checks = await loadChecks();
const faults = [...new Set(faultTable.map((row) => row.fault))];
const framings: readonly Framing[] = ['message', 'stream'];
/** The mutation run of the judges asks for fewer. */
const seeds = Number(process.env['FAULT_SEEDS'] ?? 1000);

const rendered = (rows: readonly KillMatrixRow[]): string =>
  renderKillMatrix({
    seed: 0,
    isProven: isProven(rows),
    parts: [{ plantedInto: 'recordings', isProven: isProven(rows), rows }],
  });

test('the eight delivery checks are found by their folder, each with its own id', () => {
  assert.equal(checks.map((check) => check.id).sort(), [
    'backpressure/sender-waits',
    'boundaries/preserved',
    'duplication/none',
    'eof/after-data',
    'integrity/position-keyed',
    'loss/tail',
    'loss/total-queue',
    'ordering/single-writer',
  ]);
});

test('the table names every fault on both framings, and only checks that exist', () => {
  const ids = checks.map((check) => check.id);
  for (const fault of faults)
    for (const framing of framings)
      assert.is(faultTable.filter((row) => row.fault === fault && row.framing === framing).length, 1);
  for (const row of faultTable)
    for (const id of [...row.caughtBy, ...row.notFlaggedBy]) assert.ok(ids.includes(id), id);
  for (const row of faultTable) for (const id of row.caughtBy) assert.not.ok(row.notFlaggedBy.includes(id));
  const nothing = faultTable.filter((row) => row.caughtBy.length === 0).map((row) => `${row.fault}/${row.framing}`);
  assert.equal(nothing, [
    'transparent/message',
    'transparent/stream',
    'merge/stream',
    'split/stream',
    'pause/message',
    'pause/stream',
    'hoard/message',
    'hoard/stream',
  ]);
});

test('a relay that only hands on leaves every check silent that can be relayed, and all but one of these can', () => {
  for (const row of faultTable.filter(({ fault }) => fault === 'transparent')) {
    assert.equal(
      [...row.notFlaggedBy].sort(),
      checks
        .filter(({ id, relayable }) => relayable && (row.framing === 'message' || id !== 'boundaries/preserved'))
        .map(({ id }) => id)
        .sort(),
    );
  }
  // A relay takes what a receiver does not, so a sender has nothing to wait for.
  assert.equal(
    checks.filter(({ relayable }) => !relayable).map(({ id }) => id),
    ['backpressure/sender-waits'],
  );
});

test('the table of the README is this table', () => {
  const readme = readFileSync(new URL('../../../../suites/conformance/README.md', import.meta.url), 'utf8');
  const columns = [
    'ordering/single-writer',
    'loss/total-queue',
    'loss/tail',
    'duplication/none',
    'integrity/position-keyed',
    'boundaries/preserved',
    'eof/after-data',
  ];
  const lines = [...readme.matchAll(/^\| ([a-z-]+(?:, [a-z-]+)*) \| (both|message|stream) \|(.*)\|$/gm)];
  const said = lines.flatMap(([, names = '', where = '', cells = '']) =>
    names.split(', ').flatMap((fault) =>
      framings
        .filter((framing) => where === 'both' || where === framing)
        .flatMap((framing) =>
          cells
            .split('|')
            .map((cell, column) => [fault, framing, columns[column], cell.trim()] as const)
            .filter(([, , check]) => framing === 'message' || check !== 'boundaries/preserved'),
        ),
    ),
  );
  const word = (row: FaultExpectation, check: string): string =>
    row.caughtBy.includes(check) ? 'must' : row.notFlaggedBy.includes(check) ? '–' : 'free';
  const meant = faultTable.flatMap((row) =>
    columns
      .filter((check) => row.framing === 'message' || check !== 'boundaries/preserved')
      .map((check) => [row.fault, row.framing, check, word(row, check)] as const),
  );
  assert.equal(said.map(String).sort(), meant.map(String).sort());
});

test(`every fault is caught by its checks and by no other, at ${seeds} random places each`, () => {
  // All faults of one seed together: they share its sizes.
  const observations = Array.from({ length: seeds }, (_, seed) =>
    framings.flatMap((framing) => faults.flatMap((fault) => observeRecorded(checks, fault, framing, seed))),
  ).flat();
  const rows = killMatrix(observations);
  assert.ok(isProven(rows), rendered(rows));
  for (const row of rows.filter(({ expected }) => expected === 'fail'))
    assert.is(row.failed, row.runs, `${row.fault} ${row.framing} ${row.checkId}`);
});

test('a stall is evidence of a stall', () => {
  const seen = Array.from({ length: 100 }, (_, seed) => observeRecorded(checks, 'stall', 'stream', seed))
    .flat()
    .filter((one) => one.checkId === 'loss/tail');
  assert.ok(seen.filter((one) => one.evidence.startsWith('STALLED')).length > 50);
  assert.ok(seen.filter((one) => one.evidence.startsWith('The tail is lost')).length > 10);
});

test(`${seeds * 10} untouched exchanges pass every check`, () => {
  for (let seed = 0; seed < seeds * 10; seed += 1) {
    for (const { checkId, verdict, evidence } of observeUntouched(checks, seed))
      assert.is(verdict, 'pass', `seed ${seed}, ${checkId}: ${evidence}`);
  }
});

test.run();
