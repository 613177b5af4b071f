import { threeDigits } from './digits.js';

/** A message size, exactly: `64 B`, `4 KiB`, `1 MiB`; what is no whole KiB stays in bytes, `4097 B`. */
export function formatSize(bytes: number): string {
  const unit = binaryUnits.find((candidate) => bytes >= candidate.bytes && bytes % candidate.bytes === 0);
  return unit === undefined ? `${bytes} B` : `${bytes / unit.bytes} ${unit.name}`;
}

/** An amount of memory to three digits: `5.70 MiB`; null reads `–`. */
export function formatMemory(bytes: number | null): string {
  if (bytes === null) return '–';
  const unit = binaryUnits.find((candidate) => bytes >= candidate.bytes);
  return unit === undefined ? `${bytes} B` : `${threeDigits(bytes / unit.bytes)} ${unit.name}`;
}

const binaryUnits = [
  { bytes: 2 ** 30, name: 'GiB' },
  { bytes: 2 ** 20, name: 'MiB' },
  { bytes: 2 ** 10, name: 'KiB' },
];
