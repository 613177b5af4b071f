import {
  closeSync,
  existsSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from './load.js';

const { addon, addonPath } = await loadNative();
const test = suite<{ folder: string }>('addon');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'ipcbench-addon-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

/** What Node gives for a failed system call. */
interface SystemError extends Error {
  code?: string;
  errno?: number;
  syscall?: string;
}

function thrownBy(call: () => unknown): SystemError {
  try {
    call();
  } catch (error) {
    return error as SystemError;
  }
  throw new Error('nothing was thrown');
}

function assertSystemError(call: () => unknown, syscall: string, code: string, errno: number): void {
  const error = thrownBy(call);
  assert.equal({ code: error.code, errno: error.errno, syscall: error.syscall }, { code, errno, syscall });
  assert.ok(
    error instanceof Error && error.message.startsWith(`${code}: `) && error.message.endsWith(`, ${syscall}`),
    error.message,
  );
}

/** Every wrong kind of argument is a TypeError or RangeError of Node's shape, never a system call. */
function assertArgumentError(
  call: () => unknown,
  code: 'ERR_INVALID_ARG_TYPE' | 'ERR_OUT_OF_RANGE',
  name: string,
): void {
  const error = thrownBy(call);
  assert.is(error.code, code, error.message);
  assert.instance(error, code === 'ERR_INVALID_ARG_TYPE' ? TypeError : RangeError);
  assert.ok(error.message.includes(`"${name}"`), error.message);
}

/** Calls that TypeScript would refuse. */
const wrongly = addon as unknown as Record<string, (...args: unknown[]) => unknown>;

const isCloseOnExec = (descriptor: number): boolean =>
  (Number.parseInt(/^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))![1]!, 8) &
    0o2000000) !==
  0;

function closeAll(...descriptors: readonly number[]): void {
  for (const descriptor of descriptors) closeSync(descriptor);
}

/** Sends three bytes from one descriptor to the other. */
function assertCarries(from: number, to: number): void {
  assert.is(writeSync(from, 'abc'), 3);
  const bytes = Buffer.alloc(10);
  assert.is(readSync(to, bytes, 0, 10, null), 3);
  assert.is(bytes.toString('utf8', 0, 3), 'abc');
}

test('it says which version it is, and which compiler made it', () => {
  const { version } = JSON.parse(
    readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
  ) as { version: string };
  assert.is(addon.version, version);
  assert.match(addon.compiler, /^(g\+\+|clang) \d+/);
});

test('socketpair gives two connected descriptors, close-on-exec, of each type', () => {
  for (const type of ['stream', 'dgram', 'seqpacket'] as const) {
    const [a, b] = addon.socketpair(type);
    assert.ok(fstatSync(a).isSocket() && isCloseOnExec(a) && isCloseOnExec(b));
    assertCarries(a, b);
    assertCarries(b, a);
    closeAll(a, b);
  }
  assertArgumentError(() => wrongly['socketpair']!('raw'), 'ERR_OUT_OF_RANGE', 'type');
  assertArgumentError(() => wrongly['socketpair']!(), 'ERR_INVALID_ARG_TYPE', 'type');
});

test('pipe gives the read end first', () => {
  const [read, write] = addon.pipe();
  assert.ok(isCloseOnExec(read) && isCloseOnExec(write));
  assertCarries(write, read);
  closeAll(read, write);
});

test('mkfifo makes a FIFO for its owner alone, and refuses what is there', ({ folder }) => {
  const path = join(folder, 'fifo');
  addon.mkfifo(path);
  assert.ok(statSync(path).isFIFO());
  assert.is(statSync(path).mode & 0o777, 0o600);
  assertSystemError(() => addon.mkfifo(path), 'mkfifo', 'EEXIST', -17);
  assertSystemError(() => addon.mkfifo(join(folder, 'no', 'fifo')), 'mkfifo', 'ENOENT', -2);
  assertArgumentError(() => wrongly['mkfifo']!(7), 'ERR_INVALID_ARG_TYPE', 'path');
  assertArgumentError(() => addon.mkfifo('a\0b'), 'ERR_OUT_OF_RANGE', 'path');
});

test('listenUnix takes connections on a path', async ({ folder }) => {
  const path = join(folder, 'socket');
  const listening = addon.listenUnix(path, 'stream');
  assert.ok(statSync(path).isSocket() && isCloseOnExec(listening));
  const client = createConnection(path);
  await new Promise((resolve) => client.once('connect', resolve));
  await new Promise((resolve) => client.once('close', resolve).destroy());
  closeSync(listening);
  assertSystemError(() => addon.listenUnix(path, 'seqpacket'), 'bind', 'EADDRINUSE', -98);
  assertSystemError(() => addon.listenUnix(`${folder}/${'x'.repeat(200)}`, 'stream'), 'bind', 'ENAMETOOLONG', -36);
  assertArgumentError(() => wrongly['listenUnix']!(path, 'dgram'), 'ERR_OUT_OF_RANGE', 'type');
});

test('a path of 107 bytes is a socket address, one of 108 is not', ({ folder }) => {
  const path = join(folder, 'x'.repeat(107 - folder.length - 1));
  closeSync(addon.listenUnix(path, 'stream'));
  assertSystemError(() => addon.listenUnix(`${path}x`, 'stream'), 'bind', 'ENAMETOOLONG', -36);
});

test('boundDatagramPair connects both ways, or only the first to the second', ({ folder }) => {
  const [a, b] = addon.boundDatagramPair(join(folder, 'a'), join(folder, 'b'), 'both');
  assertCarries(a, b);
  assertCarries(b, a);
  closeAll(a, b);
  const [c, d] = addon.boundDatagramPair(join(folder, 'c'), join(folder, 'd'), 'one-way');
  assertCarries(c, d);
  assert.is(thrownBy(() => writeSync(d, 'abc')).code, 'ENOTCONN');
  closeAll(c, d);
  assertSystemError(
    () => addon.boundDatagramPair(join(folder, 'a'), join(folder, 'e'), 'both'),
    'bind',
    'EADDRINUSE',
    -98,
  );
  assert.not.ok(existsSync(join(folder, 'e')));
  assertArgumentError(() => wrongly['boundDatagramPair']!('a', 'b', 'maybe'), 'ERR_OUT_OF_RANGE', 'connected');
});

test('listenTcp takes connections on a port of 127.0.0.1', async () => {
  const { descriptor, port } = addon.listenTcp();
  assert.ok(isCloseOnExec(descriptor));
  const client = createConnection(port, '127.0.0.1');
  await new Promise((resolve) => client.once('connect', resolve));
  await new Promise((resolve) => client.once('close', resolve).destroy());
  closeSync(descriptor);
});

test('memfd gives that many zero bytes', () => {
  const descriptor = addon.memfd('ipcbench-test', 10000);
  assert.is(fstatSync(descriptor).size, 10000);
  assert.ok(isCloseOnExec(descriptor));
  const bytes = Buffer.alloc(10000, 1);
  assert.is(readSync(descriptor, bytes, 0, 10000, 0), 10000);
  assert.ok(bytes.every((byte) => byte === 0));
  closeSync(descriptor);
  assertSystemError(() => addon.memfd('x'.repeat(300), 1), 'memfd_create', 'EINVAL', -22);
  assertArgumentError(() => addon.memfd('a', -1), 'ERR_OUT_OF_RANGE', 'bytes');
  assertArgumentError(() => addon.memfd('a', 1.5), 'ERR_OUT_OF_RANGE', 'bytes');
  assertArgumentError(() => addon.memfd('a', Number.NaN), 'ERR_OUT_OF_RANGE', 'bytes');
});

test('tryLock takes a lock once, until it is closed', ({ folder }) => {
  const path = join(folder, 'lock');
  const [first, second] = [openSync(path, 'w'), openSync(path, 'w')];
  assert.is(addon.tryLock(first), true);
  assert.is(addon.tryLock(second), false);
  closeSync(first);
  assert.is(addon.tryLock(second), true);
  closeSync(second);
  assertSystemError(() => addon.tryLock(second), 'flock', 'EBADF', -9);
  assertArgumentError(() => addon.tryLock(-1), 'ERR_OUT_OF_RANGE', 'descriptor');
  assertArgumentError(() => wrongly['tryLock']!('3'), 'ERR_INVALID_ARG_TYPE', 'descriptor');
});

test('a full descriptor table is EMFILE, with the name of the call', () => {
  const { soft } = addon.descriptorLimit();
  const opened: number[] = [];
  try {
    while (opened.length <= soft) opened.push(openSync('/dev/null', 'r'));
  } catch {
    // Full; that is what this is about.
  }
  const errors = [
    thrownBy(() => addon.socketpair('stream')),
    thrownBy(() => addon.pipe()),
    thrownBy(() => addon.memfd('a', 1)),
    thrownBy(() => addon.listenTcp()),
  ];
  closeAll(...opened);
  assert.equal(
    errors.map(({ code, errno, syscall }) => [code, errno, syscall]),
    ['socketpair', 'pipe2', 'memfd_create', 'socket'].map((syscall) => ['EMFILE', -24, syscall]),
  );
});

test('allowed CPUs are ascending numbers, and a thread can be pinned to each of them and to no other', async () => {
  const cpus = addon.allowedCpus();
  assert.ok(
    cpus.length > 0 && cpus.every((cpu, index) => Number.isInteger(cpu) && (index === 0 || cpu > cpus[index - 1]!)),
  );
  // In a worker: a pinned thread stays pinned.
  const script = `
    const { workerData, parentPort } = require('node:worker_threads');
    const addon = require(workerData);
    const results = addon.allowedCpus().map((cpu) => (addon.pinToCpu(cpu), addon.allowedCpus().join()));
    try { addon.pinToCpu(1023); } catch (error) { results.push([error.code, error.errno, error.syscall].join()); }
    try { addon.pinToCpu(1_000_000); } catch (error) { results.push([error.code, error.errno, error.syscall].join()); }
    parentPort.postMessage(results);
  `;
  const worker = new Worker(script, { eval: true, workerData: addonPath });
  const results = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  assert.equal(results, [...cpus.map(String), 'EINVAL,-22,sched_setaffinity', 'EINVAL,-22,sched_setaffinity']);
  assert.equal(addon.allowedCpus(), cpus);
  assertArgumentError(() => addon.pinToCpu(-1), 'ERR_OUT_OF_RANGE', 'cpu');
});

test('the descriptor limit has a soft part that is not above the hard one', () => {
  const { soft, hard } = addon.descriptorLimit();
  assert.ok(soft > 0 && soft <= hard);
});

test('the clock is that of process.hrtime, and processor time only grows', () => {
  const [before, now, after] = [process.hrtime.bigint(), addon.monotonicNs(), process.hrtime.bigint()];
  assert.ok(before <= now && now <= after);
  const spent = addon.processCpuNs();
  for (const until = Date.now() + 20; Date.now() < until;);
  const more = addon.processCpuNs() - spent;
  assert.ok(more > 1e6 && more < 1e9, `${more} ns`);
});

test('dieWithParent refuses what is no process id', () => {
  assertArgumentError(() => addon.dieWithParent(0), 'ERR_OUT_OF_RANGE', 'parent');
  assertArgumentError(() => wrongly['dieWithParent']!(), 'ERR_INVALID_ARG_TYPE', 'parent');
});

test('runPeer gives the exit status of wrong arguments, and takes strings alone', () => {
  assertArgumentError(() => wrongly['runPeer']!('--role'), 'ERR_INVALID_ARG_TYPE', 'args');
  assertArgumentError(() => wrongly['runPeer']!([1]), 'ERR_INVALID_ARG_TYPE', 'args');
});

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
