import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Session } from 'node:inspector';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mappedFiles } from '../os/os.js';
import type { LoadedFiles } from './inspection.js';

export interface Loading {
  /** What was loaded since, for the module of this URL. */
  filesOf(module: string): LoadedFiles;
}

/**
 * Begins to note which files this process loads. V8 tells of each script it parses, of either module system; Node's
 * cache tells of JSON and the kernel of libraries that are mapped. Node's own hooks for loading see no `require` before
 * version 22.15, so they are not used.
 */
export function watchLoading(): Loading {
  const require = createRequire(import.meta.url);
  const seen = new Set<string>();
  const session = new Session();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params }: { readonly params: { readonly url: string } }) =>
    seen.add(params.url),
  );
  session.post('Debugger.enable');
  // Enabling tells of everything there is already.
  seen.clear();
  const before = new Set([...Object.keys(require.cache), ...mappedFiles()]);
  return {
    filesOf: (module) => {
      session.disconnect();
      const scripts = [...seen].filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
      const others = [...Object.keys(require.cache), ...mappedFiles()].filter((path) => !before.has(path));
      return describe(
        module,
        [...new Set([...scripts, ...others])].filter((path) => existsSync(path)),
      );
    },
  };
}

function describe(module: string, paths: readonly string[]): LoadedFiles {
  const digests = paths.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex')).sort();
  const own = module.startsWith('file:') ? packageOf(fileURLToPath(module)) : null;
  const packages = new Set(paths.flatMap((path) => packageOf(path) ?? []));
  if (own !== null) packages.delete(own);
  return {
    files: paths.length,
    digest: createHash('sha256').update(digests.join()).digest('hex'),
    packages: [...packages].sort(),
  };
}

/** `ws 8.18.0`: of the nearest package.json that has a name and a version. */
function packageOf(path: string): string | null {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const found = nameIn(join(folder, 'package.json'));
    if (found !== null || dirname(folder) === folder) return found;
  }
}

function nameIn(file: string): string | null {
  try {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly name?: unknown;
      readonly version?: unknown;
    };
    return typeof name === 'string' && typeof version === 'string' ? `${name} ${version}` : null;
  } catch {
    return null; // None there, or none that says.
  }
}
