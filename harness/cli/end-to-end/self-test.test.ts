// test-deadline-s: 180
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCli } from './run-cli.js';

test('every planted fault is caught on a stream, on messages with and without an end, on a FIFO and on Node\'s transports', async () => {
  const { exitCode, stdout, stderr } = await runCli(['self-test', 'unix-stream', 'socketpair-seqpacket', 'unix-dgram', 'fifo', 'node-ipc-json', 'node-net', '--repeat', '2']);
  assert.is(exitCode, 0, stdout + stderr);
  assert.match(stdout, /Proven: \d+ caught, 0 missed, \d+ silent, 0 false alarms, 0 unseen\./);
});

test.run();
