import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { LatencyBins } from '../model/index.js';

/** The round trips of several launches as one HdrHistogram, and how many lay above what it can hold. */
export interface MergedLatency {
  readonly histogram: Histogram;
  readonly overflow: number;
}

export function mergeBins(launches: readonly LatencyBins[]): MergedLatency {
  const highest = Math.max(2, ...launches.map((bins) => bins.highestTrackableNs));
  const histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: highest, numberOfSignificantValueDigits: 3, bitBucketSize: 64 });
  let overflow = 0;
  for (const bins of launches) {
    overflow += bins.overflow;
    for (const [valueNs, count] of binsOf(bins)) histogram.recordValueWithCount(valueNs, count);
  }
  return { histogram, overflow };
}

/** HdrHistogram's V2 encoding, compressed, base64: readable by every HdrHistogram port. */
export function encodeMerged(merged: MergedLatency): string {
  return encodeIntoCompressedBase64(merged.histogram);
}

/**
 * The smallest recorded value that at least a share q of all values do not exceed, from the bins alone.
 * null where n(1 - q) < 10, or where it lies among the values above the histogram's range: seen too seldom to be stated.
 */
export function quantileOfBins(bins: LatencyBins, q: number): number | null {
  const total = countOf(bins);
  if (!isQuantileShown(total, q)) return null;
  const rank = Math.max(1, Math.ceil(q * total));
  let seen = 0;
  for (const [valueNs, count] of binsOf(bins)) {
    seen += count;
    if (seen >= rank) return valueNs;
  }
  return null;
}

/** A quantile is stated only where at least ten values lie beyond it. */
export function isQuantileShown(count: number, q: number): boolean {
  return count * (1 - q) >= 10 - 1e-9;
}

/** All values recorded, those above the range included. */
export function countOf(bins: LatencyBins): number {
  let total = bins.overflow;
  for (const [, count] of binsOf(bins)) total += count;
  return total;
}

function* binsOf({ bins }: LatencyBins): Generator<readonly [valueNs: number, count: number]> {
  for (let index = 0; index < bins.length; index += 2) yield [bins[index] as number, bins[index + 1] as number];
}
