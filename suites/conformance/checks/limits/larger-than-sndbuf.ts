import { defineProcedure } from '../../../../harness/define.js';
import { openChannel } from '../../support/channel.js';
import { judgeExpected } from '../../support/expectations.js';
import { received, sent } from '../../support/outcomes.js';

interface Largest {
  readonly limit: number;
  readonly atLimit: number | string;
  readonly arrived: number;
  readonly above: number | string;
  /** What the receiver finds after the message that was too large. */
  readonly afterwards: string;
}

/** unix(7): "the doubled option value less 32 bytes used for overhead". */
const OVERHEAD_BYTES = 32;

export const largerThanSndbuf = defineProcedure<Largest>({
  id: 'limits/larger-than-sndbuf',
  guarantee: 'A message that is too large is refused as a whole with EMSGSIZE; no part of it is sent.',
  level: 'MUST',
  source: (subject) =>
    subject === 'posix-mq'
      ? {
          document: 'mq_send(3), ERRORS, EMSGSIZE',
          quote: 'msg_len was greater than the mq_msgsize attribute of the message queue.',
        }
      : {
          document: subject.endsWith('seqpacket')
            ? 'unix(7), Socket options (of datagram sockets; Linux sends SOCK_SEQPACKET by the same way)'
            : 'unix(7), Socket options',
          quote:
            'For datagram sockets, the SO_SNDBUF value imposes an upper limit on the size of outgoing datagrams. ' +
            'This limit is calculated as the doubled (see socket(7)) option value less 32 bytes used for overhead.',
        },
  subjects: ['socketpair-dgram', 'socketpair-seqpacket', 'unix-dgram', 'unix-seqpacket', 'posix-mq'],
  expected:
    'Linux: SO_SNDBUF as read back, less 32, is the largest (212960 by default); one byte more is EMSGSIZE and ' +
    'nothing arrives. macOS: 2048 for datagrams by default.',
  procedure:
    'Send a message of the largest size and receive it; send one of a byte more, and look whether anything arrives.',
  quick: true,
  observe: (checkRun) => {
    const { sys, subject } = checkRun;
    const channel = openChannel(checkRun, { nonblocking: true });
    const limit =
      subject === 'posix-mq'
        ? sys.mq_getattr(channel.out).messageBytes
        : sys.getsockopt(channel.out, sys.constants.SOL_SOCKET, sys.constants.SO_SNDBUF) - OVERHEAD_BYTES;
    const atLimit = sent(() => channel.put(Buffer.alloc(limit, 'x')));
    const arrived = channel.take(limit + 1).length;
    return {
      limit,
      atLimit,
      arrived,
      above: sent(() => channel.put(Buffer.alloc(limit + 1, 'y'))),
      afterwards: received(() => channel.take(limit + 1).subarray(0, 8)),
    };
  },
  judge: ({ limit, atLimit, arrived, above, afterwards }) =>
    judgeExpected(
      {
        [`Of ${limit} bytes there are sent`]: [atLimit, limit],
        arrived: [arrived, limit],
        'one byte more': [above, 'EMSGSIZE'],
        'the receiver then finds': [afterwards, 'EAGAIN'],
      },
      'fail',
      { 'There is a limit': [limit > 0, true] },
    ),
  proofs: [
    {
      name: 'refused as a whole',
      observation: { limit: 212_960, atLimit: 212_960, arrived: 212_960, above: 'EMSGSIZE', afterwards: 'EAGAIN' },
      verdict: 'pass',
    },
    {
      name: 'the smallest limit there can be',
      observation: { limit: 1, atLimit: 1, arrived: 1, above: 'EMSGSIZE', afterwards: 'EAGAIN' },
      verdict: 'pass',
    },
    {
      name: 'refused too early',
      observation: { limit: 212_960, atLimit: 'EMSGSIZE', arrived: 212_960, above: 'EMSGSIZE', afterwards: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: 'cut',
      observation: { limit: 212_960, atLimit: 212_960, arrived: 212_928, above: 'EMSGSIZE', afterwards: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: 'a part of it is sent',
      observation: { limit: 212_960, atLimit: 212_960, arrived: 212_960, above: 212_960, afterwards: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: 'refused, and arrived all the same',
      observation: { limit: 212_960, atLimit: 212_960, arrived: 212_960, above: 'EMSGSIZE', afterwards: 'yyyyyyyy' },
      verdict: 'fail',
    },
    {
      name: 'no limit',
      observation: { limit: 0, atLimit: 0, arrived: 0, above: 'EMSGSIZE', afterwards: 'EAGAIN' },
      verdict: 'broken',
    },
  ],
});
