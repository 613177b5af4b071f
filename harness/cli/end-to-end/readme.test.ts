// test-deadline-s: 600
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runCli } from './run-cli.js';

const test = suite<{ folder: string }>('README');
const root = fileURLToPath(new URL('../../../../', import.meta.url));

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'r-'));
});
test.after(async (context) => {
  await rm(context.folder, { recursive: true, force: true });
});

const commands = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^npx ipcbench (.*?)(?:\s+#.*)?$/gm)].map(
  ([, line]) => (line ?? '').trim(),
);

test('there are commands to run', () => {
  assert.ok(commands.length >= 8);
});

// In their order: a report is drawn again after it was written.
for (const command of commands.filter((line) => !line.includes('--speed'))) {
  test(`npx ipcbench ${command}`, async ({ folder }) => {
    // Over every transport `all` and `check` take a minute and more: here they are given one, everything else stays as
    // it is written.
    const args = [...command.split(/\s+/), ...(/^(all|check)( --|$)/.test(command) ? ['pipe'] : [])];
    const { exitCode, stdout, stderr } = await runCli(args, { cwd: folder });
    assert.is(exitCode, 0, `${stdout}\n${stderr}`);
  });
}

test.run();
