import { inflateSync } from 'node:zlib';
import { JsHistogram, decodeFromCompressedBase64 } from 'hdr-histogram-js';
import type { LatencySummary } from '../../harness/model/index.js';
import type { QuantilePoint } from './chart-data.js';

/**
 * The value at each quantile of a case's round trips, evenly spaced by how rare they are. It ends at the last quantile
 * that at least ten round trips lie beyond: farther out, a curve would be drawn through single events. Empty when the
 * histogram cannot be read or holds too little.
 */
export function percentileCurve({ histogram, overflow }: LatencySummary): readonly QuantilePoint[] {
  const decoded = decode(histogram);
  if (decoded === null) return [];
  const total = decoded.totalCount + overflow;
  const rarest = total / atLeastBeyond;
  if (rarest < 2) return [];
  const wanted = Array.from({ length: pointCount }, (_, index) => rarest ** (index / (pointCount - 1)));
  return dropRepeats(valuesAt(decoded, wanted, total));
}

const atLeastBeyond = 10;
// A curve is at most some 600 pixels wide, and a page carries one for each case.
const pointCount = 96;

// Three digits over the whole range of 64 bits take some 500 kB before compression. A few kB of text can inflate to a
// gigabyte.
const mostInflatedBytes = 4 * 2 ** 20;
// HdrHistogram's V2 encoding: a cookie and the length, then what zlib made of the header and the counts; the header's
// third word is its digits.
const zlibBegins = 8;
const digitsAt = 12;
const mostDigits = 3;

function isOfOurSize(histogram: string): boolean {
  const inflated = inflateSync(Buffer.from(histogram, 'base64').subarray(zlibBegins), {
    maxOutputLength: mostInflatedBytes,
  });
  return inflated.length > digitsAt + 4 && inflated.readInt32BE(digitsAt) <= mostDigits;
}

function decode(histogram: string): JsHistogram | null {
  try {
    if (!isOfOurSize(histogram)) return null;
    // 64: counts of a long run do not fit 32 bits.
    const decoded = decodeFromCompressedBase64(histogram, 64);
    return decoded instanceof JsHistogram && decoded.totalCount > 0 ? decoded : null;
  } catch {
    // A damaged histogram costs its curve: the quantiles of the table are in the report beside it.
    return null;
  }
}

// One pass over the bins: asking for each percentile alone would walk them all each time.
function valuesAt(histogram: JsHistogram, wanted: readonly number[], total: number): QuantilePoint[] {
  const points: QuantilePoint[] = [];
  const bins = histogram.recordedValuesIterator;
  bins.resetIterator(histogram);
  bins.reset();
  while (bins.hasNext() && points.length < wanted.length) {
    const bin = bins.next();
    for (
      let rarity = wanted[points.length];
      rarity !== undefined && bin.totalCountToThisValue >= (1 - 1 / rarity) * total;
      rarity = wanted[points.length]
    ) {
      points.push([Number(rarity.toPrecision(4)), bin.valueIteratedTo]);
    }
  }
  return points;
}

// Along a flat stretch the two ends say it all.
function dropRepeats(points: readonly QuantilePoint[]): readonly QuantilePoint[] {
  return points.filter(([, value], index) => value !== points[index - 1]?.[1] || value !== points[index + 1]?.[1]);
}
