import { readdirSync } from 'node:fs';
import { readText } from '../environment/read-text.js';

/** What this process and its private directory hold at one moment. */
export interface Census {
  readonly descriptors: number | null;
  readonly files: readonly string[];
  /** Rows of /proc/net/unix that name the private directory: sockets somebody still has open. */
  readonly sockets: readonly string[];
}

export function takeCensus(directory: string): Census {
  return {
    descriptors: namesIn('/proc/self/fd')?.length ?? null,
    files: (namesIn(directory) ?? []).filter((name) => name !== 'lock'),
    sockets: (readText('/proc/net/unix') ?? '').split('\n').flatMap((row) => {
      const path = row.split(' ').at(-1) ?? '';
      return path.startsWith(`${directory}/`) ? [path] : [];
    }),
  };
}

/** What is there now and was not before, as a sentence; null when nothing is. */
export function leftBehind(before: Census, after: Census): string | null {
  const found: string[] = [];
  if (before.descriptors !== null && after.descriptors !== null && after.descriptors > before.descriptors) {
    found.push(`${after.descriptors - before.descriptors} descriptors more than before`);
  }
  const fresh = (now: readonly string[], then: readonly string[]): string[] => now.filter((name) => !then.includes(name));
  const files = fresh(after.files, before.files);
  const sockets = fresh(after.sockets, before.sockets);
  if (files.length > 0) found.push(`files ${files.join(', ')}`);
  if (sockets.length > 0) found.push(`open sockets ${sockets.join(', ')}`);
  return found.length === 0 ? null : `Left behind: ${found.join('; ')}.`;
}

function namesIn(folder: string): string[] | null {
  try {
    return readdirSync(folder);
  } catch {
    return null; // No /proc here, or the directory is gone already.
  }
}
