import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the package lies: three folders above this compiled file, dist/native/toolchain/paths.js. */
export function packageRoot(): string {
  return fileURLToPath(new URL('../../..', import.meta.url));
}

/** 'linux-x64': the folder of one machine's products. */
export const machine = (): string => `${process.platform}-${process.arch}`;

/** Sources in TypeScript are in a checkout only; an installed package is never stale, whatever its files' times say. */
export const isCheckout = (root: string): boolean => existsSync(join(root, 'native', 'toolchain', 'build.ts'));

/**
 * $XDG_CACHE_HOME, or ~/.cache: where a build goes when the package's own folder is read-only. null for a user without
 * an entry in the password file and without HOME, as in many containers. Never TMPDIR: what others may write to is
 * nothing to load an addon from.
 */
export function cacheDirectory(version: string, environment: NodeJS.ProcessEnv = process.env): string | null {
  try {
    const base = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
    return join(base, 'ipcbench', version, machine());
  } catch {
    return null;
  }
}
