import { shortNumber, threeDigits } from './digits.js';

/** A signed share, head against base: `+4.9 %` is worse, `−0.2 %` better, `0 %` the same. null reads `–`. */
export function formatChange(change: number | null): string {
  if (change === null) return '–';
  if (change === 0) return '0 %';
  const percent = Math.abs(change * 100);
  return `${signOf(change, percent < 0.05)}${percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** `[+4.0, +5.8] %`; `–` where too few pairs gave no interval. */
export function formatChangeInterval(low: number | null, high: number | null): string {
  if (low === null || high === null) return '–';
  return `[${formatChange(low).replace(' %', '')}, ${formatChange(high).replace(' %', '')}] %`;
}

/** What a count rose or fell by: `+0.02`, `−1`, `0`. */
export function formatIncrease(increase: number | null): string {
  if (increase === null) return '–';
  return increase === 0 ? '0' : `${signOf(increase, false)}${shortNumber(Number(Math.abs(increase).toPrecision(2)))}`;
}

/** `[−0.002, +0.001]`. */
export function formatIncreaseInterval(low: number | null, high: number | null): string {
  return low === null || high === null ? '–' : `[${formatIncrease(low)}, ${formatIncrease(high)}]`;
}

/** A count per message: `4`, `0.031`, `0`; null reads `–`. */
export function formatCountPerMessage(count: number | null): string {
  return count === null ? '–' : count < 10 ? shortNumber(count) : threeDigits(count);
}

// A true minus: a screen reader says it, and leaves out a hyphen. What rounds to zero has no direction.
function signOf(value: number, roundsToZero: boolean): string {
  return roundsToZero ? '' : value < 0 ? '−' : '+';
}
