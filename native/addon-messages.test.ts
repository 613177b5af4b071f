import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addon, addonPath, assertArgumentError, wrongly } from './addon.fixture.js';

test('planned sizes are a function of seed and number, inside their bounds', () => {
  assert.is(addon.messageSize(12345, 0, 32, 100000), 32769);
  assert.is(addon.messageSize(12345, 8, 32, 100000), 84348);
  assert.is(addon.messageSize(1, Number.MAX_SAFE_INTEGER, 64, 64), 64);
  assertArgumentError(() => addon.messageSize(2 ** 32, 0, 1, 2), 'ERR_OUT_OF_RANGE', 'seed');
  assertArgumentError(() => addon.messageSize(1, -1, 1, 2), 'ERR_OUT_OF_RANGE', 'seq');
  assertArgumentError(() => addon.messageSize(1, 0, 0, 2), 'ERR_OUT_OF_RANGE', 'minBytes');
  assertArgumentError(() => addon.messageSize(1, 0, 3, 2), 'ERR_OUT_OF_RANGE', 'maxBytes');
});

test('a message that was filled is found intact, at every size', () => {
  for (const size of [1, 2, 9, 31, 32, 33, 64, 4096, 65536, 70000, 1 << 20]) {
    const message = new Uint8Array(size);
    addon.fillMessage(message, 9, 1, 77);
    assert.equal(addon.checkMessage(message, 9, 1, 77), { kind: 'intact', sender: 1, seq: 77 });
    assert.equal(addon.checkHeader(message, 1, 77), { kind: 'intact', sender: 1, seq: 77 });
  }
});

test('a whole header says its own sender and number, a compact one is completed', () => {
  const whole = new Uint8Array(64);
  addon.fillMessage(whole, 9, 1, 2 ** 40);
  assert.equal(addon.checkMessage(whole, 9, 0, 0), { kind: 'intact', sender: 1, seq: 2 ** 40 });
  const compact = new Uint8Array(3);
  addon.fillMessage(compact, 9, 1, 70000);
  assert.equal(addon.checkMessage(compact, 9, 1, 70003), { kind: 'intact', sender: 1, seq: 70000 });
});

test('each kind of damage is told apart', () => {
  const damaged = (size: number, damage: (message: Uint8Array) => Uint8Array): unknown => {
    const message = new Uint8Array(size);
    addon.fillMessage(message, 9, 1, 77);
    return addon.checkMessage(damage(message), 9, 1, 77);
  };
  const flip =
    (at: number) =>
    (message: Uint8Array): Uint8Array => {
      message[at]! ^= 1;
      return message;
    };
  assert.equal(damaged(64, flip(9)), { kind: 'damaged-header' });
  assert.equal(damaged(64, flip(40)), { kind: 'damaged-payload', sender: 1, seq: 77, offset: 8 });
  assert.equal(
    damaged(64, (message) => message.subarray(0, 50)),
    { kind: 'wrong-boundary', sender: 1, seq: 77, expected: 64 },
  );
  assert.equal(
    damaged(64, (message) => Uint8Array.from([...message, 0])),
    { kind: 'wrong-boundary', sender: 1, seq: 77, expected: 64 },
  );
  assert.equal(
    damaged(64, (message) => message.subarray(0, 20)),
    { kind: 'damaged-header' },
  );
  assert.equal(damaged(20, flip(19)), { kind: 'damaged-payload', sender: 1, seq: 77, offset: 10 });
});

test('the header check passes over a damaged payload, and over nothing else', () => {
  const message = new Uint8Array(64);
  addon.fillMessage(message, 9, 1, 77);
  message[63]! ^= 1;
  assert.equal(addon.checkHeader(message, 1, 77), { kind: 'intact', sender: 1, seq: 77 });
  assert.equal(addon.checkHeader(message.subarray(0, 63), 1, 77), {
    kind: 'wrong-boundary',
    sender: 1,
    seq: 77,
    expected: 64,
  });
  message[8]! ^= 1;
  assert.equal(addon.checkHeader(message, 1, 77), { kind: 'damaged-header' });
});

test('messages are Uint8Arrays of one byte and more, views into larger memory among them', () => {
  const memory = new Uint8Array(300);
  addon.fillMessage(memory.subarray(100, 200), 9, 0, 5);
  assert.ok(memory.subarray(0, 100).every((byte) => byte === 0) && memory.subarray(200).every((byte) => byte === 0));
  assert.is(addon.checkMessage(Buffer.from(memory.buffer, 100, 100), 9, 0, 5).kind, 'intact');
  assertArgumentError(() => addon.fillMessage(new Uint8Array(0), 9, 0, 5), 'ERR_OUT_OF_RANGE', 'message');
  assertArgumentError(() => wrongly['fillMessage']!(new Uint16Array(64), 9, 0, 5), 'ERR_INVALID_ARG_TYPE', 'message');
  assertArgumentError(() => wrongly['checkMessage']!('text', 9, 0, 5), 'ERR_INVALID_ARG_TYPE', 'message');
  assertArgumentError(() => addon.checkHeader(memory, 65536, 5), 'ERR_OUT_OF_RANGE', 'sender');
  assertArgumentError(() => addon.checkHeader(memory, 0, 0.5), 'ERR_OUT_OF_RANGE', 'expectedSeq');
});

test('worker threads fill and check at the same time as this one', async () => {
  const script = `
    const { workerData, parentPort } = require('node:worker_threads');
    const addon = require(workerData.addonPath);
    let intact = 0;
    for (let seq = 0; seq < 20000; seq += 1) {
      const message = new Uint8Array(100);
      addon.fillMessage(message, workerData.seed, 0, seq);
      if (addon.checkMessage(message, workerData.seed, 0, seq).kind === 'intact') intact += 1;
    }
    parentPort.postMessage(intact);
  `;
  const workers = [1, 2, 3].map((seed) => new Worker(script, { eval: true, workerData: { addonPath, seed } }));
  const results = await Promise.all(
    workers.map((worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))),
  );
  assert.equal(results, [20000, 20000, 20000]);
});

test.run();
