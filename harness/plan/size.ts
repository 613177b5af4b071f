/** Sizes as people write and read them: 64, 64B, 4k, 4KiB, 1MiB. Powers of 1024 throughout; k and KiB mean the same. */
export function parseSize(text: string): number | null {
  const match = /^(\d+)\s*(b|k|kb|kib|m|mb|mib)?$/i.exec(text.trim());
  if (match === null) return null;
  const unit = (match[2] ?? 'b').toLowerCase()[0];
  const factor = unit === 'm' ? 1024 * 1024 : unit === 'k' ? 1024 : 1;
  const bytes = Number(match[1]) * factor;
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** The spelling used in ids: the largest unit that divides the size exactly, so that an id loses nothing. */
export function formatSize(bytes: number): string {
  if (bytes >= 1024 * 1024 && bytes % (1024 * 1024) === 0) return `${bytes / (1024 * 1024)}MiB`;
  if (bytes >= 1024 && bytes % 1024 === 0) return `${bytes / 1024}KiB`;
  return `${bytes}B`;
}
