import { defineProcedure, type Judgement, type Proof, type CheckRun } from '../../../../harness/define.js';
import { clauseOf } from '../../support/clause-of.js';
import { startPeers } from '../../support/concurrent-peers.js';
import { judgeExpected } from '../../support/expectations.js';
import { viaOf } from '../../support/stamped-records.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

const WRITERS = 4;
const SMALL_BUFFER = 16_384;

/** Messages of several writers to one end, in one range of sizes. */
interface Mixed {
  readonly largest: number;
  readonly sent: number;
  readonly received: number;
  /** Not whole, or not one that was sent. */
  readonly damaged: number;
  /** Writers that slept in a send at once before anything was received: their messages were on their way together. */
  readonly together: number;
}

export const wholeMessages = defineProcedure<readonly Mixed[]>({
  id: 'atomicity/whole-messages',
  guarantee: 'Messages of several processes on one socket arrive whole, up to the maximum size of the socket.',
  level: 'MUST',
  source: clauseOf('boundaries'),
  subjects: ['socketpair-dgram', 'socketpair-seqpacket', 'unix-dgram', 'unix-seqpacket'],
  expected: 'Every message whole, with nothing of others inside.',
  procedure:
    `${WRITERS} processes send messages to one end, up to 512 bytes and up to SO_SNDBUF - 32 bytes, each ` +
    'filled by its writer, number and size, until all sleep or are done; then the other end begins to read, and ' +
    'checks every byte.',
  quick: true,
  deadlineMs: 60_000,
  observe: async (checkRun) => [
    await mix(checkRun, 0, checkRun.count({ quick: 100, default: 500, thorough: 50_000 }), () => 512),
    await mix(checkRun, 1, checkRun.count({ quick: 5, default: 20, thorough: 2000 }), largestOf(checkRun)),
  ],
  judge: judgeMixed,
  proofs: proofsOfMixed(),
});

export const queueAtomicity = defineProcedure<readonly Mixed[]>({
  id: 'atomicity/queue-messages',
  guarantee: 'Messages of several processes in one message queue arrive whole.',
  level: 'MUST',
  source: clauseOf('boundaries'),
  subjects: ['posix-mq'],
  expected: 'Every message whole.',
  procedure:
    `${WRITERS} processes send messages to one queue, up to 512 bytes and up to its mq_msgsize, each ` +
    'filled by its writer, number and size, until all sleep or are done; then one begins to receive, and checks ' +
    'every byte.',
  quick: false,
  deadlineMs: 60_000,
  observe: async (checkRun) => [
    await mix(checkRun, 0, checkRun.count({ quick: 100, default: 500, thorough: 50_000 }), () => 512),
    await mix(checkRun, 1, checkRun.count({ quick: 50, default: 200, thorough: 20_000 }), largestOf(checkRun)),
  ],
  judge: judgeMixed,
  proofs: proofsOfMixed(),
});

async function mix(
  checkRun: CheckRun,
  index: number,
  messagesEach: number,
  largestFor: (descriptor: number) => number,
): Promise<Mixed> {
  const { SOL_SOCKET, SO_SNDBUF } = checkRun.sys.constants;
  const peers = startPeers(checkRun, {
    index,
    holdReaders: true,
    // Small messages fill a small buffer.
    prepare: ({ out }) =>
      void (
        index === 0 &&
        checkRun.subject !== 'posix-mq' &&
        checkRun.sys.setsockopt(out, SOL_SOCKET, SO_SNDBUF, SMALL_BUFFER)
      ),
    writers: Array.from({ length: WRITERS }, (_, writer) => (out) => [
      {
        op: 'sendStamped',
        fd: out,
        writer,
        messages: messagesEach,
        from: 16,
        to: largestFor(out),
        ...viaOf(checkRun),
        as: 'send',
      },
    ]),
    readers: [
      (into) => [
        { op: 'recvStamped', fd: into, maxBytes: Math.max(largestFor(into), 8192), ...viaOf(checkRun), as: 'receive' },
      ],
    ],
  });
  const largest = largestFor(peers.channel.out);
  const together = await peers.letRead();
  peers.finish();
  const { counts } = peers.readers[0]!.outcome('receive');
  const sent = peers.writers.reduce((sum, writer) => sum + (writer.outcome('send').counts['messages'] ?? 0), 0);
  return { largest, sent, received: counts['messages'] ?? 0, damaged: counts['damaged'] ?? 0, together };
}

const largestOf =
  ({ sys, subject }: CheckRun) =>
  (out: number): number =>
    subject === 'posix-mq'
      ? sys.mq_getattr(out).messageBytes
      : sys.getsockopt(out, sys.constants.SOL_SOCKET, sys.constants.SO_SNDBUF) - 32;

function judgeMixed(seen: readonly Mixed[]): Judgement {
  return withRateBound(
    judgeExpected(
      {
        ['Messages that arrived, of up ' +
        `to ${seen.map(({ largest, together }) => `${largest} bytes from ${together} senders at once`).join(' and ')}`]:
          [seen.map(({ received }) => received), seen.map(({ sent }) => sent)],
        'damaged ones': [seen.map(({ damaged }) => damaged), seen.map(() => 0)],
      },
      'fail',
      {
        'Several writers were sending at once': [
          seen.length > 0 && seen.every((each) => each.sent > 0 && each.together > 1),
          true,
        ],
      },
    ),
    'damage or loss',
    seen.reduce((sum, { received }) => sum + received, 0),
  );
}

// Functions: they are called while this module is being read.
function mixed(changed: Partial<Mixed>): Mixed {
  return { largest: 512, sent: 2000, received: 2000, damaged: 0, together: 4, ...changed };
}

function proofsOfMixed(): readonly Proof<readonly Mixed[]>[] {
  return [
    {
      name: 'whole',
      observation: [mixed({}), mixed({ largest: 212_960, sent: 80, received: 80, together: 2 })],
      verdict: 'pass',
    },
    { name: 'one damaged', observation: [mixed({}), mixed({ damaged: 1 })], verdict: 'fail' },
    { name: 'one split in two', observation: [mixed({ received: 2001 }), mixed({})], verdict: 'fail' },
    { name: 'one after the other', observation: [mixed({}), mixed({ together: 1 })], verdict: 'broken' },
    { name: 'nothing sent', observation: [mixed({ sent: 0, received: 0 })], verdict: 'broken' },
    { name: 'nothing at all', observation: [], verdict: 'broken' },
  ];
}
