// test-deadline-s: 120
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from '../../native/load.js';
import { runCli } from './end-to-end/run-cli.js';
import { holdOutput } from './hold-output.js';

const test = suite<{ folder: string }>('two runs and one output directory');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'hold-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const quick = ['--duration', '2ms', '--warmup', '1ms', '--launches', '1', '--size', '64', '--placement', 'free'];
const gate = [
  '--effort',
  'quick',
  '--size',
  '64',
  '--workload',
  'ping-pong',
  '--checks',
  'none',
  '--time-budget',
  '3s',
];

for (const args of [
  ['bench', 'pipe', ...quick],
  ['gate', 'pipe', ...gate],
]) {
  test(`${args[0]}: the second run is refused before it measures, and writes nothing`, async ({ folder }) => {
    const { addon } = await loadNative();
    const out = join(folder, 'out');
    mkdirSync(out);
    const other = openSync(out, 'r');
    assert.ok(addon.tryLock(other));
    const refused = await runCli([...args, '--out', out]);
    assert.is(refused.exitCode, 2, refused.stderr);
    assert.match(refused.stderr, /Another ipcbench is writing to \S+out\. Wait until it has ended, or name another/);
    assert.equal(readdirSync(out), []);
    closeSync(other);
    const { exitCode, stderr } = await runCli([...args, '--out', out]);
    assert.is(exitCode, 0, stderr);
    assert.ok(readFileSync(join(out, args[0] === 'gate' ? 'gate.json' : 'report.json'), 'utf8').length > 100);
  });
}

test('a process holds a directory once, and again for itself', async ({ folder }) => {
  const { addon } = await loadNative();
  holdOutput(join(folder, 'mine'), addon);
  holdOutput(join(folder, 'mine'), addon);
  const other = openSync(join(folder, 'mine'), 'r');
  assert.not(addon.tryLock(other));
  closeSync(other);
});

test('a file system without locks keeps nobody out', ({ folder }) => {
  const withoutLocks = {
    tryLock: (): boolean => {
      throw Object.assign(new Error('flock'), { code: 'ENOTSUP' });
    },
  };
  holdOutput(join(folder, 'nfs'), withoutLocks);
  holdOutput(join(folder, 'nfs'), withoutLocks);
});

test.run();
