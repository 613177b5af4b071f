import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRecipes } from './read-recipes.js';

const fence = '```';

test('files, edits and commands of a recipe, and nothing of other sections', () => {
  const text = [
    '## Other\n',
    `${fence}sh\nipcbench no\n${fence}\n`,
    '### Recipe: a thing\n',
    'Words. Add `a/b.ts`:\n',
    'Add `suites/a.ts`:\n',
    `${fence}ts\nexport const a = 1;\n${fence}\n`,
    'Edit `native/b.ts`, in two places:\n',
    `${fence}diff\n one\n-two\n+three\n${fence}\n`,
    'Run:\n',
    `${fence}sh\nipcbench list\n# not this\n${fence}\n`,
    '## After\n',
  ].join('\n');
  assert.equal(readRecipes(text), [
    {
      title: 'a thing',
      added: [{ path: 'suites/a.ts', content: 'export const a = 1;\n' }],
      edits: [{ path: 'native/b.ts', before: 'one\ntwo\n', after: 'one\nthree\n' }],
      commands: ['ipcbench list'],
      isNative: true,
    },
  ]);
});

test('a block that nothing introduces is an error', () => {
  assert.throws(() => readRecipes(`### Recipe: x\n\n${fence}ts\n1\n${fence}\n`), /no 'Add', 'Edit' or 'Run' before/);
});

test.run();
