import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import type { CheckRun } from '../../../harness/define.js';

export interface Mounted {
  /** The directory without the mount; what is put into it here may be seen there. */
  readonly here: string;
  /** The same directory as a process with mounts of its own sees it. */
  readonly there: string;
}

/**
 * Makes a directory and lets a shell with mounts of its own mount something over it, as root or in a user namespace;
 * null, and why, where the system allows neither. `script` finds the directory in $1. This process sees it through
 * /proc/pid/root, and nobody else is touched.
 */
export async function mountOver(checkRun: CheckRun, script: string): Promise<Mounted | { readonly refused: Error }> {
  const here = checkRun.path('mounted');
  mkdirSync(here);
  // Root of a container may have mounts of its own in a user namespace alone.
  let refused = new Error('not tried');
  for (const namespaces of checkRun.sys.geteuid() === 0 ? ['-m', '-rm'] : ['-rm']) {
    const shell = checkRun.spawn('unshare', {
      args: [namespaces, 'sh', '-c', `(${script}) && echo mounted && read line`, 'sh', here],
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let complaint = '';
    shell.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    const failed = new Promise<Error>((resolve) =>
      shell.once('error', resolve).once('close', () => resolve(systemError(complaint.trim().split('\n')[0] ?? ''))),
    );
    const outcome = await Promise.race([failed, once(shell.stdout!, 'data').then(() => null)]);
    if (outcome === null) return { here, there: `/proc/${shell.pid}/root${here}` };
    refused = outcome;
  }
  return { refused };
}

/** A program prints the words of an error, strerror(3); its name is what proves a skip. */
function systemError(complaint: string): Error {
  const [code] = [...getSystemErrorMap().values()].find(([, words]) => complaint.toLowerCase().endsWith(words)) ?? [];
  return code === undefined ? new Error(complaint) : Object.assign(new Error(`${complaint}, ${code}`), { code });
}

/** Directories on which something is mounted read-only, proc(5) /proc/pid/mounts. */
export function readOnlyMounts(): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , , options = '']) => options.split(',').includes('ro'))
    .map(([, directory = '']) =>
      directory.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
    );
}

/** Runs `work` with that directory as the current one, so that a path in it is short enough for a socket. */
export function within<T>(directory: string, work: () => T): T {
  const before = process.cwd();
  process.chdir(directory);
  try {
    return work();
  } finally {
    process.chdir(before);
  }
}
