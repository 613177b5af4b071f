import { defineProcedure, errnoOf } from '../../../../harness/define.js';
import { openChannel } from '../../support/channel.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome } from '../../support/outcomes.js';

interface LargestMessage {
  /** SO_SNDBUF as it reads back, or mq_msgsize. */
  readonly buffer: number;
  readonly largest: number;
  readonly refusal: string;
}

/** unix(7): "the doubled option value less 32 bytes used for overhead". */
const OVERHEAD_BYTES = 32;

export const maxMessage = defineProcedure<readonly LargestMessage[]>({
  id: 'limits/max-message',
  guarantee: 'How large a message may be, with the default buffer and with a smaller one.',
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
  observe: (checkRun) => {
    const { sys, subject } = checkRun;
    const channel = openChannel(checkRun, { nonblocking: true });
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
  id: 'limits/mq',
  guarantee:
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
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { out } = openChannel(checkRun, { nonblocking: true });
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
