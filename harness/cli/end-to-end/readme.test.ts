// test-deadline-s: 600
import { existsSync, readFileSync } from 'node:fs';
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

const FIRST_SCREEN = 60;

test('the first screen answers what a newcomer asks', () => {
  const first = readFileSync(join(root, 'README.md'), 'utf8').split('\n').slice(0, FIRST_SCREEN).join('\n');
  const wanted: readonly (readonly [question: string, answer: RegExp])[] = [
    ['what does it do', /measures the latency and throughput of local IPC transports/],
    ['does it run here', /Does it run here\?\*\* On Linux .* Node\.js 20\.19 .*C\+\+20/s],
    ['the one command', /^npm ci && npx ipcbench all$/m],
    ['how long does it take', /How long does it take\?\*\* .*about 90 seconds/s],
    ['what comes out', /What comes out\?\*\* .*report\.html.*report\.json/s],
    ['how do I read it', /How do I read it\?\*\* .*confidence interval/s],
    ['how do I gate CI', /How do I gate CI\?\*\* `npx ipcbench gate`/],
    ['how do I add a transport', /How do I add a transport\?\*\* .*npx ipcbench bench \.\/mine\.js/s],
    ['what can it not tell', /What can it not tell\?\*\* Whether your application gets faster/],
    ['which licence', /Licence\?\*\* \[MIT\]/],
  ];
  assert.equal(
    wanted.filter(([, answer]) => !answer.test(first)).map(([question]) => question),
    [],
  );
});

test('every file and heading that the README links to exists', () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to ?? '');
  const dead = links.filter((to) => {
    const [path = '', heading] = to.split('#');
    const file = join(root, path === '' ? 'README.md' : path);
    if (!existsSync(file)) return true;
    return heading !== undefined && !headingsOf(readFileSync(file, 'utf8')).includes(heading);
  });
  assert.ok(links.length > 10);
  assert.equal(dead, []);
});

/** As GitHub makes anchors of them. */
function headingsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    (title ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

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
