import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isCheckout, packageRoot } from '../../native/toolchain/paths.js';
import { runtimes, type RuntimeName } from '../hosts/runtimes.js';

const bundle = fileURLToPath(new URL('./peer.cjs', import.meta.url));
const modules = fileURLToPath(new URL('./main.js', import.meta.url));
/** What ci/dev/bundle-peer.mjs makes the bundle of. */
const bundledFolders = ['.', '../history', '../os', '../environment', '../../suites/transports'].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
);

/**
 * The script by which this runtime hosts a peer: one file for Node; module by module for others, and in a checkout that
 * was compiled without being built.
 */
export function peerScript(runtime: RuntimeName): string {
  return runtimes[runtime].takesBundle && existsSync(bundle) && !(isCheckout(packageRoot()) && isStale())
    ? bundle
    : modules;
}

function isStale(): boolean {
  const made = statSync(bundle).mtimeMs;
  return bundledFolders.flatMap(compiledIn).some((file) => statSync(file).mtimeMs > made);
}

function compiledIn(folder: string): string[] {
  const isPart = (name: string): boolean => name.endsWith('.js') && !/\.(test|fixture)\.js$/.test(name);
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && isPart(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`);
}
