import type { WrongTransport } from './wrong-transport.fixture.js';

const AFTER_END = /and 5 more messages after it: the first is seq 995\./;
/** Hands over the last five messages `ms` after the end was told. */
const lateBy = (ms: number): Pick<WrongTransport, 'top' | 'onReceive' | 'endpoint'> => ({
  top: 'const held = []; let tell = null;',
  onReceive: 'if (n < 995) receive(message); else held.push(() => receive(message));',
  endpoint:
    `onEnd: (ended) => socket.once('end', () => { ended(); setTimeout(() => held.forEach((give) => ` +
    `give()), ${ms}); }),`,
});
const late = {
  'eof/after-data': AFTER_END,
  'loss/tail': /too late: 5 of 1000 messages were delivered after the end had been reported: the first is seq 995\./,
  'loss/total-queue':
    /995 of 1000 messages received before the end was reported, and 5 delivered after it: the first is seq 995\./,
};

/** What is handed over after the end was told. */
export const lateTransports: readonly WrongTransport[] = [
  { name: 'late-at-once', ...lateBy(0), seen: late },
  { name: 'late-by-20', ...lateBy(20), seen: late },
  { name: 'late-by-60', ...lateBy(60), seen: late },
  {
    name: 'late-in-steps',
    ...lateBy(0),
    endpoint:
      "onEnd: (ended) => socket.once('end', async () => { ended(); for (const give of held) { await delay(15); " +
      'give(); } }),',
    seen: late,
  },
  {
    name: 'late-without-eof',
    guarantees: { eof: false },
    ...lateBy(5),
    seen: { 'loss/tail': late['loss/tail'], 'loss/total-queue': late['loss/total-queue'] },
  },
  {
    name: 'end-before-all',
    onReceive: 'setTimeout(() => receive(message), 30);',
    seen: {
      'eof/after-data': /more messages after it: the first is seq \d+/,
      'loss/total-queue': /delivered after it: the first is seq \d+/,
    },
  },
  {
    name: 'end-on-close-of-writer',
    top: 'const later = [];',
    onReceive: "if (n === 500) socket.emit('early'); receive(message);",
    endpoint: "onEnd: (ended) => socket.once('early', () => ended()),",
    seen: {
      'eof/after-data':
        /500 more messages after it: the first is seq 500|499 more messages after it: the first is seq 501/,
    },
  },
  {
    name: 'last-one-late',
    top: 'let last = null;',
    onReceive: 'if (n < 999) receive(message); else last = () => receive(message);',
    endpoint: "onEnd: (ended) => socket.once('end', () => { ended(); setImmediate(() => last()); }),",
    seen: {
      'eof/after-data': /and 1 more message after it: the first is seq 999\./,
      'loss/tail': /too late: 1 of 1000/,
    },
  },
  {
    name: 'late-and-lost',
    ...lateBy(5),
    onSend: 'return n === 100 ? null : message;',
    onReceive: 'if (n < 995) receive(message); else held.push(() => receive(message));',
    seen: {
      'loss/total-queue':
        /999 of 1000 messages received; 1 lost in 1 gap: seq 100 is missing, the first after 99\. 4 of those received were delivered after the end had been reported: the first is seq 996\./,
    },
  },
  {
    name: 'late-stream',
    guarantees: { framing: 'stream' },
    top: 'const kept = []; let isOver = false;',
    onReceive: 'kept.push(message); while (kept.length > 1) receive(kept.shift());',
    endpoint:
      "onEnd: (ended) => socket.once('end', () => { ended(); setImmediate(() => { while (kept.length) " +
      'right.late(kept.shift()); }); }), onMessage: (receive) => { right.late = receive; right.onMessage(receive); },',
    seen: { 'eof/after-data': / more messages? after it/ },
  },
];

const OVERWRITTEN = {
  'integrity/position-keyed':
    /an array of \d+ bytes that had been handed over was written to again, from offset \d+ on: the transport reuses a buffer/,
};
const reuse = (buffers: number): string =>
  `const pool = Array.from({ length: ${buffers} }, () => Buffer.alloc(2 ** 21));`;
const FROM_POOL =
  'const buffer = pool[n % pool.length]; buffer.set(message); receive(buffer.subarray(0, message.length));';

/** Arrays that are not their receiver's to keep. */
export const reusingTransports: readonly WrongTransport[] = [
  { name: 'one-buffer', top: reuse(1), onReceive: FROM_POOL, seen: OVERWRITTEN },
  { name: 'two-buffers', top: reuse(2), onReceive: FROM_POOL, seen: OVERWRITTEN },
  { name: 'eight-buffers', top: reuse(8), onReceive: FROM_POOL, seen: OVERWRITTEN },
  { name: 'ring-of-64', top: reuse(64), onReceive: FROM_POOL, seen: OVERWRITTEN },
  {
    name: 'ring-of-300',
    top: 'const pool = Array.from({ length: 300 }, () => Buffer.alloc(2 ** 20));',
    onReceive: FROM_POOL,
    seen: OVERWRITTEN,
  },
  {
    name: 'one-slab',
    top: 'const slab = Buffer.alloc(2 ** 22); let at = 0;',
    onReceive:
      'if (at + message.length > slab.length) at = 0; const part = slab.subarray(at, at + message.length); at ' +
      '+= message.length; part.set(message); receive(part);',
    messages: 4000,
    seen: OVERWRITTEN,
  },
  { name: 'wiped-afterwards', onReceive: 'receive(message); setImmediate(() => message.fill(0));', seen: OVERWRITTEN },
  { name: 'wiped-at-once', onReceive: 'receive(message); message.fill(0);', seen: OVERWRITTEN },
  {
    name: 'tail-overwritten',
    onReceive: 'receive(message); setTimeout(() => { message[message.length - 1] ^= 1; }, 1);',
    seen: OVERWRITTEN,
  },
  {
    name: 'chunks-of-one-buffer',
    guarantees: { framing: 'stream' },
    top: reuse(1),
    onReceive: FROM_POOL,
    seen: OVERWRITTEN,
  },
];

const NEVER = {
  'backpressure/sender-waits':
    /'send' never asked to wait: the sender's process buffered \d\.\d MiB without passing it on\./,
};
const bytes = { messages: 4000 };

/** A `send` that never asks to wait. */
export const hastyTransports: readonly WrongTransport[] = [
  { name: 'never-waits', ...bytes, endpoint: 'send: (message) => void right.send(message),', seen: NEVER },
  {
    name: 'never-waits-on-a-stream',
    ...bytes,
    guarantees: { framing: 'stream' },
    endpoint: 'send: (message) => void right.send(message),',
    seen: NEVER,
  },
  { name: 'promises-at-once', ...bytes, endpoint: 'async send(message) { void right.send(message); },', seen: NEVER },
  {
    name: 'waits-for-microtasks',
    ...bytes,
    endpoint: 'async send(message) { void right.send(message); for (let turn = 0; turn < 5; turn += 1) await null; },',
    seen: NEVER,
  },
  {
    name: 'waits-for-ticks',
    ...bytes,
    endpoint:
      'send(message) { void right.send(message); return new Promise((resolve) => process.nextTick(resolve)); },',
    seen: NEVER,
  },
  {
    name: 'queues-itself',
    ...bytes,
    top: 'const queue = []; let isSending = false;',
    endpoint:
      'send(message) { queue.push(message); if (isSending) return; isSending = true; void (async () => { await ' +
      'delay(0); while (queue.length) await right.send(queue.shift()); isSending = false; })(); }, close: async ' +
      '() => { while (isSending) await delay(5); await right.close(); },',
    seen: NEVER,
  },
  {
    name: 'sends-at-the-end',
    ...bytes,
    top: 'const queue = [];',
    endpoint:
      'send(message) { queue.push(message); }, close: async () => { for (const one of queue.splice(0)) await ' +
      'right.send(one); await right.close(); },',
    seen: NEVER,
  },
  {
    name: 'corked',
    ...bytes,
    before: '',
    endpoint:
      'send(message) { socket.cork(); void right.send(message); setImmediate(() => socket.uncork()); }, close: ' +
      'async () => { await delay(50); await right.close(); },',
    seen: NEVER,
  },
  {
    name: 'waits-from-the-8th-mebibyte-on',
    ...bytes,
    top: 'let total = 0;',
    endpoint:
      'send(message) { total += message.length; const ready = right.send(message); return total > 2 ** 23 ? ' +
      'ready : undefined; },',
    seen: NEVER,
  },
  {
    name: 'waits-for-every-100000th',
    ...bytes,
    endpoint: 'send(message) { const ready = right.send(message); return sent % 100_000 === 0 ? ready : undefined; },',
    seen: NEVER,
  },
];

/** None of these is wrong. */
export const goodManners: readonly WrongTransport[] = [
  {
    name: 'right-and-asks-to-wait',
    ...bytes,
    seen: {},
    said: {
      'backpressure/sender-waits': /^The sender's process never buffered 2 MiB without being asked to wait\. Sizes: /,
    },
  },
  {
    name: 'right-and-always-promises',
    ...bytes,
    endpoint:
      'send: (message) => new Promise((resolve) => right.send(message)?.then(resolve) ?? setImmediate(resolve)),',
    seen: {},
  },
  // Writes in the foreground wait in the kernel; a receiver that is slow to count is waited for.
  {
    name: 'right-and-blocks',
    ...bytes,
    top: "import { writeSync } from 'node:fs';",
    endpoint:
      'send(message) { const head = Buffer.alloc(4); head.writeUInt32LE(message.length); let rest = ' +
      'Buffer.concat([head, message]); while (rest.length) { try { rest = ' +
      "rest.subarray(writeSync(socket._handle.fd, rest)); } catch (error) { if (error.code !== 'EAGAIN') throw " +
      'error; } } },',
    seen: {},
  },
  {
    name: 'right-and-few',
    messages: 200,
    seen: {},
    said: { 'backpressure/sender-waits': /It was given \d\.\d MiB in total; --messages 10000 gives it more\./ },
  },
  {
    name: 'right-and-slow-to-end',
    endpoint: "onEnd: (ended) => socket.once('end', () => setTimeout(ended, 150)),",
    seen: {},
  },
  {
    name: 'right-and-reads-its-own-buffer',
    top: 'const own = Buffer.alloc(2 ** 21);',
    onReceive: 'own.set(message); receive(Buffer.from(own.subarray(0, message.length)));',
    seen: {},
  },
];
