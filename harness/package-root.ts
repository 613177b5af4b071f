import { readFileSync } from 'node:fs';

/** The package's own folder: compiled modules lie in dist/harness. */
export const packageRoot = new URL('../../', import.meta.url);

export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8'));
  const version = (manifest as { readonly version?: unknown }).version;
  return typeof version === 'string' ? version : 'unknown';
}
