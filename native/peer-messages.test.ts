// test-deadline-s: 180
import { closeSync, writeSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from './load.js';
import { makeMapping, peerArguments, startPeer } from './test/peers.js';

const native = await loadNative();
const { addon } = native;
const program = [native.peerPath];

/** Plays the initiator for one message to a responder. Gives the sentence it fails with, or null when it answers. */
async function answerTo(
  message: Uint8Array,
  verify: 'header' | 'full',
  framing: 'stream' | 'message' = 'stream',
): Promise<unknown> {
  const [a, b] = addon.socketpair(framing === 'stream' ? 'stream' : 'seqpacket');
  const mapping = makeMapping(addon);
  const peer = startPeer(
    program,
    peerArguments('responder', 'fd:5', framing, { workload: 'ping-pong', sizeBytes: 64, verify }),
    mapping,
    [b],
  );
  closeSync(b);
  assert.is((await peer.line('ready'))?.type, 'ready');
  writeSync(mapping, word(process.pid), 0, 8, 64 + 24);
  // This is the message before the window, and the one after is the last.
  writeSync(mapping, word(1), 0, 8, 256);
  writeSync(mapping, word(1), 0, 8, 264);
  peer.send('go');
  writeSync(a, message);
  const second = new Uint8Array(64);
  addon.fillMessage(second, 7, 0, 1);
  try {
    writeSync(a, second);
  } catch (error) {
    assert.is((error as NodeJS.ErrnoException).code, 'EPIPE');
  }
  const line = await peer.line('result');
  closeSync(a);
  await peer.ended;
  closeSync(mapping);
  return line?.type === 'result' ? null : line?.['message'];
}

function messageWith(damage: (message: Uint8Array) => Uint8Array): Uint8Array {
  const message = new Uint8Array(64);
  addon.fillMessage(message, 7, 0, 0);
  return damage(message);
}

const withFlipped =
  (at: number) =>
  (message: Uint8Array): Uint8Array => {
    message[at]! ^= 1;
    return message;
  };

test('a responder answers what was sent', async () => {
  assert.is(
    await answerTo(
      messageWith((message) => message),
      'full',
    ),
    null,
  );
});

test('a message that did not come from the partner is refused', async () => {
  assert.is(
    await answerTo(new Uint8Array(64), 'header'),
    'Message 0 is not what was sent: its header is damaged or out of sequence.',
  );
  assert.is(
    await answerTo(messageWith(withFlipped(8)), 'header'),
    'Message 0 is not what was sent: its header is damaged or out of sequence.',
  );
});

test('a changed payload is refused by a full verification, and is not seen by that of the header', async () => {
  assert.is(
    await answerTo(messageWith(withFlipped(63)), 'full'),
    'Message 0 is not what was sent: its payload differs.',
  );
  assert.is(await answerTo(messageWith(withFlipped(63)), 'header'), null);
});

test('a message with a byte too many or too few is refused where messages have bounds', async () => {
  assert.is(
    await answerTo(
      messageWith((message) => Uint8Array.from([...message, 0])),
      'header',
      'message',
    ),
    'Message 0 has 65 bytes instead of 64.',
  );
  assert.is(
    await answerTo(
      messageWith((message) => message.subarray(0, 63)),
      'header',
      'message',
    ),
    'Message 0 has 63 bytes instead of 64.',
  );
});

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

test.run();
