// test-deadline-s: 180
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite<{ folder: string }>('a transport written in TypeScript');
const root = fileURLToPath(new URL('../../', import.meta.url));

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'df-'));
});
test.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true, force: true });
});

/** What the strictest compiler says of it; nothing where it takes it. */
async function compile(folder: string, source: string): Promise<string> {
  writeFileSync(join(folder, 'mine.ts'), source);
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        noEmit: true,
        strict: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        module: 'nodenext',
        target: 'es2023',
        skipLibCheck: false,
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
        paths: { ipcbench: [join(root, 'dist/harness/define.d.ts')] },
      },
      files: ['mine.ts'],
    }),
  );
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const { stdout } = await execa(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { reject: false, cwd: folder });
  return stdout;
}

/** The example of suites/README.md, whose first line names its file. */
function exampleOfReadme(): string {
  const [, example] =
    /Put this into `mine\.mjs`:\n\n```js\n(.*?)```/s.exec(readFileSync(join(root, 'suites/README.md'), 'utf8')) ?? [];
  if (example === undefined) throw new Error('suites/README.md has no example.');
  return example;
}

const typed = (example: string): string =>
  'import { defineTransport } from ' +
  `'ipcbench';\n${example.replace('export default {', 'export default defineTransport({').replace(/\n};\n$/, '\n});\n')}`;

test('the example of the README passes, as it stands, with every strictness on', async ({ folder }) => {
  assert.is(await compile(folder, typed(exampleOfReadme())), '');
});

for (const [what, send] of [
  ['always waits', 'async (message) => { await once(socket.setNoDelay(), String(message.length)); }'],
  [
    'waits for what tells how much',
    '(message) => new Promise<number>((resolve) => socket.write(message, () => resolve(message.length)))',
  ],
  ['never waits', '(message) => { socket.write(message); }'],
] as const) {
  test(`a send that ${what} passes`, async ({ folder }) => {
    assert.is(await compile(folder, typed(exampleOfReadme()).replace(/send: .*\n/, `send: ${send},\n`)), '');
  });
}

test('what is no transport does not pass', async ({ folder }) => {
  assert.match(await compile(folder, typed(exampleOfReadme()).replace('eof: true,', '')), /'eof' is missing/);
  assert.match(await compile(folder, typed(exampleOfReadme()).replace(/send: .*\n/, 'send: () => 5,\n')), /error TS2/);
});

test.run();
