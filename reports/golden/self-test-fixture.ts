import type { KillCell, KillMatrixRow, PlantedInto, Report } from '../../harness/model/index.js';
import { emptyReport } from './report-fixture.js';

/** `ipcbench self-test --out`: a fault on messages, one in the system, and nobody misses either. */
export function selfTestReport(...more: readonly KillMatrixRow[]): Report {
  const isProven = !more.some(({ cell }) => cell === 'missed' || cell === 'false alarm');
  return {
    ...emptyReport(),
    command: ['ipcbench', 'self-test', '--out', 'proof'],
    status: 'complete',
    finishedAt: '2026-03-14T09:27:40.000Z',
    rounds: { planned: 0, completed: 0 },
    killMatrix: {
      seed: 1234567,
      isProven,
      parts: [
        {
          plantedInto: 'exchanges',
          isProven: true,
          rows: [
            killRow('transparent', 'message', 'loss/tail', 'silent'),
            killRow('transparent', 'message', 'ordering/single-writer', 'silent'),
            killRow('drop-last', 'message', 'loss/tail', 'caught'),
            killRow('drop-last', 'message', 'ordering/single-writer', 'silent'),
          ],
        },
        { plantedInto: 'system calls', isProven, rows: [killRow('swap-descriptors', 'system', 'scm/order', 'caught'), killRow('swap-descriptors', 'system', 'scm/basic', 'silent'), ...more] },
      ],
    },
  };
}

export function killRow(fault: string, framing: PlantedInto, checkId: string, cell: KillCell): KillMatrixRow {
  const expected = cell === 'caught' || cell === 'missed' || cell === 'unseen' ? 'fail' : cell === 'free' ? 'either' : 'pass';
  return { fault, framing, checkId, expected, cell, runs: 20, failed: cell === 'caught' || cell === 'false alarm' ? 20 : 0, broken: 0 };
}
