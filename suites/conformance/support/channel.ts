import type { CheckRun } from '../../../harness/define.js';
import { endsOf } from './two-ends.js';
import { EVERY_TRANSPORT } from './subjects.js';

/** Everything into which messages or bytes can be put until it is full. */
export const EVERY_CHANNEL = [...EVERY_TRANSPORT, 'posix-mq'] as const;

/**
 * One direction of a subject: what is put in at `out` is taken at `in`. Both can be given to poll(2), also a queue's.
 */
export interface Channel {
  readonly out: number;
  readonly in: number;
  /** Returns how many bytes were taken in. */
  put(data: Uint8Array): number;
  take(size: number): Buffer;
}

/** One write is one read. */
export const isMessages = (subject: string): boolean => /-(dgram|seqpacket)$|^posix-mq$/.test(subject);

/** What a transport's losses are counted in. Node's channel carries messages, whatever carries it. */
export const unitOf = (subject: string): 'messages' | 'bytes' =>
  isMessages(subject) || subject.startsWith('node-ipc-') ? 'messages' : 'bytes';

export function openChannel(
  checkRun: CheckRun,
  options: { readonly nonblocking?: boolean; readonly index?: number } = {},
): Channel {
  if (checkRun.subject === 'posix-mq') return openQueue(checkRun, options.nonblocking === true);
  const { sys } = checkRun;
  const { a, b } = endsOf(checkRun, options);
  return { out: a.out, in: b.in, put: (data) => sys.write(a.out, data), take: (size) => sys.read(b.in, size) };
}

function openQueue({ sys, own, skip }: CheckRun, isNonblocking: boolean): Channel {
  const { O_RDWR, O_CREAT, O_EXCL, O_CLOEXEC, O_NONBLOCK } = sys.constants;
  const name = `/ipcbench-${sys.getpid()}`;
  const queue = openOrSkip(
    () => own(sys.mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | (isNonblocking ? O_NONBLOCK : 0), 0o600)),
    skip,
  );
  sys.mq_unlink(name);
  const { messageBytes } = sys.mq_getattr(queue);
  return {
    out: queue,
    in: queue,
    put: (data) => {
      sys.mq_send(queue, data, 0);
      return data.length;
    },
    // A buffer below the queue's own message size is refused, however small the message.
    take: (size) => sys.mq_receive(queue, Math.max(size, messageBytes)).data,
  };
}

/**
 * mq_open(3): none in this kernel; none, or no more, for this user (RLIMIT_MSGQUEUE, the limit of the system); not
 * allowed to.
 */
const NO_QUEUE = new Set(['ENOSYS', 'EMFILE', 'ENOSPC', 'EACCES', 'EPERM']);

function openOrSkip(open: () => number, skip: CheckRun['skip']): number {
  try {
    return open();
  } catch (error) {
    if (error instanceof Error && 'code' in error && NO_QUEUE.has(String(error.code)))
      skip('No POSIX message queue is available on this system.', error);
    throw error;
  }
}

/**
 * Bytes `from` … of an endless sequence in which every four bytes are their own place: loss, repetition and disorder
 * show as a difference.
 */
export function numbered(from: number, size: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil(((from % 4) + size) / 4) * 4);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(Math.floor(from / 4) + at / 4, at);
  return bytes.subarray(from % 4, (from % 4) + size);
}

/** Where the bytes differ from that sequence first; -1 when they do not. */
export function firstDifference(bytes: Buffer, from = 0): number {
  const expected = numbered(from, bytes.length);
  return bytes.equals(expected) ? -1 : bytes.findIndex((byte, at) => byte !== expected[at]);
}
