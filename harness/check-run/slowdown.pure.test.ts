import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Op, Syscalls } from '../../native/syscalls.js';
import { slowness, watchPatience } from '../pair/patience.js';
import { slowedSystem } from './slowed-system.js';

test('what runs when it wants to is not slow', () => {
  assert.is(slowness({ ranNs: 0, waitedNs: 0 }), 1);
  assert.is(slowness({ ranNs: 100, waitedNs: 0 }), 1);
  assert.is(slowness({ ranNs: 100, waitedNs: 49 }), 1);
});

test('a share of a third, or of a thirtieth, is that many times slower, up to a bound', () => {
  assert.is(slowness({ ranNs: 100, waitedNs: 200 }), 3);
  assert.is(slowness({ ranNs: 100, waitedNs: 2900 }), 30);
  assert.is(slowness({ ranNs: 1, waitedNs: 1e12 }), 60);
});

test('a process of which the system tells nothing is taken to be at rest', () => {
  assert.is(watchPatience(0).factor(), 1);
});

const asked: number[] = [];
let program: readonly Op[] = [];
const fake = {
  poll: (_: unknown, ms: number) => (asked.push(ms), []),
  timer_create: (_: number, us: number) => (asked.push(us), { stop: () => undefined }),
  forkProgram: (ops: readonly Op[]) => {
    program = ops;
    return {
      pid: 1,
      board: { waitAtLeast: (_: number, __: number, ms: number) => (asked.push(ms), true) },
      wait: (ms: number) => (asked.push(ms), null),
    };
  },
} as unknown as Syscalls;

test('what must come is waited for longer, what a procedure is about is not', () => {
  asked.length = 0;
  const sys = slowedSystem(fake, 3);
  sys.poll([], 2000);
  sys.poll([], 60);
  sys.poll([], 0);
  sys.poll([], -1);
  sys.timer_create(1, 2_000_000, 20_000);
  assert.equal(asked, [6000, 60, 0, -1, 6_000_000]);
});

test('so it is inside of programs, and of what waits for them', () => {
  asked.length = 0;
  const sys = slowedSystem(fake, 3);
  const made = sys.forkProgram([
    { op: 'waitAtLeast', word: 0, value: 1 },
    {
      op: 'repeat',
      body: [
        { op: 'poll', fd: 1, events: 1, timeoutMs: 5000 },
        { op: 'poll', fd: 1, events: 1, timeoutMs: 10 },
      ],
    },
    { op: 'spin', us: 1_000_000 },
  ]);
  assert.equal(program, [
    { op: 'waitAtLeast', word: 0, value: 1, timeoutMs: 30_000 },
    {
      op: 'repeat',
      body: [
        { op: 'poll', fd: 1, events: 1, timeoutMs: 15_000 },
        { op: 'poll', fd: 1, events: 1, timeoutMs: 10 },
      ],
    },
    { op: 'spin', us: 1_000_000 },
  ]);
  made.board.waitAtLeast(0, 1, 5000);
  made.wait();
  made.wait(1000);
  assert.equal(asked, [15_000, 30_000, 3000]);
});

test('a machine at rest gets the system itself', () => {
  assert.is(slowedSystem(fake, 1), fake);
});

test.run();
