import { joinRuns, type Run } from './runs.js';

/** What a list of arrivals, in the order they came, covers. */
export interface Coverage {
  /** All that arrived, each once. */
  readonly seen: readonly Run[];
  readonly repeated: { readonly count: number; readonly first: number | null };
  /**
   * First arrivals that came after a higher number. A gap is not a disorder, and neither is a message that came before
   * already.
   */
  readonly late: { readonly count: number; readonly first: { readonly seq: number; readonly after: number } | null };
}

/**
 * O(n log n) for n runs, whatever their lengths: the ends of all runs cut the numbers into pieces, each arrival takes
 * the pieces that nobody took before it, and taken pieces are skipped by union-find.
 */
export function cover(arrivals: readonly Run[]): Coverage {
  const cuts = [...new Set(arrivals.flatMap((run) => [run.first, run.end]))].sort((a, b) => a - b);
  const pieceAt = new Map(cuts.map((cut, index) => [cut, index]));
  const free = freePieces(cuts.length);
  const late = { count: 0, first: null as { seq: number; after: number } | null };
  const repeated = { count: 0, first: null as number | null };
  let highestEnd = 0;

  for (const run of arrivals) {
    const stop = pieceAt.get(run.end) as number;
    let expected = pieceAt.get(run.first) as number;
    let fresh = 0;
    for (let piece = free.from(expected); expected < stop; piece = free.from(piece)) {
      if (piece !== expected) repeated.first ??= cuts[expected] as number;
      if (piece >= stop) break;
      const first = cuts[piece] as number;
      const length = (cuts[piece + 1] as number) - first;
      // `highestEnd` is a cut itself, so a piece lies wholly on one side of it.
      if (first < highestEnd) {
        late.count += length;
        late.first ??= { seq: first, after: highestEnd - 1 };
      }
      fresh += length;
      free.take(piece);
      expected = piece + 1;
    }
    repeated.count += run.end - run.first - fresh;
    highestEnd = Math.max(highestEnd, run.end);
  }
  return { seen: joinRuns(arrivals), repeated, late };
}

/**
 * Union-find over the pieces between `count` cuts: each taken one points past itself, and paths are halved as they are
 * walked.
 */
function freePieces(count: number): { from(piece: number): number; take(piece: number): void } {
  const next = Array.from({ length: count }, (_, index) => index);
  return {
    from(piece) {
      let at = piece;
      while (next[at] !== at) {
        next[at] = next[next[at] as number] as number;
        at = next[at] as number;
      }
      return at;
    },
    take(piece) {
      next[piece] = piece + 1;
    },
  };
}
