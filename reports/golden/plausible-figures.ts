import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';

export type Random = () => number;

/** mulberry32: equal seeds, equal fixtures. */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Durations with counts, ascending: a narrow body, a shoulder of interrupts, and rare stalls of milliseconds. */
export function roundTrips(random: Random, typicalNs: number, values: number): readonly (readonly [valueNs: number, count: number])[] {
  const counts = new Map<number, number>();
  for (let index = 0; index < values; index++) {
    const rare = random();
    const factor = rare > 0.9995 ? 40 + random() * 400 : rare > 0.97 ? 1.4 + random() * 2 : 0.96 + random() ** 3 * 0.25;
    const valueNs = Math.round(typicalNs * factor);
    counts.set(valueNs, (counts.get(valueNs) ?? 0) + 8);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

/** HdrHistogram V2, compressed, base64: as a report carries it. */
export function histogramOf(recorded: readonly (readonly [valueNs: number, count: number])[]): string {
  const histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000_000, numberOfSignificantValueDigits: 3, bitBucketSize: 32 });
  for (const [valueNs, count] of recorded) histogram.recordValueWithCount(valueNs, count);
  return encodeIntoCompressedBase64(histogram);
}

export function median(sorted: readonly number[]): number {
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[sorted.length / 2 - 1] ?? 0) + upper) / 2;
}
