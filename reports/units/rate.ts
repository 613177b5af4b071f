import { threeDigits } from './digits.js';

/** Bytes per second in decimal units, as links and disks are sold: `5.31 GB/s`; null reads `–`. */
export function formatBytesPerSecond(bytesPerSecond: number | null): string {
  if (bytesPerSecond === null) return '–';
  const unit = byteRateUnit(bytesPerSecond);
  return `${threeDigits(bytesPerSecond / unit.perSecond)} ${unit.name}`;
}

/** `118 k/s`, `1.24 M/s`, `42.0 /s`: messages per second. */
export function formatPerSecond(perSecond: number | null): string {
  if (perSecond === null) return '–';
  const unit = [
    { perSecond: 1e9, name: 'G/s' },
    { perSecond: 1e6, name: 'M/s' },
    { perSecond: 1e3, name: 'k/s' },
  ].find((candidate) => perSecond >= candidate.perSecond * 0.9995);
  return unit === undefined
    ? `${threeDigits(perSecond)} /s`
    : `${threeDigits(perSecond / unit.perSecond)} ${unit.name}`;
}

/** The unit a byte rate is best read in; an interval is printed in the unit of its middle. */
export function byteRateUnit(bytesPerSecond: number): { readonly perSecond: number; readonly name: string } {
  return byteRateUnits.find((unit) => bytesPerSecond >= unit.perSecond * 0.9995) ?? { perSecond: 1, name: 'B/s' };
}

const byteRateUnits = [
  { perSecond: 1e12, name: 'TB/s' },
  { perSecond: 1e9, name: 'GB/s' },
  { perSecond: 1e6, name: 'MB/s' },
  { perSecond: 1e3, name: 'kB/s' },
];
