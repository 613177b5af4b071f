import type {
  FaultExpectation,
  KillMatrixPart,
  KillMatrixRow,
  SystemFaultExpectation,
} from '../../../harness/model/index.js';
import { isProven, killMatrix, type FaultObservation } from './kill-matrix.js';

/** An observation that can be repeated. */
export interface NotedObservation extends FaultObservation {
  readonly transport: string;
  readonly evidence: string;
  readonly seed: number;
}

export interface JudgedPart {
  readonly part: KillMatrixPart;
  /** What was wrong, with the command that repeats it; one sentence a cell. */
  readonly wrong: readonly string[];
}

/**
 * What became of one kind of injecting, and, of each cell that is not as it had to be, one run that shows it and, by
 * `again`, how to repeat it.
 */
export function killMatrixPart(
  plantedInto: KillMatrixPart['plantedInto'],
  observed: readonly NotedObservation[],
  table: readonly (FaultExpectation | SystemFaultExpectation)[],
  again: (one: NotedObservation) => string,
): JudgedPart {
  const rows = killMatrix(observed, table);
  const wrong = rows.flatMap(({ fault, framing, checkId, cell }) => {
    if (cell !== 'missed' && cell !== 'false alarm') return [];
    const one = observed.find(
      (candidate) =>
        candidate.fault === fault &&
        candidate.framing === framing &&
        candidate.checkId === checkId &&
        shows(cell, candidate),
    );
    return one === undefined
      ? []
      : [`${cell}: ${fault} by ${checkId} on ${one.transport}: ${one.verdict}: ${one.evidence} (${again(one)})`];
  });
  return {
    part: { plantedInto, isProven: isProven(rows), rows },
    wrong: [...wrong, ...undecidedOnce(observed, rows, again)],
  };
}

/** A transport that breaks leaves all of its cells undecided: one sentence for each reason. */
function undecidedOnce(
  observed: readonly NotedObservation[],
  rows: readonly KillMatrixRow[],
  again: (one: NotedObservation) => string,
): string[] {
  const undecided = new Set(rows.filter(({ cell }) => cell === 'undecided').map(keyOf));
  const byReason = new Map<string, { readonly one: NotedObservation; count: number }>();
  for (const one of observed.filter((candidate) => candidate.verdict === 'broken' && undecided.has(keyOf(candidate)))) {
    const same = byReason.get(`${one.transport}\n${one.evidence}`);
    if (same === undefined) byReason.set(`${one.transport}\n${one.evidence}`, { one, count: 1 });
    else same.count += 1;
  }
  return [...byReason.values()].map(({ one, count }) => {
    const others = count === 1 ? '' : ` and ${count - 1} more`;
    const where = `${one.fault} by ${one.checkId}${others} on ${one.transport}`;
    return `undecided: ${where}: ${one.evidence} (${again(one)})`;
  });
}

function keyOf({ fault, framing, checkId }: Pick<KillMatrixRow, 'fault' | 'framing' | 'checkId'>): string {
  return `${fault} ${framing} ${checkId}`;
}

function shows(cell: 'missed' | 'false alarm', { verdict }: NotedObservation): boolean {
  const hasNoticed = verdict === 'fail' || verdict === 'deviation';
  return cell === 'missed' ? !hasNoticed && verdict !== 'broken' : hasNoticed;
}
