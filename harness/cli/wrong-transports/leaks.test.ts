// test-deadline-s: 900
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import { skip } from '../../../ci/dev/test-runner/skip.js';
import { childrenLeft, descriptorsLeft, filesLeft, sharedMemoryLeft, tidy } from './leaks.fixture.js';
import { expectSeen, openBench, type Bench } from './wrong-transport.fixture.js';

const test = suite<Bench & { readonly cwd: string; readonly tmp: string | undefined }>('what a module leaves behind');
test.before(async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'k-'));
  const before = { cwd: process.cwd(), tmp: process.env['TMPDIR'] };
  // The launcher of the peers inherits where this process stands, and its TMPDIR, when it starts: nobody else is to
  // write there.
  for (const name of ['cwd', 'tmp']) mkdirSync(join(folder, name));
  process.chdir(join(folder, 'cwd'));
  process.env['TMPDIR'] = join(folder, 'tmp');
  Object.assign(context, await openBench(folder), before);
});
test.before.each(({ folder }) => {
  // The run's own directory stays.
  for (const place of ['cwd', 'tmp'].map((name) => join(folder, name))) {
    for (const name of readdirSync(place))
      if (!name.startsWith('ipcbench-')) rmSync(join(place, name), { recursive: true });
  }
});
test.after(({ session, folder, cwd, tmp }) => {
  process.chdir(cwd);
  if (tmp === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = tmp;
  session.close();
  rmSync(folder, { recursive: true });
  for (const place of ['/dev/shm', '/dev/mqueue']) {
    for (const name of existsSync(place) ? readdirSync(place) : [])
      if (name.startsWith('ipcb-leak-')) rmSync(join(place, name), { recursive: true });
  }
});

for (const wrong of [...childrenLeft, ...filesLeft, ...sharedMemoryLeft, ...descriptorsLeft]) {
  test(`${wrong.name} is told`, (bench) => {
    if (wrong.name === 'queue' && !existsSync('/dev/mqueue')) skip('there is no /dev/mqueue here');
    return expectSeen(wrong, bench);
  });
}
for (const right of tidy) test(`${right.name} is not accused`, (bench) => expectSeen(right, bench));

test.run();
