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
import {
  addon,
  addonPath,
  assertArgumentError,
  assertCarries,
  assertSystemError,
  closeAll,
  isCloseOnExec,
  thrownBy,
  wrongly,
} from './addon.fixture.js';

const test = suite<{ folder: string }>('addon');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'ipcbench-addon-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

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

test.run();
