import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of a file by its name inside the package, from wherever this module was compiled to. */
export function packageFile(name: string): string {
  return join(packageRoot(dirname(fileURLToPath(import.meta.url))), name);
}

function packageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('ipcbench cannot find its own package.json. Install it again.');
  return packageRoot(parent);
}
