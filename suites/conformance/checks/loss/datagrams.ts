import { defineProcedure } from '../../../../harness/define.js';
import { socketFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome, received, receives, sent } from '../../support/outcomes.js';

const DATAGRAMS = ['socketpair-dgram', 'unix-dgram'] as const;

const PURGES = 'unix_dgram_disconnected() in net/unix/af_unix.c (undocumented)';

interface Purge {
  readonly queued: number;
  readonly firstOfQueue: string;
  readonly reconnect: string;
  readonly afterwards: string;
  /** What the old peer is told by its next two sends. */
  readonly sends: readonly (string | number)[];
}

export const reconnectPurges = defineProcedure<Purge>({
  id: 'loss/reconnect-purges',
  guarantee: 'Whether datagrams that wait in a socket outlive its connect() to another peer.',
  level: 'INFO',
  source: () => ({
    document: PURGES,
    quote:
      'Unspecified: what becomes of queued datagrams of the old peer when a datagram socket is connected to a new one.',
  }),
  subjects: DATAGRAMS,
  expected:
    'Linux: they are dropped without a word. The old peer’s next send is ECONNRESET; the one after it EPERM, as ' +
    'the receiver hears somebody else now. So do both ends of a socketpair, which can be connected anew as well.',
  procedure:
    'Queue five datagrams and look at the first; connect the receiver to a third socket; receive; the old peer ' +
    'sends twice.',
  quick: true,
  observe: (checkRun) => {
    const { sys, own, path } = checkRun;
    const { a, b } = checkRun.pair({ nonblocking: true });
    const third = path('third');
    sys.bind(own(socketFor(checkRun)), third);
    const queued = ['1', '2', '3', '4', '5'].filter((text) => sent(() => sys.send(a.out, text)) === 1).length;
    const firstOfQueue = received(() => sys.recv(b.in, 10, sys.constants.MSG_PEEK));
    return {
      queued,
      firstOfQueue,
      reconnect: outcome(() => sys.connect(b.in, third)),
      afterwards: received(() => sys.recv(b.in, 10)),
      sends: [sent(() => sys.send(a.out, '6')), sent(() => sys.send(a.out, '7'))],
    };
  },
  judge: ({ queued, firstOfQueue, reconnect, afterwards, sends }) =>
    judgeExpected(
      {
        [`With ${queued} datagrams queued and the receiver connected to another peer it receives`]: [
          afterwards,
          'EAGAIN',
        ],
        'the old peer’s next sends get': [sends, ['ECONNRESET', 'EPERM']],
      },
      'info',
      {
        'The first datagram was there': [firstOfQueue, '1'],
        'The receiver was connected anew': [reconnect, 'ok'],
      },
    ),
  proofs: [
    {
      name: 'dropped',
      observation: {
        queued: 5,
        firstOfQueue: '1',
        reconnect: 'ok',
        afterwards: 'EAGAIN',
        sends: ['ECONNRESET', 'EPERM'],
      },
      verdict: 'info',
    },
    {
      name: 'kept',
      observation: { queued: 5, firstOfQueue: '1', reconnect: 'ok', afterwards: '1', sends: [1, 1] },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'nothing was queued',
      observation: { queued: 0, firstOfQueue: 'EAGAIN', reconnect: 'ok', afterwards: 'EAGAIN', sends: [1, 1] },
      verdict: 'broken',
    },
    {
      name: 'not connected anew',
      observation: { queued: 5, firstOfQueue: '1', reconnect: 'EISCONN', afterwards: '1', sends: [1, 1] },
      verdict: 'broken',
    },
  ],
});

interface Closing {
  readonly sends: readonly (string | number)[];
  readonly pendingError: number;
  readonly next: string | number;
}

export const receiverClose = defineProcedure<Closing>({
  id: 'loss/receiver-close',
  guarantee: 'Whether a sender is notified that its datagrams were discarded when their receiver closed.',
  level: 'INFO',
  source: () => ({
    document: 'send(2), DESCRIPTION',
    quote: 'No indication of failure to deliver is implicit in a send().',
  }),
  subjects: DATAGRAMS,
  expected:
    'Linux: no; five sends succeed and SO_ERROR stays 0. Only the next send is refused, with ECONNREFUSED (not EPIPE).',
  procedure: 'Send five datagrams, close the receiver without reading, ask SO_ERROR, send once more.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = checkRun.pair({ nonblocking: true });
    const sends = Array.from({ length: 5 }, () => sent(() => sys.send(a.out, 'x')));
    sys.close(b.in);
    return {
      sends,
      pendingError: sys.getsockopt(a.out, sys.constants.SOL_SOCKET, sys.constants.SO_ERROR),
      next: sent(() => sys.send(a.out, 'x')),
    };
  },
  judge: ({ sends, pendingError, next }) =>
    judgeExpected(
      {
        'After five sends and the receiver’s close SO_ERROR is': [pendingError, 0],
        'the next send gets': [next, 'ECONNREFUSED'],
      },
      'info',
      { 'The sends returned': [sends, [1, 1, 1, 1, 1]] },
    ),
  proofs: [
    {
      name: 'in silence',
      observation: { sends: [1, 1, 1, 1, 1], pendingError: 0, next: 'ECONNREFUSED' },
      verdict: 'info',
    },
    {
      name: 'told',
      observation: { sends: [1, 1, 1, 1, 1], pendingError: 111, next: 'ECONNREFUSED' },
      verdict: 'info',
      unusual: true,
    },
    { name: 'nothing was sent', observation: { sends: [], pendingError: 0, next: 'ECONNREFUSED' }, verdict: 'broken' },
  ],
});

interface Short {
  readonly first: string;
  readonly isTruncated: boolean;
  readonly second: string;
  /** What recv() into 4 bytes with MSG_TRUNC returned for a datagram of 10. */
  readonly realLength: number;
}

export const shortBuffer = defineProcedure<Short>({
  id: 'loss/short-buffer',
  guarantee:
    'A receive with a too small buffer drops the rest of the datagram and sets MSG_TRUNC; with the ' +
    'flag MSG_TRUNC it returns the real length.',
  level: 'MUST',
  source: () => ({
    document: 'recv(2), The flags argument, MSG_TRUNC, and msg_flags',
    quote:
      'return the real length of the packet or datagram, even when it was longer than the passed buffer. […] ' +
      'indicates that the trailing portion of a datagram was discarded because the datagram was larger than the ' +
      'buffer supplied.',
  }),
  subjects: DATAGRAMS,
  expected:
    '4 bytes with MSG_TRUNC, then EAGAIN; 10 with MSG_TRUNC as a flag of the call (Linux, since 3.4 for Unix sockets).',
  procedure: 'Send 10 bytes, receive with room for 4, and again; send 10 bytes, recv() with room for 4 and MSG_TRUNC.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { MSG_TRUNC } = sys.constants;
    const { a, b } = checkRun.pair({ nonblocking: true });
    sys.send(a.out, '0123456789');
    const { data, flags } = sys.recvmsg(b.in, { sizes: 4 });
    const [second = ''] = receives(1, () => sys.recv(b.in, 10));
    sys.send(a.out, '0123456789');
    return {
      first: data.toString(),
      isTruncated: (flags & MSG_TRUNC) !== 0,
      second,
      realLength: sys.recvInto(b.in, Buffer.alloc(4), MSG_TRUNC),
    };
  },
  judge: ({ first, isTruncated, second, realLength }) =>
    judgeExpected(
      {
        'Of 10 bytes a receive of 4 gave': [first, '0123'],
        MSG_TRUNC: [isTruncated, true],
        'the next receive gave': [second, 'EAGAIN'],
        'recv(MSG_TRUNC) returned': [realLength, 10],
      },
      'fail',
      { 'Something was received': [first !== '', true] },
    ),
  proofs: [
    {
      name: 'dropped',
      observation: { first: '0123', isTruncated: true, second: 'EAGAIN', realLength: 10 },
      verdict: 'pass',
    },
    {
      name: 'the rest stays',
      observation: { first: '0123', isTruncated: true, second: '456789', realLength: 10 },
      verdict: 'fail',
    },
    {
      name: 'dropped in silence',
      observation: { first: '0123', isTruncated: false, second: 'EAGAIN', realLength: 10 },
      verdict: 'fail',
    },
    {
      name: 'the end of it',
      observation: { first: '6789', isTruncated: true, second: 'EAGAIN', realLength: 10 },
      verdict: 'fail',
    },
    {
      name: 'no real length',
      observation: { first: '0123', isTruncated: true, second: 'EAGAIN', realLength: 4 },
      verdict: 'fail',
    },
    {
      name: 'nothing',
      observation: { first: '', isTruncated: true, second: 'EAGAIN', realLength: 10 },
      verdict: 'broken',
    },
  ],
});
