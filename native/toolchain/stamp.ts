import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether a source is newer than the build in `directory`. Only a checkout asks: an installed package's times mean
 * nothing.
 */
export function isStale(root: string, directory: string): boolean {
  const built = statSync(join(directory, stampName), { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) return true;
  const files = sourceFolders
    .map((folder) => join(root, 'native', folder))
    .filter((folder) => existsSync(folder))
    .flatMap(filesIn);
  return files.some((file) => statSync(file).mtimeMs > built);
}

/** The stamp bears the time the build began: a source saved while the compiler ran is newer than it. */
export function stamp(directory: string, started: Date): void {
  const path = join(directory, stampName);
  writeFileSync(path, '');
  utimesSync(path, started, started);
}

const stampName = '.built';

/** Files whose times tell whether a build is up to date. */
const sourceFolders = ['src', 'control', 'test', 'toolchain'];

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && (/\.(cc|h)$/.test(entry.name) || entry.name === 'targets.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}
