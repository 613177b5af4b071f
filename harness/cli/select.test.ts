// test-deadline-s: 300
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseReport } from '../../reports/schema/parse-report.js';
import { oneCaseReport } from '../../reports/golden/report-fixture.js';
import { coreTransport } from './end-to-end/gate-ground.fixture.js';
import { runCli, type CliResult } from './end-to-end/run-cli.js';

// What is asked for is done, or it is said that it is not.

const test = suite<{ cwd: string }>('what was asked for');

test.before.each(async (context) => {
  context.cwd = await mkdtemp(join(tmpdir(), 'se-'));
  writeFileSync(join(context.cwd, 'ws.mjs'), coreTransport('ws'));
});
test.after.each(async ({ cwd }) => {
  await rm(cwd, { recursive: true, force: true });
});

const subjectsOf = ({ stdout }: CliResult): string[] =>
  [
    ...new Set(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split('/')[0] ?? ''),
    ),
  ].sort();
const ONE = [
  '--workload',
  'ping-pong',
  '--size',
  '64',
  '--placement',
  'same-cpu',
  '--launches',
  '1',
  '--duration',
  '1ms',
  '--json',
];
const transportsOf = ({ stdout }: CliResult): string[] =>
  [...new Set(parseReport(stdout).results.map((result) => `${result.case.transport}/${result.case.driver}`))].sort();

test('to name a module selects it, beside names and alone, as an argument and by --transport', async ({ cwd }) => {
  const dry = ['--check', 'loss', '--dry-run'];
  assert.equal(subjectsOf(await runCli(['check', 'pipe', './ws.mjs', ...dry], { cwd })), ['pipe', 'ws']);
  assert.equal(subjectsOf(await runCli(['check', './ws.mjs', ...dry], { cwd })), ['ws']);
  assert.equal(subjectsOf(await runCli(['check', 'fifo', '--transport', './ws.mjs', ...dry], { cwd })), ['fifo', 'ws']);
  assert.equal(transportsOf(await runCli(['bench', './ws.mjs', ...ONE], { cwd })), ['ws/native']);
  assert.equal(transportsOf(await runCli(['bench', 'pipe', './ws.mjs', ...ONE], { cwd })), [
    'pipe/native',
    'ws/native',
  ]);
});

test('one without any of the usual drivers is measured by the one that it has', async ({ cwd }) => {
  writeFileSync(join(cwd, 'inside.mjs'), coreTransport('inside').replace("['native']", "['addon']"));
  assert.equal(transportsOf(await runCli(['bench', './inside.mjs', 'pipe', ...ONE], { cwd })), [
    'inside/addon',
    'pipe/native',
  ]);
});

test('list says which transport is for another system, and where it runs', async ({ cwd }) => {
  writeFileSync(join(cwd, 'far.mjs'), coreTransport('far').replace("platforms: ['linux']", "platforms: ['win32']"));
  const listed = await runCli(['list', 'transports', '--transport', './far.mjs'], { cwd });
  assert.match(listed.stdout, /^ {2}far .* far does not run on linux; it lists win32 \(platforms\)\. Run it there\.$/m);
  assert.is(listed.stdout.match(/does not run on/g)?.length, 1);
  assert.is(listed.exitCode, 0);
});

test('list shows that a module loads, from where, and why it does not', async ({ cwd }) => {
  const listed = await runCli(['list', 'transports', '--transport', './ws.mjs'], { cwd });
  assert.match(listed.stdout, /^ {2}ws +A socketpair of my own\. \(native\) Loaded from \/.*\/ws\.mjs$/m);
  assert.is(listed.exitCode, 0);
  writeFileSync(join(cwd, 'bad.mjs'), 'export const x = 1;');
  for (const [args, sentence] of [
    [['list', '--transport', './bad.mjs'], /^Transport module '\.\/bad\.mjs' has no default export/],
    [['list', '--transport', './absent.mjs'], /^Transport module '\.\/absent\.mjs' was not found/],
    [['list', '--transport', 'pipe'], /^--transport takes a module here, such as \.\/pipe\.js/],
    [['list', 'checks', '--transport', './ws.mjs'], /^--transport applies to the list of transports, not to checks\./],
  ] as const) {
    const refused = await runCli(args, { cwd });
    assert.match(refused.stderr, sentence);
    assert.is(refused.exitCode, 2);
  }
});

for (const [args, sentence] of [
  [
    ['bench', 'unix-stream', 'node-net', '--driver', 'native'],
    /^None of node-net has the driver native\. Use --driver native,js, or leave 'node-net' out\.$/m,
  ],
  [
    ['bench', './ws.mjs', 'pipe', '--driver', 'addon'],
    /^None of ws has the driver addon\. Use --driver addon,native, or leave 'ws' out\.$/m,
  ],
  [
    ['bench', 'node', '--driver', 'native,addon'],
    /^None of node-ipc-advanced, node-ipc-json, node-net has the driver native or addon\./m,
  ],
  [
    ['check', 'pipe', 'node-ipc-json', '--check', 'node-ipc-exit'],
    /^'pipe' has none of the requested checks \(node-ipc-exit\)\. Leave it out/m,
  ],
  [
    ['check', 'pipe', '--check', 'loss', '--check', 'node-ipc-exit'],
    /^'node-ipc-exit' does not apply to what is selected \(pipe\)\. Leave it out/m,
  ],
  [
    ['check', 'node-ipc-json', '--check', 'node-ipc-exit', '--messages', '200'],
    /^--messages applies to delivery checks only, and none is selected\./m,
  ],
  [['check', 'pipe', '--quick', '--thorough'], /^--quick and --thorough exclude each other/m],
  [
    ['check', 'pipe', '--judge', 'kept.json'],
    /^--judge judges the one observation stored in kept\.json: 'pipe' cannot be selected\./m,
  ],
  [
    ['report', 'r.json', '--out', 'pictures'],
    /^--out pictures is a directory for files, but the format terminal writes none\./m,
  ],
  [
    ['compare', 'a.json', 'b.json', '--a', 'env.X=1'],
    /^--a env\.X=1 changes what is run, but recorded reports are compared without running anything\. Leave it out\.$/m,
  ],
  [['compare', 'a.json', 'b.json', '--b', 'transport=./ws.mjs'], /^--b transport=\.\/ws\.mjs changes what is run/m],
  [['compare', 'a.json', '--a', 'report=b.json', '--b', 'runtime=node'], /^--b runtime=node changes what is run/m],
] as const) {
  test(`asked for and not done is refused: ipcbench ${args.join(' ')}`, async ({ cwd }) => {
    const refused = await runCli(args, { cwd });
    assert.match(refused.stderr, sentence);
    assert.is(refused.exitCode, 2);
    assert.is(refused.stdout, '');
  });
}

test(
  'two reports of few launches: both figures, the change, what is ' + 'missing for an interval, and what differs first',
  async ({ cwd }) => {
    const [template] = oneCaseReport().results;
    if (template === undefined) throw new Error('The fixture has no case.');
    const write = (name: string, p25Ns: number, count: number): void => {
      const launch = template.launches[0];
      if (launch === undefined) throw new Error('The fixture has no launch.');
      const launches = Array.from({ length: count }, (_, index) => ({
        ...launch,
        index,
        p25Ns: p25Ns + index,
        p50Ns: p25Ns + index,
        p99Ns: null,
      }));
      writeFileSync(
        join(cwd, `${name}.json`),
        JSON.stringify({ ...oneCaseReport(), results: [{ ...template, launches }] }),
      );
    };
    write('seven', 8000, 7);
    write('slower', 24_000, 7);
    write('three', 24_000, 3);
    const told = await runCli(['compare', 'seven.json', 'slower.json'], { cwd });
    assert.match(told.stdout, /^. \d comparisons: 1 significantly worse, /);
    assert.match(told.stdout, /^ {2}round trip p25 +8\.00 µs +24\.0 µs +\+200 % +\[\+200, \+200\] % +✗ regressed$/m);
    assert.is(told.exitCode, 0);
    const few = await runCli(['compare', 'seven.json', 'three.json'], { cwd });
    assert.match(few.stdout, /^ {2}round trip p25 +8\.00 µs +24\.0 µs +~? ?\+200 % /m);
    write('two', 24_000, 2);
    const fewer = await runCli(['compare', 'three.json', 'two.json'], { cwd });
    assert.match(
      fewer.stdout.replaceAll(/\s+/g, ' '),
      /comparisons have no confidence interval, so their changes cannot be judged: a 99 % interval takes 5 launches on each side\./,
    );
    assert.match(
      fewer.stdout.replaceAll(/\s+/g, ' '),
      /~ no direction can be told: there are too few launches for an interval/,
    );
  },
);

test('a report given as --a is the first, whichever else is named', async ({ cwd }) => {
  for (const name of ['x', 'y']) writeFileSync(join(cwd, `${name}.json`), JSON.stringify(oneCaseReport()));
  const { stdout } = await runCli(['compare', 'x.json', '--a', 'report=y.json', '--json'], { cwd });
  const { base, head } = JSON.parse(stdout) as {
    readonly base: { readonly settings: readonly string[] };
    readonly head: { readonly settings: readonly string[] };
  };
  assert.equal([base.settings, head.settings], [['report=y.json'], ['report=x.json']]);
});

test.run();
