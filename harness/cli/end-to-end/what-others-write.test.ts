// test-deadline-s: 120
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nodeTransport } from './gate-ground.fixture.js';
import { cli, runCli } from './run-cli.js';

const test = suite<{ cwd: string }>('what others write');

test.before.each(async (context) => {
  context.cwd = await mkdtemp(join(tmpdir(), 'ow-'));
});
test.after.each(async ({ cwd }) => {
  await rm(cwd, { recursive: true, force: true });
});

const RED = String.raw`\u001b[31mred\u001b[0m`;
const BENCH = [
  'bench',
  './mine.mjs',
  '--workload',
  'ping-pong',
  '--size',
  '64',
  '--launches',
  '1',
  '--duration',
  '1ms',
  '--timeout',
  '10s',
];

for (const [what, inOpen] of [
  ['writes to stderr before it exits', `process.stderr.write('${RED} before it ended'); process.exit(7);`],
  ['throws', `throw new Error('${RED} was thrown');`],
  [
    'rejects with, a link and a title among it',
    `await Promise.reject(new Error('${RED} ' + '\\u001b]8;;http://x\\u0007link\\u001b]8;;\\u0007'));`,
  ],
] as const) {
  test(`the colours of what a peer ${what} are left out`, async ({ cwd }) => {
    writeFileSync(
      join(cwd, 'mine.mjs'),
      nodeTransport('mine', 'kept').replace('async open({ role, spec }) {', `async open({ role, spec }) { ${inOpen}`),
    );
    const { stdout, exitCode } = await runCli([...BENCH, '--json'], { cwd });
    const failures = (
      JSON.parse(stdout) as {
        readonly results: readonly { readonly failures: readonly { readonly message: string }[] }[];
      }
    ).results.flatMap((result) => result.failures);
    assert.ok(
      failures.length > 0 && failures.every(({ message }) => message.includes('red') && !message.includes('\u001b')),
      JSON.stringify(failures),
    );
    assert.is(exitCode, 5);
  });
}

test('the colours of what a module throws or prints while it is imported are left out', async ({ cwd }) => {
  writeFileSync(join(cwd, 'mine.mjs'), `throw new Error('${RED}');`);
  assert.match(
    (await runCli(['list', '--transport', './mine.mjs'], { cwd })).stderr,
    /threw while it was imported: Error: red\.$/m,
  );
  writeFileSync(join(cwd, 'mine.mjs'), `console.log('${RED}');\n${nodeTransport('mine', 'kept')}`);
  assert.match((await runCli([...BENCH, '--json'], { cwd })).stdout, /prints while it is imported \('red'\)/);
});

// A directory that the system does not let be made. One that spins cannot be ended by SIGTERM, so it gets SIGKILL: the
// sentence is then missing.
for (const out of ['/proc/x', '/proc/self/a/b', '/sys/x', 'file/x']) {
  test(`--out ${out} is a sentence, and no loop`, async ({ cwd }) => {
    writeFileSync(join(cwd, 'file'), '');
    const { exitCode, stderr } = await execa(
      process.execPath,
      [cli, 'bench', 'pipe', '--launches', '1', '--out', out],
      { cwd, reject: false, timeout: 60_000, killSignal: 'SIGKILL' },
    );
    assert.match(stderr, /cannot be written \([A-Z]+(: [^)]+)?\)\. Name another directory with --out\.$/m);
    assert.is(exitCode, 2);
  });
}

test('a baseline that cannot be made is a sentence before anything is measured', async ({ cwd }) => {
  writeFileSync(join(cwd, 'mine.mjs'), nodeTransport('mine', 'kept'));
  writeFileSync(join(cwd, 'file'), '');
  for (const [directory, sentence] of [
    ['file/b', /cannot be (read|written)/],
    ['file', /cannot be (read|written)/],
  ] as const) {
    const { exitCode, stderr } = await runCli(
      ['gate', '--transport', './mine.mjs', '--baseline', directory, '--update'],
      { cwd },
    );
    assert.match(stderr, sentence);
    assert.is(exitCode, 2);
  }
});

test.run();
