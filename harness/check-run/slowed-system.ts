import type { Board, IoUring, Op, Syscalls } from '../../native/syscalls.js';

/**
 * A wait of this length or more is for what must come, and its end means that it did not: on a slow machine it has to
 * last longer. Shorter ones are what a procedure is about, or a look that is to find nothing.
 */
const GUARD_MS = 500;
/** What waits take when they are not told how long (native/syscalls/program.ts). */
const UNTOLD_MS = 10_000;
const WAITING_OPS: readonly Op['op'][] = ['waitAtLeast', 'writePattern', 'readPattern', 'ringPut', 'ringTake'];

/**
 * The same system with longer waits: what a procedure is given on a machine that is `factor` times slower than one at
 * rest.
 */
export function slowedSystem(sys: Syscalls, factor: number): Syscalls {
  if (factor <= 1) return sys;
  const longer = (ms: number): number => (ms >= GUARD_MS ? Math.min(Math.round(ms * factor), 2 ** 31 - 1) : ms);
  const board = (made: Board): Board => {
    const wait = made.waitAtLeast;
    // In place: the core knows a board by a tag that a copy does not have.
    return Object.assign(made, {
      waitAtLeast: (word: number, value: number, ms: number) => wait.call(made, word, value, longer(ms)),
    });
  };
  const ops = (given: readonly Op[]): Op[] => given.map((op) => longerOp(op, longer));
  const ring = (made: IoUring): IoUring => ({ ...made, wait: (count, ms) => made.wait(count, longer(ms)) });
  return {
    ...sys,
    poll: (entries, ms) => sys.poll(entries, longer(ms)),
    select: (read, write, except, ms) => sys.select(read, write, except, longer(ms)),
    epoll_wait: (epfd, most, ms) => sys.epoll_wait(epfd, most, longer(ms)),
    sigtimedwait: (signals, ms) => sys.sigtimedwait(signals, longer(ms)),
    setTimeout: (fd, option, ms) => sys.setTimeout(fd, option, longer(ms)),
    recvmmsg: (fd, count, buffers, flags = 0, ms) =>
      ms === undefined ? sys.recvmmsg(fd, count, buffers, flags) : sys.recvmmsg(fd, count, buffers, flags, longer(ms)),
    mq_send: (queue, data, priority, ms) =>
      ms === undefined ? sys.mq_send(queue, data, priority) : sys.mq_send(queue, data, priority, longer(ms)),
    mq_receive: (queue, size, ms) =>
      ms === undefined ? sys.mq_receive(queue, size) : sys.mq_receive(queue, size, longer(ms)),
    io_uring_setup: (entries) => ring(sys.io_uring_setup(entries)),
    timer_create: (signo, firstUs, intervalUs) => sys.timer_create(signo, longer(firstUs / 1000) * 1000, intervalUs),
    createBoard: (...words) => board(sys.createBoard(...words)),
    forkProgram: (given, options) => {
      const made = sys.forkProgram(ops(given), options);
      return { ...made, board: board(made.board), wait: (ms = UNTOLD_MS) => made.wait(longer(ms)) };
    },
    inThread: (given, options) => {
      const made = sys.inThread(ops(given), options);
      return { ...made, board: board(made.board), join: (ms = UNTOLD_MS) => made.join(longer(ms)) };
    },
  };
}

function longerOp(op: Op, longer: (ms: number) => number): Op {
  if (op.op === 'repeat') return { ...op, body: op.body.map((one) => longerOp(one, longer)) };
  if ('timeoutMs' in op && op.timeoutMs !== undefined) return { ...op, timeoutMs: longer(op.timeoutMs) };
  return WAITING_OPS.includes(op.op) ? ({ ...op, timeoutMs: longer(UNTOLD_MS) } as Op) : op;
}
