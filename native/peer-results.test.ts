// test-deadline-s: 180
import { fileURLToPath } from 'node:url';
import { build } from 'hdr-histogram-js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from './load.js';
import { meetings, runPair } from './test/peers.js';

const native = await loadNative();
const { addon } = native;
const program = [native.peerPath];
const host = fileURLToPath(new URL('./test/addon-host.js', import.meta.url));

for (const meeting of Object.keys(meetings)) {
  test(`${meeting}: both ends of a ping-pong count the same round trips, with two calls each`, async () => {
    for (const [sizeBytes, verify] of [
      [64, 'header'],
      [1, 'header'],
      [9, 'full'],
      [65536, 'full'],
    ] as const) {
      const { initiator, responder, exits } = await runPair({
        program,
        addon,
        meeting,
        workload: 'ping-pong',
        sizeBytes,
        verify,
      });
      assert.equal(exits, [0, 0]);
      assert.is(initiator.type, 'result', JSON.stringify(initiator));
      assert.is(initiator['messages'], responder['messages']);
      assert.is(initiator['bytes'], Number(initiator['messages']) * sizeBytes);
      assert.is(initiator['verified'], verify);
      assert.ok(Number(initiator['windowNs']) >= 5e6);
      const { bins } = initiator['latency'] as { bins: number[] };
      assert.is(
        bins.reduce((sum, number, index) => sum + (index % 2 === 1 ? number : 0), 0),
        initiator['messages'],
      );
      assert.is(responder['latency'], null);
      for (const end of [initiator, responder]) {
        const calls = Number((end['costs'] as { syscalls: number }).syscalls) / Number(end['messages']);
        // A long message may come in parts; a short one never does.
        assert.ok(sizeBytes < 65536 ? calls === 2 : calls >= 2, `${calls} calls a message`);
      }
    }
  });

  test(`${meeting}: a stream's receiver counts what came after its clock started`, async () => {
    for (const [sizeBytes, verify] of [
      [64, 'header'],
      [1, 'full'],
      [5000, 'full'],
      [65536, 'header'],
    ] as const) {
      const { initiator, responder, exits } = await runPair({
        program,
        addon,
        meeting,
        workload: 'stream',
        sizeBytes,
        verify,
      });
      assert.equal(exits, [0, 0]);
      assert.is(responder.type, 'result', JSON.stringify(responder));
      // The message that opens the window is the sender's first, and the receiver's zero.
      assert.is(responder['messages'], Number(initiator['messages']) - 1);
      assert.is(responder['bytes'], Number(responder['messages']) * sizeBytes);
    }
  });
}

for (const workload of ['ping-pong', 'stream'] as const) {
  test(`${workload}: a window whose time is over waits for the messages its figure needs`, async () => {
    for (const least of [1, 2, 19, 20, 21, 25]) {
      const more = ['--least-messages', String(least), '--longest-us', '10000000'];
      const { initiator, responder } = await runPair({
        program,
        addon,
        meeting: 'unix-stream',
        workload,
        sizeBytes: 4 << 20,
        windowUs: 1,
        warmupUs: 0,
        more,
      });
      const timed = workload === 'stream' ? responder : initiator;
      // The message that opens a stream's window is not counted by the receiver.
      assert.ok(
        Number(timed['messages']) >= least - (workload === 'stream' ? 1 : 0),
        `${timed['messages']} of ${least}`,
      );
      assert.ok(Number(timed['messages']) <= least + 20, `${timed['messages']} of ${least}`);
    }
  });

  test(`${workload}: no window waits longer than it may`, async () => {
    const more = ['--least-messages', '1000000000', '--longest-us', '30000'];
    const { initiator, responder } = await runPair({
      program,
      addon,
      meeting: 'pipe',
      workload,
      sizeBytes: 64,
      windowUs: 1000,
      more,
    });
    const timed = workload === 'stream' ? responder : initiator;
    assert.ok(Number(timed['messages']) > 0 && Number(timed['messages']) < 1e9);
    assert.ok(Number(timed['windowNs']) > 5e6, `${timed['windowNs']} ns`);
  });
}

test('a stream flows from the responder when it is the sender', async () => {
  const { initiator, responder } = await runPair({
    program,
    addon,
    meeting: 'pipe',
    workload: 'stream',
    sizeBytes: 64,
    more: ['--sender', 'responder'],
  });
  assert.is(initiator['messages'], Number(responder['messages']) - 1);
});

test('the addon runs the same peer inside Node, and tells apart what the executable does', async () => {
  const { initiator, responder, exits } = await runPair({
    program: [process.execPath, host, native.addonPath],
    addon,
    meeting: 'unix-stream',
    workload: 'ping-pong',
    sizeBytes: 64,
  });
  assert.equal(exits, [0, 0]);
  assert.is(initiator['messages'], responder['messages']);
});

test('bins are those of HdrHistogram with three digits', async () => {
  const { initiator } = await runPair({
    program,
    addon,
    meeting: 'socketpair-stream',
    workload: 'ping-pong',
    sizeBytes: 64,
    windowUs: 20000,
  });
  const { bins, minNs, maxNs } = initiator['latency'] as { bins: number[]; minNs: number; maxNs: number };
  const reference = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60e9,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  });
  const width = (value: number): number => 2 ** Math.max(0, Math.floor(Math.log2(value)) - 10);
  const values = bins.filter((_, index) => index % 2 === 0);
  for (const [index, value] of values.entries()) {
    const count = bins[2 * index + 1] as number;
    reference.recordValueWithCount(value, count);
    assert.is(value % width(value), 0, `${value} begins a bin`);
  }
  assert.is(reference.totalCount, initiator['messages']);
  assert.ok(values[0]! <= minNs && minNs < values[0]! + width(minNs));
  assert.ok(values.at(-1)! <= maxNs && maxNs < values.at(-1)! + width(maxNs));
});

test('a peer stays below 8 MiB with messages of 64 KiB, whatever its parent took', async () => {
  const { initiator, responder } = await runPair({
    program,
    addon,
    meeting: 'unix-stream',
    workload: 'stream',
    sizeBytes: 65536,
    verify: 'full',
  });
  for (const end of [initiator, responder]) {
    const { maxRssBytes } = end['costs'] as { maxRssBytes: number };
    assert.ok(maxRssBytes > 0 && maxRssBytes < 8 * 2 ** 20, `${maxRssBytes} bytes`);
  }
});

test.run();
