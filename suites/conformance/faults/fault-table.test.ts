// test-deadline-s: 120
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FaultExpectation, Framing, Guarantees, HistoryEvent } from '../../../harness/model/index.js';
import { importChecks } from './all-checks.js';
import { faultTable } from './fault-table.js';
import { intactHistory, withReceived, withSent, type Shape } from './intact-history.js';
import { isProven, killMatrix, type FaultObservation } from './kill-matrix.js';
import { LATE_BY, mutateHistory } from './mutate-history.js';
import { drawsOf, type Draw } from './random.js';
import { renderKillMatrix } from './render-kill-matrix.js';

const checks = await importChecks();
const faults = [...new Set(faultTable.map((row) => row.fault))];
const framings: readonly Framing[] = ['message', 'stream'];
/** The mutation run of the judges asks for fewer. */
const seeds = Number(process.env['FAULT_SEEDS'] ?? 1000);

const guaranteesOf = ({ framing, end }: Shape): Guarantees => ({
  framing, ordered: true, reliable: true, eof: end === 'eof', duplex: true, atomicWriteBytes: null, maxMessageBytes: null, backpressure: 'blocks',
});

function anyShape(draw: Draw, framing: Framing, seed: number): Shape {
  return {
    framing,
    planned: 110 + draw(draw(4) === 0 ? 10_000 : 400),
    seed,
    minBytes: 34 + draw(100),
    maxBytes: 200 + draw(65_000),
    sender: draw(2) === 0 ? 'initiator' : 'responder',
    end: draw(2) === 0 ? 'eof' : 'drained',
  };
}

function observe(fault: FaultExpectation['fault'], framing: Framing, seed: number): readonly (FaultObservation & { readonly evidence: string })[] {
  const draw = drawsOf(seed);
  const any = anyShape(draw, framing, seed);
  // What comes late has to come as late as it can.
  const shape = fault === 'duplicate-late' ? { ...any, planned: LATE_BY + any.planned } : any;
  const history = mutateHistory(intactHistory(shape), fault, draw);
  return checks.filter((check) => check.appliesTo(guaranteesOf(shape))).map((check) => ({ fault, framing, checkId: check.id, ...check.judge(history) }));
}

test('the seven delivery checks are found by their folder, each with its own id', () => {
  assert.equal(checks.map((check) => check.id).sort(), [
    'boundaries/preserved', 'duplication/none', 'eof/after-data', 'integrity/position-keyed', 'loss/tail', 'loss/total-queue', 'ordering/single-writer',
  ]);
});

test('the table names every fault on both framings, and only checks that exist', () => {
  const ids = checks.map((check) => check.id);
  for (const fault of faults) for (const framing of framings) assert.is(faultTable.filter((row) => row.fault === fault && row.framing === framing).length, 1);
  for (const row of faultTable) for (const id of [...row.caughtBy, ...row.notFlaggedBy]) assert.ok(ids.includes(id), id);
  for (const row of faultTable) for (const id of row.caughtBy) assert.not.ok(row.notFlaggedBy.includes(id));
  const nothing = faultTable.filter((row) => row.caughtBy.length === 0).map((row) => `${row.fault}/${row.framing}`);
  assert.equal(nothing, ['transparent/message', 'transparent/stream', 'merge/stream', 'split/stream', 'pause/message', 'pause/stream', 'hoard/message', 'hoard/stream']);
});

test('the table of the README is this table', () => {
  const readme = readFileSync(new URL('../../../../suites/conformance/README.md', import.meta.url), 'utf8');
  const columns = ['ordering/single-writer', 'loss/total-queue', 'loss/tail', 'duplication/none', 'integrity/position-keyed', 'boundaries/preserved', 'eof/after-data'];
  const lines = [...readme.matchAll(/^\| ([a-z-]+(?:, [a-z-]+)*) \| (both|message|stream) \|(.*)\|$/gm)];
  const said = lines.flatMap(([, names = '', where = '', cells = '']) =>
    names.split(', ').flatMap((fault) =>
      framings.filter((framing) => where === 'both' || where === framing).flatMap((framing) =>
        cells.split('|').map((cell, column) => [fault, framing, columns[column], cell.trim()] as const)
          .filter(([, , check]) => framing === 'message' || check !== 'boundaries/preserved'))));
  const word = (row: FaultExpectation, check: string): string => (row.caughtBy.includes(check) ? 'must' : row.notFlaggedBy.includes(check) ? '–' : 'free');
  const meant = faultTable.flatMap((row) => columns.filter((check) => row.framing === 'message' || check !== 'boundaries/preserved').map((check) => [row.fault, row.framing, check, word(row, check)] as const));
  assert.equal(said.map(String).sort(), meant.map(String).sort());
});

test(`every fault is caught by its checks and by no other, at ${seeds} random places each`, () => {
  // All faults of one seed together: they share its sizes.
  const observations = Array.from({ length: seeds }, (_, seed) => framings.flatMap((framing) => faults.flatMap((fault) => observe(fault, framing, seed)))).flat();
  const rows = killMatrix(observations);
  assert.ok(isProven(rows), renderKillMatrix(rows));
  for (const row of rows.filter(({ expected }) => expected === 'fail')) assert.is(row.failed, row.runs, `${row.fault} ${row.framing} ${row.checkId}`);
});

test('a stall is evidence of a stall', () => {
  const seen = Array.from({ length: 100 }, (_, seed) => observe('stall', 'stream', seed)).flat().filter((one) => one.checkId === 'loss/tail');
  assert.ok(seen.filter((one) => one.evidence.startsWith('STALLED')).length > 50);
  assert.ok(seen.filter((one) => one.evidence.startsWith('The tail is lost')).length > 10);
});

test(`${seeds * 10} untouched exchanges pass every check`, () => {
  for (let seed = 0; seed < seeds * 10; seed += 1) {
    const draw = drawsOf(seed + 1_000_000);
    const shape = anyShape(draw, draw(2) === 0 ? 'stream' : 'message', seed % 50);
    const history = legalVariation(shape, draw);
    for (const check of checks.filter(({ appliesTo }) => appliesTo(guaranteesOf(shape)))) {
      const { verdict, evidence } = check.judge(history);
      assert.is(verdict, 'pass', `seed ${seed}, ${check.id}: ${evidence}`);
    }
  }
});

/** Some have sends that the system refused, which arrived or did not: both are legal. */
function legalVariation(shape: Shape, draw: Draw): ReturnType<typeof intactHistory> {
  const intact = intactHistory(shape);
  if (draw(3) > 0 || shape.planned < 150) return intact;
  const at = 1 + draw(shape.planned - 2);
  const run = (kind: 'sent' | 'received', first: number, end: number): HistoryEvent => ({ kind, sender: 0, seqFirst: first, count: end - first, bytes: 0 });
  const refused: HistoryEvent = { kind: 'send-unknown', sender: 0, seq: at, acceptedBytes: 0, errno: 105 };
  const sent = withSent({ ...intact, acknowledged: shape.planned - 1 }, [run('sent', 0, at), refused, run('sent', at + 1, shape.planned)]);
  const arrived = draw(2) === 0 ? [run('received', 0, shape.planned)] : [run('received', 0, at), run('received', at + 1, shape.planned)];
  return withReceived(sent, [...arrived, { kind: shape.end }]);
}

test.run();
