// test-deadline-s: 300
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseReport } from '../../../reports/schema/parse-report.js';
import { runCli } from './run-cli.js';

const out = mkdtempSync(join(tmpdir(), 'ipcbench-self-test-'));
test.after(() => rmSync(out, { recursive: true }));

test(
  "every planted fault is caught on a stream, on messages with and without an end, on a FIFO, on Node's " +
    'transports and under procedures, and the report holds it',
  async () => {
    const { exitCode, stdout, stderr } = await runCli([
      'self-test',
      'unix-stream',
      'socketpair-seqpacket',
      'unix-dgram',
      'fifo',
      'node-ipc-json',
      'node-net',
      '--repeat',
      '2',
      '--out',
      out,
    ]);
    assert.is(exitCode, 0, stdout + stderr);
    assert.match(stdout, /\nProven: \d+ caught, 0 missed, \d+ silent, 0 false alarms, 0 unseen \(seed \d+\)\.$/);
    const { killMatrix, seed } = parseReport(readFileSync(join(out, 'report.json'), 'utf8'));
    assert.equal(
      killMatrix?.parts.map(({ plantedInto, isProven }) => [plantedInto, isProven]),
      [
        ['exchanges', true],
        ['system calls', true],
      ],
    );
    assert.is(killMatrix?.seed, seed);
    assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /<section id="planted-faults"/);
  },
);

test.run();
