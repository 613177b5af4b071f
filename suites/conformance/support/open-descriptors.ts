import { readdirSync, readlinkSync } from 'node:fs';

/**
 * What each open descriptor of a process refers to, by number: 'pipe:[4711]', 'socket:[4712]', a path. Both ends of a
 * pipe, and all descriptors of one open file, have the same name.
 */
export function openDescriptorsOf(pid: number | 'self'): ReadonlyMap<number, string> {
  const folder = `/proc/${pid}/fd`;
  const found = new Map<number, string>();
  for (const name of readdirSync(folder)) {
    try {
      found.set(Number(name), readlinkSync(`${folder}/${name}`));
    } catch {
      // The one that listed the folder is closed by now.
    }
  }
  return found;
}

export const objectOf = (descriptor: number): string => readlinkSync(`/proc/self/fd/${descriptor}`);

/** How many descriptors of this process refer to the same thing. */
export const countOf = (object: string): number =>
  [...openDescriptorsOf('self').values()].filter((name) => name === object).length;
