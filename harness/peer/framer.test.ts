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

/** The payload of every message of these tests is one byte, repeated. */
const damageOf = (message: Uint8Array): number => {
  const payload = message.subarray(32);
  return payload.findIndex((byte) => byte !== payload[0]);
};

const framed = (chunks: readonly Uint8Array[], { end = true } = {}): string[] => {
  const found: string[] = [];
  const framer = createFramer(maxBytes, {
    damageOf,
    message: (message, { seq, length }) => void found.push(`${seq}:${length}${message.length === length ? '' : '!'}`),
    damagedPayload: ({ seq, length }, bytes, offset) =>
      void found.push(`wrong ${seq}:${length} at ${offset}, took ${bytes}`),
    impossibleLength: ({ seq, length }) => void found.push(`impossible ${seq}:${length}`),
    damagedHeader: (bytes) => void found.push(`damaged ${bytes}`),
    cutShort: (header, arrived) =>
      void found.push(header === null ? `cut at ${arrived}` : `cut ${header.seq} at ${arrived} of ${header.length}`),
  });
  for (const chunk of chunks) framer.push(chunk);
  if (end) framer.end();
  return found;
};

/** mulberry32: small, seeded, good enough to cut bytes with. */
const random =
  (seed: number): (() => number) =>
  () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };

const cut = (bytes: Buffer, next: () => number, longest: number): Buffer[] => {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
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
  assert.equal(framed([messageOf(7, 100)]), ['7:100']);
});

test('a message of a header alone is a message', () => {
  assert.equal(framed([messageOf(1, 32), messageOf(2, 32)]), ['1:32', '2:32']);
});

test('several messages in one chunk come out one by one', () => {
  assert.equal(framed([Buffer.concat([messageOf(1, 40), messageOf(2, 50), messageOf(3, 4096)])]), [
    '1:40',
    '2:50',
    '3:4096',
  ]);
});

test('chunks of one byte make the same messages', () => {
  const bytes = Buffer.concat([messageOf(1, 33), messageOf(2, 90)]);
  assert.equal(framed([...bytes].map((byte) => Uint8Array.of(byte))), ['1:33', '2:90']);
});

test('however a stream is cut, the same messages come out', () => {
  const next = random(20);
  const lengths = Array.from({ length: 300 }, () => 32 + Math.floor(next() * 1000));
  const bytes = Buffer.concat(lengths.map((length, seq) => messageOf(seq, length)));
  const expected = framed([bytes]);
  assert.is(expected.length, 300);
  for (const longest of [1, 2, 31, 32, 33, 100, 999, 5000, 70_000])
    assert.equal(framed(cut(bytes, next, longest)), expected, `cut at most ${longest} long`);
});

test('bytes that are no header are skipped up to the next good one, and counted', () => {
  assert.equal(framed([messageOf(1, 40), Buffer.alloc(19, 0x49), messageOf(2, 40)]), ['1:40', 'damaged 19', '2:40']);
});

test('a header with one flipped bit costs its own message and no other', () => {
  for (let bit = 0; bit < 32 * 8; bit += 1) {
    const damaged = messageOf(2, 64, 0x5a);
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(
      framed([Buffer.concat([messageOf(1, 40), damaged, messageOf(3, 40)])]),
      ['1:40', 'damaged 64', '3:40'],
      `bit ${bit}`,
    );
  }
});

test('a message that lost bytes does not swallow the next one', () => {
  const short = Buffer.concat([messageOf(2, 200, 0x22).subarray(0, 150), messageOf(3, 90, 0x33), messageOf(4, 40)]);
  assert.equal(framed([messageOf(1, 40), short]), ['1:40', 'wrong 2:200 at 118, took 150', '3:90', '4:40']);
});

test('a header that reaches beyond the end of a damaged message is found', () => {
  const short = Buffer.concat([messageOf(2, 200, 0x22).subarray(0, 190), messageOf(3, 90, 0x33)]);
  for (const chunks of [[short], [short.subarray(0, 205), short.subarray(205)]])
    assert.equal(framed(chunks), ['wrong 2:200 at 158, took 190', '3:90']);
});

test('a damaged message at the very end is told of', () => {
  const damaged = messageOf(2, 100, 0x22);
  damaged[99] = 0;
  assert.equal(framed([damaged]), ['wrong 2:100 at 67, took 100']);
});

test('damage is found the same way however the stream is cut', () => {
  const next = random(21);
  const parts = Array.from({ length: 200 }, (_, seq) => {
    const message = messageOf(seq, 33 + Math.floor(next() * 200), 0x49);
    const at = Math.floor(next() * message.length);
    if (next() < 0.3) message[at] = (message[at] ?? 0) ^ 0x10;
    return next() < 0.1 ? message.subarray(0, at) : message;
  });
  const bytes = Buffer.concat(parts);
  const expected = framed([bytes]);
  assert.ok(expected.some((one) => one.startsWith('wrong')) && expected.some((one) => one.startsWith('damaged')));
  for (const longest of [1, 7, 32, 64, 3000])
    assert.equal(framed(cut(bytes, next, longest)), expected, `cut at most ${longest} long`);
});

test('a length that no message has says nothing of where the next one begins', () => {
  assert.equal(framed([messageOf(1, maxBytes + 1).subarray(0, 100), messageOf(2, 40)]), [
    `impossible 1:${maxBytes + 1}`,
    'damaged 68',
    '2:40',
  ]);
  const short = messageOf(1, 32);
  short.writeUInt32LE(31, 16);
  short.writeUInt32LE(crc32c(short, 0, 28), 28);
  assert.equal(framed([short, messageOf(2, 40)]), ['impossible 1:31', '2:40']);
});

test('a stream that ends inside a message says which one', () => {
  assert.equal(framed([messageOf(1, 40), messageOf(2, 500).subarray(0, 123)]), ['1:40', 'cut 2 at 123 of 500']);
});

test('a stream that ends inside a header was cut short too', () => {
  assert.equal(framed([messageOf(1, 40), messageOf(2, 500).subarray(0, 31)]), ['1:40', 'cut at 31']);
});

test('what is too little for a header behind damage belongs to the damage', () => {
  assert.equal(framed([messageOf(1, 40), Buffer.alloc(40, 0x49), messageOf(2, 500).subarray(0, 20)]), [
    '1:40',
    'damaged 60',
  ]);
});

test('without an end nothing is said of what may still come', () => {
  assert.equal(framed([messageOf(2, 500).subarray(0, 499)], { end: false }), []);
});

test('a chunk larger than all the memory of a framer is taken in parts', () => {
  const bytes = Buffer.concat(Array.from({ length: 400 }, (_, seq) => messageOf(seq, 1000)));
  assert.is(framed([bytes]).length, 400);
  assert.equal(framed([bytes]), framed(cut(bytes, random(23), 900)));
});

test('a chunk may be overwritten once it was pushed', () => {
  const chunk = Buffer.alloc(20);
  const whole = messageOf(9, 100);
  const found: string[] = [];
  const unexpected = (): void => void found.push('unexpected');
  const framer = createFramer(maxBytes, {
    damageOf: () => -1,
    message: (message) => void found.push(message.equals(whole) ? 'equal' : 'different'),
    damagedPayload: unexpected,
    impossibleLength: unexpected,
    damagedHeader: unexpected,
    cutShort: unexpected,
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
