import { readFileSync, writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { packageFile } from '../package-file.js';

/** Holds a rendering to the file that was read and approved. `UPDATE_GOLDEN=1` writes it anew: read the diff before committing. */
export function assertGolden(name: string, rendered: string): void {
  const path = packageFile(`reports/golden/${name}`);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, rendered);
  assert.fixture(rendered, readFileSync(path, 'utf8'), `${name} changed. If that is right: UPDATE_GOLDEN=1, and read the diff.`);
}
