import type {
  FaultName,
  Judgement,
  KillCell,
  KillMatrixRow,
  PlantedInto,
  SystemFaultName,
} from '../../../harness/model/index.js';
import { faultTable } from './fault-table.js';

/**
 * What one check said of one exchange, or of one run of its procedure, with one injected fault. Checks that do not
 * apply
 * are not observed.
 */
export interface FaultObservation {
  readonly fault: FaultName | SystemFaultName;
  readonly framing: PlantedInto;
  readonly checkId: string;
  readonly verdict: Judgement['verdict'];
}

/** What is expected of a fault; rows of both tables are. */
type Expectation = Omit<FaultObservation, 'checkId' | 'verdict'> & {
  readonly caughtBy: readonly string[];
  readonly notFlaggedBy: readonly string[];
};

/** A fault counts as caught from this share of its exchanges on. */
export const CAUGHT_SHARE = 0.999;

/**
 * Every pair of fault and check that was observed or is expected, for every framing that was observed; in the table's
 * order.
 */
export function killMatrix(
  observations: readonly FaultObservation[],
  expectations: readonly Expectation[] = faultTable,
): readonly KillMatrixRow[] {
  const counts = new Map<string, { runs: number; failed: number; broken: number }>();
  for (const { fault, framing, checkId, verdict } of observations) {
    const key = keyOf(fault, framing, checkId);
    const count = counts.get(key) ?? { runs: 0, failed: 0, broken: 0 };
    count.runs += 1;
    // A broken SHOULD is noticed as well as a broken MUST.
    if (verdict === 'fail' || verdict === 'deviation') count.failed += 1;
    if (verdict === 'broken') count.broken += 1;
    counts.set(key, count);
  }
  const framings = new Set(observations.map((observation) => observation.framing));
  const applied = new Set(observations.map(({ framing, checkId }) => `${framing} ${checkId}`));
  const checks = [
    ...new Set([
      ...observations.map(({ checkId }) => checkId),
      ...expectations.flatMap((row) => [...row.caughtBy, ...row.notFlaggedBy]),
    ]),
  ].sort();
  return expectations
    .filter((row) => framings.has(row.framing))
    .flatMap((row) =>
      checks.flatMap((checkId): KillMatrixRow[] => {
        const count = counts.get(keyOf(row.fault, row.framing, checkId)) ?? { runs: 0, failed: 0, broken: 0 };
        const expected = row.caughtBy.includes(checkId)
          ? 'fail'
          : row.notFlaggedBy.includes(checkId)
            ? 'pass'
            : 'either';
        // Nothing is expected of a check that applies to no transport here, but what it had to catch stays in sight.
        if (
          count.runs === 0 &&
          (expected === 'either' || (expected === 'pass' && !applied.has(`${row.framing} ${checkId}`)))
        )
          return [];
        return [{ fault: row.fault, framing: row.framing, checkId, expected, cell: cellOf(expected, count), ...count }];
      }),
    );
}

/**
 * Nothing missed, no false alarm, nothing undecided, and for every fault one check that caught it, or, where none has
 * to, one that kept silent. Of nothing, nothing is proven.
 */
export function isProven(rows: readonly KillMatrixRow[]): boolean {
  const faults = [...new Set(rows.map((row) => `${row.fault} ${row.framing}`))];
  const isShown = (fault: string): boolean => {
    const its = rows.filter((row) => `${row.fault} ${row.framing}` === fault);
    if (its.every(({ runs }) => runs === 0)) return its.some((row) => row.expected === 'fail' && !isSeen(rows, row));
    return its.some(({ cell }) => cell === (its.some(({ expected }) => expected === 'fail') ? 'caught' : 'silent'));
  };
  return (
    faults.length > 0 &&
    faults.every(isShown) &&
    !rows.some(({ cell }) => cell === 'missed' || cell === 'false alarm' || cell === 'undecided')
  );
}

/**
 * Whether this check applied to any transport of that framing: where it does not, its fault cannot be injected either
 * (early end of file).
 */
function isSeen(rows: readonly KillMatrixRow[], { framing, checkId }: KillMatrixRow): boolean {
  return rows.some((row) => row.framing === framing && row.checkId === checkId && row.runs > 0);
}

function cellOf(
  expected: KillMatrixRow['expected'],
  count: { readonly runs: number; readonly failed: number; readonly broken: number },
): KillCell {
  if (expected === 'either') return 'free';
  if (count.runs === 0) return 'unseen';
  const decided = count.runs - count.broken;
  if (expected === 'fail') {
    if (count.failed >= count.runs * CAUGHT_SHARE) return 'caught';
    return count.broken > 0 && count.failed >= decided * CAUGHT_SHARE ? 'undecided' : 'missed';
  }
  if (count.failed > 0) return 'false alarm';
  // Red as well, but no accusation: nobody knows what the check would have said of an exchange that had not broken.
  return count.broken > 0 ? 'undecided' : 'silent';
}

function keyOf(fault: string, framing: PlantedInto, checkId: string): string {
  return `${fault} ${framing} ${checkId}`;
}
