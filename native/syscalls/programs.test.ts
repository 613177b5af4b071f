import * as assert from 'uvu/assert';
import { waitUntilBlocked } from '../syscalls.js';
import { ran, values } from './programs.fixture.js';
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
  F_GETFL,
  F_GETOWN,
  F_SETFL,
  O_CREAT,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  POLLHUP,
  POLLIN,
  SEEK_CUR,
  SEEK_SET,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
} = constants;
const test = suiteOf('programs');

test('a program does one operation after another, in a process of its own, and goes on after a failure', () => {
  const bad = closedDescriptor();
  const program = sys.forkProgram([
    { op: 'getpid' },
    { op: 'close', fd: bad },
    { op: 'getppid', as: 'parent' },
    { op: 'exit', code: 7 },
    { op: 'getpid', as: 'never' },
  ]);
  assert.is(program.wait()!.exitCode, 7);
  assert.is(program.wait()!.exitCode, 7);
  program.end();
  assert.equal(values(program).slice(0, 3), [program.pid, 'EBADF', sys.getpid()]);
  assert.equal(program.outcomes()[1], {
    op: 'close',
    as: null,
    runs: 1,
    failures: 1,
    value: -1,
    error: 'EBADF',
    counts: {},
    kept: [],
  });
  assert.equal([program.outcome('never').runs, program.at()], [0, 3]);
  assertRefuses(() => program.outcome('other'), 'ERR_OUT_OF_RANGE', 'as');
});

test("an operation's value can be used under its name", ({ path }) => {
  const program = ran([
    { op: 'open', path: path('file'), flags: O_RDWR | O_CREAT, as: 'file' },
    { op: 'write', fd: 'file', data: 'abcdef' },
    { op: 'dup', fd: 'file', as: 'second' },
    { op: 'lseek', fd: 'second', offset: 2, whence: SEEK_SET },
    { op: 'read', fd: 'file', bytes: 3, keep: true, as: 'text' },
    { op: 'unlink', path: path('file') },
    { op: 'pipe2', flags: O_NONBLOCK, into: ['r', 'w'] },
    { op: 'dup2', from: 'w', to: 'second' },
    { op: 'write', fd: 'second', data: { bytes: 5, value: 65 } },
    { op: 'ioctl', fd: 'r', request: constants.FIONREAD },
    { op: 'fcntl', fd: 'r', command: F_GETFL, as: 'flags' },
    { op: 'close_range', first: 100, last: 200 },
    { op: 'close', fd: 'w' },
    { op: 'close', fd: 'second' },
    { op: 'poll', fd: 'r', events: POLLIN, timeoutMs: 0, as: 'poll' },
    { op: 'readToEnd', fd: 'r', keep: true, as: 'all' },
  ]);
  assert.is(program.outcome('text').kept.join(), 'cde');
  assert.equal([values(program)[8], values(program)[9]], [5, 5]);
  assert.ok((program.outcome('flags').value & O_NONBLOCK) !== 0);
  assert.is(program.outcome('poll').value, POLLIN | POLLHUP);
  assert.equal(
    [program.outcome('all').value, program.outcome('all').kept.join(), program.outcome('all').counts],
    [5, 'AAAAA', { bytes: 5, calls: 2, interrupted: 0 }],
  );
  assert.is(
    program.outcomes().every(({ failures }) => failures === 0),
    true,
  );
  assertFails(() => sys.stat(path('file')), 'stat', 'ENOENT');
});

test('a child shares the offset of a file, and O_NONBLOCK, and the owner of signals', ({ path }) => {
  const file = sys.open(path('file'), O_RDWR | O_CREAT);
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM);
  const program = ran([
    { op: 'lseek', fd: file, offset: 3, whence: SEEK_SET },
    { op: 'fcntl', fd: a, command: F_SETFL, argument: O_NONBLOCK },
    { op: 'ownSignals', fd: a },
  ]);
  assert.is(sys.lseek(file, 0, SEEK_CUR), 3);
  assert.ok((sys.fcntl(a, F_GETFL) & O_NONBLOCK) !== 0);
  assert.is(sys.fcntl(b, F_GETFL) & O_NONBLOCK, 0);
  // The owner has ended and is reaped, which the kernel tells by no owner at all.
  assert.ok([0, program.pid].includes(sys.fcntl(a, F_GETOWN)));
  closeAll(file, a, b);
});

test('close-on-exec lets a descriptor go at exec, not at fork', () => {
  const [r, w] = sys.pipe2(constants.O_CLOEXEC);
  const out = sys.pipe2();
  const program = sys.forkProgram([
    { op: 'write', fd: w, data: 'x', as: 'forked' },
    { op: 'dup2', from: out[1], to: 1 },
    {
      op: 'exec',
      path: '/bin/sh',
      args: ['-c', `[ -e /proc/self/fd/${w} ] && echo open || echo closed; echo $WORD`],
      env: { WORD: 'given' },
    },
  ]);
  sys.close(out[1]);
  assert.is(program.wait()!.exitCode, 0);
  assert.is(program.outcome('forked').value, 1);
  assert.is(sys.read(out[0], 100).toString(), 'closed\ngiven\n');
  assert.is(sys.fcntl(w, F_GETFD), FD_CLOEXEC);
  closeAll(r, w, out[0]);
  assert.is(ran([{ op: 'exec', path: '/none', args: [], as: 'exec' }]).outcome('exec').error, 'ENOENT');
});

test('sockets: a child listens, another connects, sends and half-closes', ({ path }) => {
  const board = sys.createBoard(2);
  const server = sys.forkProgram(
    [
      { op: 'socket', domain: AF_UNIX, type: SOCK_STREAM, as: 'listener' },
      { op: 'bind', fd: 'listener', address: path('s') },
      { op: 'listen', fd: 'listener', backlog: 1 },
      { op: 'store', word: 0, value: 1 },
      { op: 'accept4', fd: 'listener', flags: constants.SOCK_CLOEXEC, as: 'accepted' },
      { op: 'readToEnd', fd: 'accepted', keep: true, as: 'text' },
      { op: 'peerCredentials', fd: 'accepted', as: 'peer' },
      { op: 'send', fd: 'accepted', data: 'bye' },
    ],
    { board },
  );
  const client = sys.forkProgram(
    [
      { op: 'waitAtLeast', word: 0, value: 1 },
      { op: 'socket', domain: AF_UNIX, type: SOCK_STREAM, as: 's' },
      { op: 'setsockopt', fd: 's', level: SOL_SOCKET, option: constants.SO_SNDBUF, value: 50_000 },
      { op: 'getsockopt', fd: 's', level: SOL_SOCKET, option: constants.SO_SNDBUF, as: 'size' },
      { op: 'connect', fd: 's', address: path('s') },
      { op: 'writeAll', fd: 's', data: 'hello', as: 'write' },
      { op: 'shutdown', fd: 's', how: constants.SHUT_WR },
      { op: 'recv', fd: 's', bytes: 10, flags: constants.MSG_WAITALL, keep: true, as: 'reply' },
    ],
    { board },
  );
  assert.equal([client.wait()!.exitCode, server.wait()!.exitCode], [0, 0]);
  assert.is(server.outcome('text').kept.join(), 'hello');
  assert.equal(server.outcome('peer').counts, { pid: client.pid, uid: sys.geteuid(), gid: sys.getegid() });
  assert.equal(client.outcome('write').counts, { bytes: 5, calls: 1, short: 0, interrupted: 0 });
  assert.equal([client.outcome('size').value, client.outcome('reply').kept.join()], [100_000, 'bye']);
});

test('messages: descriptors and credentials cross between programs', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_DGRAM);
  sys.setsockopt(b, SOL_SOCKET, constants.SO_PASSCRED, 1);
  const sender = ran([
    { op: 'pipe2', into: ['r', 'w'] },
    { op: 'write', fd: 'w', data: 'in flight' },
    {
      op: 'sendmsg',
      fd: a,
      data: 'f',
      rights: ['r', 'w'],
      credentials: { pid: 'self', uid: sys.getuid(), gid: sys.getgid() },
      as: 'sent',
    },
    { op: 'sendmsg', fd: a, data: 'g', as: 'plain' },
  ]);
  const receiver = ran([
    { op: 'recvmsg', fd: b, bytes: 10, keep: true, into: ['r', 'w', 'none'], as: 'message' },
    { op: 'read', fd: 'r', bytes: 100, keep: true, as: 'text' },
    { op: 'write', fd: 'none', data: 'x', as: 'none-is-none' },
    { op: 'recvmsg', fd: b, bytes: 10, controlBytes: 0, as: 'second' },
  ]);
  const { counts, kept } = receiver.outcome('message');
  assert.equal(
    [kept.join(), counts],
    ['f', { fds: 2, flags: 0, pid: sender.pid, uid: sys.getuid(), gid: sys.getgid() }],
  );
  assert.equal([receiver.outcome('text').kept.join(), receiver.outcome('none-is-none').error], ['in flight', 'EBADF']);
  assert.equal(receiver.outcome('second').counts, {
    fds: 0,
    flags: constants.MSG_CTRUNC,
    pid: -1,
    uid: 4294967295,
    gid: 4294967295,
  });
  closeAll(a, b);
});

test('names and addresses: a datagram to a path', ({ path }) => {
  const receiver = sys.socket(AF_UNIX, SOCK_DGRAM);
  sys.bind(receiver, path('r'));
  ran([
    { op: 'socket', domain: AF_UNIX, type: SOCK_DGRAM, as: 's' },
    { op: 'sendto', fd: 's', data: 'x', to: path('r') },
    { op: 'sendmsg', fd: 's', data: 'y', to: path('r') },
  ]);
  assert.equal([sys.recv(receiver, 9).toString(), sys.recv(receiver, 9).toString()], ['x', 'y']);
  sys.close(receiver);
});

test('FIFOs: a program that opens one end waits for the other', ({ path }) => {
  sys.mkfifo(path('f'), 0o600);
  const reader = sys.forkProgram([
    { op: 'open', path: path('f'), flags: O_RDONLY, as: 'open' },
    { op: 'readToEnd', fd: 'open', keep: true, as: 'text' },
  ]);
  assert.ok(waitUntilBlocked(reader, 'open'));
  const w = sys.open(path('f'), O_WRONLY);
  sys.write(w, 'x');
  sys.close(w);
  assert.equal([reader.wait()!.exitCode, reader.outcome('text').kept.join()], [0, 'x']);
});

test('a program that is none is refused by the place of what is wrong', () => {
  const refusals: readonly (readonly [unknown, string])[] = [
    ['close', 'ops'],
    [[5], 'ops[0]'],
    [[{ op: 'clsoe' }], 'ops[0].op'],
    [[{ op: 'close' }], 'ops[0].fd'],
    [
      [
        { op: 'close', fd: 'later' },
        { op: 'dup', fd: 0, as: 'later' },
      ],
      'ops[0].fd',
    ],
    [[{ op: 'write', fd: 1, data: 5 }], 'ops[0].data'],
    [[{ op: 'pipe2', into: ['one'] }], 'ops[0].into'],
    [[{ op: 'connect', fd: 1, address: null }], 'ops[0].address'],
    [[{ op: 'repeat', body: [{ op: 'getpid' }, { op: 'raise', signo: 99 }] }], 'ops[0].body[1].signo'],
    [[{ op: 'repeat', stop: 'never', body: [] }], 'ops[0].stop'],
    [[{ op: 'store', word: 64, value: 1 }], 'ops[0].word'],
    [[{ op: 'exec', path: '/bin/true' }], 'ops[0].args'],
    [[{ op: 'exec', path: 'a\0b', args: [] }], 'ops[0].path'],
    [[{ op: 'sendmsg', fd: 1, data: 'x', rights: [null] }], 'ops[0].rights'],
    [[{ op: 'sendmsg', fd: 1, data: 'x', credentials: { pid: 'other', uid: 0, gid: 0 } }], 'ops[0].credentials'],
    [[{ op: 'sendStamped', fd: 1, writer: 1, messages: 1, from: 8, to: 10 }], 'ops[0].from'],
    [[{ op: 'setDisposition', signo: 1 }], 'ops[0].disposition'],
  ];
  for (const call of ['forkProgram', 'inThread'] as const) {
    for (const [ops, place] of refusals) {
      if (call === 'forkProgram' || !/exec|setDisposition/.test(JSON.stringify(ops)))
        assertRefuses(() => wrongly[call]!(ops), 'ERR_INVALID_ARG_TYPE', place);
    }
    assertRefuses(() => wrongly[call]!([], { board: {} }), 'ERR_INVALID_ARG_TYPE', 'options.board');
    assertRefuses(() => wrongly[call]!([], { keepBytes: 'many' }), 'ERR_INVALID_ARG_TYPE', 'options.keepBytes');
  }
});

test.run();
