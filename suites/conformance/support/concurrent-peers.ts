import type { Board, ForkedProgram, Op, CheckRun } from '../../../harness/define.js';
import { waitUntilBlocked } from './wait-until-blocked.js';
import { openChannel, type Channel } from './channel.js';

export interface Peers {
  readonly channel: Channel;
  readonly board: Board;
  readonly writers: readonly ForkedProgram[];
  readonly readers: readonly ForkedProgram[];
  /**
   * How many writers sleep at once, as soon as each of them has begun and does or has ended: nobody reads, so they are
   * in each other's way for certain. Which operation they sleep in is not asked: a writer may need several for a
   * record. Then the readers begin. Taking turns is no measure of that: a socket wakes the writer that came last, which
   * may then finish first.
   */
  letRead(): Promise<number>;
  /**
   * Waits for the writers, tells the readers that this was all, and waits for them. False when somebody had to be
   * ended.
   */
  finish(): boolean;
  /**
   * Tells the readers that this was all: by closing the last writing end, and where that is no end of file by an empty
   * message for each.
   */
  sayEnd(): void;
}

export interface PeersPlan {
  /** What each writer does; it writes to `out`. */
  readonly writers: readonly ((out: number) => readonly Op[])[];
  readonly readers: readonly ((into: number) => readonly Op[])[];
  /** Room for what each of them keeps. */
  readonly keepBytes?: number;
  readonly board?: Board;
  /** Tells several groups of one run apart. */
  readonly index?: number;
  /** Readers begin with `letRead` only. */
  readonly holdReaders?: boolean;
  /** Before anybody is forked. */
  prepare?(channel: Channel): void;
}

/**
 * Where everybody waits for everybody, readers that are held for more, and writers are counted that have left the gate:
 * the last words of the board.
 */
const GATE = 63;
const READ = 62;
const BEGUN = 61;
/** For the large counts of a thorough run. Whoever takes longer hangs. */
const PATIENCE_MS = 25_000;

/**
 * Processes at the two ends of one direction of the subject. All of a side share one end; nobody holds the other
 * side's, and this process only the writing one, until `sayEnd`. They begin when all of them are there.
 */
export function startPeers(checkRun: CheckRun, plan: PeersPlan): Peers {
  const { sys } = checkRun;
  const channel = openChannel(checkRun, { index: plan.index ?? 0 });
  plan.prepare?.(channel);
  const { out, in: into } = channel;
  const board = plan.board ?? sys.createBoard();
  const all = plan.writers.length + plan.readers.length;
  const start = (ops: readonly Op[], unused: number): ForkedProgram => {
    const program = sys.forkProgram(
      [
        ...(out === into ? [] : [{ op: 'close', fd: unused } as const]),
        { op: 'add', word: GATE, value: 1 },
        { op: 'waitAtLeast', word: GATE, value: all },
        ...ops,
      ],
      { board, ...(plan.keepBytes === undefined ? {} : { keepBytes: plan.keepBytes }) },
    );
    checkRun.defer(() => program.end());
    return program;
  };
  const hold: readonly Op[] = plan.holdReaders === true ? [{ op: 'waitAtLeast', word: READ, value: 1 }] : [];
  const readers = plan.readers.map((ops) => start([...hold, ...ops(into)], out));
  const writers = plan.writers.map((ops) => start([{ op: 'add', word: BEGUN, value: 1 }, ...ops(out)], into));
  if (out !== into) sys.close(into);
  const sayEnd = (): void => {
    if (/-dgram$|^posix-mq$/.test(checkRun.subject)) for (const _ of readers) channel.put(new Uint8Array());
    sys.close(out);
  };
  return {
    channel,
    board,
    writers,
    readers,
    sayEnd,
    letRead: async () => {
      await checkRun.until('every writer has begun', () => board.load(BEGUN) >= writers.length, PATIENCE_MS);
      const asleep = await Promise.all(writers.map((writer) => waitUntilBlocked(checkRun, writer)));
      board.store(READ, 1);
      return asleep.filter(Boolean).length;
    },
    finish: () => {
      const written = writers.map((writer) => writer.wait(PATIENCE_MS));
      sayEnd();
      return [...written, ...readers.map((reader) => reader.wait(PATIENCE_MS))].every(
        (status) => status?.exitCode === 0,
      );
    },
  };
}
