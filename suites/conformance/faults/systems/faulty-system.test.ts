import { readlinkSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { IncomingMessage, Syscalls, SystemFaultName } from '../../../../harness/define.js';
import { loadNative } from '../../../../native/load.js';
import { faultySystem } from './faulty-system.js';
import { withOps } from './lie.js';
import { acrossSenders } from './reordering-relay.js';

const { addon, addonPath } = await loadNative();
const { sys } = addon;
const { AF_UNIX, SOCK_STREAM, SOCK_DGRAM, SOCK_CLOEXEC, SOCK_NONBLOCK, MFD_CLOEXEC, POLLOUT, O_NONBLOCK, O_CLOEXEC, FD_CLOEXEC, F_GETFD, WNOHANG } = sys.constants;

interface Lying {
  readonly lying: Syscalls;
  lies(): number;
}

/** A system that lies, and how often it did. What it opens in between is put away after the test. */
async function withSystem(fault: string, use: (system: Lying) => void | Promise<void>): Promise<void> {
  const counter = new Int32Array(new SharedArrayBuffer(4));
  const undos: (() => void | Promise<void>)[] = [];
  const own = (descriptor: number): number => {
    undos.push(() => sys.closeIfOpen(descriptor));
    return descriptor;
  };
  const tools = { lies: counter, lied: () => void Atomics.add(counter, 0, 1), own, defer: (undo: () => void | Promise<void>) => void undos.push(undo), addonPath };
  try {
    await use({ lying: faultySystem(fault, sys, tools), lies: () => Atomics.load(counter, 0) });
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
}

/** Sends one memory file with each of these texts, on a pair of sockets, and hands over the other end. */
function withPassed(texts: readonly string[], use: (socket: number) => void): void {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK);
  try {
    for (const text of texts) {
      const file = sys.memfd_create(text, MFD_CLOEXEC);
      sys.sendmsg(a, { data: text, control: [{ kind: 'rights', fds: [file] }] });
      sys.close(file);
    }
    use(b);
  } finally {
    sys.close(a);
    sys.close(b);
  }
}

const receive = (system: Syscalls, socket: number): IncomingMessage => system.recvmsg(socket, { sizes: 16, controlBytes: sys.CMSG_SPACE(4) }, sys.constants.MSG_CMSG_CLOEXEC);

test('the honest system hands every call through, errors too', () =>
  withSystem('honest', ({ lying, lies }) => {
    const [r, w] = lying.pipe2(O_NONBLOCK);
    assert.is(lying.write(w, 'abc'), 3);
    assert.is(lying.read(r, 10).toString(), 'abc');
    assert.throws(() => lying.read(r, 1), (error: NodeJS.ErrnoException) => error.code === 'EAGAIN' && error.syscall === 'read');
    assert.is(lying.constants, sys.constants);
    lying.close(r);
    lying.close(w);
    assert.is(lies(), 0);
  }));

test('a name that nobody has is refused', () => {
  assert.throws(() => faultySystem('honset', sys, {} as never), /no faulty system 'honset'/);
});

test('swap-descriptors gives each of two messages the descriptor of the other, and a lone one its own', () =>
  withSystem('swap-descriptors', ({ lying, lies }) => {
    withPassed(['one', 'two', 'three'], (socket) => {
      const messages = [1, 2, 3].map(() => receive(lying, socket));
      assert.equal(messages.map(({ data }) => data.toString()), ['one', 'two', 'three']);
      const names = messages.map(({ fds }) => nameOf(fds[0] as number));
      assert.equal(names, ['two', 'one', 'three']);
      for (const { fds } of messages) sys.close(fds[0] as number);
    });
    assert.is(lies(), 1);
  }));

test('another-file keeps number, count and close-on-exec, and is not what was passed', () =>
  withSystem('another-file', ({ lying, lies }) => {
    withPassed(['one'], (socket) => {
      const { fds } = receive(lying, socket);
      assert.is(fds.length, 1);
      assert.is(nameOf(fds[0] as number), 'another');
      assert.is(sys.fcntl(fds[0] as number, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
      sys.close(fds[0] as number);
    });
    assert.is(lies(), 1);
  }));

test('lose-in-flight brings the bytes and no descriptor', () =>
  withSystem('lose-in-flight', ({ lying, lies }) => {
    withPassed(['one'], (socket) => {
      const { data, fds } = receive(lying, socket);
      assert.equal([data.toString(), fds.length], ['one', 0]);
    });
    assert.is(lies(), 1);
  }));

test('another-process names a process that is neither end', () =>
  withSystem('another-process', ({ lying, lies }) => {
    const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
    assert.is(sys.peerCredentials(a).pid, process.pid);
    assert.is(lying.peerCredentials(a).pid, process.ppid);
    assert.is(lying.peerCredentials(a).uid, sys.peerCredentials(a).uid);
    sys.close(a);
    sys.close(b);
    assert.is(lies(), 2);
  }));

test('end-instead-of-reset hides that a connection broke, and no other error', () =>
  withSystem('end-instead-of-reset', ({ lying, lies }) => {
    const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK);
    assert.throws(() => lying.read(a, 1), /EAGAIN/);
    sys.send(a, 'unread');
    sys.close(b);
    assert.is(lying.read(a, 1).length, 0);
    sys.close(a);
    assert.is(lies(), 1);
  }));

test('no-backpressure accepts what does not fit, and loses none of it', () =>
  withSystem('no-backpressure', ({ lying, lies }) => {
    const [r, w] = sys.pipe2(O_NONBLOCK | O_CLOEXEC);
    const pieces = Array.from({ length: 300 }, (_, at) => Buffer.alloc(1000, at % 251));
    for (const piece of pieces) assert.is(lying.write(w, piece), 1000);
    assert.ok(lies() > 200);
    const got: Buffer[] = [];
    for (let bytes = 0; bytes < 300_000; bytes += got.at(-1)?.length ?? 0) got.push(lying.read(r, 7777));
    assert.ok(Buffer.concat(got).equals(Buffer.concat(pieces)));
    assert.throws(() => lying.read(r, 1), /EAGAIN/);
    sys.close(r);
    sys.close(w);
  }));

test('always-writable says so of a full pipe, and nothing of one that was not asked about', () =>
  withSystem('always-writable', ({ lying, lies }) => {
    const [r, w] = sys.pipe2(O_NONBLOCK | O_CLOEXEC);
    assert.equal(lying.poll([{ fd: w, events: POLLOUT }], 0), [POLLOUT]);
    assert.is(lies(), 0);
    sys.write(w, Buffer.alloc(65_536));
    assert.equal(sys.poll([{ fd: w, events: POLLOUT }], 0), [0]);
    assert.equal(lying.poll([{ fd: w, events: POLLOUT }, { fd: r, events: sys.constants.POLLIN }], 0), [POLLOUT, sys.constants.POLLIN]);
    assert.is(lies(), 1);
    sys.close(r);
    sys.close(w);
  }));

test('interleave-writers writes each record in two pieces, and answers for records', () =>
  withSystem('interleave-writers', ({ lying, lies }) => {
    const [a, b] = sys.socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK);
    const program = lying.forkProgram([{ op: 'writeRuns', fd: a, writer: 3, records: 4, bytes: 7, as: 'write' }]);
    program.wait();
    assert.is(program.outcome('write').counts['records'], 4);
    const sizes = Array.from({ length: 8 }, () => sys.recv(b, 64).length);
    assert.equal(sizes, [3, 4, 3, 4, 3, 4, 3, 4]);
    sys.close(a);
    sys.close(b);
    assert.is(lies(), 1);
  }));

test('reorder-across-senders keeps the order of each sender', () => {
  const texts = (messages: readonly string[]): string[] => acrossSenders(messages.map((text) => Buffer.from(text))).map(String);
  assert.equal(texts(['a1', 'b1', 'a2', 'b2']), ['b1', 'b2', 'a1', 'a2']);
  assert.equal(texts(['a1', 'a2']), ['a1', 'a2']);
  // Of numbered messages the fifth byte tells the sender: all begin alike.
  assert.equal(texts(['stmp1x', 'stmp2x', 'stmp1y']), ['stmp2x', 'stmp1x', 'stmp1y']);
});

test('leave-zombie leaves one child to be waited for', () =>
  withSystem('leave-zombie', ({ lying, lies }) => {
    const program = lying.forkProgram([{ op: 'exit', code: 7 }]);
    assert.is(program.wait()?.exitCode, 7);
    assert.is(lies(), 1);
    // The other child's exit status is still there; nobody else is.
    assert.is(sys.waitpid(-1, 0)?.exitCode, 0);
    assert.throws(() => sys.waitpid(-1, WNOHANG), /ECHILD/);
  }));

test('every lie has a name of the model, and every name a lie', () => {
  const names: Readonly<Record<SystemFaultName, true>> = {
    honest: true, 'reorder-across-senders': true, 'interleave-writers': true, 'end-instead-of-reset': true, 'leak-descriptors': true, 'another-file': true, 'lose-in-flight': true,
    'swap-descriptors': true, 'no-backpressure': true, 'always-writable': true, 'another-process': true, 'leave-file': true, 'leave-zombie': true, 'spin-while-full': true,
  };
  for (const name of Object.keys(names)) assert.ok(faultySystem(name, sys, { lied: () => undefined, lies: new Int32Array(1), own: (fd) => fd, defer: () => undefined, addonPath }), name);
});

test('operations are changed in the bodies of others too', () => {
  const changed = withOps([{ op: 'repeat', times: 2, body: [{ op: 'close', fd: 1 }, { op: 'getpid' }] }, { op: 'close', fd: 2 }], 'close', ({ fd }) => [{ op: 'dup', fd }]);
  assert.equal(changed, [{ op: 'repeat', times: 2, body: [{ op: 'dup', fd: 1 }, { op: 'getpid' }] }, { op: 'dup', fd: 2 }]);
});

/** A memory file's name, as /proc shows it: "/memfd:one (deleted)". */
function nameOf(fd: number): string {
  return /memfd:(\w+)/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? '';
}

test.run();
