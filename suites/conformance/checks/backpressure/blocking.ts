import { defineProcedure, type ForkedProgram, type CheckRun } from '../../../../harness/define.js';
import { type Channel, EVERY_CHANNEL, isMessages, openChannel, unitOf } from '../../support/channel.js';
import { waitUntilBlocked } from '../../support/wait-until-blocked.js';
import { judgeExpected } from '../../support/expectations.js';
import { forked } from '../../support/forked-child.js';
import { processState, stop } from '../../support/process-state.js';
import { withRateBound } from '../../support/loss-rate-bound.js';
import { clauseOfFull } from '../../support/full-channel-clause.js';

const MESSAGE_BYTES = 1000;

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
  guarantee: 'A blocking send into a full channel waits until the reader continues, and then nothing is missing.',
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
  observe: async (checkRun) => {
    const { sys, subject } = checkRun;
    const channel = openChannel(checkRun);
    if (subject === 'tcp-loopback') {
      sys.setsockopt(channel.out, sys.constants.SOL_SOCKET, sys.constants.SO_SNDBUF, TCP_BUFFER_BYTES);
      sys.setsockopt(channel.in, sys.constants.SOL_SOCKET, sys.constants.SO_RCVBUF, TCP_BUFFER_BYTES);
    }
    const { reader, writer, progress } = isMessages(subject)
      ? messagePrograms(checkRun, channel)
      : streamPrograms(checkRun, channel);
    await stop(checkRun, reader.pid);
    const writing = writer();
    const writerAsleep = await waitUntilBlocked(checkRun, writing);
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
    withRateBound(
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

function streamPrograms(checkRun: CheckRun, channel: Channel): Programs {
  const { seed } = checkRun;
  const pattern = { seed: seed % 65_536, bytes: STREAM_BYTES, from: 4096 };
  return {
    reader: forked(checkRun, [{ op: 'readPattern', fd: channel.in, ...pattern, as: 'read' }]),
    writer: () => forked(checkRun, [{ op: 'writePattern', fd: channel.out, ...pattern, as: 'write' }]),
    progress: 'bytes',
  };
}

function messagePrograms(checkRun: CheckRun, channel: Channel): Programs {
  const { subject } = checkRun;
  const isQueue = subject === 'posix-mq';
  return {
    reader: forked(checkRun, [
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
      forked(checkRun, [
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
