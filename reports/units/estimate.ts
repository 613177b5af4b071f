import type { Estimate } from '../../harness/model/index.js';
import { threeDigits } from './digits.js';
import { formatNs, nsUnit } from './duration.js';
import { byteRateUnit, formatBytesPerSecond } from './rate.js';

/** What an estimate measures: it decides the unit, and which end of the scale is the good one. */
export type Figure = 'latency' | 'throughput';

/** `8.52 µs [8.31, 8.70]`, in one unit; `8.52 µs` alone where too few launches gave no interval. */
export function formatEstimate(figure: Figure, estimate: Estimate): string {
  const interval = formatInterval(figure, estimate);
  return interval === null
    ? formatFigure(figure, estimate.value)
    : `${formatFigure(figure, estimate.value)} ${interval}`;
}

/** `[8.31, 8.70]` in the unit of the value, which is printed beside it; null where there is no interval. */
export function formatInterval(figure: Figure, { value, low, high }: Estimate): string | null {
  if (low === null || high === null) return null;
  const divisor = figure === 'latency' ? nsUnit(value).ns : byteRateUnit(value).perSecond;
  return `[${threeDigits(low / divisor)}, ${threeDigits(high / divisor)}]`;
}

/** `8.52 µs`, `5.31 GB/s`. */
export function formatFigure(figure: Figure, value: number | null): string {
  return figure === 'latency' ? formatNs(value) : formatBytesPerSecond(value);
}

/** `±2%`: the farther end of the interval, as a share of the value; null where there is no interval. */
export function formatSpread(estimate: Estimate): string | null {
  const spread = relativeSpread(estimate);
  if (spread === null) return null;
  const percent = spread * 100;
  return percent < 0.95 ? '±<1%' : `±${Math.round(percent)}%`;
}

/** Distance of the farther end of the interval from the value, as a share of the value. */
export function relativeSpread({ value, low, high }: Estimate): number | null {
  if (low === null || high === null || value === 0) return null;
  return Math.max(high - value, value - low) / value;
}
