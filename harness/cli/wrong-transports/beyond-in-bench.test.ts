// test-deadline-s: 120
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Report } from '../../model/index.js';
import { runCli } from '../end-to-end/run-cli.js';
import { moduleText } from './module-text.fixture.js';

const test = suite<{ folder: string }>('sizes beyond the declared maximum');
test.before.each((context) => void (context.folder = mkdtempSync(join(tmpdir(), 'y-'))));
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

for (const [maxMessageBytes, size, launched] of [
  [1000, '1000,1001', 1000],
  [100, '64,4k,1MiB', 64],
  [65_536, '65535,65537', 65_535],
] as const) {
  test(`bench skips what is larger than ${maxMessageBytes}, with a sentence, and measures the rest of ${size}`, async ({
    folder,
  }) => {
    // Whoever sends it more waits for ever.
    const onSend = `if (message.length > ${maxMessageBytes}) return null; return message;`;
    writeFileSync(join(folder, 'mine.mjs'), moduleText('mine', { guarantees: { maxMessageBytes }, onSend }));
    const args = [
      'bench',
      'mine',
      '--transport',
      './mine.mjs',
      '--workload',
      'ping-pong',
      '--size',
      size,
      '--launches',
      '1',
      '--duration',
      '5ms',
      '--json',
      '--out',
      'out',
    ];
    const { exitCode, stderr } = await runCli(args, { cwd: folder });
    assert.is(exitCode, 0, stderr);
    const report = JSON.parse(readFileSync(join(folder, 'out', 'report.json'), 'utf8')) as Report;
    assert.equal(
      report.results.filter(({ failures }) => failures.length > 0),
      [],
    );
    assert.equal(
      report.results.filter(({ launches }) => launches.length > 0).map((result) => result.case.sizeBytes),
      [launched],
    );
    const beyond = size.split(',').length - 1;
    assert.is(
      report.skipped.filter(({ reason }) =>
        reason.includes(
          `is larger than the declared maximum of mine (maxMessageBytes: ${maxMessageBytes}). Use a smaller --size.`,
        ),
      ).length,
      beyond,
    );
  });
}

test('check --size says what it takes', async ({ folder }) => {
  const { exitCode, stderr } = await runCli(['check', 'pipe', '--size', '31'], { cwd: folder });
  assert.is(exitCode, 2);
  assert.match(stderr, /begins with a header of 32 B; --size 31 leaves no room for it/);
});

test('check --size reaches the exchange, and its evidence names it', async ({ folder }) => {
  const { exitCode, stdout, stderr } = await runCli(
    ['check', 'pipe', '--check', 'loss/total-queue', '--messages', '1000', '--size', '300k', '--json', '--out', 'out'],
    { cwd: folder },
  );
  assert.is(exitCode, 0, stderr);
  assert.match(
    (JSON.parse(stdout) as Report).verdicts[0]?.evidence ?? '',
    /Sizes: 32 B to 96 KiB, 2 of 64 KiB, 2 of 300 KiB, 2 of 1 MiB\.$/,
  );
});

test.run();
