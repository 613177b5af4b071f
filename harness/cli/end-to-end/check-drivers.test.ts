// test-deadline-s: 240
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Verdict } from '../../model/index.js';
import { compareChecks } from '../../comparison/live/compare-checks.js';
import type { PreparedVariant } from '../../comparison/sides/prepare-variant.js';
import { runCli } from './run-cli.js';
import { checks, folder, withTransport, wrongTransport, type Flaw } from './wrong-transport.fixture.js';

const LOSSY: Flaw = { send: 'if (sent === 300) return;' };

const command = suite('check --driver');

const moduleOf = (name: string, flaw: Flaw): string => {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, wrongTransport(flaw));
  return file;
};

command('without it, every driver of a module is checked, and each row has an id of its own', async () => {
  const out = join(folder, 'both');
  const args = [
    'check',
    'wrong',
    '--transport',
    moduleOf('both', { ...LOSSY, hasCore: true }),
    '--check',
    'loss',
    '--messages',
    '500',
    '--out',
    out,
  ];
  const { exitCode, stdout } = await runCli(args);
  assert.is(exitCode, 1, stdout);
  assert.match(stdout, /wrong · native +2/);
  assert.match(stdout, /fail +wrong\/loss\/total-queue\/js +MUST, js/);
  const { verdicts } = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as {
    readonly verdicts: readonly Verdict[];
  };
  const ids = ['wrong/loss/tail', 'wrong/loss/total-queue', 'wrong/loss/tail/js', 'wrong/loss/total-queue/js'];
  assert.equal(
    verdicts.map(({ id }) => id),
    ids,
  );
  assert.match(readFileSync(join(out, 'junit.xml'), 'utf8'), /name="loss\/total-queue\/js"><failure/);
  const [kept] = verdicts.flatMap(({ history }) => history ?? []);
  assert.is((await runCli(['check', '--judge', join(out, kept ?? '')])).exitCode, 1);
});

command('a driver that is named is checked alone', async () => {
  const module = moduleOf('native', { ...LOSSY, hasCore: true });
  const args = ['check', 'wrong', '--transport', module, '--driver', 'native', '--check', 'loss', '--messages', '500'];
  const { exitCode, stdout } = await runCli([...args, '--out', join(folder, 'native')]);
  assert.is(exitCode, 0, stdout);
});

const refused: readonly (readonly [args: readonly string[], told: RegExp])[] = [
  [['pipe', '--driver', 'js'], /pipe has no driver js; it has native, addon/],
  [['node', 'pipe', '--driver', 'native'], /node-ipc-advanced has no driver native; it has js/],
  [['pipe', '--driver', 'native,js'], /pipe has no driver js/],
  [['pipe', '--driver', 'native', '--check', 'disturbance/parent-dies'], /--driver applies to delivery checks only/],
  [['pipe', '--driver', 'nativ'], /native/],
  [['--transport', moduleOf('js-alone', {}), '--driver', 'addon'], /wrong has no driver addon; it has js/],
];

for (const [args, told] of refused) {
  command(`what was asked for and cannot be done is refused: ${args.slice(-4).join(' ')}`, async () => {
    const { exitCode, stderr } = await runCli(['check', ...args, '--out', join(folder, 'refused')]);
    assert.is(exitCode, 2, stderr);
    assert.match(stderr, told);
  });
}

command('a dry run names the drivers, and with --driver no procedures', async () => {
  const listed = await runCli(['check', '--dry-run', '--driver', 'js', '--check', 'loss']);
  assert.equal(
    listed.stdout.split('\n').map((line) => line.split('  ')[0]),
    ['node-ipc-advanced', 'node-ipc-json', 'node-net'].flatMap((name) => [
      `${name}/loss/tail`,
      `${name}/loss/total-queue`,
    ]),
  );
  assert.ok(listed.stdout.split('\n').every((line) => line.includes('  (js) ')));
});

command.run();

const gate = suite('a gate');

gate('holds a driver of head to what the same driver did on base, whatever other drivers its module has', () =>
  withTransport({}, (_, base) =>
    withTransport({ ...LOSSY, hasCore: true }, async (__, head) => {
      const side = (name: string, { context, environment }: typeof base): PreparedVariant =>
        ({ spec: { side: name }, context, environment }) as unknown as PreparedVariant;
      const request = { transports: ['wrong'], checks, checkRuns: [], seed: 7, stallMs: 30_000, deviations: [] };
      const { changes } = await compareChecks(
        request,
        { base: side('base', base), head: side('head', head) },
        () => undefined,
      );
      const found = changes.map(({ id, base: was, head: is, isWorse }) => [id, was, is, isWorse]);
      assert.equal(found, [['wrong/loss/total-queue/js', 'pass', 'fail', true]]);
    }),
  ),
);

gate.run();
