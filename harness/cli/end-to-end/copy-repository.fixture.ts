import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../../', import.meta.url));

/**
 * A copy of what git has of this checkout, with its compiled output and dependencies, or null outside of a checkout.
 * Times are kept: a native core that is up to date here is so there.
 */
export function copyRepository(folder: string): string | null {
  if (!existsSync(join(root, '.git'))) return null;
  const copy = join(folder, 'copy');
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const path of String(listed).split('\0')) {
    if (path === '' || !existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path), { preserveTimestamps: true });
  }
  for (const built of ['dist', 'native/build'])
    cpSync(join(root, built), join(copy, built), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}
