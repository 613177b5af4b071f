// test-deadline-s: 600
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import { goodManners, hastyTransports, lateTransports, reusingTransports } from './manners.fixture.js';
import { expectSeen, openBench, type Bench } from './wrong-transport.fixture.js';

const test = suite<Bench>('the manners of a transport');
test.before(async (context) => void Object.assign(context, await openBench(mkdtempSync(join(tmpdir(), 'w-')))));
test.after(({ session, folder }) => {
  session.close();
  rmSync(folder, { recursive: true });
});

for (const wrong of [...lateTransports, ...reusingTransports, ...hastyTransports])
  test(`${wrong.name} is seen`, (bench) => expectSeen(wrong, bench));
for (const right of goodManners) test(`${right.name} is not accused`, (bench) => expectSeen(right, bench));

test.run();
