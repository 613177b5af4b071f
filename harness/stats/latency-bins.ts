import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import type { LatencyBins } from '../model/index.js';

/**
 * The round trips of any number of launches. Its size depends on how many bins are in use, not on how many launches
 * were added.
 */
export interface MergedLatency {
  add(bins: LatencyBins): void;
  /** All values, those above the histogram's range included. */
  count(): number;
  /** Values above the range. */
  overflow(): number;
  /** null where the quantile lies among the values above the range: unknown, not equal to the range's end. */
  quantile(q: number): number | null;
  /** HdrHistogram's V2 encoding, compressed, base64: readable by every HdrHistogram port. */
  encode(): string;
}

export function mergedLatency(): MergedLatency {
  const counts = new Map<number, number>();
  let highest = 2;
  let inRange = 0;
  let overflow = 0;
  const histogram = (): ReturnType<typeof build> => {
    const merged = build({
      lowestDiscernibleValue: 1,
      highestTrackableValue: highest,
      numberOfSignificantValueDigits: 3,
      bitBucketSize: 64,
    });
    for (const [valueNs, count] of counts) merged.recordValueWithCount(valueNs, count);
    return merged;
  };
  return {
    add: (bins) => {
      highest = Math.max(highest, bins.highestTrackableNs);
      overflow += bins.overflow;
      for (const [valueNs, count] of binsOf(bins)) {
        counts.set(valueNs, (counts.get(valueNs) ?? 0) + count);
        inRange += count;
      }
    },
    count: () => inRange + overflow,
    overflow: () => overflow,
    quantile: (q) => {
      const count = inRange + overflow;
      return q * count <= inRange ? histogram().getValueAtPercentile((100 * q * count) / inRange) : null;
    },
    encode: () => encodeIntoCompressedBase64(histogram()),
  };
}

/**
 * The smallest recorded value that at least a share q of all values do not exceed, from the bins alone. Any launch that
 * recorded anything has one: what a launch is compared by must not be missing because it was slow. Among the values
 * above the histogram's range it is the largest one, which it does not exceed. null where nothing was recorded.
 */
export function quantileOfBins(bins: LatencyBins, q: number): number | null {
  const total = countOf(bins);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(q * total));
  let seen = 0;
  for (const [valueNs, count] of binsOf(bins)) {
    seen += count;
    if (seen >= rank) return valueNs;
  }
  return bins.maxNs;
}

/** A tail is stated only where at least ten values lie beyond it: fewer say nothing of how rare it is. */
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
