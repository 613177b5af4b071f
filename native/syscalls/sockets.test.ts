import * as assert from 'uvu/assert';
import { errnoOf, unixAddress } from '../syscalls.js';
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
  AF_INET,
  AF_UNIX,
  FD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  O_NONBLOCK,
  SHUT_RD,
  SHUT_WR,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SOCKET,
} = constants;
const test = suiteOf('socket calls');

test('flags in the type are flags of the descriptors', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC);
  for (const fd of [a, b]) {
    assert.is(sys.fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert.ok((sys.fcntl(fd, F_GETFL) & O_NONBLOCK) !== 0);
  }
  closeAll(a, b);
  assertFails(() => sys.socketpair(AF_INET, SOCK_STREAM), 'socketpair', 'EOPNOTSUPP');
  assertFails(() => sys.socket(AF_UNIX, 99), 'socket', 'EINVAL');
});

test('a stream socket accepts what connected before, and the data that came before', ({ path }) => {
  const listener = sys.socket(AF_UNIX, SOCK_STREAM);
  sys.bind(listener, path('s'));
  sys.listen(listener, 4);
  const client = sys.socket(AF_UNIX, SOCK_STREAM);
  sys.connect(client, path('s'));
  sys.send(client, 'early');
  sys.close(client);
  const accepted = sys.accept4(listener, SOCK_CLOEXEC);
  assert.is(sys.fcntl(accepted, F_GETFD), FD_CLOEXEC);
  assert.equal([sys.recv(accepted, 9).toString(), sys.recv(accepted, 9).length], ['early', 0]);
  assert.is(sys.getsockname(accepted).path, path('s'));
  closeAll(accepted, listener);
  assertFails(() => sys.connect(closedDescriptor(), path('s')), 'connect', 'EBADF');
  const late = sys.socket(AF_UNIX, SOCK_STREAM);
  assertFails(() => sys.connect(late, path('s')), 'connect', 'ECONNREFUSED');
  assertFails(() => sys.connect(late, path('none')), 'connect', 'ENOENT');
  assertFails(() => sys.bind(late, path('s')), 'bind', 'EADDRINUSE');
  sys.close(late);
});

test('an unbound client has a name of two bytes', ({ path }) => {
  const listener = sys.socket(AF_UNIX, SOCK_STREAM);
  sys.bind(listener, path('s'));
  sys.listen(listener, 4);
  const client = sys.socket(AF_UNIX, SOCK_STREAM);
  sys.connect(client, path('s'));
  const { fd, from } = sys.acceptFrom(listener, SOCK_NONBLOCK, 16);
  assert.equal({ ...from, bytes: from.bytes.length }, { length: 2, bytes: 2, family: AF_UNIX, path: '', port: null });
  assert.is(sys.getpeername(fd).path, '');
  assert.is(sys.getpeername(client).path, path('s'));
  assertFails(() => sys.recv(fd, 1), 'recv', 'EAGAIN');
  closeAll(listener, client, fd);
  assertFails(() => sys.acceptFrom(fd), 'accept4', 'EBADF');
});

test('a full backlog refuses with EAGAIN: backlog and one more', ({ path }) => {
  const listener = sys.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK);
  sys.bind(listener, path('s'));
  sys.listen(listener, 1);
  const clients = [0, 1, 2].map(() => sys.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK));
  assert.equal(
    clients.map((client) => errnoOf(() => sys.connect(client, path('s')))),
    [null, null, 'EAGAIN'],
  );
  closeAll(...clients, sys.accept4(listener), sys.accept4(listener));
  assertFails(() => sys.accept4(listener), 'accept4', 'EAGAIN');
  sys.close(listener);
  assertFails(() => sys.listen(listener, 1), 'listen', 'EBADF');
});

test('an abstract name has its exact length, and no file', () => {
  const name = `\0ipcbench-test-${process.pid}`;
  const server = sys.socket(AF_UNIX, SOCK_DGRAM);
  sys.bind(server, name);
  assert.is(sys.getsockname(server).path, name);
  assert.is(sys.getsockname(server).length, 2 + name.length);
  const client = sys.socket(AF_UNIX, SOCK_DGRAM);
  assertFails(() => sys.connect(client, `${name}\0`), 'connect', 'ECONNREFUSED');
  sys.connect(client, name);
  closeAll(server, client);
});

test('a bind of the family alone gets a name of five hexadecimal digits', () => {
  const fd = sys.socket(AF_UNIX, SOCK_DGRAM);
  sys.bind(fd, unixAddress('', { family: AF_UNIX, terminated: false }));
  assert.match(sys.getsockname(fd).path!, /^\0[0-9a-f]{5}$/);
  sys.close(fd);
});

test('a path of 108 bytes without a NUL binds, and its name is longer than a sockaddr_un; 109 do not', () => {
  const before = process.cwd();
  const folder = sys.open('.', constants.O_RDONLY | constants.O_DIRECTORY);
  process.chdir(process.env['TMPDIR'] ?? '/tmp');
  const name = `l${'x'.repeat(107)}`;
  const fd = sys.socket(AF_UNIX, SOCK_STREAM);
  try {
    assertFails(() => sys.bind(fd, `${name}y`), 'bind', 'EINVAL');
    sys.bind(fd, unixAddress(name, { family: AF_UNIX, terminated: false }));
    const bound = sys.getsockname(fd);
    assert.is(bound.length, 111);
    assert.is(bound.path, name);
    sys.unlink(name);
  } finally {
    process.chdir(before);
    closeAll(fd, folder);
  }
});

test('a name that has no room is cut, and its length told', ({ path }) => {
  const fd = sys.socket(AF_UNIX, SOCK_STREAM);
  sys.bind(fd, path('s'));
  const { length, bytes, family } = sys.getsockname(fd, 4);
  assert.equal([length, bytes.length, family], [2 + path('s').length + 1, 4, AF_UNIX]);
  assert.is(sys.getsockname(fd, 0).family, -1);
  sys.close(fd);
  assertFails(() => sys.getsockname(fd), 'getsockname', 'EBADF');
});

test('a raw address of another family is refused by the kernel, other values before it', ({ path }) => {
  const fd = sys.socket(AF_UNIX, SOCK_STREAM);
  assertFails(() => sys.bind(fd, unixAddress(path('s'), { family: AF_INET })), 'bind', 'EINVAL');
  assertFails(() => sys.bind(fd, new Uint8Array(200)), 'bind', 'EINVAL');
  assertRefuses(() => wrongly['bind']!(fd, 5), 'ERR_INVALID_ARG_TYPE', 'address');
  assertRefuses(() => sys.connect(fd, { port: 70000 }), 'ERR_INVALID_ARG_TYPE', 'address');
  assertFails(() => sys.getpeername(fd), 'getpeername', 'ENOTCONN');
  sys.close(fd);
});

test('TCP on the loopback is a reference', () => {
  const listener = sys.socket(AF_INET, SOCK_STREAM);
  sys.bind(listener, { port: 0 });
  sys.listen(listener, 1);
  const { port, family, path } = sys.getsockname(listener);
  assert.ok(port! > 0 && family === AF_INET && path === null);
  const client = sys.socket(AF_INET, SOCK_STREAM);
  sys.connect(client, { port: port! });
  sys.setsockopt(client, constants.IPPROTO_TCP, constants.TCP_NODELAY, 1);
  assert.ok(sys.getsockopt(client, constants.IPPROTO_TCP, constants.TCP_NODELAY) !== 0);
  const accepted = sys.accept4(listener);
  sys.send(client, 'x');
  assert.is(sys.recv(accepted, 2).toString(), 'x');
  closeAll(listener, client, accepted);
});

test('shutdown of one direction leaves the other', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM);
  sys.send(a, 'last');
  sys.shutdown(a, SHUT_WR);
  assert.equal([sys.recv(b, 9).toString(), sys.recv(b, 9).length], ['last', 0]);
  sys.send(b, 'reply');
  assert.is(sys.recv(a, 9).toString(), 'reply');
  sys.shutdown(a, SHUT_RD);
  assertFails(() => sys.send(b, 'more'), 'send', 'EPIPE');
  assertFails(() => sys.shutdown(a, 9), 'shutdown', 'EINVAL');
  closeAll(a, b);
});

test('options are ints, bytes and times', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_SEQPACKET);
  assert.is(sys.getsockopt(a, SOL_SOCKET, constants.SO_TYPE), SOCK_SEQPACKET);
  sys.setsockopt(a, SOL_SOCKET, constants.SO_SNDBUF, 10_000);
  assert.is(sys.getsockopt(a, SOL_SOCKET, constants.SO_SNDBUF), 20_000);
  assert.is(sys.getsockoptBytes(a, SOL_SOCKET, constants.SO_SNDBUF, 4).readInt32LE(), 20_000);
  sys.setsockopt(a, SOL_SOCKET, constants.SO_PASSCRED, Uint8Array.of(1, 0, 0, 0));
  assert.is(sys.getsockopt(a, SOL_SOCKET, constants.SO_PASSCRED), 1);
  sys.setTimeout(a, constants.SO_RCVTIMEO, 1);
  assert.ok(sys.getTimeout(a, constants.SO_RCVTIMEO) >= 1);
  assertFails(() => sys.recv(a, 1), 'recv', 'EAGAIN');
  closeAll(a, b);
  assertFails(() => sys.getsockopt(a, SOL_SOCKET, constants.SO_TYPE), 'getsockopt', 'EBADF');
  assertFails(() => sys.getsockoptBytes(a, SOL_SOCKET, constants.SO_TYPE, 4), 'getsockopt', 'EBADF');
  assertFails(() => sys.setsockopt(a, SOL_SOCKET, constants.SO_SNDBUF, 1), 'setsockopt', 'EBADF');
  assertFails(() => sys.setTimeout(a, constants.SO_RCVTIMEO, 1), 'setsockopt', 'EBADF');
  assertFails(() => sys.getTimeout(a, constants.SO_RCVTIMEO), 'getsockopt', 'EBADF');
});

test('the peer of a socketpair is whoever made it', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM);
  const self = { pid: sys.getpid(), uid: sys.geteuid(), gid: sys.getegid() };
  assert.equal([sys.peerCredentials(a), sys.peerCredentials(b)], [self, self]);
  closeAll(a, b);
  assertFails(() => sys.peerCredentials(a), 'getsockopt', 'EBADF');
});

test.run();
