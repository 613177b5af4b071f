import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  sys,
  AF_UNIX,
  SOCK_DGRAM,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  POLLOUT,
  O_NONBLOCK,
  O_CLOEXEC,
  withSystem,
} from './lying.fixture.js';

test('no-backpressure accepts what does not fit, and loses none of it', () =>
  withSystem('no-backpressure', ({ faulty, injections }) => {
    const [r, w] = sys.pipe2(O_NONBLOCK | O_CLOEXEC);
    const pieces = Array.from({ length: 300 }, (_, at) => Buffer.alloc(1000, at % 251));
    for (const piece of pieces) assert.is(faulty.write(w, piece), 1000);
    assert.ok(injections() > 200);
    const got: Buffer[] = [];
    for (let bytes = 0; bytes < 300_000; bytes += got.at(-1)?.length ?? 0) got.push(faulty.read(r, 7777));
    assert.ok(Buffer.concat(got).equals(Buffer.concat(pieces)));
    assert.throws(() => faulty.read(r, 1), /EAGAIN/);
    sys.close(r);
    sys.close(w);
  }));

test('always-writable says so of a full pipe, and nothing of one that was not asked about', () =>
  withSystem('always-writable', ({ faulty, injections }) => {
    const [r, w] = sys.pipe2(O_NONBLOCK | O_CLOEXEC);
    assert.equal(faulty.poll([{ fd: w, events: POLLOUT }], 0), [POLLOUT]);
    assert.is(injections(), 0);
    sys.write(w, Buffer.alloc(65_536));
    assert.equal(sys.poll([{ fd: w, events: POLLOUT }], 0), [0]);
    assert.equal(
      faulty.poll(
        [
          { fd: w, events: POLLOUT },
          { fd: r, events: sys.constants.POLLIN },
        ],
        0,
      ),
      [POLLOUT, sys.constants.POLLIN],
    );
    assert.is(injections(), 1);
    sys.close(r);
    sys.close(w);
  }));

test('interleave-writers writes each record in two pieces, and answers for records', () =>
  withSystem('interleave-writers', ({ faulty, injections }) => {
    const [a, b] = sys.socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK);
    const program = faulty.forkProgram([{ op: 'writeRuns', fd: a, writer: 3, records: 4, bytes: 7, as: 'write' }]);
    program.wait();
    assert.is(program.outcome('write').counts['records'], 4);
    const sizes = Array.from({ length: 8 }, () => sys.recv(b, 64).length);
    assert.equal(sizes, [3, 4, 3, 4, 3, 4, 3, 4]);
    sys.close(a);
    sys.close(b);
    assert.is(injections(), 1);
  }));

test('spin-while-full keeps a writer that has no room on the processor, and writes the same', () =>
  withSystem('spin-while-full', async ({ faulty, injections }) => {
    const [r, w] = sys.pipe2(O_CLOEXEC);
    const writer = faulty.forkProgram([
      { op: 'close', fd: r },
      { op: 'writePattern', fd: w, seed: 1, bytes: 200_000, from: 4096, as: 'w' },
    ]);
    // A pipe holds 64 KiB: from then on it is refused, again and again.
    while ((writer.outcome('w').counts['refused'] ?? 0) < 1000) await new Promise((resolve) => setImmediate(resolve));
    const reader = sys.forkProgram([
      { op: 'close', fd: w },
      { op: 'readPattern', fd: r, seed: 1, bytes: 200_000, from: 4096, as: 'r' },
    ]);
    assert.equal([writer.wait()?.exitCode, reader.wait()?.exitCode], [0, 0]);
    assert.equal(
      [reader.outcome('r').value, reader.outcome('r').counts['firstMismatch'], injections()],
      [200_000, -1, 1],
    );
    sys.close(r);
    sys.close(w);
  }));

test.run();
