import * as assert from 'uvu/assert';
import { countUntilError, errnoOf, type Syscalls } from '../syscalls.js';
import {
  assertFails,
  assertRefuses,
  closeAll,
  closedDescriptor,
  constants,
  suiteOf,
  sys,
  wrongly,
} from './sys.fixture.js';

const {
  AF_UNIX,
  FD_CLOEXEC,
  F_GETFD,
  MSG_CMSG_CLOEXEC,
  MSG_CTRUNC,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  MSG_PEEK,
  MSG_TRUNC,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SOCKET,
} = constants;
const test = suiteOf('message calls');

const rights = (...fds: readonly number[]): Parameters<Syscalls['sendmsg']>[1] => ({
  data: 'f',
  control: [{ kind: 'rights', fds }],
});

test('send and recv carry bytes, and a closed peer is EPIPE', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM);
  assert.is(sys.send(a, 'hello', MSG_NOSIGNAL), 5);
  assert.is(sys.recv(b, 3, MSG_PEEK).toString(), 'hel');
  assert.is(sys.recv(b, 100).toString(), 'hello');
  assertFails(() => sys.recv(b, 1, MSG_DONTWAIT), 'recv', 'EAGAIN');
  sys.close(b);
  assertFails(() => sys.send(a, 'x'), 'send', 'EPIPE');
  sys.close(a);
});

test('a short buffer cuts a datagram, and MSG_TRUNC tells how long it was', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_DGRAM);
  sys.send(a, '0123456789');
  assert.is(sys.recv(b, 4).toString(), '0123');
  assert.is(
    errnoOf(() => sys.recv(b, 10, MSG_DONTWAIT)),
    'EAGAIN',
  );
  sys.send(a, '0123456789');
  sys.send(a, '0123456789');
  const buffer = new Uint8Array(4);
  assert.is(sys.recvInto(b, buffer, MSG_TRUNC), 10);
  assert.is(sys.recv(b, 4, MSG_TRUNC).length, 4);
  closeAll(a, b);
  assertFails(() => sys.recvInto(b, buffer), 'recv', 'EBADF');
});

test('11 datagrams fill a bound socket that nobody reads', ({ path }) => {
  const receiver = sys.socket(AF_UNIX, SOCK_DGRAM);
  sys.bind(receiver, path('r'));
  const sender = sys.socket(AF_UNIX, SOCK_DGRAM);
  const { calls, errno } = countUntilError(() => sys.sendto(sender, 'x', MSG_DONTWAIT, path('r')));
  // net.unix.max_dgram_qlen and one more: 10 is the kernel's default.
  assert.ok(errno === 'EAGAIN' && calls >= 11, `${calls} ${errno}`);
  const { data, from } = sys.recvfrom(receiver, 9);
  assert.equal([data.toString(), from.length, from.family, from.path], ['x', 0, -1, null]);
  closeAll(receiver, sender);
  assertFails(() => sys.recvfrom(receiver, 9), 'recvfrom', 'EBADF');
  assertFails(() => sys.sendto(receiver, 'x', 0, path('r')), 'sendto', 'EBADF');
  assertRefuses(() => wrongly['sendto']!(receiver, 'x', 0, null), 'ERR_INVALID_ARG_TYPE', 'to');
});

test('recvfrom tells the name of a sender that has one', ({ path }) => {
  const [receiver, sender] = [sys.socket(AF_UNIX, SOCK_DGRAM), sys.socket(AF_UNIX, SOCK_DGRAM)];
  sys.bind(receiver, path('r'));
  sys.bind(sender, path('s'));
  sys.sendmsg(sender, { data: 'x', to: path('r') });
  assert.is(sys.recvfrom(receiver, 9).from.path, path('s'));
  closeAll(receiver, sender);
});

test('sendmsg joins its pieces, recvmsg fills its own', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_SEQPACKET);
  assert.is(sys.sendmsg(a, { data: [Buffer.from('ab'), Buffer.alloc(0), Buffer.from('cde')] }), 5);
  const message = sys.recvmsg(b, { sizes: [1, 0, 3] });
  assert.equal(
    [message.bytes, message.data.toString(), message.flags, message.fds, message.control],
    [4, 'abcd', MSG_TRUNC, [], []],
  );
  assertFails(() => sys.sendmsg(closedDescriptor(), { data: 'x' }), 'sendmsg', 'EBADF');
  assertFails(() => sys.recvmsg(b, { sizes: 1 }, MSG_DONTWAIT), 'recvmsg', 'EAGAIN');
  closeAll(a, b);
});

test('a descriptor that is passed is the same file', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM);
  const [r, w] = sys.pipe2();
  assert.is(sys.sendmsg(a, rights(r, w)), 1);
  const message = sys.recvmsg(b, { sizes: 10, controlBytes: sys.CMSG_SPACE(8) });
  assert.equal(
    [message.data.toString(), message.flags, message.fds.length, message.controlBytes],
    ['f', 0, 2, sys.CMSG_SPACE(8)],
  );
  assert.equal(
    [message.control[0]!.level, message.control[0]!.type, message.control[0]!.data.length],
    [SOL_SOCKET, constants.SCM_RIGHTS, 8],
  );
  const [r2, w2] = message.fds as [number, number];
  assert.equal(sys.fstat(r2).ino, sys.fstat(r).ino);
  sys.write(w2, 'through');
  assert.is(sys.read(r, 10).toString(), 'through');
  closeAll(a, b, r, w, r2, w2);
});

test('what is received is close-on-exec only with MSG_CMSG_CLOEXEC', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_DGRAM);
  sys.sendmsg(a, rights(a));
  sys.sendmsg(a, rights(a));
  const [plain] = sys.recvmsg(b, { sizes: 1, controlBytes: 32 }).fds as [number];
  const [marked] = sys.recvmsg(b, { sizes: 1, controlBytes: 32 }, MSG_CMSG_CLOEXEC).fds as [number];
  assert.equal([sys.fcntl(plain, F_GETFD), sys.fcntl(marked, F_GETFD)], [0, FD_CLOEXEC]);
  closeAll(a, b, plain, marked);
});

test('room for one descriptor is room for two, and the third is closed', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM);
  sys.sendmsg(a, rights(a, a, a));
  const { fds, flags } = sys.recvmsg(b, { sizes: 1, controlBytes: sys.CMSG_SPACE(4) });
  assert.equal([fds.length, flags & MSG_CTRUNC], [2, MSG_CTRUNC]);
  sys.sendmsg(a, rights(a));
  const without = sys.recvmsg(b, { sizes: 1 });
  assert.equal([without.fds, without.flags & MSG_CTRUNC, without.controlBytes], [[], MSG_CTRUNC, 0]);
  closeAll(a, b, ...fds);
});

test('253 descriptors go into a message, 254 do not', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM);
  const many = (count: number): number[] => Array.from({ length: count }, () => a);
  assert.is(sys.sendmsg(a, rights(...many(253))), 1);
  assertFails(() => sys.sendmsg(a, rights(...many(254))), 'sendmsg', 'EINVAL');
  const { fds } = sys.recvmsg(b, { sizes: 1, controlBytes: sys.CMSG_SPACE(4 * 253) });
  assert.is(fds.length, 253);
  closeAll(a, b, ...fds);
});

test('credentials come when the receiver asks, and a pid that is not ours is refused', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_DGRAM);
  const self = { pid: sys.getpid(), uid: sys.getuid(), gid: sys.getgid() };
  sys.setsockopt(b, SOL_SOCKET, constants.SO_PASSCRED, 1);
  sys.send(a, 'x');
  sys.sendmsg(a, { data: 'y', control: [{ kind: 'credentials', ...self }] });
  for (const text of ['x', 'y']) {
    const { data, credentials } = sys.recvmsg(b, { sizes: 1, controlBytes: sys.CMSG_SPACE(12) });
    assert.equal([data.toString(), credentials], [text, self]);
  }
  const raw = { kind: 'raw', level: SOL_SOCKET, type: 99, data: Buffer.alloc(4) } as const;
  assertFails(() => sys.sendmsg(a, { data: 'z', control: [raw] }), 'sendmsg', 'EINVAL');
  closeAll(a, b);
});

test('a pidfd comes where the kernel has them', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_DGRAM);
  const refusal = errnoOf(() => sys.setsockopt(b, SOL_SOCKET, constants.SO_PASSPIDFD, 1));
  if (refusal === null) {
    sys.send(a, 'x');
    const { pidfd } = sys.recvmsg(b, { sizes: 1, controlBytes: 64 });
    assert.ok(pidfd !== null && pidfd >= 0);
    sys.pidfd_send_signal(pidfd, 0);
    sys.close(pidfd);
  } else {
    assert.is(refusal, 'ENOPROTOOPT');
  }
  closeAll(a, b);
});

test('sendmmsg and recvmmsg do several at once', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_DGRAM);
  assert.is(sys.sendmmsg(a, [{ data: 'one' }, rights(a), { data: [Buffer.from('th'), Buffer.from('ree')] }]), 3);
  const messages = sys.recvmmsg(b, 5, { sizes: 10, controlBytes: 32 }, MSG_DONTWAIT);
  assert.equal(
    messages.map(({ data, fds, bytes }) => [data.toString(), fds.length, bytes]),
    [
      ['one', 0, 3],
      ['f', 1, 1],
      ['three', 0, 5],
    ],
  );
  assertFails(() => sys.recvmmsg(b, 1, { sizes: 10 }, MSG_DONTWAIT), 'recvmmsg', 'EAGAIN');
  closeAll(a, b, ...messages.flatMap(({ fds }) => fds));
  assertFails(() => sys.sendmmsg(a, [{ data: 'x' }]), 'sendmmsg', 'EBADF');
});

test('a message that is none is refused before it is sent', () => {
  const fd = closedDescriptor();
  for (const message of [
    null,
    {},
    { data: 5 },
    { data: ['x'] },
    { data: 'x', to: 5 },
    { data: 'x', control: 5 },
    { data: 'x', control: [{ kind: 'rights', fds: ['1'] }] },
    { data: 'x', control: [{ kind: 'other' }] },
  ]) {
    assertRefuses(() => wrongly['sendmsg']!(fd, message), 'ERR_INVALID_ARG_TYPE', 'message');
    assertRefuses(() => wrongly['sendmmsg']!(fd, [message]), 'ERR_INVALID_ARG_TYPE', 'messages');
  }
  for (const buffers of [
    null,
    {},
    { sizes: -1 },
    { sizes: [1, 'a'] },
    { sizes: 1, controlBytes: -1 },
    { sizes: 1, nameBytes: 'x' },
  ]) {
    assertRefuses(() => wrongly['recvmsg']!(fd, buffers), 'ERR_INVALID_ARG_TYPE', 'buffers');
    assertRefuses(() => wrongly['recvmmsg']!(fd, 1, buffers), 'ERR_INVALID_ARG_TYPE', 'buffers');
  }
});

test('lengths of control data are those of cmsg(3)', () => {
  assert.equal([sys.CMSG_LEN(4), sys.CMSG_SPACE(4), sys.CMSG_SPACE(8)], [20, 24, 24]);
});

test.run();
