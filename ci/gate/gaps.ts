import type { Gaps, LaunchRecord, Metric } from '../../harness/model/index.js';
import { measuredOf, metricUnit } from './metrics.js';

/** What one launch says of a metric: a value that can be compared, or why there is none. */
export type Reading = number | 'absent' | 'zero';

/**
 * A time of 0 is less than the clock behind it can tell (10 ms ticks of CPU time, a window of no length), and has no ratio to any other; a figure that is
 * no finite number, or below zero, is none.
 */
export function readingOf(launch: LaunchRecord, metric: Metric): Reading {
  const value = measuredOf(launch)[metric];
  if (value === undefined || !Number.isFinite(value) || value < 0) return 'absent';
  return value === 0 && metricUnit(metric) === 'ns' ? 'zero' : value;
}

/** A launch of such a workload has this figure, however slow it is; whether it has the others depends on driver and system. */
export const isAlwaysKnown = (metric: Metric): boolean => metric === 'round-trip' || metric === 'message-time';

/** Counts pairs; null where every one of them has both figures, or where no launch at all has one that a driver may not know. */
export function gapsOf(pairs: readonly { readonly base: Reading; readonly head: Reading }[], metric: Metric): Gaps | null {
  const count = (side: 'base' | 'head', reading: Reading): number => pairs.filter((pair) => pair[side] === reading).length;
  const absent = { base: count('base', 'absent'), head: count('head', 'absent') };
  if (!isAlwaysKnown(metric) && absent.base === pairs.length && absent.head === pairs.length) return null;
  const missing = pairs.filter(({ base, head }) => typeof base === 'string' || typeof head === 'string').length;
  return missing === 0 ? null : { pairs: pairs.length, missing, absent, zero: { base: count('base', 'zero'), head: count('head', 'zero') } };
}

/** A second measurement's gaps are as good a reason to decide nothing as the first one's. */
export function sumOfGaps(all: readonly (Gaps | null)[]): Gaps | null {
  const found = all.filter((one) => one !== null);
  if (found.length === 0) return null;
  const bySide = (pick: (one: Gaps) => Gaps['absent']): Gaps['absent'] => ({ base: sum(found.map((one) => pick(one).base)), head: sum(found.map((one) => pick(one).head)) });
  return { pairs: sum(found.map((one) => one.pairs)), missing: sum(found.map((one) => one.missing)), absent: bySide((one) => one.absent), zero: bySide((one) => one.zero) };
}

/**
 * What gaps leave of a verdict. A side without a figure makes it incomparable: those that have one may be the fast ones. A time of 0 alone leaves it
 * undecided: neither side is known to be the slower one.
 */
export function verdictOfGaps(gaps: Gaps, metric: Metric): { readonly verdict: 'incomparable' | 'inconclusive'; readonly lackedBy: 'base' | 'head' | 'both' | null; readonly reason: string } {
  const { absent, zero } = gaps;
  const lackedBy = absent.base > 0 && absent.head > 0 ? 'both' : absent.head > 0 ? 'head' : absent.base > 0 ? 'base' : null;
  if (lackedBy === null) {
    return { verdict: 'inconclusive', lackedBy, reason: `${timesOf(zero, gaps.pairs)} read 0 ns, less than this system's clock can tell, and 0 has no ratio. Longer windows (--duration 200ms) show more of it.` };
  }
  const rest = `The other ${gaps.pairs - gaps.missing} decide nothing, as whether a launch has the figure may depend on how slow it was.`;
  const way = isAlwaysKnown(metric) || metric === 'p99' ? ' Longer windows (--duration) hold more messages.' : '';
  return { verdict: 'incomparable', lackedBy, reason: `${sidesOf(absent, gaps.pairs)} no such figure. ${rest}${way}` };
}

function sidesOf({ base, head }: Gaps['absent'], pairs: number): string {
  const told = [base > 0 && `base in ${base}`, head > 0 && `head in ${head}`].filter((part) => part !== false).join(', and ');
  return `Of ${pairs} ${pairs === 1 ? 'pair' : 'pairs'}, ${told} has`;
}

function timesOf({ base, head }: Gaps['zero'], pairs: number): string {
  const told = [base > 0 && `base in ${base}`, head > 0 && `head in ${head}`].filter((part) => part !== false).join(', and ');
  return `Of ${pairs} ${pairs === 1 ? 'pair' : 'pairs'}, ${told}`;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
