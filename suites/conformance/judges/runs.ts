/** Sequence numbers `first … end - 1`. Judges work with runs: an intact exchange of a billion messages is one. */
export interface Run {
  readonly first: number;
  readonly end: number;
}

export function countOf(runs: readonly Run[]): number {
  return runs.reduce((sum, run) => sum + run.end - run.first, 0);
}

/** The same numbers as ascending runs that neither touch nor overlap. */
export function joinRuns(runs: readonly Run[]): readonly Run[] {
  const joined: Run[] = [];
  for (const run of [...runs].sort((a, b) => a.first - b.first)) {
    const last = joined.at(-1);
    if (run.end <= run.first) continue;
    if (last !== undefined && run.first <= last.end)
      joined[joined.length - 1] = { first: last.first, end: Math.max(last.end, run.end) };
    else joined.push(run);
  }
  return joined;
}

/** What is in `from` and not in `taken`; both as `joinRuns` leaves them. */
export function subtractRuns(from: readonly Run[], taken: readonly Run[]): readonly Run[] {
  const left: Run[] = [];
  let next = 0;
  for (const { first, end } of from) {
    let start = first;
    while (start < end) {
      while (next < taken.length && (taken[next] as Run).end <= start) next += 1;
      const hole = taken[next];
      const stop = Math.min(end, hole?.first ?? end);
      if (stop > start) left.push({ first: start, end: stop });
      start = hole?.end ?? end;
    }
  }
  return left;
}

export function includes(runs: readonly Run[], seq: number): boolean {
  return runs.some((run) => run.first <= seq && seq < run.end);
}
