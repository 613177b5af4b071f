import { readFileSync } from 'node:fs';

/**
 * A file of /proc, /sys or /etc, trimmed; null where it is absent or hidden. What is not told is recorded as not told.
 */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
