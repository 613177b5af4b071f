import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createFixedSlicer } from './fixed-slicer.js';
import { createFramer } from './framer.js';
import { crc32c } from './message-header.js';

const maxBytes = 4096;

/** A message as the C++ core writes it, payload aside. */
const messageOf = (seq: number, length: number, fill = seq & 0xff): Buffer => {
  const message = Buffer.alloc(length, fill);
  message.fill(0, 0, 32);
  message.writeUInt16LE(0x4349, 0);
  message.writeUInt8(1, 2);
  message.writeBigUInt64LE(BigInt(seq), 8);
  message.writeUInt32LE(length, 16);
  message.writeUInt32LE(crc32c(message, 0, 28), 28);
  return message;
};

const framed = (chunks: readonly Uint8Array[], { end = true } = {}): string[] => {
  const found: string[] = [];
  const framer = createFramer(maxBytes, {
    message: (message, { seq, length }) => void found.push(`${seq}:${length}${message.length === length ? '' : '!'}:${message.length === 32 ? '' : message.at(-1)}`),
    damagedHeader: (bytes) => void found.push(`damaged ${bytes}`),
    cutShort: ({ seq, length }, arrived) => void found.push(`cut ${seq} at ${arrived} of ${length}`),
  });
  for (const chunk of chunks) framer.push(chunk);
  if (end) framer.end();
  return found;
};

/** mulberry32: small, seeded, good enough to cut bytes with. */
const random = (seed: number): (() => number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

const cut = (bytes: Buffer, next: () => number, longest: number): Buffer[] => {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + Math.floor(next() * longest);
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
};

test('CRC-32C has the check value of its catalogue', () => {
  assert.is(crc32c(Buffer.from('123456789'), 0, 9), 0xe3069283);
});

test('nothing in, nothing out', () => {
  assert.equal(framed([]), []);
  assert.equal(framed([Buffer.alloc(0)]), []);
});

test('one message in one chunk comes out whole', () => {
  assert.equal(framed([messageOf(7, 100)]), ['7:100:7']);
});

test('a message of a header alone is a message', () => {
  assert.equal(framed([messageOf(1, 32), messageOf(2, 32)]), ['1:32:', '2:32:']);
});

test('several messages in one chunk come out one by one', () => {
  assert.equal(framed([Buffer.concat([messageOf(1, 40), messageOf(2, 50), messageOf(3, 4096)])]), ['1:40:1', '2:50:2', '3:4096:3']);
});

test('chunks of one byte make the same messages', () => {
  const bytes = Buffer.concat([messageOf(1, 33), messageOf(2, 90)]);
  assert.equal(framed([...bytes].map((byte) => Uint8Array.of(byte))), ['1:33:1', '2:90:2']);
});

test('however a stream is cut, the same messages come out', () => {
  const next = random(20);
  const lengths = Array.from({ length: 300 }, () => 32 + Math.floor(next() * 1000));
  const bytes = Buffer.concat(lengths.map((length, seq) => messageOf(seq, length)));
  const expected = framed([bytes]);
  assert.is(expected.length, 300);
  for (const longest of [1, 2, 31, 32, 33, 100, 999, 5000, 70_000]) assert.equal(framed(cut(bytes, next, longest)), expected, `cut at most ${longest} long`);
});

test('bytes that are no header are skipped up to the next good one, and counted', () => {
  assert.equal(framed([messageOf(1, 40), Buffer.alloc(19, 0x49), messageOf(2, 40)]), ['1:40:1', 'damaged 19', '2:40:2']);
});

test('a header with one flipped bit costs its own message and no other', () => {
  for (let bit = 0; bit < 32 * 8; bit += 1) {
    const damaged = messageOf(2, 64, 0x5a);
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(framed([Buffer.concat([messageOf(1, 40), damaged, messageOf(3, 40)])]), ['1:40:1', 'damaged 64', '3:40:3'], `bit ${bit}`);
  }
});

test('damage is found the same way however the stream is cut', () => {
  const next = random(21);
  const parts = Array.from({ length: 200 }, (_, seq) => {
    const message = messageOf(seq, 32 + Math.floor(next() * 200), 0x49);
    if (next() < 0.2) message[Math.floor(next() * 32)]! ^= 0x10;
    return next() < 0.1 ? message.subarray(0, Math.floor(next() * message.length)) : message;
  });
  const bytes = Buffer.concat(parts);
  const expected = framed([bytes]);
  for (const longest of [1, 7, 32, 64, 3000]) assert.equal(framed(cut(bytes, next, longest)), expected, `cut at most ${longest} long`);
});

test('a length beyond the largest message is a damaged header', () => {
  assert.equal(framed([messageOf(1, maxBytes + 1).subarray(0, 100), messageOf(2, 40)]), ['damaged 100', '2:40:2']);
});

test('a stream that ends inside a message says which one', () => {
  assert.equal(framed([messageOf(1, 40), messageOf(2, 500).subarray(0, 123)]), ['1:40:1', 'cut 2 at 123 of 500']);
});

test('a stream that ends inside a header has only bytes to tell of', () => {
  assert.equal(framed([messageOf(1, 40), messageOf(2, 500).subarray(0, 31)]), ['1:40:1', 'damaged 31']);
});

test('without an end nothing is said of what may still come', () => {
  assert.equal(framed([messageOf(2, 500).subarray(0, 499)], { end: false }), []);
});

test('a chunk may be overwritten once it was pushed', () => {
  const chunk = Buffer.alloc(20);
  const whole = messageOf(9, 100);
  const found: string[] = [];
  const framer = createFramer(maxBytes, {
    message: (message) => void found.push(message.equals(whole) ? 'equal' : 'different'),
    damagedHeader: (bytes) => void found.push(`damaged ${bytes}`),
    cutShort: () => void found.push('cut'),
  });
  for (let at = 0; at < whole.length; at += 20) {
    whole.copy(chunk, 0, at, at + 20);
    framer.push(chunk);
    chunk.fill(0xff);
  }
  assert.equal(found, ['equal']);
});

test('a run of bytes is cut into messages of one size, however it comes', () => {
  const next = random(22);
  for (const size of [1, 2, 3, 17, 64, 1000]) {
    const bytes = Buffer.from(Array.from({ length: size * 50 }, (_, at) => at & 0xff));
    for (const longest of [1, size, 2 * size - 1, 5000]) {
      const messages: Buffer[] = [];
      const push = createFixedSlicer(size, (message) => void messages.push(Buffer.from(message)));
      for (const chunk of cut(bytes, next, longest)) push(chunk);
      assert.is(messages.length, 50, `${size} cut at most ${longest} long`);
      assert.ok(Buffer.concat(messages).equals(bytes));
      assert.ok(messages.every((message) => message.length === size));
    }
  }
});

test('a chunk that is one message is handed on without a copy', () => {
  const chunk = Buffer.alloc(64, 3);
  let given: Uint8Array | undefined;
  createFixedSlicer(64, (message) => (given = message))(chunk);
  assert.is(given, chunk);
});

test.run();
