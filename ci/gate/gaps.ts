import type { Gaps, LaunchRecord, Metric } from '../../harness/model/index.js';
import { measuredOf, metricUnit } from './metrics.js';

/** What one launch says of a metric: a value that can be compared, or why there is none. */
export type Reading = number | 'absent' | 'zero';

/**
 * A time of 0 is less than the clock behind it can tell (10 ms ticks of CPU time, a window of no length), and has
 * no ratio to any other; a figure that is
 * no finite number, or below zero, is none.
 */
export function readingOf(launch: LaunchRecord, metric: Metric): Reading {
  const value = measuredOf(launch)[metric];
  if (value === undefined || !Number.isFinite(value) || value < 0) return 'absent';
  return value === 0 && metricUnit(metric) === 'ns' ? 'zero' : value;
}

/**
 * A launch of such a workload has this figure, however slow it is; whether it has the others depends on driver and
 * system.
 */
export const isAlwaysKnown = (metric: Metric): boolean => metric === 'round-trip' || metric === 'message-time';

/**
 * Counts pairs; null where every one of them has both figures, or where no launch at all has one that a driver may
 * not know.
 */
export function gapsOf(
  pairs: readonly { readonly base: Reading; readonly head: Reading }[],
  metric: Metric,
): Gaps | null {
  const missing = pairs.filter(({ base, head }) => typeof base === 'string' || typeof head === 'string').length;
  return gapsIn(
    pairs.map(({ base }) => base),
    pairs.map(({ head }) => head),
    metric,
    { pairs: pairs.length, missing },
  );
}

/**
 * The same of launches that were not run in pairs: those of two reports. What one of them has of no launch is
 * lacked by it altogether, and has no gap.
 */
export function gapsOfLaunches(base: readonly Reading[], head: readonly Reading[], metric: Metric): Gaps | null {
  const lacks = (readings: readonly Reading[]): boolean => readings.every((reading) => reading === 'absent');
  if (lacks(base) !== lacks(head)) return null;
  const all = [...base, ...head];
  return gapsIn(base, head, metric, {
    pairs: all.length,
    missing: all.filter((reading) => typeof reading === 'string').length,
  });
}

function gapsIn(
  base: readonly Reading[],
  head: readonly Reading[],
  metric: Metric,
  counts: Pick<Gaps, 'pairs' | 'missing'>,
): Gaps | null {
  const count = (readings: readonly Reading[], wanted: Reading): number =>
    readings.filter((reading) => reading === wanted).length;
  const absent = { base: count(base, 'absent'), head: count(head, 'absent') };
  const isUnknown = absent.base === base.length && absent.head === head.length;
  if (counts.missing === 0 || (isUnknown && !isAlwaysKnown(metric))) return null;
  return { ...counts, absent, zero: { base: count(base, 'zero'), head: count(head, 'zero') } };
}

export interface VerdictOfGaps {
  readonly verdict: 'incomparable' | 'inconclusive';
  readonly lackedBy: 'base' | 'head' | 'both' | null;
  readonly reason: string;
}

/**
 * What gaps leave of a verdict. A side without a figure makes it incomparable: those that have one may be the fast
 * ones. A time of 0 alone leaves it
 * undecided: neither side is known to be the slower one.
 */
export function verdictOfGaps(gaps: Gaps, metric: Metric, counted: 'pair' | 'launch' = 'pair'): VerdictOfGaps {
  const { absent, zero, pairs, missing } = gaps;
  const all =
    counted === 'pair' ? (pairs === 1 ? '1 pair' : `${pairs} pairs`) : pairs === 1 ? '1 launch' : `${pairs} launches`;
  const lackedBy =
    absent.base > 0 && absent.head > 0 ? 'both' : absent.head > 0 ? 'head' : absent.base > 0 ? 'base' : null;
  if (lackedBy === null) {
    const read = bySide(zero, (side, count) => `${side} read 0 ns in ${count}`);
    return {
      verdict: 'inconclusive',
      lackedBy,
      reason:
        `${read} of ${all}: below the resolution of this system's clock, and no ratio to 0 exists. ` +
        'Longer windows (--duration 200ms) help.',
    };
  }
  const lacks = bySide(absent, (side, count) => `${side} has no figure in ${count}`);
  const rest =
    missing === pairs
      ? ''
      : ' The other launches are not used: whether a launch has a figure may depend on how slow it was.';
  const way = isAlwaysKnown(metric) || metric === 'p99' ? ' Longer windows (--duration 200ms) hold more messages.' : '';
  return { verdict: 'incomparable', lackedBy, reason: `${lacks} of ${all}.${rest}${way}` };
}

function bySide({ base, head }: Gaps['absent'], tell: (side: string, count: number) => string): string {
  const told = [...(base > 0 ? [tell('base', base)] : []), ...(head > 0 ? [tell('head', head)] : [])].join(', and ');
  return `${told.charAt(0).toUpperCase()}${told.slice(1)}`;
}
