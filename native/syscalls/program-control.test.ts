import * as assert from 'uvu/assert';
import { waitUntilBlocked } from '../syscalls.js';
import { ran } from './programs.fixture.js';
import { assertRefuses, closeAll, constants, suiteOf, sys, wrongly } from './sys.fixture.js';

const { AF_UNIX, MSG_DONTWAIT, SIGUSR2, SOCK_STREAM } = constants;
const test = suiteOf('programs: loops, boards and threads');

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

test.run();
