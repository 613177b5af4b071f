// test-deadline-s: 300
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import { rightSizes, wrongSizes } from './sizes.fixture.js';
import { expectSeen, openBench, type Bench } from './wrong-transport.fixture.js';

const test = suite<Bench>('sizes of checked messages');
test.before(async (context) => void Object.assign(context, await openBench(mkdtempSync(join(tmpdir(), 'w-')))));
test.after(({ session, folder }) => {
  session.close();
  rmSync(folder, { recursive: true });
});

for (const wrong of wrongSizes) test(`${wrong.name} is seen`, (bench) => expectSeen(wrong, bench));
for (const right of rightSizes)
  test(`${right.name} is not accused, and what was tried is said`, (bench) => expectSeen(right, bench));

test.run();
