import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type {
  FaultExpectation,
  Judgement,
  KillMatrixRow,
  SystemFaultExpectation,
} from '../../../harness/model/index.js';
import { isProven, killMatrix, type FaultObservation } from './kill-matrix.js';
import { renderKillMatrix } from './render-kill-matrix.js';

const table: readonly FaultExpectation[] = [
  { fault: 'transparent', framing: 'message', caughtBy: [], notFlaggedBy: ['a/one', 'b/two'] },
  { fault: 'drop-one', framing: 'message', caughtBy: ['a/one'], notFlaggedBy: ['b/two'] },
  { fault: 'drop-one', framing: 'stream', caughtBy: ['a/one'], notFlaggedBy: [] },
];
const seen = (
  fault: 'transparent' | 'drop-one',
  checkId: string,
  ...verdicts: readonly Judgement['verdict'][]
): FaultObservation[] => verdicts.map((verdict) => ({ fault, framing: 'message', checkId, verdict }));
const good = [
  ...seen('transparent', 'a/one', 'pass', 'pass'),
  ...seen('transparent', 'b/two', 'pass'),
  ...seen('drop-one', 'a/one', 'fail', 'fail'),
  ...seen('drop-one', 'b/two', 'pass'),
];
const cells = (rows: readonly KillMatrixRow[]): readonly string[] =>
  rows.map((row) => `${row.fault} ${row.checkId} ${row.cell}`);

test('what had to fail and did is caught, what had to pass and did is silent', () => {
  const rows = killMatrix(good, table);
  assert.equal(cells(rows), [
    'transparent a/one silent',
    'transparent b/two silent',
    'drop-one a/one caught',
    'drop-one b/two silent',
  ]);
  assert.equal(rows[2], {
    fault: 'drop-one',
    framing: 'message',
    checkId: 'a/one',
    expected: 'fail',
    cell: 'caught',
    runs: 2,
    failed: 2,
    broken: 0,
  });
  assert.ok(isProven(rows));
});

test('a check that could not decide has caught nothing, and has missed nothing', () => {
  const cell = (...verdicts: readonly Judgement['verdict'][]): string | undefined => {
    const rows = killMatrix([...good, ...seen('drop-one', 'a/one', ...verdicts)], table);
    assert.not.ok(isProven(rows));
    return rows[2]?.cell;
  };
  assert.is(cell('broken'), 'undecided');
  assert.is(cell('broken', 'broken', 'broken'), 'undecided');
  assert.is(cell('broken', 'pass'), 'missed');
  assert.is(
    killMatrix(seen('drop-one', 'a/one', 'broken'), table).find(
      (row) => row.fault === 'drop-one' && row.checkId === 'a/one',
    )?.cell,
    'undecided',
  );
});

test('a deviation has noticed the fault', () => {
  assert.is(killMatrix([...good, ...seen('drop-one', 'a/one', 'deviation')], table)[2]?.cell, 'caught');
  assert.is(killMatrix([...good, ...seen('transparent', 'a/one', 'deviation')], table)[0]?.cell, 'false alarm');
});

test('one miss in two thousand is tolerated, one in a hundred is not', () => {
  const misses = (caught: number): string | undefined =>
    killMatrix(
      [...seen('drop-one', 'a/one', 'pass'), ...seen('drop-one', 'a/one', ...Array<'fail'>(caught).fill('fail'))],
      table,
    ).find((row) => row.fault === 'drop-one' && row.checkId === 'a/one')?.cell;
  assert.is(misses(1999), 'caught');
  assert.is(misses(999), 'caught');
  assert.is(misses(998), 'missed');
  assert.is(misses(99), 'missed');
});

test('where there has to be none, one failure is a false alarm, and one undecided exchange proves nothing', () => {
  for (const [verdicts, cell] of [
    [['fail'], 'false alarm'],
    [['broken'], 'undecided'],
    [['broken', 'fail'], 'false alarm'],
    [['broken', 'pass'], 'undecided'],
  ] as const) {
    const rows = killMatrix([...good, ...seen('transparent', 'a/one', ...verdicts)], table);
    assert.is(rows[0]?.cell, cell);
    assert.not.ok(isProven(rows));
  }
});

test('a check that the table says nothing of is free, and only shown where it was seen', () => {
  const rows = killMatrix([...good, ...seen('drop-one', 'c/three', 'fail')], table);
  assert.equal(
    cells(rows).filter((cell) => cell.includes('c/three')),
    ['drop-one c/three free'],
  );
  assert.ok(isProven(rows));
});

test('a framing that was not observed is not part of the matrix', () => {
  assert.equal([...new Set(killMatrix(good, table).map((row) => row.framing))], ['message']);
});

test('a fault whose catching check was never seen is not proven', () => {
  const rows = killMatrix(
    good.filter((one) => !(one.fault === 'drop-one' && one.checkId === 'a/one')),
    table,
  );
  assert.is(rows.find((row) => row.fault === 'drop-one' && row.checkId === 'a/one')?.cell, 'unseen');
  assert.not.ok(isProven(rows));
});

test('a fault that could not be planted, as its check applies to no transport here, is no gap in the proof', () => {
  const end: FaultExpectation = {
    fault: 'early-eof',
    framing: 'message',
    caughtBy: ['a/one', 'e/end'],
    notFlaggedBy: [],
  };
  const silent: FaultExpectation = {
    fault: 'transparent',
    framing: 'message',
    caughtBy: [],
    notFlaggedBy: ['a/one', 'b/two', 'e/end'],
  };
  const rows = killMatrix(good, [...table.slice(1), silent, end]);
  assert.equal(
    cells(rows).filter((cell) => cell.includes('end') || cell.includes('eof')),
    ['early-eof a/one unseen', 'early-eof e/end unseen'],
  );
  assert.ok(isProven(rows));
  const applies = killMatrix([...good, ...seen('transparent', 'e/end', 'pass')], [...table.slice(1), silent, end]);
  assert.not.ok(isProven(applies));
});

test('a transparent relay that nobody looked at is not proven', () => {
  assert.not.ok(
    isProven(
      killMatrix(
        good.filter((one) => one.fault === 'drop-one'),
        table,
      ),
    ),
  );
});

test('nothing proves nothing', () => {
  assert.equal(killMatrix([], table), []);
  assert.not.ok(isProven([]));
  assert.match(rendered([]), /\nNot proven: 0 caught, 0 missed, 0 silent, 0 false alarms, 0 unseen \(seed 7\)\.\n$/);
});

test('the rendering is a table, what is wrong in sentences, the worst rate and a conclusion', () => {
  assert.is(
    rendered(
      killMatrix(
        [...good, ...seen('drop-one', 'b/two', 'fail'), ...seen('drop-one', 'a/one', 'pass', 'broken')],
        table,
      ),
    ),
    [
      'Injected into exchanges between real processes',
      '',
      'fault                  a/one   b/two',
      'transparent (message)  silent  silent',
      'drop-one (message)     MISSED  FALSE ALARM',
      '',
      "'a/one' must detect 'drop-one' on a message transport: it failed 2 and could not decide 1 of 4 runs.",
      "'b/two' must pass with 'drop-one' on a message transport: it failed 1 and could not decide 0 of 2 runs.",
      '0 caught, 1 missed, 2 silent, 1 false alarms, 0 unseen; the lowest detection rate of a check ' +
        'that must detect: 50.00 %, of 4 runs or more; 1 false alarms in 5 verdicts without a fault to detect.',
      '',
      'Not proven: 0 caught, 1 missed, 2 silent, 1 false alarms, 0 unseen (seed 7).',
      '',
    ].join('\n'),
  );
  assert.match(rendered(killMatrix(good, table)), /\nProven: 1 caught, 0 missed, 3 silent/);
});

test('faults of the system are listed with the checks that each has of its own', () => {
  const system: readonly SystemFaultExpectation[] = [
    { fault: 'honest', framing: 'system', caughtBy: [], notFlaggedBy: ['a/one', 'teardown'], isApplicable: () => true },
    {
      fault: 'leave-file',
      framing: 'system',
      caughtBy: ['teardown'],
      notFlaggedBy: ['a/one'],
      isApplicable: () => true,
    },
    { fault: 'leave-zombie', framing: 'system', caughtBy: ['teardown'], notFlaggedBy: [], isApplicable: () => true },
  ];
  const of = (fault: 'honest' | 'leave-file', checkId: string, verdict: 'pass' | 'fail'): FaultObservation => ({
    fault,
    framing: 'system',
    checkId,
    verdict,
  });
  const rows = killMatrix(
    [
      of('honest', 'a/one', 'pass'),
      of('honest', 'teardown', 'pass'),
      of('leave-file', 'a/one', 'fail'),
      of('leave-file', 'teardown', 'fail'),
    ],
    system,
  );
  const text = rendered(rows);
  assert.match(text, /^honest +– +a\/one, teardown$/m);
  assert.match(text, /^leave-file +teardown +a\/one FALSE ALARM$/m);
  assert.match(text, /^leave-zombie +teardown unseen +–$/m);
  assert.match(text, /'a\/one' must pass with 'leave-file' in the system: it failed 1/);
});

const rendered = (rows: readonly KillMatrixRow[]): string =>
  renderKillMatrix({
    seed: 7,
    isProven: isProven(rows),
    parts: [{ plantedInto: 'exchanges', isProven: isProven(rows), rows }],
  });

test.run();
