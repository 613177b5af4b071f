import type { ForkedProgram, Op, Program, CheckRun } from '../../../harness/define.js';
import { waitUntilBlocked } from './wait-until-blocked.js';
import { isMessages, type Channel } from './channel.js';
import { startPeers, type Peers } from './concurrent-peers.js';
import { viaOf } from './stamped-records.js';

/**
 * One process writes, one reads, and every byte can be told from every other: bytes of a stream by their place,
 * messages by writer and number.
 */
export interface Transfer {
  readonly peers: Peers;
  readonly writer: ForkedProgram;
  readonly reader: ForkedProgram;
  /** Waits until it sleeps in its write, or its read; false when it has ended instead. */
  writerSleeps(): Promise<boolean>;
  readerSleeps(): Promise<boolean>;
  /** Waits for both, and tells the reader where the end is. False when one of them had not ended. */
  finish(): boolean;
  tally(): Tally;
}

/** What came of it: bytes of a stream, or messages. */
export interface Tally {
  /** What calls that returned have taken. */
  readonly accepted: number;
  readonly received: number;
  /** Messages that were not whole or came out of turn; of a stream 1 when any byte was not the one of its place. */
  readonly damaged: number;
  readonly writerError: string | null;
  readonly readerError: string | null;
}

export interface TransferPlan {
  /** Bytes of a stream; a 500th as many messages. */
  readonly bytes: number;
  /** Of one write to a stream: up to 20,000 unless told; more is the size of every write. */
  readonly largestWrite?: number;
  readonly index?: number;
  readonly beforeWriting?: readonly Op[];
  readonly afterWriting?: readonly Op[];
  readonly beforeReading?: readonly Op[];
  readonly afterReading?: readonly Op[];
  prepare?(channel: Channel): void;
}

/** How much there is for a writer that only a signal ends. */
export const ENDLESS = 500 * 2 ** 31;

export function startTransfer(checkRun: CheckRun, plan: TransferPlan): Transfer {
  const peers = startPeers(checkRun, {
    index: plan.index ?? 0,
    ...(plan.prepare === undefined ? {} : { prepare: plan.prepare }),
    // Node ignores SIGPIPE and so do its children; said here, as every check that lets a reader go rests on it.
    writers: [
      (out) => [
        { op: 'setDisposition', signo: checkRun.sys.constants.SIGPIPE, disposition: 'ignore' },
        ...(plan.beforeWriting ?? []),
        writing(checkRun, out, plan),
        ...(plan.afterWriting ?? []),
      ],
    ],
    readers: [(into) => [...(plan.beforeReading ?? []), reading(checkRun, into), ...(plan.afterReading ?? [])]],
  });
  const [writer, reader] = [peers.writers[0] as ForkedProgram, peers.readers[0] as ForkedProgram];
  return {
    peers,
    writer,
    reader,
    writerSleeps: () => sleepsIn(checkRun, writer, 'write'),
    readerSleeps: () => sleepsIn(checkRun, reader, 'read'),
    finish: peers.finish,
    tally: () => tallyOf(writer, reader),
  };
}

/** Everything, in one operation called 'write'. */
export function writing(
  checkRun: CheckRun,
  out: number,
  { bytes, largestWrite = USUAL_WRITE }: Pick<TransferPlan, 'bytes' | 'largestWrite'>,
): Op {
  return isMessages(checkRun.subject)
    ? {
        op: 'sendStamped',
        fd: out,
        writer: 0,
        messages: Math.ceil(bytes / 500),
        from: 16,
        to: 4096,
        seed: SEED,
        ...viaOf(checkRun),
        as: 'write',
      }
    : {
        op: 'writePattern',
        fd: out,
        seed: SEED,
        bytes,
        from: largestWrite > USUAL_WRITE ? largestWrite : 1,
        to: largestWrite,
        as: 'write',
      };
}

/** To the end, in one operation called 'read'. */
export function reading(checkRun: CheckRun, into: number): Op {
  return isMessages(checkRun.subject)
    ? { op: 'recvStamped', fd: into, maxBytes: 8192, seed: SEED, ...viaOf(checkRun), as: 'read' }
    : { op: 'readPattern', fd: into, seed: SEED, from: 1, to: USUAL_WRITE, as: 'read' };
}

/** The gate at which all wait for all is a sleep too, so where it sleeps counts. */
async function sleepsIn(checkRun: CheckRun, program: ForkedProgram, as: string): Promise<boolean> {
  await untilAt(checkRun, program, as);
  return waitUntilBlocked(checkRun, program);
}

/** Waits until a program has come to its operation of that name. */
export async function untilAt(checkRun: CheckRun, program: ForkedProgram, as: string): Promise<void> {
  const index = program.outcomes().findIndex((outcome) => outcome.as === as);
  await checkRun.until(`a program has come to '${as}'`, () => program.at() >= index);
}

/** TCP lets its buffers grow with what is written: nobody could say how much fills them. */
export function keepBuffersSmall({ sys, subject }: CheckRun, { out, in: into }: Channel): void {
  if (subject !== 'tcp-loopback') return;
  sys.setsockopt(out, sys.constants.SOL_SOCKET, sys.constants.SO_SNDBUF, 65_536);
  sys.setsockopt(into, sys.constants.SOL_SOCKET, sys.constants.SO_RCVBUF, 65_536);
}

const SEED = 7;
const USUAL_WRITE = 20_000;

export function tallyOf(writer: Program, reader: Program): Tally {
  const [written, read] = [writer.outcome('write'), reader.outcome('read')];
  const { firstMismatch = -1, damaged = 0, disordered = 0 } = read.counts;
  return {
    accepted: written.counts['bytes'] ?? written.counts['messages'] ?? 0,
    received: read.counts['bytes'] ?? read.counts['messages'] ?? 0,
    damaged: firstMismatch >= 0 ? 1 : damaged + disordered,
    writerError: written.error,
    readerError: read.error,
  };
}
