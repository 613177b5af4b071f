import type { Case, Gaps, LookResult, Look, Metric, Noise, PairRecord } from '../../harness/model/index.js';
import { lookAt, type ComparisonInput } from './decide.js';
import { differencesOf, scaleOf } from './differences.js';
import { gapsOf, type Reading } from './gaps.js';
import { metricUnit } from './metrics.js';
import type { Terms } from './rules.js';

export type Side = 'base' | 'head';

/** A question with the pairs that its differences come from. */
export interface PairComparisonInput extends ComparisonInput {
  readonly metric: Metric;
  readonly pairs: readonly PairRecord[];
}

/** A rule that looks at all comparisons at once; it leaves out those that it cannot say anything of. */
export type LookAt = (look: Look, questions: readonly PairComparisonInput[]) => ReadonlyMap<string, LookResult>;

/** What one comparison has so far. */
export interface ComparisonState {
  readonly id: string;
  readonly case: Case;
  readonly metric: Metric;
  readonly terms: Terms;
  readonly measurements: readonly { readonly looks: readonly LookResult[]; readonly pairs: readonly PairRecord[] }[];
  /** Pairs that ran without giving both figures; null where there was none. */
  readonly gaps?: Gaps | null;
}

/** One measurement of a comparison while it runs: what was measured, and what was said of it. */
interface Series {
  readonly looks: LookResult[];
  readonly raw: {
    readonly atMs: number;
    readonly first: Side;
    readonly base: number;
    readonly head: number;
    readonly noise: Noise;
  }[];
  /** Pairs that ran, as far as this comparison was open: those of `raw` too. */
  readonly readings: { readonly base: Reading; readonly head: Reading }[];
  /** It had gaps when it was to be looked at: more pairs do not mend that. */
  isGivenUp: boolean;
}

export const freshSeries = (): Series => ({ looks: [], raw: [], readings: [], isGivenUp: false });

/** A comparison while the gate runs; its last series is the one that is measured. */
export interface State {
  readonly id: string;
  readonly case: Case;
  readonly metric: Metric;
  readonly terms: Terms;
  readonly series: Series[];
}

/** Looks at all comparisons at once: those that are decided still count for the correction. */
export function takeLook(look: Look, pending: readonly State[], rule: LookAt = lookAt): void {
  for (const state of pending) if (hasGaps(state)) seriesOf(state).isGivenUp = true;
  const asked = pending.filter((state) => seriesOf(state).raw.length > 0 && !hasGaps(state));
  const questions = asked.map((state): PairComparisonInput => {
    const pairs = recordsOf(state, seriesOf(state));
    const { id, metric, terms } = state;
    return {
      id,
      metric,
      unit: metricUnit(metric),
      isGated: terms.isGated,
      budget: terms.budget,
      isDecided: !isOpen(state),
      differences: pairs.map((pair) => pair.difference),
      pairs,
    };
  });
  for (const [id, result] of rule(look, questions)) {
    const state = asked.find((one) => one.id === id);
    if (state !== undefined) seriesOf(state).looks.push(result);
  }
}

/** What one pair gave of one comparison. */
export interface PairReading {
  readonly atMs: number;
  readonly first: Side;
  readonly base: Reading;
  readonly head: Reading;
  readonly noise: Noise;
}

export function keep(state: State, { atMs, first, base, head, noise }: PairReading): void {
  if (!isOpen(state)) return;
  seriesOf(state).readings.push({ base, head });
  if (typeof base === 'number' && typeof head === 'number')
    seriesOf(state).raw.push({ atMs, first, base, head, noise });
}

/** What a side lacks is not made up for by pairs that have it: no look is taken at those. */
const hasGaps = (state: State): boolean => gapsOf(seriesOf(state).readings, state.metric) !== null;

/** A case is measured on while anything gated in it is open; one with nothing gated, while anything is. */
export function openCases(pending: readonly State[]): Case[] {
  const open = pending.filter(
    (state) => isOpen(state) && !isUnknowable(state) && (state.terms.isGated || !hasGated(state.case, pending)),
  );
  return [...new Map(open.map((state) => [state.case.id, state.case])).values()];
}

/** A driver that did not know it in the pairs there are will not know it in the next. */
function isUnknowable(state: State): boolean {
  const { raw, readings } = seriesOf(state);
  return readings.length > 0 && raw.length === 0 && !hasGaps(state);
}

function hasGated(one: Case, pending: readonly State[]): boolean {
  return pending.some((state) => state.case.id === one.id && state.terms.isGated && !isUnknowable(state));
}

function isOpen(state: State): boolean {
  if (seriesOf(state).isGivenUp) return false;
  const verdict = lastVerdict(state);
  return verdict === null || verdict === 'undecided';
}

export function hasUnseenPairs(state: State): boolean {
  const { looks, raw } = seriesOf(state);
  return isOpen(state) && !hasGaps(state) && raw.length > (looks.at(-1)?.pairs ?? 0);
}

export const lastVerdict = (state: State): LookResult['verdict'] | null =>
  state.series.at(-1)?.looks.at(-1)?.verdict ?? null;

function seriesOf(state: State): Series {
  const last = state.series.at(-1);
  if (last === undefined) throw new Error(`${state.id} is read before it is measured.`);
  return last;
}

export function recordOf(state: State): ComparisonState {
  const { id, case: one, metric, terms } = state;
  // A second measurement that ended before its first pair is none.
  const series = state.series.filter(({ raw }, index) => index === 0 || raw.length > 0);
  return {
    id,
    case: one,
    metric,
    terms,
    measurements: series.map((entry) => ({ looks: [...entry.looks], pairs: recordsOf(state, entry) })),
    gaps: gapsOf(
      state.series.flatMap(({ readings }) => readings),
      metric,
    ),
  };
}

function recordsOf(state: State, { raw }: Series): PairRecord[] {
  if (raw.length === 0) return [];
  const scale = scaleOf(
    metricUnit(state.metric),
    state.terms.budget,
    raw.map((pair) => pair.base),
  );
  const differences = differencesOf(scale, raw);
  return raw.map((pair, index) => ({ ...pair, difference: differences[index] as number }));
}
