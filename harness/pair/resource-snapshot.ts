import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { openDescriptors, unixSocketPaths } from '../os/os.js';

/** What this process and its private directory hold at one moment. */
export interface ResourceSnapshot {
  /** What each open descriptor is, by number; null where the system does not tell. */
  readonly descriptors: ReadonlyMap<string, string> | null;
  readonly files: readonly string[];
  /** Sockets in the private directory that somebody still has open. */
  readonly sockets: readonly string[];
}

export function takeResourceSnapshot(directory: string): ResourceSnapshot {
  return {
    descriptors: ownDescriptors(),
    files: (namesIn(directory) ?? []).filter((name) => name !== 'lock'),
    sockets: unixSocketPaths().filter((path) => path.startsWith(`${directory}/`)),
  };
}

/**
 * What is there now and was not before, as a sentence; null when nothing is. Looks again before it says so: other
 * threads of the process open files for a moment (glibc reads /proc/sys/vm/overcommit_memory when it gives memory
 * back).
 */
export async function leftBehindSince(before: ResourceSnapshot, directory: string): Promise<string | null> {
  let found = leftBehind(before, takeResourceSnapshot(directory));
  for (let pauseMs = FIRST_PAUSE_MS; found !== null && pauseMs <= LAST_PAUSE_MS; pauseMs *= 2) {
    await setTimeout(pauseMs);
    found = leftBehind(before, takeResourceSnapshot(directory));
  }
  return found;
}

const FIRST_PAUSE_MS = 20;
/** 1.2 s in all: a thread that has to wait for a CPU holds its moment's file for as long. */
const LAST_PAUSE_MS = 640;

export function leftBehind(before: ResourceSnapshot, after: ResourceSnapshot): string | null {
  const found: string[] = [];
  if (before.descriptors !== null && after.descriptors !== null) {
    const then = before.descriptors;
    const opened = [...after.descriptors].filter(([number, what]) => then.get(number) !== what);
    // A number may have changed hands; more of them than before is what a leak is.
    if (after.descriptors.size > then.size)
      found.push(`descriptors ${opened.map(([number, what]) => `${number} (${what})`).join(', ')}`);
  }
  const fresh = (now: readonly string[], then: readonly string[]): string[] =>
    now.filter((name) => !then.includes(name));
  const files = fresh(after.files, before.files);
  const sockets = fresh(after.sockets, before.sockets);
  if (files.length > 0) found.push(`files ${files.join(', ')}`);
  if (sockets.length > 0) found.push(`open sockets ${sockets.join(', ')}`);
  return found.length === 0 ? null : `Left behind: ${found.join('; ')}.`;
}

/** libuv opens /dev/null for the first child whose input or output is ignored, and keeps it (1.46). */
function ownDescriptors(): ReadonlyMap<string, string> | null {
  const open = openDescriptors();
  return open === null ? null : new Map([...open].filter(([, what]) => what !== '/dev/null'));
}

function namesIn(folder: string): string[] | null {
  try {
    return readdirSync(folder);
  } catch {
    return null; // The directory is gone already.
  }
}
