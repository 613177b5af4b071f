import { defineProcedure, errnoOf, type CheckRun } from '../../../../harness/define.js';
import {
  type Channel,
  EVERY_CHANNEL,
  firstDifference,
  isMessages,
  numbered,
  openChannel,
  unitOf,
} from '../../support/channel.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome } from '../../support/outcomes.js';
import { withRateBound } from '../../support/loss-rate-bound.js';
import { clauseOfFull } from '../../support/full-channel-clause.js';

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
  guarantee:
    'A full channel refuses a nonblocking send with EAGAIN, keeps everything it has accepted, and ' +
    'accepts again once it has been read.',
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
  observe: (checkRun) => {
    const { sys } = checkRun;
    const channel = openChannel(checkRun, { nonblocking: true });
    let sent = 0;
    let calls = 0;
    let refusal: string | null = null;
    while (refusal === null && calls < MOST_MESSAGES) {
      refusal = errnoOf(() => (sent += channel.put(numbered(sent, MESSAGE_BYTES))));
      if (refusal === null) calls += 1;
    }
    const arrived = takeAll(checkRun, channel, sent);
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
    withRateBound(
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

/** Reads until so many bytes have come, or nothing comes any more. */
function takeAll({ sys }: CheckRun, channel: Channel, bytes: number): Buffer[] {
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
