import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Environment } from '../model/index.js';

/** Which native core measured: its version, its compiler, and the digest of the very files that ran. */
export function nativeIdentity(native: {
  readonly addon: { readonly version: string; readonly compiler: string };
  readonly addonPath: string;
  readonly peerPath: string;
}): NonNullable<Environment['native']> {
  const hash = createHash('sha256');
  for (const path of [native.peerPath, native.addonPath]) hash.update(readFileSync(path));
  return { version: native.addon.version, compiler: native.addon.compiler, sha256: hash.digest('hex') };
}
