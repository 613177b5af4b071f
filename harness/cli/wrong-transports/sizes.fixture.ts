import type { WrongTransport } from './wrong-transport.fixture.js';

const MAXIMUM = 5000;
const declared = { maxMessageBytes: MAXIMUM };

/** Right up to some size, and wrong from there on. */
export const wrongSizes: readonly WrongTransport[] = [
  {
    name: 'cuts-at-32k',
    onSend: 'return message.subarray(0, 32768);',
    seen: { 'boundaries/preserved': /of 65536 bytes was read as 32768 \(short\)/ },
  },
  {
    name: 'cuts-at-300kb',
    onSend: 'return message.subarray(0, 300_000);',
    seen: { 'boundaries/preserved': /of 1048576 bytes was read as 300000 \(short\)/ },
  },
  {
    name: 'drops-64k',
    onSend: 'return message.length >= 65536 ? null : message;',
    seen: { 'loss/total-queue': /996 of 1000 messages received; 4 lost/ },
  },
  {
    name: 'drops-1mib',
    onSend: 'return message.length >= 1048576 ? null : message;',
    seen: { 'loss/total-queue': /998 of 1000 messages received; 2 lost/ },
  },
  {
    name: 'zeroes-behind-64k',
    onSend: 'const copy = Buffer.from(message); copy.fill(0, 65536); return copy;',
    seen: { 'integrity/position-keyed': /of 1048576 bytes is wrong from offset 65\d\d\d on/ },
  },
  {
    name: 'length-of-16-bits',
    onSend: 'return message.length > 65535 ? message.subarray(0, message.length & 65535) : message;',
    seen: { 'boundaries/preserved': /were read than were sent|bytes without a header|was read as/ },
  },
  {
    name: 'doubles-large',
    onSend: 'return message.length > 65536 ? [message, message] : message;',
    seen: { 'duplication/none': /2 messages arrived again/ },
  },
  {
    name: 'large-overtakes',
    top: 'let held = null;',
    onSend:
      'if (message.length === 65536 && held === null) { held = message; return null; } if (held !== null && ' +
      'held !== 0) { const late = held; held = 0; return [message, late]; } return message;',
    seen: { 'ordering/single-writer': /arrived out of order/ },
  },
  {
    name: 'stream-forgets-256k',
    guarantees: { framing: 'stream' },
    onSend: 'return message.subarray(0, 262_144);',
    seen: { 'integrity/position-keyed': /seq \d+ of 262144 bytes is wrong/ },
  },
  {
    name: 'drops-the-maximum',
    guarantees: declared,
    onSend: `return message.length >= ${MAXIMUM} ? null : message;`,
    seen: { 'loss/total-queue': /lost in/ },
  },
  {
    name: 'cuts-the-maximum',
    guarantees: declared,
    onSend: `return message.subarray(0, ${MAXIMUM - 1});`,
    seen: { 'boundaries/preserved': /of 5000 bytes was read as 4999/ },
  },
  {
    name: 'cuts-beyond',
    guarantees: declared,
    onSend: `return message.subarray(0, ${MAXIMUM});`,
    seen: {
      'boundaries/preserved':
        /With a last message of 5001B, a byte more than the declared maximum: .*of 5001 bytes was read as 5000/,
    },
  },
  {
    name: 'drops-beyond',
    guarantees: declared,
    onSend: `return message.length > ${MAXIMUM} ? null : message;`,
    seen: {
      'loss/total-queue': /a byte more than the declared maximum: 100 of 101 messages received/,
      'loss/tail': /a byte more than the declared maximum/,
    },
  },
  {
    name: 'splits-beyond',
    guarantees: declared,
    onSend: `return message.length > ${MAXIMUM} ? [message.subarray(0, 2500), message.subarray(2500)] : message;`,
    seen: { 'boundaries/preserved': /a byte more than the declared maximum: / },
  },
  {
    name: 'spoils-beyond',
    guarantees: declared,
    onSend: `const copy = Buffer.from(message); if (copy.length > ${MAXIMUM}) copy[4000] ^= 1; return copy;`,
    seen: {
      'integrity/position-keyed':
        /a byte more than the declared maximum: .*seq 100 of 5001 bytes is wrong from offset 3968 on/,
    },
  },
  {
    name: 'cuts-at-2mib',
    sizesBytes: [3 * 2 ** 20],
    onSend: 'return message.subarray(0, 2097152);',
    seen: { 'boundaries/preserved': /of 3145728 bytes was read as 2097152/ },
  },
];

/** Nothing is wrong with these, and what became of the byte beyond is said. */
export const rightSizes: readonly WrongTransport[] = [
  { name: 'right', seen: {}, said: { 'boundaries/preserved': /Sizes: 32 B to 8 KiB, 2 of 64 KiB, 2 of 1 MiB\.$/ } },
  {
    name: 'right-stream',
    guarantees: { framing: 'stream' },
    seen: {},
    said: { 'integrity/position-keyed': /Sizes: 32 B to 8 KiB, 2 of 64 KiB, 2 of 1 MiB\.$/ },
  },
  {
    name: 'right-3mib',
    sizesBytes: [3 * 2 ** 20, 70_000],
    seen: {},
    said: { 'boundaries/preserved': /Sizes: 32 B to 8 KiB, 2 of 64 KiB, 2 of 70000 B, 2 of 1 MiB, 2 of 3 MiB\.$/ },
  },
  {
    name: 'refuses-beyond',
    guarantees: declared,
    onSend:
      `if (message.length > ${MAXIMUM}) throw Object.assign(new Error('too long'), { errno: -90 }); return ` +
      'message;',
    seen: {},
    said: {
      'loss/total-queue':
        /Sizes: 32 B to 5000 B, 2 of 5000 B\. One message of 5001B, a byte more than the declared maximum, was refused \(errno 90\)\.$/,
    },
  },
  {
    name: 'takes-beyond',
    guarantees: declared,
    seen: {},
    said: { 'loss/total-queue': /was accepted, and arrived\.$/ },
  },
  {
    name: 'ends-at-beyond',
    guarantees: { ...declared, eof: false },
    onReceive: `if (message.length > ${MAXIMUM}) throw new Error('a message too long'); receive(message);`,
    seen: {},
    said: { 'loss/total-queue': /was accepted, and the exchange ended with an error that reports it\.$/ },
  },
];
