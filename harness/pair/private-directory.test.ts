import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from '../../native/load.js';
import { UserError } from '../user-error.js';
import { makePrivateDirectory } from './private-directory.js';

const { addon } = await loadNative();
const test = suite('private directory');

test('a sweep follows no links, and waits for no FIFO', () => {
  const parent = mkdtempSync(join(tmpdir(), 's-'));
  const prefix = `ipcbench-${process.getuid?.() ?? 0}-`;
  try {
    const precious = join(parent, 'precious');
    mkdirSync(precious);
    writeFileSync(join(precious, 'kept'), '');
    // A link under a name that is swept, one where the lock should be, and a FIFO there, which an open would wait for.
    symlinkSync(precious, join(parent, `${prefix}link`));
    mkdirSync(join(parent, `${prefix}lock`));
    symlinkSync(join(precious, 'kept'), join(parent, `${prefix}lock`, 'lock'));
    mkdirSync(join(parent, `${prefix}fifo`));
    addon.mkfifo(join(parent, `${prefix}fifo`, 'lock'));
    makePrivateDirectory(addon, parent).remove();
    assert.equal(readdirSync(parent).sort(), ['precious', `${prefix}fifo`, `${prefix}link`, `${prefix}lock`].sort());
    assert.equal(readdirSync(precious), ['kept']);
  } finally {
    rmSync(parent, { recursive: true });
  }
});

for (const [what, make, sentence] of [
  [
    'too long',
    (folder: string) => join(folder, 'x'.repeat(60)),
    /A socket path in it is up to \d+ bytes; Linux allows 107\. Set TMPDIR to a shorter directory, of \d+ bytes at most\./,
  ],
  ['longer than allowed by letters of two bytes', (folder: string) => join(folder, 'ä'.repeat(30)), /Linux allows 107/],
  [
    'with a colon',
    (folder: string) => join(folder, 'a:b'),
    /a colon separates the paths passed to peers.*Set TMPDIR to a directory without a colon\./,
  ],
] as const) {
  test(`a place ${what} is refused before anything is made in it`, () => {
    const parent = mkdtempSync(join(tmpdir(), 'p-'));
    const unfit = make(parent);
    mkdirSync(unfit);
    try {
      assert.throws(
        () => makePrivateDirectory(addon, unfit),
        (error: unknown) => error instanceof UserError && sentence.test(error.message),
      );
      assert.equal(readdirSync(unfit), []);
    } finally {
      rmSync(parent, { recursive: true });
    }
  });
}

test('a private directory is mode 0700, and what a dead run left is swept, what a living one holds is not', () => {
  const parent = mkdtempSync(join(tmpdir(), 'p-'));
  try {
    const living = makePrivateDirectory(addon, parent);
    const uid = process.getuid?.() ?? 0;
    const dead = join(parent, `ipcbench-${uid}-dead`);
    const swept = join(parent, `ipcbench-${uid}-half`);
    const foreign = join(parent, 'somebody-else');
    for (const folder of [dead, swept, foreign]) mkdirSync(folder);
    writeFileSync(join(dead, 'lock'), '');
    writeFileSync(join(dead, '0-socket'), '');
    const unnamed = join(parent, `.ipcbench-${uid}-old`);
    mkdirSync(unnamed);
    utimesSync(unnamed, 0, 0);
    const next = makePrivateDirectory(addon, parent);
    assert.equal(
      readdirSync(parent).sort(),
      [living.path, next.path, foreign].map((path) => path.slice(parent.length + 1)).sort(),
    );
    assert.is(statMode(living.path), 0o700);
    living.remove();
    living.remove();
    next.remove();
    assert.equal(readdirSync(parent), ['somebody-else']);
  } finally {
    rmSync(parent, { recursive: true });
  }
});

const statMode = (path: string): number => statSync(path).mode & 0o777;

test.run();
