import { defineProcedure, errnoOf } from '../../harness/define.js';
import { openChannel } from './procedures/channel.js';
import { endsOf } from './procedures/ends.js';
import { judgeExpected } from './procedures/expectations.js';
import { outcome, received, sent } from './procedures/outcomes.js';
import { EVERY_TRANSPORT } from './procedures/subjects.js';

interface LargestMessage {
  /** SO_SNDBUF as it reads back, or mq_msgsize. */
  readonly buffer: number;
  readonly largest: number;
  readonly refusal: string;
}

/** unix(7): "the doubled option value less 32 bytes used for overhead". */
const OVERHEAD_BYTES = 32;

export const maxMessage = defineProcedure<readonly LargestMessage[]>({
  id: 'limit/max-message',
  promise: 'How large a message may be, with the default buffer and with a smaller one.',
  level: 'INFO',
  source: (subject) =>
    subject === 'posix-mq'
      ? { document: 'mq_overview(7), /proc interfaces', quote: 'The default value for msgsize_max is 8192 bytes.' }
      : {
          document: subject.endsWith('dgram')
            ? 'unix(7), Socket options'
            : 'unix(7), Socket options (of datagram sockets; Linux sends SOCK_SEQPACKET by the same way)',
          quote:
            'This limit is calculated as the doubled (see socket(7)) option value less 32 bytes used for overhead.',
        },
  subjects: ['socketpair-dgram', 'socketpair-seqpacket', 'unix-dgram', 'unix-seqpacket', 'posix-mq'],
  expected:
    'Linux: SO_SNDBUF less 32 (212960 of the default 212992), 8192 for a queue. macOS: 2048 for datagrams by default.',
  procedure:
    'Binary search for the largest message that is accepted; each is received at once. Sockets also with ' +
    'SO_SNDBUF set to 10000.',
  quick: true,
  observe: (trial) => {
    const { sys, subject } = trial;
    const channel = openChannel(trial, { nonblocking: true });
    const search = (buffer: number): LargestMessage => {
      let [largest, refused, refusal] = [0, 16 << 20, 'never'];
      while (refused - largest > 1) {
        const size = Math.floor((largest + refused) / 2);
        const error = errnoOf(() => channel.put(Buffer.alloc(size)));
        if (error === null) {
          channel.take(size);
          largest = size;
        } else [refused, refusal] = [size, error];
      }
      return { buffer, largest, refusal };
    };
    if (subject === 'posix-mq') return [search(sys.mq_getattr(channel.out).messageBytes)];
    const { SOL_SOCKET, SO_SNDBUF } = sys.constants;
    const first = search(sys.getsockopt(channel.out, SOL_SOCKET, SO_SNDBUF));
    sys.setsockopt(channel.out, SOL_SOCKET, SO_SNDBUF, 10_000);
    return [first, search(sys.getsockopt(channel.out, SOL_SOCKET, SO_SNDBUF))];
  },
  judge: (seen, subject) =>
    judgeExpected(
      Object.fromEntries(
        seen.map(({ buffer, largest, refusal }) => [
          `With ${buffer} the largest message, before ${refusal}, is`,
          [largest, subject === 'posix-mq' ? buffer : buffer - OVERHEAD_BYTES],
        ]),
      ),
      'info',
      {
        'There is a limit': [
          seen.length > 0 && seen.every(({ largest, refusal }) => largest > 0 && refusal !== 'never'),
          true,
        ],
      },
    ),
  proofs: [
    {
      name: 'as in the manual',
      observation: [
        { buffer: 212_992, largest: 212_960, refusal: 'EMSGSIZE' },
        { buffer: 20_000, largest: 19_968, refusal: 'EMSGSIZE' },
      ],
      verdict: 'info',
    },
    {
      name: 'smaller',
      observation: [{ buffer: 2048, largest: 2048, refusal: 'EMSGSIZE' }],
      verdict: 'info',
      unusual: true,
    },
    { name: 'a single byte', observation: [{ buffer: 33, largest: 1, refusal: 'EMSGSIZE' }], verdict: 'info' },
    {
      name: 'a queue',
      observation: [{ buffer: 8192, largest: 8192, refusal: 'EMSGSIZE' }],
      verdict: 'info',
      subject: 'posix-mq',
    },
    { name: 'no message at all', observation: [{ buffer: 2048, largest: 0, refusal: 'EPIPE' }], verdict: 'broken' },
    {
      name: 'never refused',
      observation: [{ buffer: 2048, largest: 16_777_215, refusal: 'never' }],
      verdict: 'broken',
    },
    {
      name: 'refused with one buffer alone',
      observation: [
        { buffer: 212_992, largest: 16_777_215, refusal: 'never' },
        { buffer: 20_000, largest: 19_968, refusal: 'EMSGSIZE' },
      ],
      verdict: 'broken',
    },
    { name: 'not tried', observation: [], verdict: 'broken' },
  ],
});

interface PipeBuf {
  readonly reading: number;
  readonly writing: number;
}

export const pipeBuf = defineProcedure<PipeBuf>({
  id: 'limit/pipe-buf',
  promise: 'At least 512 bytes can be written to a pipe atomically.',
  level: 'MUST',
  source: () => ({
    document: 'pipe(7), PIPE_BUF',
    quote: 'POSIX.1 requires PIPE_BUF to be at least 512 bytes. (On Linux, PIPE_BUF is 4096 bytes.)',
  }),
  subjects: ['pipe', 'fifo'],
  expected: 'Linux 4096, macOS 512; -1 would be no limit.',
  procedure: 'fpathconf(_PC_PIPE_BUF) of both ends.',
  quick: true,
  observe: (trial) => {
    const { sys } = trial;
    const { a, b } = trial.pair();
    return {
      reading: sys.fpathconf(b.in, sys.constants._PC_PIPE_BUF),
      writing: sys.fpathconf(a.out, sys.constants._PC_PIPE_BUF),
    };
  },
  judge: ({ reading, writing }) => {
    if (reading !== writing)
      return {
        verdict: 'broken',
        evidence: `The two ends of one pipe say ${reading} and ${writing}: the system knows of no one limit.`,
      };
    return { verdict: writing === -1 || writing >= 512 ? 'pass' : 'fail', evidence: `PIPE_BUF is ${writing}.` };
  },
  proofs: [
    { name: 'Linux', observation: { reading: 4096, writing: 4096 }, verdict: 'pass' },
    { name: 'the least', observation: { reading: 512, writing: 512 }, verdict: 'pass' },
    { name: 'no limit', observation: { reading: -1, writing: -1 }, verdict: 'pass' },
    { name: 'less than the least', observation: { reading: 511, writing: 511 }, verdict: 'fail' },
    { name: 'nothing', observation: { reading: 0, writing: 0 }, verdict: 'fail' },
    { name: 'two answers', observation: { reading: 512, writing: 4096 }, verdict: 'broken' },
  ],
});

interface IovMax {
  readonly limit: number;
  /**
   * writev() and sendmsg() of as many pieces as the limit, in bytes or as an error; null where there is no sendmsg().
   */
  readonly atLimit: readonly [number | string, number | string | null];
  readonly above: readonly [number | string, number | string | null];
  readonly left: string;
}

export const iovMax = defineProcedure<IovMax>({
  id: 'limit/iov-max',
  promise: 'One call takes IOV_MAX pieces; more are refused, and nothing of them is sent.',
  level: 'MUST',
  source: (subject) =>
    subject === 'pipe' || subject === 'fifo'
      ? {
          document: 'readv(2), ERRORS, EINVAL',
          quote: 'The vector count, iovcnt, is less than zero or greater than the permitted maximum.',
        }
      : {
          document:
            'readv(2), ERRORS, EINVAL; macOS recv(2), ERRORS, EMSGSIZE, in the words of POSIX XSH sendmsg (text ' +
            'of POSIX not verified)',
          quote:
            'The vector count, iovcnt, is less than zero or greater than the permitted maximum. […] ' +
            'The msg_iovlen member of the msghdr structure pointed to by message is less than or equal to 0, or ' +
            'is greater than IOV_MAX.',
        },
  subjects: EVERY_TRANSPORT,
  expected:
    'writev(): EINVAL. sendmsg(): EMSGSIZE. The limit is 1024 on Linux and macOS, 16 at least (_XOPEN_IOV_MAX).',
  procedure:
    'writev() and sendmsg() of sysconf(_SC_IOV_MAX) pieces of one byte, taken by the reader; then of one more; ' +
    'then read.',
  quick: false,
  observe: (trial) => {
    const { sys, subject } = trial;
    const { a, b } = endsOf(trial, { nonblocking: true });
    const limit = sys.sysconf(sys.constants._SC_IOV_MAX);
    const piecesOf = (count: number): Buffer[] => Array.from({ length: count }, () => Buffer.from('x'));
    const hasMessages = subject !== 'pipe' && subject !== 'fifo';
    const both = (count: number): [number | string, number | string | null] => [
      sent(() => sys.writev(a.out, piecesOf(count))),
      hasMessages ? sent(() => sys.sendmsg(a.out, { data: piecesOf(count) })) : null,
    ];
    const atLimit = both(limit);
    // Over TCP they may come one after the other.
    for (let left = hasMessages ? 2 * limit : limit; left > 0 && typeof atLimit[0] === 'number';) {
      if (sys.poll([{ fd: b.in, events: sys.constants.POLLIN }], 3000)[0] === 0) break;
      left -= sys.read(b.in, 2 * limit).length;
    }
    return { limit, atLimit, above: both(limit + 1), left: received(() => sys.read(b.in, 8)) };
  },
  judge: ({ limit, atLimit, above, left }, subject) => {
    const hasMessages = subject !== 'pipe' && subject !== 'fifo';
    return judgeExpected(
      {
        [`writev() and sendmsg() of ${limit} pieces`]: [atLimit, [limit, hasMessages ? limit : null]],
        'of one more': [above, ['EINVAL', hasMessages ? 'EMSGSIZE' : null]],
        'the reader then finds': [left, 'EAGAIN'],
        'The limit is 16 or more': [limit >= 16, true],
      },
      'fail',
      { 'There is a limit': [limit > 0, true] },
    );
  },
  proofs: [
    { name: 'refused', observation: pieces({}), verdict: 'pass' },
    { name: 'the smallest limit', observation: pieces({ limit: 16, atLimit: [16, 16] }), verdict: 'pass' },
    { name: 'too small a limit', observation: pieces({ limit: 15, atLimit: [15, 15] }), verdict: 'fail' },
    {
      name: 'no sendmsg() on a pipe',
      observation: pieces({ atLimit: [1024, null], above: ['EINVAL', null] }),
      verdict: 'pass',
      subject: 'pipe',
    },
    {
      name: 'nor on a FIFO',
      observation: pieces({ atLimit: [1024, null], above: ['EINVAL', null] }),
      verdict: 'pass',
      subject: 'fifo',
    },
    { name: 'refused at the limit', observation: pieces({ atLimit: ['EINVAL', 1024] }), verdict: 'fail' },
    { name: 'taken above it', observation: pieces({ above: [1025, 'EMSGSIZE'] }), verdict: 'fail' },
    { name: 'sendmsg() takes more', observation: pieces({ above: ['EINVAL', 1025] }), verdict: 'fail' },
    { name: 'refused and sent', observation: pieces({ left: 'xxxxxxxx' }), verdict: 'fail' },
    { name: 'a limit of one', observation: pieces({ limit: 1, atLimit: [1, 1] }), verdict: 'fail' },
    { name: 'no limit', observation: pieces({ limit: -1 }), verdict: 'broken' },
    { name: 'a limit of nothing', observation: pieces({ limit: 0 }), verdict: 'broken' },
  ],
});

function pieces(change: Partial<IovMax>): IovMax {
  return { limit: 1024, atLimit: [1024, 1024], above: ['EINVAL', 'EMSGSIZE'], left: 'EAGAIN', ...change };
}

interface QueueLimits {
  readonly maxMessages: number;
  readonly messageBytes: number;
  readonly accepted: number;
  readonly refusal: string;
  readonly overlong: string;
  readonly shortBuffer: string;
  /** Messages in the queue after a receive that was refused. */
  readonly left: number;
}

export const mqLimits = defineProcedure<QueueLimits>({
  id: 'limit/mq',
  promise:
    'A message queue takes mq_maxmsg messages, refuses the next and one above mq_msgsize, and refuses to cut ' +
    'one for a short buffer.',
  level: 'MUST',
  source: () => ({
    document: 'mq_send(3), ERRORS, EAGAIN and EMSGSIZE; mq_receive(3), ERRORS, EMSGSIZE',
    quote:
      'The queue was full, and the O_NONBLOCK flag was set for the message queue description referred to by ' +
      'mqdes. […] ' +
      'msg_len was greater than the mq_msgsize attribute of the message queue. […] msg_len was less than the ' +
      'mq_msgsize attribute of the message queue.',
  }),
  subjects: ['posix-mq'],
  expected:
    'Linux: 10 messages by default, then EAGAIN; 8193 bytes EMSGSIZE; a buffer of 8191 EMSGSIZE, however short ' +
    'the message, and the message stays.',
  procedure:
    'Send one byte until refused; receive with a buffer one byte below mq_msgsize; make room and send one byte ' +
    'more than mq_msgsize.',
  quick: true,
  observe: (trial) => {
    const { sys } = trial;
    const { out } = openChannel(trial, { nonblocking: true });
    const { maxMessages, messageBytes } = sys.mq_getattr(out);
    let [accepted, refusal] = [0, 'ok'];
    while (accepted <= maxMessages && refusal === 'ok') {
      refusal = outcome(() => sys.mq_send(out, 'x', 0));
      if (refusal === 'ok') accepted += 1;
    }
    const shortBuffer = outcome(() => sys.mq_receive(out, messageBytes - 1));
    const left = sys.mq_getattr(out).messages;
    sys.mq_receive(out, messageBytes);
    return {
      maxMessages,
      messageBytes,
      accepted,
      refusal,
      shortBuffer,
      left,
      overlong: outcome(() => sys.mq_send(out, Buffer.alloc(messageBytes + 1), 0)),
    };
  },
  judge: ({ maxMessages, messageBytes, accepted, refusal, overlong, shortBuffer, left }) =>
    judgeExpected(
      {
        [`Of ${maxMessages} messages the queue took`]: [accepted, maxMessages],
        'the next one got': [refusal, 'EAGAIN'],
        [`one of ${messageBytes + 1} bytes`]: [overlong, 'EMSGSIZE'],
        [`a receive into ${messageBytes - 1}`]: [shortBuffer, 'EMSGSIZE'],
        'which left in the queue': [left, accepted],
      },
      'fail',
      { 'The queue has limits': [maxMessages > 0 && messageBytes > 0, true] },
    ),
  proofs: [
    { name: 'as its attributes say', observation: queue({}), verdict: 'pass' },
    {
      name: 'the smallest queue',
      observation: queue({ maxMessages: 1, messageBytes: 1, accepted: 1, left: 1 }),
      verdict: 'pass',
    },
    { name: 'one more', observation: queue({ accepted: 11, left: 11 }), verdict: 'fail' },
    { name: 'another error', observation: queue({ refusal: 'ENOSPC' }), verdict: 'fail' },
    { name: 'too long a message taken', observation: queue({ overlong: 'ok' }), verdict: 'fail' },
    { name: 'cut for a short buffer', observation: queue({ shortBuffer: 'ok' }), verdict: 'fail' },
    { name: 'lost by a short buffer', observation: queue({ left: 9 }), verdict: 'fail' },
    {
      name: 'no limit to their number',
      observation: queue({ maxMessages: 0, accepted: 0, left: 0 }),
      verdict: 'broken',
    },
    { name: 'no limit to their size', observation: queue({ messageBytes: 0 }), verdict: 'broken' },
  ],
});

function queue(change: Partial<QueueLimits>): QueueLimits {
  return {
    maxMessages: 10,
    messageBytes: 8192,
    accepted: 10,
    refusal: 'EAGAIN',
    overlong: 'EMSGSIZE',
    shortBuffer: 'EMSGSIZE',
    left: 10,
    ...change,
  };
}
