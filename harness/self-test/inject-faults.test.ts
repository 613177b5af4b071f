import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KillCell, KillMatrix } from '../model/index.js';
import { exitCodeOf } from './inject-faults.js';

const matrix = (...cells: readonly KillCell[]): KillMatrix => {
  const row = {
    fault: 'drop-one',
    framing: 'stream',
    checkId: 'a/one',
    expected: 'fail',
    runs: 1,
    failed: 1,
    broken: 0,
  } as const;
  const isProven = cells.length > 0 && cells.every((cell) => cell === 'caught' || cell === 'silent' || cell === 'free');
  return {
    seed: 7,
    isProven,
    parts: [{ plantedInto: 'exchanges', isProven, rows: cells.map((cell) => ({ ...row, cell })) }],
  };
};

const codes: readonly (readonly [cells: readonly KillCell[], exitCode: number])[] = [
  [['caught', 'silent', 'free'], 0],
  [['caught', 'undecided'], 5],
  [['undecided', 'unseen'], 5],
  [['undecided', 'missed'], 1],
  [['undecided', 'false alarm'], 1],
  [['caught', 'missed'], 1],
  [['caught', 'false alarm'], 1],
  [['caught', 'unseen'], 1],
  [[], 1],
];

for (const [cells, exitCode] of codes) {
  test(`a self-test with ${cells.join(', ') || 'nothing planted'} ends with ${exitCode}`, () =>
    assert.is(exitCodeOf(matrix(...cells)), exitCode));
}

test.run();
