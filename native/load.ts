import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { NativeAddon } from './addon.js';
import { buildNative, defaultDirectory, isStale, isWritable, MissingCompiler } from './toolchain/build.js';
import { cacheDirectory, isCheckout, machine, packageRoot } from './toolchain/paths.js';

export type { NativeAddon, MessageFinding } from './addon.js';
export { MissingCompiler } from './toolchain/build.js';

/** The products of one machine, found or just built. */
export interface Native {
  readonly addon: NativeAddon;
  readonly addonPath: string;
  readonly peerPath: string;
  readonly launcherPath: string;
  /** The plainest C++ for the same work; in a checkout only. */
  readonly referencePath: string | null;
  readonly directory: string;
}

export interface LoadOptions {
  readonly root?: string;
  /** Told, once, that a build begins: it takes seconds. stderr unless given. */
  readonly onBuild?: (sentence: string) => void;
}

/**
 * Finds the native products: built here, shipped with the package, or built before into the user's cache; and builds
 * them where there are none, or where a checkout's sources are newer. Rejects with a sentence when it cannot.
 */
export async function loadNative(options: LoadOptions = {}): Promise<Native> {
  const root = options.root ?? packageRoot();
  const own = defaultDirectory(root);
  const checkout = isCheckout(root);
  const cache = cacheDirectory(versionOf(root));
  const candidates = [own, prebuilds(root), ...(cache === null ? [] : [cache])];
  for (const directory of candidates) {
    if (!isComplete(directory) || (checkout && directory === own && isStale(root, directory))) continue;
    // In a checkout only what was built from its sources counts, unless nothing can be built.
    if (checkout && directory !== own) continue;
    const native = tryOpen(directory);
    if (native !== null) return native;
  }
  const directory = isWritable(own) ? own : cache;
  if (directory === null)
    throw new Error(
      `The native core has to be built, ${own} cannot be written, and this user has no home directory. Set HOME ` +
        'or XDG_CACHE_HOME to a directory of yours.',
    );
  const tell = options.onBuild ?? ((sentence: string) => void process.stderr.write(`${sentence}\n`));
  tell(`Building the native core for ${machine()} into ${directory} (once; a few seconds).`);
  try {
    await buildNative({ root, directory });
  } catch (error) {
    const shipped = error instanceof MissingCompiler && isComplete(prebuilds(root)) ? tryOpen(prebuilds(root)) : null;
    if (shipped !== null) return shipped;
    throw error;
  }
  return open(directory);
}

/** The addon at a path that somebody else found: for a peer, which must not look around or build. */
export function loadAddonSync(path: string): NativeAddon {
  return createRequire(import.meta.url)(path) as NativeAddon;
}

function open(directory: string): Native {
  const addonPath = join(directory, 'ipcbench.node');
  const reference = join(directory, 'ipcbench-twin');
  return {
    addon: loadAddonSync(addonPath),
    addonPath,
    peerPath: join(directory, 'ipcbench-peer'),
    launcherPath: join(directory, 'ipcbench-launcher'),
    referencePath: existsSync(reference) ? reference : null,
    directory,
  };
}

/** null when the binary does not load here, for example because it was built against a newer C library. */
function tryOpen(directory: string): Native | null {
  try {
    return open(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_DLOPEN_FAILED') return null;
    throw error;
  }
}

const prebuilds = (root: string): string => join(root, 'native', 'prebuilds', machine());

const isComplete = (directory: string): boolean =>
  ['ipcbench.node', 'ipcbench-peer', 'ipcbench-launcher'].every((product) => existsSync(join(directory, product)));

function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
