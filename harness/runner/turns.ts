/**
 * What became of one turn: of one launch in a plan, of two launches, one of each side, in a gate. A case that was
 * skipped stays so, as the system's error proves.
 */
export type TurnOutcome<Sample, Failure, Skip> =
  | { readonly kind: 'sample'; readonly sample: Sample }
  | { readonly kind: 'failure'; readonly failure: Failure }
  | ({ readonly kind: 'skipped' } & Skip);

/**
 * What a plan and a gate share in running cases in turns: which cases are still worth a launch, and whether another
 * block ends in time. Which block comes next is theirs: a plan's blocks were drawn before and belong to columns, a
 * gate's follow from what is still undecided.
 */
export interface Turns {
  elapsedMs(): number;
  isWorthwhile(caseId: string): boolean;
  /** After each turn, with what became of it. */
  record(caseId: string, kind: TurnOutcome<unknown, unknown, unknown>['kind']): void;
  /** Whether what takes so long would end by `limitMs` after the start; null is no limit. */
  fits(expectedMs: number, limitMs: number | null): boolean;
  /** Runs one block; resolves with what it took. */
  timed(block: () => Promise<void>): Promise<number>;
}

/** A case that failed this often in a row will fail again: its remaining launches are not worth their deadlines. */
const FAILURES_IN_A_ROW = 3;

/** Begins now. */
export function openTurns(nowMs: () => number): Turns {
  const startedMs = nowMs();
  const failuresInARow = new Map<string, number>();
  const failuresOf = (caseId: string): number => failuresInARow.get(caseId) ?? 0;
  const elapsedMs = (): number => nowMs() - startedMs;
  const after = { sample: () => 0, failure: (before: number) => before + 1, skipped: () => FAILURES_IN_A_ROW };
  return {
    elapsedMs,
    isWorthwhile: (caseId) => failuresOf(caseId) < FAILURES_IN_A_ROW,
    record: (caseId, kind) => void failuresInARow.set(caseId, after[kind](failuresOf(caseId))),
    fits: (expectedMs, limitMs) => limitMs === null || elapsedMs() + expectedMs <= limitMs,
    timed: async (block) => {
      const sinceMs = nowMs();
      await block();
      return nowMs() - sinceMs;
    },
  };
}
