import { defineProcedure, errnoOf, type ForkedProgram, type Trial } from '../../harness/define.js';
import {
  type Channel,
  EVERY_CHANNEL,
  firstDifference,
  isMessages,
  numbered,
  openChannel,
  unitOf,
} from './procedures/channel.js';
import { fallsAsleep } from './procedures/asleep.js';
import { judgeExpected } from './procedures/expectations.js';
import { forked } from './procedures/forked.js';
import { processState, stop } from './procedures/process-state.js';
import { outcome } from './procedures/outcomes.js';
import { withPower } from './procedures/with-power.js';

const MESSAGE_BYTES = 1000;
/** 50 MB: no buffer of any of them grows so far, net.ipv4.tcp_rmem and tcp_wmem (33.5 and 4 MB at most) included. */
const MOST_MESSAGES = 50_000;

interface Filled {
  /** How the last of all sends was answered. */
  readonly refusal: string;
  readonly acceptedBytes: number;
  readonly acceptedMessages: number;
  readonly arrivedBytes: number;
  readonly arrivedMessages: number;
  /** -1 when every byte is the one that was sent at its place. */
  readonly firstDifference: number;
  /** The next send, once all of it was read. */
  readonly afterwards: string;
}

export const nonblockingEagain = defineProcedure<Filled>({
  id: 'backpressure/nonblocking-eagain',
  promise:
    'A full channel refuses a nonblocking send with EAGAIN, loses nothing of what it had accepted, and accepts ' +
    'again once it was read.',
  level: 'MUST',
  source: clauseOfFull,
  subjects: EVERY_CHANNEL,
  expected:
    'Linux: EAGAIN (= EWOULDBLOCK), and everything accepted arrives. macOS and FreeBSD answer ENOBUFS on ' +
    'datagram sockets.',
  procedure:
    `Send ${MESSAGE_BYTES} numbered bytes at a time into a nonblocking channel that nobody reads, until a ` +
    `send fails, ${MOST_MESSAGES} times at most. Read all that was accepted, then send once more.`,
  quick: true,
  deadlineMs: 30_000,
  observe: (trial) => {
    const { sys } = trial;
    const channel = openChannel(trial, { nonblocking: true });
    let sent = 0;
    let calls = 0;
    let refusal: string | null = null;
    while (refusal === null && calls < MOST_MESSAGES) {
      refusal = errnoOf(() => (sent += channel.put(numbered(sent, MESSAGE_BYTES))));
      if (refusal === null) calls += 1;
    }
    const arrived = takeAll(trial, channel, sent);
    const all = Buffer.concat(arrived);
    // TCP says a moment later that there is room again.
    sys.poll([{ fd: channel.out, events: sys.constants.POLLOUT }], 2000);
    return {
      refusal: refusal ?? 'never full',
      acceptedBytes: sent,
      acceptedMessages: calls,
      arrivedBytes: all.length,
      arrivedMessages: arrived.length,
      firstDifference: firstDifference(all),
      afterwards: outcome(() => channel.put(numbered(sent, MESSAGE_BYTES))),
    };
  },
  judge: (seen, subject) =>
    withPower(
      judgeExpected(
        {
          'The full channel answers': [seen.refusal, 'EAGAIN'],
          [`Of ${seen.acceptedBytes} bytes accepted there arrive`]: [seen.arrivedBytes, seen.acceptedBytes],
          'bytes wrong': [seen.firstDifference >= 0, false],
          // A stream may be read in other pieces than it was written in.
          ...(isMessages(subject) ? { 'messages that arrive': [seen.arrivedMessages, seen.acceptedMessages] } : {}),
          'After reading, a send is': [seen.afterwards, 'ok'],
        },
        'fail',
        { 'Something was accepted': [seen.acceptedBytes > 0, true] },
      ),
      'loss',
      isMessages(subject) ? seen.arrivedMessages : seen.arrivedBytes,
      unitOf(subject),
    ),
  proofs: [
    { name: 'refused, all there, accepted again', observation: filled({}), verdict: 'pass' },
    {
      name: 'a stream in fewer pieces',
      observation: filled({ arrivedMessages: 3 }),
      verdict: 'pass',
      subject: 'unix-stream',
    },
    {
      name: 'everything is accepted',
      observation: filled({
        refusal: 'never full',
        acceptedBytes: 50_000_000,
        acceptedMessages: 50_000,
        arrivedBytes: 50_000_000,
        arrivedMessages: 50_000,
      }),
      verdict: 'fail',
    },
    { name: 'another refusal', observation: filled({ refusal: 'ENOBUFS' }), verdict: 'fail' },
    { name: 'fewer bytes', observation: filled({ arrivedBytes: 90_000 }), verdict: 'fail' },
    { name: 'a byte in the wrong place', observation: filled({ firstDifference: 4 }), verdict: 'fail' },
    { name: 'the first byte wrong', observation: filled({ firstDifference: 0 }), verdict: 'fail' },
    {
      name: 'two messages in one',
      observation: filled({ arrivedMessages: 92 }),
      verdict: 'fail',
      subject: 'socketpair-dgram',
    },
    { name: 'full for ever', observation: filled({ afterwards: 'EAGAIN' }), verdict: 'fail' },
    {
      name: 'nothing went in',
      observation: filled({ acceptedBytes: 0, arrivedBytes: 0, acceptedMessages: 0, arrivedMessages: 0 }),
      verdict: 'broken',
    },
  ],
});

function filled(change: Partial<Filled>): Filled {
  return {
    refusal: 'EAGAIN',
    acceptedBytes: 93_000,
    acceptedMessages: 93,
    arrivedBytes: 93_000,
    arrivedMessages: 93,
    firstDifference: -1,
    afterwards: 'ok',
    ...change,
  };
}

interface Blocked {
  /** Whether the reader was stopped, and had read nothing, when the writer was looked at. */
  readonly readerStopped: boolean;
  /** The writer slept, and its process was not scheduled between two looks. */
  readonly writerAsleep: boolean;
  readonly wanted: number;
  /** What had gone in when the writer slept. */
  readonly beforeSleep: number;
  readonly sent: number;
  readonly sendError: string | null;
  readonly arrived: number;
  /** Every byte, or every message, as it was sent and in order. */
  readonly intact: boolean;
}

/** More than any of them holds: TCP is given buffers of this size first. */
const STREAM_BYTES = 2_000_000;
const TCP_BUFFER_BYTES = 65_536;
const MESSAGES = 600;

export const blockingBlocks = defineProcedure<Blocked>({
  id: 'backpressure/blocking-blocks',
  promise: 'A blocking send into a full channel sleeps until the reader goes on, and then nothing is missing.',
  level: 'MUST',
  source: clauseOfFull,
  subjects: EVERY_CHANNEL,
  expected:
    'Linux: the writer sleeps (state S, not scheduled) and finishes after SIGCONT. macOS: datagram sockets ' +
    'answer ENOBUFS at once.',
  procedure:
    `Stop the reader's process with SIGSTOP. Let another process write ${STREAM_BYTES} bytes, ` +
    `or ${MESSAGES} messages of ${MESSAGE_BYTES} bytes, with blocking calls; see it sleep; send the reader ` +
    'SIGCONT and wait for both.',
  quick: true,
  deadlineMs: 40_000,
  observe: async (trial) => {
    const { sys, subject } = trial;
    const channel = openChannel(trial);
    if (subject === 'tcp-loopback') {
      sys.setsockopt(channel.out, sys.constants.SOL_SOCKET, sys.constants.SO_SNDBUF, TCP_BUFFER_BYTES);
      sys.setsockopt(channel.in, sys.constants.SOL_SOCKET, sys.constants.SO_RCVBUF, TCP_BUFFER_BYTES);
    }
    const { reader, writer, progress } = isMessages(subject)
      ? messagePrograms(trial, channel)
      : streamPrograms(trial, channel);
    await stop(trial, reader.pid);
    const writing = writer();
    const writerAsleep = await fallsAsleep(trial, writing);
    const beforeSleep = writing.outcome('write').counts[progress] ?? 0;
    const readerStopped = processState(reader.pid) === 'T' && (reader.outcome('read').counts[progress] ?? 0) === 0;
    process.kill(reader.pid, 'SIGCONT');
    writing.wait(8000);
    reader.wait(2000);
    const [sent, received] = [writing.outcome('write'), reader.outcome('read')];
    return {
      readerStopped,
      writerAsleep,
      beforeSleep,
      wanted: isMessages(subject) ? MESSAGES : STREAM_BYTES,
      sent: sent.value,
      sendError: sent.error,
      arrived: received.counts[progress] ?? 0,
      intact: isMessages(subject)
        ? received.counts['damaged'] === 0 && received.counts['disordered'] === 0
        : received.counts['firstMismatch'] === -1,
    };
  },
  judge: (seen, subject) =>
    withPower(
      judgeExpected(
        {
          [`The writer sleeps (after ${seen.beforeSleep} ` +
          `of ${seen.wanted} ${isMessages(subject) ? 'messages' : 'bytes'})`]: [seen.writerAsleep, true],
          'Its error': [seen.sendError, null],
          'sent in the end': [seen.sent, seen.wanted],
          arrived: [seen.arrived, seen.wanted],
          'all as sent': [seen.intact, true],
        },
        'fail',
        {
          'The reader was stopped': [seen.readerStopped, true],
          'The writer put something in': [seen.beforeSleep > 0 || seen.sendError !== null, true],
        },
      ),
      'loss',
      seen.arrived,
      unitOf(subject),
    ),
  proofs: [
    { name: 'asleep, then all there', observation: blocked({}), verdict: 'pass', subject: 'unix-stream' },
    {
      name: 'messages',
      observation: blocked({ wanted: 600, beforeSleep: 278, sent: 600, arrived: 600 }),
      verdict: 'pass',
      subject: 'unix-dgram',
    },
    { name: 'it never slept', observation: blocked({ writerAsleep: false }), verdict: 'fail', subject: 'unix-stream' },
    {
      name: 'an error instead',
      observation: blocked({
        wanted: 600,
        writerAsleep: false,
        sent: -1,
        sendError: 'ENOBUFS',
        beforeSleep: 0,
        arrived: 0,
      }),
      verdict: 'fail',
      subject: 'unix-dgram',
    },
    {
      name: 'an error at the end',
      observation: blocked({ sendError: 'EPIPE' }),
      verdict: 'fail',
      subject: 'unix-stream',
    },
    { name: 'not all was sent', observation: blocked({ sent: 219_264 }), verdict: 'fail', subject: 'unix-stream' },
    { name: 'not all arrived', observation: blocked({ arrived: 219_264 }), verdict: 'fail', subject: 'unix-stream' },
    { name: 'a byte is wrong', observation: blocked({ intact: false }), verdict: 'fail', subject: 'unix-stream' },
    {
      name: 'the reader was awake',
      observation: blocked({ readerStopped: false }),
      verdict: 'broken',
      subject: 'unix-stream',
    },
    { name: 'nothing went in', observation: blocked({ beforeSleep: 0 }), verdict: 'broken', subject: 'unix-stream' },
  ],
});

function blocked(change: Partial<Blocked>): Blocked {
  return {
    readerStopped: true,
    writerAsleep: true,
    wanted: 2_000_000,
    beforeSleep: 219_264,
    sent: 2_000_000,
    sendError: null,
    arrived: 2_000_000,
    intact: true,
    ...change,
  };
}

interface Programs {
  readonly reader: ForkedProgram;
  readonly writer: () => ForkedProgram;
  /** The count in which both tell how far they are. */
  readonly progress: string;
}

function streamPrograms(trial: Trial, channel: Channel): Programs {
  const { seed } = trial;
  const pattern = { seed: seed % 65_536, bytes: STREAM_BYTES, from: 4096 };
  return {
    reader: forked(trial, [{ op: 'readPattern', fd: channel.in, ...pattern, as: 'read' }]),
    writer: () => forked(trial, [{ op: 'writePattern', fd: channel.out, ...pattern, as: 'write' }]),
    progress: 'bytes',
  };
}

function messagePrograms(trial: Trial, channel: Channel): Programs {
  const { subject } = trial;
  const isQueue = subject === 'posix-mq';
  return {
    reader: forked(trial, [
      {
        op: 'recvStamped',
        fd: channel.in,
        messages: MESSAGES,
        maxBytes: 8192,
        via: isQueue ? 'mq' : 'read',
        as: 'read',
      },
    ]),
    writer: () =>
      forked(trial, [
        {
          op: 'sendStamped',
          fd: channel.out,
          writer: 1,
          messages: MESSAGES,
          from: MESSAGE_BYTES,
          to: MESSAGE_BYTES,
          via: isQueue ? 'mq' : 'write',
          as: 'write',
        },
      ]),
    progress: 'messages',
  };
}

/** Reads until so many bytes have come, or nothing comes any more. */
function takeAll({ sys }: Trial, channel: Channel, bytes: number): Buffer[] {
  const taken: Buffer[] = [];
  let got = 0;
  while (got < bytes && (sys.poll([{ fd: channel.in, events: sys.constants.POLLIN }], 2000)[0] ?? 0) !== 0) {
    const piece = channel.take(MESSAGE_BYTES);
    if (piece.length === 0) break;
    taken.push(piece);
    got += piece.length;
  }
  return taken;
}

function clauseOfFull(subject: string): { document: string; quote: string } {
  if (subject === 'pipe' || subject === 'fifo') {
    return {
      document: 'pipe(7), I/O on pipes and FIFOs, and PIPE_BUF',
      quote:
        'If a process attempts to write to a full pipe (see below), then write(2) blocks until sufficient data ' +
        'has been read from the pipe to allow the write to complete. […] ' +
        'If the pipe is full, then write(2) fails, with errno set to EAGAIN.',
    };
  }
  if (subject === 'posix-mq') {
    return {
      document: 'mq_send(3), DESCRIPTION',
      quote:
        'by default, mq_send() blocks until sufficient space becomes available to allow the message to be ' +
        'queued, or until the call is interrupted by a signal handler. ' +
        'If the O_NONBLOCK flag is enabled for the message queue description, then the call instead fails ' +
        'immediately with the error EAGAIN.',
    };
  }
  return {
    document: 'send(2), DESCRIPTION',
    quote:
      'When the message does not fit into the send buffer of the socket, send() normally blocks, unless the ' +
      'socket has been placed in nonblocking I/O mode. ' +
      'In nonblocking mode it would fail with the error EAGAIN or EWOULDBLOCK in this case.',
  };
}
