import { threeDigits } from './digits.js';

/** `850 ns`, `8.52 µs`, `1.24 ms`, `2.10 s`; null reads `–`. */
export function formatNs(ns: number | null): string {
  if (ns === null) return '–';
  const unit = nsUnit(ns);
  return `${threeDigits(ns / unit.ns)} ${unit.name}`;
}

/** How long a run took: `42 s`, `3 min 20 s`, `2 h 05 min`. */
export function formatElapsedMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${twoPlaces(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${twoPlaces(Math.floor((seconds % 3600) / 60))} min`;
}

/** The unit a duration is best read in; an interval is printed in the unit of its middle. */
export function nsUnit(ns: number): { readonly ns: number; readonly name: string } {
  // 999.6 rounds to 1000 at three digits, which reads better as 1.00 of the next unit.
  return units.find((unit) => ns >= unit.ns * 0.9995) ?? { ns: 1, name: 'ns' };
}

const units = [
  { ns: 1e9, name: 's' },
  { ns: 1e6, name: 'ms' },
  { ns: 1e3, name: 'µs' },
];

function twoPlaces(value: number): string {
  return String(value).padStart(2, '0');
}
