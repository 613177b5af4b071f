import type { Progress } from '../../session/progress.js';

export interface PairTimes {
  /** What a pair is likely to take, until one has been seen. */
  readonly likelyMs: number;
  /** When the last pair will have ended at the latest, from now; null is no limit. */
  readonly untilMs: number | null;
  /** What comes after all pairs. */
  readonly thenMs: number;
}

/** Begins now; call what it returns before each pair, with what it is and how many may still come at most. */
export function drawPairs(progress: Progress, times: PairTimes): (doing: string, left: number) => void {
  const sinceMs = performance.now();
  let pairs = 0;
  return (doing, left) => {
    const elapsedMs = performance.now() - sinceMs;
    const leftMs = left * (pairs === 0 ? times.likelyMs : elapsedMs / pairs);
    const beforeEndMs = times.untilMs === null ? leftMs : Math.min(leftMs, times.untilMs - elapsedMs);
    progress.step(`${doing} · at most ${left} pairs`, beforeEndMs + times.thenMs);
    pairs += 1;
  };
}
