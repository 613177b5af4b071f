import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SystemFaultName } from '../../../../harness/define.js';
import { faultySystem } from './faulty-system.js';
import { withOps } from './syscall-fault.js';
import { acrossSenders } from './reordering-relay.js';
import {
  addonPath,
  sys,
  AF_UNIX,
  SOCK_STREAM,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  O_NONBLOCK,
  FD_CLOEXEC,
  F_GETFD,
  WNOHANG,
  withSystem,
  withPassed,
  receive,
} from './lying.fixture.js';

test('the honest system hands every call through, errors too', () =>
  withSystem('honest', ({ faulty, injections }) => {
    const [r, w] = faulty.pipe2(O_NONBLOCK);
    assert.is(faulty.write(w, 'abc'), 3);
    assert.is(faulty.read(r, 10).toString(), 'abc');
    assert.throws(
      () => faulty.read(r, 1),
      (error: NodeJS.ErrnoException) => error.code === 'EAGAIN' && error.syscall === 'read',
    );
    assert.is(faulty.constants, sys.constants);
    faulty.close(r);
    faulty.close(w);
    assert.is(injections(), 0);
  }));

test('a name that nobody has is refused', () => {
  assert.throws(() => faultySystem('honset', sys, {} as never), /Unknown faulty system 'honset'/);
});

test('swap-descriptors gives each of two messages the descriptor of the other, and a lone one its own', () =>
  withSystem('swap-descriptors', ({ faulty, injections }) => {
    withPassed(['one', 'two', 'three'], (socket) => {
      const messages = [1, 2, 3].map(() => receive(faulty, socket));
      assert.equal(
        messages.map(({ data }) => data.toString()),
        ['one', 'two', 'three'],
      );
      const names = messages.map(({ fds }) => nameOf(fds[0] as number));
      assert.equal(names, ['two', 'one', 'three']);
      for (const { fds } of messages) sys.close(fds[0] as number);
    });
    assert.is(injections(), 1);
  }));

test('another-file keeps number, count and close-on-exec, and is not what was passed', () =>
  withSystem('another-file', ({ faulty, injections }) => {
    withPassed(['one'], (socket) => {
      const { fds } = receive(faulty, socket);
      assert.is(fds.length, 1);
      assert.is(nameOf(fds[0] as number), 'another');
      assert.is(sys.fcntl(fds[0] as number, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
      sys.close(fds[0] as number);
    });
    assert.is(injections(), 1);
  }));

test('lose-in-flight brings the bytes and no descriptor', () =>
  withSystem('lose-in-flight', ({ faulty, injections }) => {
    withPassed(['one'], (socket) => {
      const { data, fds } = receive(faulty, socket);
      assert.equal([data.toString(), fds.length], ['one', 0]);
    });
    assert.is(injections(), 1);
  }));

test('another-process names a process that is neither end', () =>
  withSystem('another-process', ({ faulty, injections }) => {
    const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
    assert.is(sys.peerCredentials(a).pid, process.pid);
    assert.is(faulty.peerCredentials(a).pid, process.ppid);
    assert.is(faulty.peerCredentials(a).uid, sys.peerCredentials(a).uid);
    sys.close(a);
    sys.close(b);
    assert.is(injections(), 2);
  }));

test('end-instead-of-reset hides that a connection broke, and no other error', () =>
  withSystem('end-instead-of-reset', ({ faulty, injections }) => {
    const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK);
    assert.throws(() => faulty.read(a, 1), /EAGAIN/);
    sys.send(a, 'unread');
    sys.close(b);
    assert.is(faulty.read(a, 1).length, 0);
    sys.close(a);
    assert.is(injections(), 1);
  }));

test('reorder-across-senders keeps the order of each sender', () => {
  const texts = (messages: readonly string[]): string[] =>
    acrossSenders(messages.map((text) => Buffer.from(text))).map(String);
  assert.equal(texts(['a1', 'b1', 'a2', 'b2']), ['b1', 'b2', 'a1', 'a2']);
  assert.equal(texts(['a1', 'a2']), ['a1', 'a2']);
  // Of numbered messages the fifth byte tells the sender: all begin alike.
  assert.equal(texts(['stmp1x', 'stmp2x', 'stmp1y']), ['stmp2x', 'stmp1x', 'stmp1y']);
});

test('leave-zombie leaves one child to be waited for', () =>
  withSystem('leave-zombie', ({ faulty, injections }) => {
    const program = faulty.forkProgram([{ op: 'exit', code: 7 }]);
    assert.is(program.wait()?.exitCode, 7);
    assert.is(injections(), 1);
    // The other child's exit status is still there; nobody else is.
    assert.is(sys.waitpid(-1, 0)?.exitCode, 0);
    assert.throws(() => sys.waitpid(-1, WNOHANG), /ECHILD/);
  }));

test('leak-descriptors leaves one open for each message and each connection', () =>
  withSystem('leak-descriptors', ({ faulty, injections }) => {
    const before = descriptors();
    withPassed(['one', 'two'], (socket) => {
      for (const _ of [1, 2]) for (const fd of receive(faulty, socket).fds) sys.close(fd);
    });
    const leaked = descriptors().filter((fd) => !before.includes(fd));
    assert.equal([leaked.length, injections()], [2, 2]);
    for (const fd of leaked) sys.close(Number(fd));
    withListener((listener, address) => {
      const client = sys.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
      sys.connect(client, address);
      sys.close(faulty.accept4(listener));
      sys.close(client);
    });
    const more = descriptors().filter((fd) => !before.includes(fd));
    assert.equal([more.length, injections()], [1, 3]);
    for (const fd of more) sys.close(Number(fd));
  }));

test('leave-file leaves a file beside a path that was bound, and none beside an abstract name', () =>
  withSystem('leave-file', ({ faulty, injections }) => {
    const folder = mkdtempSync(join(tmpdir(), 'ipcbench-faulty-'));
    for (const [name, expected] of [
      [`\0${folder}`, []],
      [join(folder, 'a'), ['a', 'a.left']],
    ] as const) {
      const socket = sys.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
      faulty.bind(socket, name);
      sys.close(socket);
      assert.equal(readdirSync(folder).sort(), [...expected]);
    }
    rmSync(folder, { recursive: true });
    assert.is(injections(), 1);
  }));

test('every lie has a name of the model, and every name a lie', () => {
  const names: Readonly<Record<SystemFaultName, true>> = {
    honest: true,
    'reorder-across-senders': true,
    'interleave-writers': true,
    'end-instead-of-reset': true,
    'leak-descriptors': true,
    'another-file': true,
    'lose-in-flight': true,
    'swap-descriptors': true,
    'no-backpressure': true,
    'always-writable': true,
    'another-process': true,
    'leave-file': true,
    'leave-zombie': true,
    'spin-while-full': true,
  };
  for (const name of Object.keys(names))
    assert.ok(
      faultySystem(name, sys, {
        injected: () => undefined,
        injections: new Int32Array(1),
        own: (fd) => fd,
        defer: () => undefined,
        addonPath,
      }),
      name,
    );
});

test('operations are changed in the bodies of others too', () => {
  const changed = withOps(
    [
      { op: 'repeat', times: 2, body: [{ op: 'close', fd: 1 }, { op: 'getpid' }] },
      { op: 'close', fd: 2 },
    ],
    'close',
    ({ fd }) => [{ op: 'dup', fd }],
  );
  assert.equal(changed, [
    { op: 'repeat', times: 2, body: [{ op: 'dup', fd: 1 }, { op: 'getpid' }] },
    { op: 'dup', fd: 2 },
  ]);
});

/** Without the one that lists them. */
function descriptors(): string[] {
  return readdirSync('/proc/self/fd').filter((fd) => linkOf(fd) !== '');
}

function linkOf(fd: string | number): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

function withListener(use: (listener: number, address: string) => void): void {
  const listener = sys.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
  const address = `\0ipcbench-faulty-${process.pid}`;
  sys.bind(listener, address);
  sys.listen(listener, 1);
  use(listener, address);
  sys.close(listener);
}

/** A memory file's name, as /proc shows it: "/memfd:one (deleted)". */
function nameOf(fd: number): string {
  return /memfd:(\w+)/.exec(linkOf(fd))?.[1] ?? '';
}

test.run();
