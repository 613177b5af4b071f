import * as assert from 'uvu/assert';
import { skip } from '../../ci/dev/test-runner/skip.js';
import { errnoOf, waitUntilBlocked, type Outcome } from '../syscalls.js';
import { ran } from './programs.fixture.js';
import { assertRefuses, closeAll, constants, suiteOf, sys } from './sys.fixture.js';

const { AF_UNIX, F_SETFL, O_CREAT, O_NONBLOCK, O_RDWR, SIGKILL, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM } = constants;
const test = suiteOf('programs: much of one thing');

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

test.run();
