import type { LatencyBins } from '../model/index.js';

const highestTrackableNs = 60_000_000_000;

/**
 * Durations as the bins of an HdrHistogram with three significant digits, the layout of the C++ core: each power of two
 * is cut into 1024 equal bins, 2048 for the first. hdr-histogram-js, which a test holds this to, takes some 40 ms of a
 * peer's start to load.
 */
export function binLatencies(durationsNs: Iterable<number>): LatencyBins {
  const counts = new Map<number, number>();
  let overflow = 0;
  let minNs = Number.POSITIVE_INFINITY;
  let maxNs = 0;
  let sumNs = 0;
  for (const durationNs of durationsNs) {
    const valueNs = Math.max(0, Math.round(durationNs));
    minNs = Math.min(minNs, valueNs);
    maxNs = Math.max(maxNs, valueNs);
    sumNs += valueNs;
    if (valueNs > highestTrackableNs) overflow += 1;
    else counts.set(lowestOfBin(valueNs), (counts.get(lowestOfBin(valueNs)) ?? 0) + 1);
  }
  const bins = [...counts].sort(([a], [b]) => a - b).flat();
  return {
    significantDigits: 3,
    highestTrackableNs,
    overflow,
    minNs: minNs === Number.POSITIVE_INFINITY ? 0 : minNs,
    maxNs,
    sumNs,
    bins,
  };
}

/** The lowest value that shares a bin with this one. Division, not shifts: a shift would cut a number to 32 bits. */
const lowestOfBin = (valueNs: number): number => {
  if (valueNs < 2048) return valueNs;
  const width = 2 ** (Math.floor(Math.log2(valueNs)) - 10);
  return Math.floor(valueNs / width) * width;
};
