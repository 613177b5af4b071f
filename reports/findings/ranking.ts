import type { CaseResult, Estimate } from '../../harness/model/index.js';
import type { Figure } from '../units/estimate.js';
import type { ComparableGroup } from './comparable-groups.js';

export interface Ranked {
  readonly transport: string;
  readonly reference: string | null;
  readonly result: CaseResult;
  readonly estimate: Estimate;
}

/** One group at one size, best first. References stand apart: they are yardsticks, not contestants. */
export interface Ranking {
  readonly group: ComparableGroup;
  readonly sizeBytes: number;
  readonly leader: Ranked | null;
  /** Their intervals overlap with the leader's: no measurable difference from it. */
  readonly tied: readonly Ranked[];
  /** Measurably worse than the leader. */
  readonly behind: readonly Ranked[];
  /** Too few launches, here or of the leader, to tell. */
  readonly undecided: readonly Ranked[];
  readonly references: readonly Ranked[];
}

export function rankGroup(group: ComparableGroup, sizeBytes: number): Ranking {
  const ranked = group.rows
    .flatMap((row) => rankedRow(row.transport, row.reference, row.results.get(sizeBytes)))
    .sort((a, b) => (group.figure === 'latency' ? a.estimate.value - b.estimate.value : b.estimate.value - a.estimate.value));
  const contestants = ranked.filter((entry) => entry.reference === null);
  const leader = contestants[0] ?? null;
  const others = contestants.slice(1).map((entry) => ({ entry, standing: standing(leader, entry) }));
  const those = (wanted: Standing): readonly Ranked[] => others.filter((other) => other.standing === wanted).map((other) => other.entry);
  return {
    group,
    sizeBytes,
    leader,
    tied: those('tied'),
    behind: those('behind'),
    undecided: those('undecided'),
    references: ranked.filter((entry) => entry.reference !== null),
  };
}

/** The estimate a case is ranked by: the median of the launches' p50, or of their bytes per second. null: every launch failed. */
export function headlineEstimate(result: CaseResult): Estimate | null {
  const figure: Figure = result.figure;
  return figure === 'latency' ? (result.latency?.medianOfP50Ns ?? null) : (result.throughput?.bytesPerSecond ?? null);
}

type Standing = 'tied' | 'behind' | 'undecided';

function rankedRow(transport: string, reference: string | null, result: CaseResult | undefined): readonly Ranked[] {
  const estimate = result === undefined ? null : headlineEstimate(result);
  return result === undefined || estimate === null ? [] : [{ transport, reference, result, estimate }];
}

// Intervals that overlap: no claim. Two 95 % intervals that do not are a stricter test than one at 5 %, which suits a table
// in which many pairs are looked at.
function standing(leader: Ranked | null, entry: Ranked): Standing {
  const a = leader?.estimate;
  const b = entry.estimate;
  if (a === undefined || a.low === null || a.high === null || b.low === null || b.high === null) return 'undecided';
  return a.low <= b.high && b.low <= a.high ? 'tied' : 'behind';
}
