import type { CaseResult, Estimate, RankingEntry, Standing } from '../../harness/model/index.js';
import type { Figure } from '../units/estimate.js';
import type { ComparableGroup } from './comparable-groups.js';

export interface Ranked {
  readonly transport: string;
  readonly reference: string | null;
  readonly result: CaseResult;
  readonly estimate: Estimate;
  /** What the report's ranking says of it; null where it has none: a reference, or a transport that stands alone. */
  readonly entry: RankingEntry | null;
}

/**
 * One group at one size, as the report ranks it. References stand apart: they are shown beside the others and never
 * ranked.
 */
export interface Standings {
  readonly group: ComparableGroup;
  readonly sizeBytes: number;
  readonly leader: Ranked | null;
  /** They cannot be told from the leader. */
  readonly tied: readonly Ranked[];
  /** Slower than the leader, the nearest first. */
  readonly behind: readonly Ranked[];
  /** Too few blocks of launches to tell. */
  readonly undecided: readonly Ranked[];
  readonly references: readonly Ranked[];
  /** How many blocks of launches were compared; 0 without a ranking. */
  readonly blocks: number;
}

export function rankGroup(group: ComparableGroup, sizeBytes: number): Standings {
  const ranking = group.rankings.get(sizeBytes);
  const byValue = (a: Ranked, b: Ranked): number =>
    (a.estimate.value - b.estimate.value) * (group.figure === 'latency' ? 1 : -1);
  const shown = group.rows
    .flatMap((row) =>
      rankedRow(
        row.transport,
        row.reference,
        row.results.get(sizeBytes),
        ranking?.entries.find((entry) => entry.transport === row.transport) ?? null,
      ),
    )
    .sort(byValue);
  const contestants = shown.filter((one) => one.reference === null);
  const leader = contestants.find(({ entry }) => entry?.standing === 'leader') ?? contestants[0] ?? null;
  const those = (wanted: Standing): readonly Ranked[] =>
    contestants.filter((one) => one !== leader && (one.entry?.standing ?? 'undecided') === wanted);
  return {
    group,
    sizeBytes,
    leader,
    tied: those('tied'),
    behind: those('behind').toSorted((a, b) => (a.entry?.ratio ?? 0) - (b.entry?.ratio ?? 0)),
    undecided: those('undecided'),
    references: shown.filter((one) => one.reference !== null),
    blocks: ranking?.blocks ?? 0,
  };
}

/** The estimate of a case: the median of the launches' p50, or of their bytes per second. null: every launch failed. */
export function headlineEstimate(result: CaseResult): Estimate | null {
  const figure: Figure = result.figure;
  return figure === 'latency' ? (result.latency?.medianOfP50Ns ?? null) : (result.throughput?.bytesPerSecond ?? null);
}

function rankedRow(
  transport: string,
  reference: string | null,
  result: CaseResult | undefined,
  entry: RankingEntry | null,
): readonly Ranked[] {
  const estimate = result === undefined ? null : headlineEstimate(result);
  return result === undefined || estimate === null
    ? []
    : [{ transport, reference, result, estimate, entry: reference === null ? entry : null }];
}
