// test-deadline-s: 300
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GateReport, Report, Verdict } from '../../model/index.js';
import { shellCommand } from '../../model/shell-command.js';
import { repeatSelfTest } from '../../self-test/inject-faults.js';
import { moduleText } from '../wrong-transports/module-text.fixture.js';
import { clearGround, coreTransport, gateIn, makeGround, runToEnd, SMALL, type Ground } from './gate-ground.fixture.js';
import { cli, runCli } from './run-cli.js';

// What is printed to repeat something is run, word for word, by a shell that knows ipcbench by its name.

const test = suite<Ground & { bin: string }>('commands that are printed');
test.before.each(async (context) => {
  Object.assign(context, await makeGround());
  context.bin = join(context.folder, 'bin');
  mkdirSync(context.bin);
  program(context, `exec '${process.execPath}' '${cli}' "$@"`);
});
test.after.each(clearGround);

const program = ({ bin }: { readonly bin: string }, text: string): void => {
  writeFileSync(join(bin, 'ipcbench'), `#!/bin/sh\n${text}\n`);
  chmodSync(join(bin, 'ipcbench'), 0o755);
};
const shell = ({ cwd, bin, tmp }: Ground & { readonly bin: string }, command: string) =>
  execa('sh', ['-c', command], {
    cwd,
    reject: false,
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, TMPDIR: tmp },
  });

const reportIn = ({ cwd }: Ground): Report =>
  JSON.parse(readFileSync(join(cwd, 'ipcbench-report', 'report.json'), 'utf8')) as Report;

/** Every verdict's command gives that verdict again, and no other. */
async function expectRepeated(
  ground: Ground & { readonly bin: string },
  args: readonly string[],
  which: (verdict: Verdict) => boolean,
): Promise<void> {
  await runCli(['check', ...args], { cwd: ground.cwd });
  const verdicts = reportIn(ground).verdicts.filter(which);
  assert.ok(verdicts.length > 0);
  for (const verdict of verdicts) {
    rmSync(join(ground.cwd, 'ipcbench-report'), { recursive: true });
    const { stderr, stdout } = await shell(ground, verdict.command);
    assert.not.match(stderr, /error|Transport module|is called/i, verdict.command);
    assert.equal(
      reportIn(ground).verdicts.map(({ id, verdict: kind }) => [id, kind]),
      [[verdict.id, verdict.verdict]],
      `${verdict.command}\n${stdout}${stderr}`,
    );
  }
}

const LOSES = 'return n % 50 === 7 ? null : message;';

test('of a built-in transport: an exchange and a procedure', async (ground) => {
  await expectRepeated(
    ground,
    ['pipe', 'fifo', '--check', 'loss', '--messages', '500', '--size', '300k'],
    ({ id }) => id === 'fifo/loss/tail',
  );
  await expectRepeated(
    ground,
    ['--check', 'pipe/eof', '--quick'],
    ({ id }) => id.startsWith('pipe/eof/') && id !== 'pipe/eof/after-data',
  );
});

for (const [what, path] of [
  ['with a space', 'my modules/mine.mjs'],
  ['with a quote and a dollar', "it's $HOME/mine.mjs"],
  ['with a bracket and a star', '[a]*/mine.mjs'],
] as const) {
  test(`of a module in a directory ${what}`, async (ground) => {
    mkdirSync(join(ground.cwd, path, '..'), { recursive: true });
    writeFileSync(join(ground.cwd, path), moduleText('mine', { onSend: LOSES }));
    await expectRepeated(
      ground,
      ['mine', '--transport', `./${path}`, '--messages', '500'],
      ({ checkId }) => checkId === 'loss/total-queue' || checkId === 'eof/after-data',
    );
  });
}

test('of an installed package', async (ground) => {
  const folder = join(ground.cwd, 'node_modules', 'ipcbench-transport-mine');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    '{ "name": "ipcbench-transport-mine", "version": "1.0.0", "exports": "./mine.mjs" }',
  );
  writeFileSync(join(folder, 'mine.mjs'), moduleText('mine', { onSend: LOSES }));
  await expectRepeated(
    ground,
    ['mine', '--transport', 'ipcbench-transport-mine', '--messages', '500'],
    ({ checkId }) => checkId === 'loss/total-queue',
  );
});

test('a module may be named by its file URL', async (ground) => {
  mkdirSync(join(ground.cwd, 'a b'));
  writeFileSync(join(ground.cwd, 'a b', 'mine.mjs'), moduleText('mine', {}));
  const { exitCode, stderr } = await runCli(
    [
      'check',
      'mine',
      '--transport',
      new URL(`file://${join(ground.cwd, 'a b', 'mine.mjs')}`).href,
      '--check',
      'loss',
      '--messages',
      '200',
    ],
    { cwd: ground.cwd },
  );
  assert.is(exitCode, 0, stderr);
});

test('of a gate that builds a checked-out tree: what its page and its Markdown say is the command', async (ground) => {
  const { cwd } = ground;
  mkdirSync(join(cwd, 'src'));
  writeFileSync(join(cwd, 'src', 'mine.mjs'), coreTransport('mine'));
  writeFileSync(
    join(cwd, 'package.json'),
    '{ "name": "app", "version": "1.0.0", "private": true, "scripts": { "build": "mkdir -p dist && cp ' +
      'src/mine.mjs dist/mine.mjs" } }',
  );
  writeFileSync(
    join(cwd, 'package-lock.json'),
    '{ "name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": { "": { "name": ' +
      '"app", "version": "1.0.0" } } }',
  );
  const git = (...args: readonly string[]) =>
    execa('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], { cwd });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'one');
  await shell(ground, 'npm run build');
  const args = [
    'gate',
    '--base',
    'git=main',
    '--base',
    'build=npm ci && npm run build',
    '--base',
    'transport=dist/mine.mjs',
    '--head',
    'transport=dist/mine.mjs',
    ...SMALL,
  ];
  const first = await runToEnd(ground, args);
  assert.is(first.exitCode, 0, first.stderr);
  const before = gateIn(ground);
  const markdown = readFileSync(join(cwd, 'ipcbench-gate', 'gate.md'), 'utf8');
  const page = readFileSync(join(cwd, 'ipcbench-gate', 'gate.html'), 'utf8');
  const printed = /<sub>`(ipcbench gate [^`]*)`<\/sub>/.exec(markdown)?.[1] ?? '';
  assert.is(unescaped(/Made by <code class="copy">(.*?)<\/code>/.exec(page)?.[1] ?? ''), printed);
  rmSync(join(cwd, 'ipcbench-gate'), { recursive: true });
  const { exitCode, stderr } = await shell(ground, printed);
  assert.is(exitCode, 0, `${printed}\n${stderr}`);
  const after: GateReport = gateIn(ground);
  assert.equal(after.command, before.command);
  assert.equal(
    after.comparisons.map(({ id }) => id),
    before.comparisons.map(({ id }) => id),
  );
});

const unescaped = (html: string): string =>
  html
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

test('of self-test: the module, the seed and the repetitions of the run that planted', async (ground) => {
  program(ground, 'printf "%s\\n" "$@"');
  const { stdout: help } = await runCli(['self-test', '--help']);
  const builtIn = { transport: { name: 'fifo' }, module: 'file:///x/fifo.js', origin: 'built-in' };
  const mine = { transport: { name: 'mine' }, module: 'file:///my%20modules/mine.mjs', origin: 'user' };
  const packed = {
    transport: { name: 'packed' },
    module: 'file:///n/p.mjs',
    origin: 'user',
    packageName: 'ipcbench-transport-packed',
  };
  const injectionPlan = {
    seed: 7,
    transports: [builtIn, mine, packed] as never,
    thoroughness: 'quick',
    repeat: 3,
  } as const;
  const common = ['--seed', '7', '--repeat', '3'];
  for (const [into, transport, thoroughness, words] of [
    ['exchanges', 'fifo', 'quick', ['fifo', ...common]],
    ['exchanges', 'mine', 'quick', ['mine', '--transport', '/my modules/mine.mjs', ...common]],
    [
      'exchanges',
      'packed',
      'thorough',
      ['packed', '--transport', 'ipcbench-transport-packed', '--seed', '7', '--thorough', '--repeat', '3'],
    ],
    // The subject of a procedure may be no transport at all.
    ['system calls', 'descriptors', 'quick', ['fifo', ...common]],
  ] as const) {
    const { stdout } = await shell(
      ground,
      repeatSelfTest(into, { transport, seed: 9 }, { ...injectionPlan, thoroughness }),
    );
    assert.equal(stdout.split('\n'), ['self-test', ...words]);
    for (const word of words.filter((one) => one.startsWith('--')))
      assert.match(help, new RegExp(`^  ${word}\\b`, 'm'));
  }
});

test('any words are the same words to a shell', async (ground) => {
  program(ground, 'printf "%s\\0" "$@"');
  const words = [
    '',
    ' ',
    "'",
    "''",
    '"',
    '\\',
    '$HOME',
    '`x`',
    '$(x)',
    'a;b',
    'a|b',
    'a&b',
    '*',
    '~',
    '#',
    '!',
    '{a,b}',
    '<>',
    'a\tb',
    'a\nb',
    'ü',
    'build=npm ci && npm run build',
    'wrap=sh -c "a | b"',
    '--base',
    'a=b',
  ];
  const { stdout } = await shell(ground, shellCommand(['ipcbench', ...words]));
  assert.equal(stdout.split('\0'), [...words, '']);
});

test.run();
