import { Worker } from 'node:worker_threads';
import * as assert from 'uvu/assert';
import { constantNames } from './syscalls/constants.js';
import {
  addonPath,
  assertFails,
  assertRefuses,
  closeAll,
  closedDescriptor,
  constants,
  suiteOf,
  sys,
  wrongly,
} from './syscalls/sys.fixture.js';
import { countUntilError, errnoOf, withDeadline } from './syscalls.js';

const test = suiteOf('system calls');

test('the addon exports the constants that the types name, each of them a number', () => {
  assert.equal(Object.keys(constants).sort(), [...constantNames].sort());
  assert.equal(
    Object.entries(constants).filter(([, value]) => !Number.isSafeInteger(value)),
    [],
  );
});

test('constants cannot be changed', () => {
  assert.throws(() => {
    (constants as Record<string, number>)['AF_UNIX'] = 2;
  }, TypeError);
});

/** Functions of `sys` whose first argument is a descriptor. */
const takers = [
  'close',
  'closeIfOpen',
  'dup',
  'dup2',
  'dup3',
  'fcntl',
  'setOwner',
  'getOwner',
  'ioctl',
  'read',
  'readInto',
  'readv',
  'write',
  'writev',
  'splice',
  'tee',
  'lseek',
  'ftruncate',
  'fstat',
  'fchmod',
  'fpathconf',
  'bind',
  'listen',
  'accept4',
  'acceptFrom',
  'connect',
  'shutdown',
  'getsockname',
  'getpeername',
  'getsockopt',
  'getsockoptBytes',
  'setsockopt',
  'peerCredentials',
  'setTimeout',
  'getTimeout',
  'send',
  'sendto',
  'sendmsg',
  'sendmmsg',
  'recv',
  'recvInto',
  'recvfrom',
  'recvmsg',
  'recvmmsg',
  'epoll_ctl',
  'epoll_wait',
  'readSignalfd',
  'pidfd_send_signal',
  'mq_send',
  'mq_receive',
  'mq_getattr',
];

test('every function that takes a descriptor refuses what is none', () => {
  for (const name of takers) {
    assert.throws(
      () => wrongly[name]!('1'),
      (error: Error & { code?: string }) => error.code === 'ERR_INVALID_ARG_TYPE',
      name,
    );
    for (const value of [-1, 1.5, NaN, 2 ** 31])
      assert.throws(
        () => wrongly[name]!(value),
        (error: Error & { code?: string }) => error.code === 'ERR_OUT_OF_RANGE',
        `${name}(${value})`,
      );
  }
});

test("a failure has the shape of Node's own errors", () => {
  const fd = closedDescriptor();
  assertFails(() => sys.read(fd, 1), 'read', 'EBADF');
  assertRefuses(() => wrongly['read']!('a', 1), 'ERR_INVALID_ARG_TYPE', 'fd');
  assertRefuses(() => sys.read(fd, -1), 'ERR_OUT_OF_RANGE', 'size');
});

test('errnoOf gives the code of a failure and null for a success', () => {
  assert.is(
    errnoOf(() => sys.close(closedDescriptor())),
    'EBADF',
  );
  assert.is(
    errnoOf(() => sys.getpid()),
    null,
  );
});

test('errnoOf throws on what is not a failure of a system call', () => {
  assert.throws(() => errnoOf(() => wrongly['close']!()), TypeError);
  assert.throws(
    () =>
      errnoOf(() => {
        throw new Error('a slip');
      }),
    /a slip/,
  );
});

test('countUntilError counts calls and adds up what they returned', () => {
  let left = 3;
  const full = countUntilError(() => {
    left -= 1;
    return left < 0 ? sys.send(closedDescriptor(), 'x') : 7;
  });
  assert.equal(full, { calls: 3, total: 21, errno: 'EBADF' });
  assert.throws(() => countUntilError(() => 1, 5), /5 calls succeeded/);
});

test('278 one-byte messages fill a stream socketpair of the default size', () => {
  const [a, b] = sys.socketpair(constants.AF_UNIX, constants.SOCK_STREAM);
  // The number follows from net.core.wmem_default (212992) and what the kernel charges for a small message (768).
  const expected = sys.getsockopt(a, constants.SOL_SOCKET, constants.SO_SNDBUF) === 212992 ? 278 : null;
  const full = countUntilError(() => sys.send(a, 'x', constants.MSG_DONTWAIT));
  assert.is(full.errno, 'EAGAIN');
  if (expected !== null) assert.equal(full, { calls: expected, total: expected, errno: 'EAGAIN' });
  closeAll(a, b);
});

test('withDeadline interrupts a call that would block for ever, and gives back what one returns that does not', () => {
  const [a, b] = sys.socketpair(constants.AF_UNIX, constants.SOCK_STREAM);
  assert.is(
    errnoOf(() => withDeadline(sys, 20, () => sys.recv(a, 1))),
    'EINTR',
  );
  sys.send(b, 'x');
  assert.is(withDeadline(sys, 10_000, () => sys.recv(a, 1)).toString(), 'x');
  closeAll(a, b);
});

test('works in a worker thread, and gives back its signals and children when that ends', async () => {
  const source =
    `
    const { parentPort, workerData } = require('node:worker_threads');
    const { sys } = require(workerData);
    const { SIGUSR2, AF_UNIX, SOCK_DGRAM } = sys.constants;
    sys.catchSignal(SIGUSR2);
    sys.timer_create(SIGUSR2, 1000000, 1000000);
    const child = sys.forkProgram([{ op: 'pause' }]);
    const thread = sys.inThread([{ op: 'add', word: 0, value: 1 }]);
    const [a, b] = sys.socketpair(AF_UNIX, SOCK_DGRAM);
    sys.send(a, 'from the worker');
    parentPort.postMessage({ text: sys.recv(b, 100).toString(), pid: child.pid, joined: thread.join(), ` +
    `disposition: sys.disposition(SIGUSR2) });
    sys.close(a); sys.close(b);
  `;
  const worker = new Worker(source, { eval: true, workerData: addonPath });
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  const told = await new Promise<{ text: string; pid: number; joined: boolean; disposition: string }>(
    (resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    },
  );
  assert.is(await ended, 0);
  assert.equal(
    { text: told.text, joined: told.joined, disposition: told.disposition },
    { text: 'from the worker', joined: true, disposition: 'handler' },
  );
  assert.is(sys.disposition(constants.SIGUSR2), 'default');
  assertFails(() => sys.waitpid(told.pid, constants.WNOHANG), 'waitpid', 'ECHILD');
});

test.run();
