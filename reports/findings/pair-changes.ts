import type { Comparison, GateReport, Measurement } from '../../harness/model/index.js';

export interface PairChange {
  readonly atMs: number;
  /** As a share: 0.05 is 5 % worse. */
  readonly change: number;
}

/**
 * What each pair says of head against base, in the order of time. Beside a recorded baseline the other launch of a pair
 * is the control's: then the pairs are laid around the change that was decided, which shows how steady it was, and none
 * is known where nothing was decided.
 */
export function pairChanges(
  method: GateReport['method'],
  found: Comparison,
  { looks, pairs }: Measurement,
): readonly PairChange[] {
  const share = (difference: number): number => (found.unit === 'ns' ? Math.expm1(difference) : difference);
  if (method === 'interleaved') return pairs.map(({ atMs, difference }) => ({ atMs, change: share(difference) }));
  const decided = looks.at(-1)?.change.median;
  if (decided === undefined || pairs.length === 0) return [];
  const perCall = found.allowedIncrease === null ? 0 : found.budget / found.allowedIncrease;
  const positions = pairs.map(({ base, head }) => (found.unit === 'ns' ? Math.log(head / base) : head * perCall));
  const shift = (found.unit === 'ns' ? Math.log1p(decided) : decided) - middle(positions);
  return pairs.map(({ atMs }, index) => ({ atMs, change: share((positions[index] ?? 0) + shift) }));
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, sorted[Math.floor(sorted.length / 2)] ?? 0];
  return (low + high) / 2;
}
