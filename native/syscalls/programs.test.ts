import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { skip } from '../../ci/dev/test-runner/skip.js';
import { errnoOf, waitUntilBlocked, type ForkedProgram, type Op, type Outcome } from '../syscalls.js';
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
} from './sys.fixture.js';

const {
  AF_UNIX,
  FD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  F_GETOWN,
  F_SETFL,
  MSG_DONTWAIT,
  O_CREAT,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  POLLHUP,
  POLLIN,
  RLIMIT_NOFILE,
  SEEK_CUR,
  SEEK_SET,
  SIGKILL,
  SIGPIPE,
  SIGTERM,
  SIGUSR1,
  SIGUSR2,
  SIG_BLOCK,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SOCKET,
} = constants;
const test = suiteOf('programs');

/** Runs it to its end in a child, which must have exited with 0. */
function ran(ops: readonly Op[]): ForkedProgram {
  const program = sys.forkProgram(ops);
  const status = program.wait();
  assert.equal({ ...status, pid: 0 }, { pid: 0, exitCode: 0, signal: null, stopped: null, continued: false });
  return program;
}

const values = (program: { outcomes(): readonly Outcome[] }): (number | string)[] =>
  program.outcomes().map(({ error, value }) => error ?? value);

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

test('a child that breaks a pipe dies of SIGPIPE by default, and gets EPIPE when it ignores it as Node does', () => {
  const [r, w] = sys.pipe2();
  sys.close(r);
  assert.is(
    ran([
      { op: 'disposition', signo: SIGPIPE, as: 'd' },
      { op: 'write', fd: w, data: 'x', as: 'w' },
    ]).outcome('w').error,
    'EPIPE',
  );
  const dies = sys.forkProgram([
    { op: 'setDisposition', signo: SIGPIPE, disposition: 'default' },
    { op: 'write', fd: w, data: 'x', as: 'w' },
  ]);
  assert.is(dies.wait()!.signal, SIGPIPE);
  assert.equal([dies.outcome('w').runs, dies.at()], [0, 1]);
  sys.close(w);
});

test('a handler of this process is not one in the child, which may have its own', () => {
  const caught = sys.catchSignal(SIGUSR2);
  const program = ran([
    { op: 'disposition', signo: SIGUSR2, as: 'inherited' },
    { op: 'catchSignal', signo: SIGUSR2 },
    { op: 'raise', signo: SIGUSR2 },
    { op: 'kill', pid: 'self', signo: SIGUSR2 },
    { op: 'signalCount', signo: SIGUSR2, as: 'count' },
    { op: 'disposition', signo: SIGPIPE, as: 'ignored' },
  ]);
  assert.equal(
    [program.outcome('inherited').value, program.outcome('count').value, program.outcome('ignored').value],
    [0, 2, 1],
  );
  assert.is(caught.count(), 0);
  caught.restore();
});

test('a signal to the parent arrives there', () => {
  const caught = sys.catchSignal(SIGUSR2, { restart: true });
  const program = ran([{ op: 'kill', pid: 'parent', signo: SIGUSR2 }]);
  assert.equal(
    caught.infos().map(({ code, pid }) => [code, pid]),
    [[constants.SI_USER, program.pid]],
  );
  caught.restore();
});

test('signals: blocked, waited for, sent by a timer, and an end to a pause', () => {
  const program = ran([
    { op: 'sigprocmask', how: SIG_BLOCK, signals: [SIGUSR1] },
    { op: 'raise', signo: SIGUSR1 },
    { op: 'sigtimedwait', signals: [SIGUSR1], timeoutMs: 1000, as: 'came' },
    { op: 'sigtimedwait', signals: [SIGUSR1], timeoutMs: 1, as: 'none' },
    { op: 'catchSignal', signo: constants.SIGALRM, restart: true },
    { op: 'setitimer', firstUs: 1000, intervalUs: 0 },
    { op: 'pause' },
    { op: 'signalCount', signo: constants.SIGALRM, as: 'alarms' },
    { op: 'setitimer', firstUs: 2000, intervalUs: 2000 },
    { op: 'sleep', us: 1_000_000, as: 'sleep' },
    { op: 'setitimer', firstUs: 0, intervalUs: 0 },
    { op: 'spin', us: 100 },
  ]);
  assert.equal([program.outcome('came').value, program.outcome('came').counts['code']], [SIGUSR1, constants.SI_TKILL]);
  assert.equal(
    [program.outcome('none').error, program.outcome('alarms').value, program.outcome('sleep').error],
    ['EAGAIN', 1, 'EINTR'],
  );
});

test('a child of the child can be waited for, by any process that is its parent', () => {
  const program = ran([
    { op: 'getpid', as: 'child' },
    {
      op: 'fork',
      as: 'grandchild',
      body: [
        { op: 'getppid', as: 'its-parent' },
        { op: 'add', word: 5, value: 1 },
        { op: 'exit', code: 9 },
      ],
    },
    { op: 'waitpid', pid: 'grandchild', as: 'waited' },
    { op: 'waitpid', pid: -1, as: 'nobody' },
  ]);
  assert.is(program.outcome('its-parent').value, program.pid);
  assert.is(program.outcome('waited').value, program.outcome('grandchild').value);
  assert.equal(program.outcome('waited').counts, { exitCode: 9, signal: -1 });
  assert.equal([program.outcome('nobody').error, program.board.load(5)], ['ECHILD', 1]);
});

test('a child can give up its ids and limits, and dies with its parent all the same', () => {
  const limited = ran([
    { op: 'setrlimit', resource: RLIMIT_NOFILE, soft: 20, hard: 20 },
    { op: 'repeat', stop: 'on-error', body: [{ op: 'dup', fd: 0, as: 'dup' }], as: 'dups' },
    { op: 'umask', mask: 0o077 },
    { op: 'prctl', option: constants.PR_GET_DUMPABLE, as: 'dumpable' },
  ]);
  assert.is(limited.outcome('dup').error, 'EMFILE');
  assert.ok(limited.outcome('dups').value < 20 && limited.outcome('dup').runs === limited.outcome('dups').value + 1);
  if (sys.getuid() !== 0) skip('ids can be changed by root only');
  const program = sys.forkProgram([
    { op: 'setgroups', groups: [] },
    { op: 'setresgid', real: 65534, effective: 65534, saved: 65534 },
    { op: 'setresuid', real: 65534, effective: 65534, saved: 65534 },
    { op: 'setresuid', real: 0, effective: 0, saved: 0, as: 'back' },
    { op: 'repeat', body: [{ op: 'pause', as: 'pause' }] },
  ]);
  assert.ok(waitUntilBlocked(program, 'pause'));
  assert.is(program.outcome('back').error, 'EPERM');
  assert.match(readFileSync(`/proc/${program.pid}/status`, 'utf8'), /^Uid:\s65534\s65534\s65534\s65534$/m);
  program.end();
  assertFails(() => sys.kill(program.pid, 0), 'kill', 'ESRCH');
});

test('a child dies with its parent, or outlives it when that is asked for', () => {
  /** What a parent prints, which then kills itself. */
  const pidOf = (options: string): number => {
    const program =
      `
      const { sys } = require(${JSON.stringify(addonPath)});
      require('node:fs').writeSync(1, String(sys.forkProgram([{ op: 'close', fd: 1 }, { op: 'repeat', ` +
      `body: [{ op: 'pause' }] }], ${options}).pid));
      process.kill(process.pid, 'SIGKILL');
    `;
    return Number(
      spawnSync(process.execPath, ['-e', program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).stdout,
    );
  };
  sys.prctl(constants.PR_SET_CHILD_SUBREAPER, 1);
  try {
    const dies = pidOf('{}');
    assert.is(sys.waitpid(dies)!.signal, SIGKILL);
    const lives = pidOf('{ outlivesParent: true }');
    assert.is(sys.waitpid(lives, constants.WNOHANG), null);
    sys.kill(lives, SIGTERM);
    assert.is(sys.waitpid(lives)!.signal, SIGTERM);
  } finally {
    sys.prctl(constants.PR_SET_CHILD_SUBREAPER, 0);
  }
});

test('wait says null for a child that still runs, and end ends it', () => {
  const program = sys.forkProgram([{ op: 'repeat', body: [{ op: 'pause' }] }]);
  assert.is(program.wait(1), null);
  program.end();
  program.end();
  assert.equal([program.wait()!.signal, errnoOf(() => sys.waitpid(program.pid))], [SIGKILL, 'ECHILD']);
});

test('a loop runs as often as it is told, to an error, or until its process ends', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM);
  const program = ran([
    { op: 'repeat', times: 3, as: 'three', body: [{ op: 'add', word: 1, value: 2, as: 'add' }] },
    {
      op: 'repeat',
      stop: 'on-error',
      as: 'filled',
      body: [{ op: 'send', fd: a, data: 'x', flags: MSG_DONTWAIT, as: 'send' }],
    },
    {
      op: 'repeat',
      times: 2,
      as: 'goes-on',
      body: [
        { op: 'send', fd: a, data: 'x', flags: MSG_DONTWAIT },
        { op: 'add', word: 2, value: 1 },
      ],
    },
    { op: 'repeat', times: 4, body: [{ op: 'recv', fd: b, bytes: 1, keep: true, as: 'each' }] },
  ]);
  assert.equal(
    [program.outcome('three').value, program.outcome('add').runs, program.outcome('add').value, program.board.load(1)],
    [3, 3, 6, 6],
  );
  const { runs, failures, error } = program.outcome('send');
  assert.equal([program.outcome('filled').value, failures, error], [runs - 1, 1, 'EAGAIN']);
  assert.equal([program.outcome('goes-on').value, program.board.load(2)], [2, 2]);
  assert.equal(program.outcome('each').kept.map(String), ['x', 'x', 'x', 'x']);
  closeAll(a, b);
});

test('what keep has no room for is counted', () => {
  const [r, w] = sys.pipe2();
  const program = sys.forkProgram(
    [
      { op: 'close', fd: w },
      { op: 'repeat', times: 3, body: [{ op: 'read', fd: r, bytes: 10, keep: true, as: 'read' }] },
    ],
    { keepBytes: 60 },
  );
  sys.write(w, 'a'.repeat(30));
  assert.is(program.wait()!.exitCode, 0);
  assert.equal([program.outcome('read').kept.map((bytes) => bytes.length), program.droppedBytes()], [[10, 10], 10]);
  closeAll(r, w);
});

test('a board meets a program without sleeping, and says when nobody came', () => {
  const board = sys.createBoard(3);
  const program = sys.forkProgram(
    [
      { op: 'store', word: 0, value: 5 },
      { op: 'waitAtLeast', word: 1, value: 1, as: 'wait' },
      { op: 'waitAtLeast', word: 2, value: 1, timeoutMs: 5, as: 'never' },
    ],
    { board },
  );
  assert.ok(board.waitAtLeast(0, 5, 10_000));
  assert.ok(waitUntilBlocked(program, 'wait'));
  assert.is(program.board.add(1, 3), 3);
  assert.is(program.wait()!.exitCode, 0);
  assert.equal(
    [program.outcome('wait').value, program.outcome('never').error, board.words, board.load(1)],
    [3, 'ETIMEDOUT', 3, 3],
  );
  assert.is(board.waitAtLeast(2, 1, 1), false);
  board.store(2, -1);
  assert.is(board.load(2), -1);
  assertRefuses(() => board.load(3), 'ERR_OUT_OF_RANGE', 'word');
  assertRefuses(() => wrongly['createBoard']!(0), 'ERR_OUT_OF_RANGE', 'words');
  const { load } = board;
  assertRefuses(() => load.call({}, 0), 'ERR_INVALID_ARG_TYPE', 'this');
});

test('waitUntilBlocked sees the sleep inside of the named operation, and none when that is over', () => {
  const [r, w] = sys.pipe2();
  const forked = sys.forkProgram([
    { op: 'spin', us: 1000 },
    { op: 'read', fd: r, bytes: 1, as: 'read' },
  ]);
  assert.ok(waitUntilBlocked(forked, 'read'));
  sys.write(w, 'x');
  forked.wait();
  assert.is(waitUntilBlocked(forked, 'read'), false);
  const thread = sys.inThread([{ op: 'read', fd: r, bytes: 1, as: 'read' }]);
  assert.ok(waitUntilBlocked(thread, 'read'));
  assert.is(thread.join(1), false);
  sys.write(w, 'x');
  assert.ok(thread.join());
  assert.throws(() => waitUntilBlocked(thread, 'other'), RangeError);
  closeAll(r, w);
});

test('a thread is one of this process', () => {
  const thread = sys.inThread([
    { op: 'getpid', as: 'pid' },
    {
      op: 'repeat',
      body: [
        { op: 'add', word: 0, value: 1 },
        { op: 'exit', code: 4 },
      ],
    },
    { op: 'getpid', as: 'never' },
  ]);
  assert.ok(thread.join());
  assert.equal([thread.outcome('pid').value, thread.board.load(0), thread.outcome('never').runs], [sys.getpid(), 1, 0]);
  assert.ok(thread.tid > 0 && thread.tid !== sys.gettid());
  for (const op of [
    { op: 'exec', path: '/bin/true', args: [] },
    { op: 'fork', body: [] },
    { op: 'catchSignal', signo: SIGUSR2 },
    { op: 'setDisposition', signo: SIGUSR2, disposition: 'ignore' },
  ] as const) {
    assertRefuses(() => sys.inThread([op]), 'ERR_INVALID_ARG_TYPE', 'ops[0].op');
  }
});

test('an integer goes up by one at each hop, 100 000 times', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM);
  const child = sys.forkProgram([{ op: 'pingPong', read: b, write: b, until: 100_000, as: 'p' }]);
  const thread = sys.inThread([{ op: 'pingPong', read: a, write: a, until: 100_000, first: true, as: 'p' }]);
  assert.ok(thread.join(60_000));
  assert.is(child.wait()!.exitCode, 0);
  assert.equal([thread.outcome('p').value, child.outcome('p').value], [100_000, 100_000]);
  closeAll(a, b);
  const [r, w] = sys.pipe2();
  sys.close(w);
  assert.is(ran([{ op: 'pingPong', read: r, write: r, until: 2, as: 'p' }]).outcome('p').error, 'ENODATA');
  sys.close(r);
});

test('records of a page are whole in a pipe, and a torn one is seen', () => {
  const [r, w] = sys.pipe2();
  const writers = [1, 2].map((writer) =>
    sys.forkProgram([
      { op: 'close', fd: r },
      { op: 'writeRuns', fd: w, writer, records: 200, bytes: 4096, as: 'w' },
    ]),
  );
  sys.close(w);
  const reader = ran([{ op: 'readRuns', fd: r, bytes: 4096, as: 'r' }]);
  assert.equal([reader.outcome('r').value, reader.outcome('r').counts['torn']], [2 * 200 * 4096, 0]);
  for (const writer of writers)
    assert.equal(
      [writer.wait()!.exitCode, writer.outcome('w').counts],
      [0, { records: 200, short: 0, interrupted: 0, refused: 0 }],
    );
  sys.close(r);
  const [r2, w2] = sys.pipe2();
  sys.write(w2, 'aabbbaab');
  sys.close(w2);
  assert.equal(ran([{ op: 'readRuns', fd: r2, bytes: 2, chunk: 3, as: 'r' }]).outcome('r').counts, {
    bytes: 8,
    runs: 4,
    torn: 2,
  });
  sys.close(r2);
});

test('a nonblocking writer of records waits until there is room', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM | constants.SOCK_NONBLOCK);
  const writer = sys.forkProgram([
    { op: 'close', fd: b },
    { op: 'writeRuns', fd: a, writer: 7, records: 300, bytes: 5000, via: 'send', as: 'w' },
  ]);
  sys.close(a);
  sys.fcntl(b, F_SETFL, 0);
  assert.equal(ran([{ op: 'readRuns', fd: b, bytes: 5000, as: 'r' }]).outcome('r').counts, {
    bytes: 1_500_000,
    runs: 1,
    torn: 0,
  });
  assert.is(writer.wait()!.exitCode, 0);
  assert.ok(writer.outcome('w').counts['refused']! > 0);
  sys.close(b);
});

test('readers that compete get every stamped message once', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_SEQPACKET);
  const readers = [0, 1].map(() =>
    sys.forkProgram(
      [
        { op: 'close', fd: a },
        { op: 'recvStamped', fd: b, maxBytes: 2000, keep: true, as: 'r' },
      ],
      { keepBytes: 100_000 },
    ),
  );
  const writers = [3, 4].map((writer) =>
    sys.inThread([{ op: 'sendStamped', fd: a, writer, messages: 500, from: 16, to: 2000, as: 'w' }]),
  );
  for (const writer of writers) assert.equal([writer.join(), writer.outcome('w').value], [true, 500]);
  sys.close(a);
  const pairs: string[] = [];
  for (const reader of readers) {
    assert.is(reader.wait()!.exitCode, 0);
    const { kept, counts, value } = reader.outcome('r');
    assert.equal(counts, { messages: value, damaged: 0, disordered: 0, interrupted: 0 });
    const words = new Uint32Array(Uint8Array.from(kept[0] ?? []).buffer);
    for (let index = 0; index < words.length; index += 2) pairs.push(`${words[index]}:${words[index + 1]}`);
  }
  assert.equal([pairs.length, new Set(pairs).size], [1000, 1000]);
  sys.close(b);
});

test('a damaged, a foreign, a short and a repeated message are told', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_DGRAM);
  ran([{ op: 'sendStamped', fd: a, writer: 1, messages: 2, from: 100, to: 100, seed: 5 }]);
  const [first, second] = [sys.recv(b, 200), sys.recv(b, 200)];
  for (const message of [second, first, first]) sys.send(a, message);
  const flipped = Buffer.from(second);
  flipped[99]! ^= 1;
  for (const message of [flipped, 'foreign and long enough', 'short', first.subarray(0, 99)]) sys.send(a, message);
  sys.send(a, '');
  const { counts } = ran([{ op: 'recvStamped', fd: b, maxBytes: 200, seed: 5, as: 'r' }]).outcome('r');
  assert.equal(counts, { messages: 7, damaged: 4, disordered: 2, interrupted: 0 });
  sys.send(a, first);
  assert.is(ran([{ op: 'recvStamped', fd: b, maxBytes: 200, messages: 1, as: 'r' }]).outcome('r').counts['damaged'], 1);
  closeAll(a, b);
});

test('stamped messages go to an address, and through a message queue', ({ path }) => {
  const receiver = sys.socket(AF_UNIX, SOCK_DGRAM);
  sys.bind(receiver, path('r'));
  const sender = sys.forkProgram([
    { op: 'socket', domain: AF_UNIX, type: SOCK_DGRAM, as: 's' },
    { op: 'sendStamped', fd: 's', writer: 2, messages: 50, from: 16, to: 500, address: path('r'), as: 'sent' },
  ]);
  const { counts } = ran([{ op: 'recvStamped', fd: receiver, maxBytes: 500, messages: 50, as: 'r' }]).outcome('r');
  assert.equal([sender.wait()!.exitCode, counts], [0, { messages: 50, damaged: 0, disordered: 0, interrupted: 0 }]);
  sys.close(receiver);

  const name = `/ipcbench-test-${process.pid}`;
  if (errnoOf(() => sys.mq_unlink(name)) === 'ENOSYS') skip('this kernel has no POSIX message queues');
  const queue = sys.mq_open(name, O_RDWR | O_CREAT, 0o600, { maxMessages: 5, messageBytes: 600 });
  sys.mq_unlink(name);
  const writer = sys.forkProgram([
    { op: 'sendStamped', fd: queue, writer: 2, messages: 50, from: 16, to: 600, via: 'mq' },
  ]);
  assert.equal(
    ran([{ op: 'recvStamped', fd: queue, maxBytes: 600, messages: 50, via: 'mq', as: 'r' }]).outcome('r').counts,
    { messages: 50, damaged: 0, disordered: 0, interrupted: 0 },
  );
  assert.is(writer.wait()!.exitCode, 0);
  sys.close(queue);
});

for (const wait of ['poll', 'level', 'edge', 'spin'] as const) {
  test(`a nonblocking stream of random cuts arrives as it was written, waiting by ${wait}`, () => {
    const [r, w] = sys.pipe2(O_NONBLOCK);
    const writer = sys.forkProgram([
      { op: 'close', fd: r },
      { op: 'writePattern', fd: w, seed: 9, bytes: 3_000_000, from: 1, to: 70_000, wait, as: 'w' },
    ]);
    sys.close(w);
    const { counts, value } = ran([{ op: 'readPattern', fd: r, seed: 9, from: 1, to: 70_000, wait, as: 'r' }]).outcome(
      'r',
    );
    assert.equal([writer.wait()!.exitCode, value, counts['firstMismatch']], [0, 3_000_000, -1]);
    assert.ok(counts['refused']! + writer.outcome('w').counts['refused']! > 0);
    sys.close(r);
  });
}

test('a stream in which a byte differs, or one is missing, or nothing comes, is told', () => {
  const [r, w] = sys.pipe2();
  const read = (): Outcome =>
    ran([{ op: 'readPattern', fd: r, seed: 1, bytes: 1000, from: 100, as: 'r' }]).outcome('r');
  ran([{ op: 'writePattern', fd: w, seed: 1, bytes: 1000, from: 1000 }]);
  const whole = sys.read(r, 1000);
  const flipped = Buffer.from(whole);
  flipped[777]! ^= 0x10;
  sys.write(w, flipped);
  assert.is(read().counts['firstMismatch'], 777);
  const missing = Buffer.concat([whole.subarray(0, 501), whole.subarray(502), Buffer.of(0)]);
  sys.write(w, missing);
  assert.is(read().counts['firstMismatch'], 501);
  sys.write(w, whole);
  const intact = read();
  assert.equal([intact.value, intact.counts['firstMismatch']], [1000, -1]);
  sys.fcntl(r, F_SETFL, O_NONBLOCK);
  const nothing = ran([
    { op: 'readPattern', fd: r, seed: 1, bytes: 1, from: 1, timeoutMs: 5, wait: 'edge', as: 'r' },
  ]).outcome('r');
  assert.equal([nothing.error, nothing.counts['refused']], ['ETIMEDOUT', 1]);
  closeAll(r, w);
});

test('a timer cuts large writes to a pipe short, with SA_RESTART too, and nothing is lost', () => {
  const [r, w] = sys.pipe2();
  const writer = sys.forkProgram([
    { op: 'close', fd: r },
    { op: 'catchSignal', signo: constants.SIGALRM, restart: true },
    { op: 'setitimer', firstUs: 500, intervalUs: 500 },
    { op: 'writePattern', fd: w, seed: 3, bytes: 30_000_000, from: 1 << 20, as: 'w' },
  ]);
  sys.close(w);
  const { value, counts } = ran([{ op: 'readPattern', fd: r, seed: 3, from: 5000, as: 'r' }]).outcome('r');
  assert.is(writer.wait()!.exitCode, 0);
  assert.equal([value, counts['firstMismatch']], [30_000_000, -1]);
  assert.ok(writer.outcome('w').counts['short']! > 0);
  sys.close(r);
});

test('what a child that is killed inside a write had written is still to be read, and counted', () => {
  const [r, w] = sys.pipe2();
  const writer = sys.forkProgram([
    { op: 'close', fd: r },
    { op: 'writePattern', fd: w, seed: 4, bytes: 10_000_000, from: 4096, as: 'w' },
  ]);
  sys.close(w);
  assert.ok(waitUntilBlocked(writer, 'w'));
  sys.kill(writer.pid, SIGKILL);
  assert.is(writer.wait()!.signal, SIGKILL);
  const { value, counts } = ran([{ op: 'readPattern', fd: r, seed: 4, from: 4096, as: 'r' }]).outcome('r');
  assert.equal([value, counts['firstMismatch'], writer.outcome('w').counts['bytes']], [65536, -1, 65536]);
  sys.close(r);
});

test('a ring in shared memory hands over every number, and its reader waits no longer than it is told', () => {
  const board = sys.createBoard(6);
  const writer = sys.forkProgram([{ op: 'ringPut', word: 0, slots: 4, numbers: 20_000, as: 'put' }], { board });
  const reader = sys.forkProgram(
    [
      { op: 'ringTake', word: 0, slots: 4, numbers: 20_000, as: 'take' },
      { op: 'ringTake', word: 0, slots: 4, numbers: 20_001, timeoutMs: 5, as: 'more' },
    ],
    { board },
  );
  assert.equal([writer.wait()!.exitCode, reader.wait()!.exitCode, writer.outcome('put').value], [0, 0, 20_000]);
  assert.equal(reader.outcome('take').counts, { numbers: 20_000, wrong: 0 });
  // The words of the first are used again, and so are wrong for the second.
  assert.equal([reader.outcome('more').error, reader.outcome('more').counts['wrong']! > 0], ['ETIMEDOUT', true]);
  assertRefuses(
    () => sys.inThread([{ op: 'ringPut', word: 0, slots: 5, numbers: 1 }], { board }),
    'ERR_INVALID_ARG_TYPE',
    'ops[0].slots',
  );
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
