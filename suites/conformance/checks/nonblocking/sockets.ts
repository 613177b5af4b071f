import { defineProcedure } from '../../../../harness/define.js';
import { firstDifference, numbered, openChannel } from '../../support/channel.js';
import { listenFor, socketFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome, sent } from '../../support/outcomes.js';

interface Cut {
  readonly asked: number;
  readonly sent: number | string;
  /** How much the receiver finds, and whether it is the beginning of what was asked. */
  readonly arrived: number;
  readonly intact: boolean;
}

const ASKED_BYTES = 1 << 20;
const TCP_BUFFER_BYTES = 65_536;

export const partial = defineProcedure<Cut>({
  id: 'nonblocking/partial',
  guarantee: 'A nonblocking send of more than fits into a stream sends the part that fits and returns its length.',
  level: 'MUST',
  source: (subject) =>
    subject === 'pipe' || subject === 'fifo'
      ? {
          document: 'pipe(7), PIPE_BUF',
          quote:
            'Otherwise, from 1 to n bytes may be written (i.e., a "partial write" may occur; the caller should ' +
            'check the return value from write(2) to see how many bytes were actually written)',
        }
      : {
          document: 'write(2), RETURN VALUE (send(2) does not say it; POSIX XSH send(): text not verified)',
          quote:
            'Note that a successful write() may transfer fewer than count bytes. […] In the event of a partial ' +
            'write, the caller can make another write() call to transfer the remaining bytes.',
        },
  subjects: ['socketpair-stream', 'unix-stream', 'tcp-loopback', 'pipe', 'fifo'],
  expected:
    'Linux: a short count, 219264 of 1048576 on a Unix socket with default buffers, 65536 on a pipe; exactly so ' +
    'much arrives.',
  procedure:
    `Write ${ASKED_BYTES} numbered bytes once into a nonblocking stream that nobody reads (TCP: with ` +
    'buffers of 64 KiB), then read all there is.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const channel = openChannel(checkRun, { nonblocking: true });
    if (checkRun.subject === 'tcp-loopback') {
      sys.setsockopt(channel.out, sys.constants.SOL_SOCKET, sys.constants.SO_SNDBUF, TCP_BUFFER_BYTES);
      sys.setsockopt(channel.in, sys.constants.SOL_SOCKET, sys.constants.SO_RCVBUF, TCP_BUFFER_BYTES);
    }
    const count = sent(() => channel.put(numbered(0, ASKED_BYTES)));
    // The closed end makes an end of file, so that all that comes is waited for, also over TCP.
    sys.close(channel.out);
    const pieces: Buffer[] = [];
    while ((sys.poll([{ fd: channel.in, events: sys.constants.POLLIN }], 2000)[0] ?? 0) !== 0) {
      const piece = channel.take(ASKED_BYTES);
      if (piece.length === 0) break;
      pieces.push(piece);
    }
    const all = Buffer.concat(pieces);
    return { asked: ASKED_BYTES, sent: count, arrived: all.length, intact: firstDifference(all) < 0 };
  },
  judge: ({ asked, sent: count, arrived, intact }) =>
    judgeExpected(
      {
        [`Of ${asked} bytes ${count} are sent: a part`]: [
          typeof count === 'number' && count > 0 && count < asked,
          true,
        ],
        arrived: [arrived, typeof count === 'number' ? count : 0],
        'from the beginning, in order': [intact, true],
      },
      'fail',
      // A stream that took it all was not full.
      { 'More was asked than it holds': [count !== asked, true] },
    ),
  proofs: [
    { name: 'a part', observation: cut({}), verdict: 'pass' },
    { name: 'one byte', observation: cut({ sent: 1, arrived: 1 }), verdict: 'pass' },
    { name: 'none, and no error', observation: cut({ sent: 0, arrived: 0 }), verdict: 'fail' },
    { name: 'an error', observation: cut({ sent: 'EAGAIN', arrived: 0 }), verdict: 'fail' },
    {
      name: 'more than there was',
      observation: cut({ sent: ASKED_BYTES + 1, arrived: ASKED_BYTES + 1 }),
      verdict: 'fail',
    },
    { name: 'more arrives than it says', observation: cut({ arrived: 233_152 }), verdict: 'fail' },
    { name: 'something else arrives', observation: cut({ intact: false }), verdict: 'fail' },
    { name: 'it all fits', observation: cut({ sent: ASKED_BYTES, arrived: ASKED_BYTES }), verdict: 'broken' },
  ],
});

function cut(change: Partial<Cut>): Cut {
  return { asked: ASKED_BYTES, sent: 219_264, arrived: 219_264, intact: true, ...change };
}

interface Connects {
  /** To a listener with room, to one whose backlog is full, and to one that does not listen. */
  readonly listening: string;
  readonly full: string;
  readonly refused: string;
  /** SO_ERROR, once the first and the third have been answered. */
  readonly laterListening: number;
  readonly laterRefused: number;
}

const OF_UNIX_SOCKETS: Connects = {
  listening: 'ok',
  full: 'EAGAIN',
  refused: 'ECONNREFUSED',
  laterListening: 0,
  laterRefused: 0,
};

export const connectEinprogress = defineProcedure<Connects>({
  id: 'nonblocking/connect-einprogress',
  guarantee: 'What a nonblocking connect answers at once.',
  level: 'INFO',
  source: (subject) =>
    subject === 'tcp-loopback'
      ? {
          document: 'connect(2), ERRORS, EINPROGRESS',
          quote: 'The socket is nonblocking and the connection cannot be completed immediately.',
        }
      : {
          document: 'connect(2), ERRORS, EAGAIN and EINPROGRESS',
          quote:
            'For nonblocking UNIX domain sockets, the socket is nonblocking, and the connection cannot be ' +
            'completed immediately. […] (UNIX domain sockets failed with EAGAIN instead.)',
        },
  subjects: ['unix-stream', 'unix-seqpacket', 'tcp-loopback'],
  expected:
    'Linux, AF_UNIX: connected at once, EAGAIN on a full backlog, ECONNREFUSED without a listener; never ' +
    'EINPROGRESS. TCP: always EINPROGRESS, and SO_ERROR tells later.',
  procedure:
    'Connect a nonblocking socket to a listener with room, to one with a full backlog of 0, and to an address ' +
    'that is bound but not listened on; ask SO_ERROR after poll(2).',
  quick: false,
  observe: (checkRun) => {
    const { sys, own, subject } = checkRun;
    const { SOCK_NONBLOCK, SOL_SOCKET, SO_ERROR, POLLOUT } = sys.constants;
    const open = listenFor(checkRun, 8, 'open');
    const full = listenFor(checkRun, 0, 'full');
    // A backlog of n holds n + 1.
    sys.connect(full.client(), full.address);
    const deaf = own(socketFor(checkRun));
    sys.bind(deaf, subject === 'tcp-loopback' ? { port: 0 } : checkRun.path('deaf'));
    const name = sys.getsockname(deaf);
    const [first, second, third] = [open.client(SOCK_NONBLOCK), full.client(SOCK_NONBLOCK), open.client(SOCK_NONBLOCK)];
    const answers = {
      listening: outcome(() => sys.connect(first, open.address)),
      full: outcome(() => sys.connect(second, full.address)),
      refused: outcome(() => sys.connect(third, name.port === null ? (name.path as string) : { port: name.port })),
    };
    const [laterListening = 0, laterRefused = 0] = [first, third].map((fd) => {
      sys.poll([{ fd, events: POLLOUT }], 2000);
      return sys.getsockopt(fd, SOL_SOCKET, SO_ERROR);
    });
    return { ...answers, laterListening, laterRefused };
  },
  judge: (seen, subject) => {
    const isTcp = subject === 'tcp-loopback';
    return judgeExpected(
      {
        'A listener with room': [seen.listening, isTcp ? 'EINPROGRESS' : 'ok'],
        'a full backlog': [seen.full, isTcp ? 'EINPROGRESS' : 'EAGAIN'],
        'nobody listening': [seen.refused, isTcp ? 'EINPROGRESS' : 'ECONNREFUSED'],
        'SO_ERROR where nobody listens, later': [seen.laterRefused, isTcp ? 111 : 0],
      },
      'info',
      { 'The listener with room connects': [seen.laterListening, 0] },
    );
  },
  proofs: [
    { name: 'AF_UNIX', observation: OF_UNIX_SOCKETS, verdict: 'info', subject: 'unix-stream' },
    {
      name: 'TCP',
      observation: {
        listening: 'EINPROGRESS',
        full: 'EINPROGRESS',
        refused: 'EINPROGRESS',
        laterListening: 0,
        laterRefused: 111,
      },
      verdict: 'info',
      subject: 'tcp-loopback',
    },
    ...(['listening', 'full', 'refused'] as const).map(
      (step) =>
        ({
          name: `${step}: another error`,
          observation: { ...OF_UNIX_SOCKETS, [step]: 'EACCES' },
          verdict: 'info',
          unusual: true,
          subject: 'unix-stream',
        }) as const,
    ),
    {
      name: 'an error that comes later',
      observation: { ...OF_UNIX_SOCKETS, laterRefused: 111 },
      verdict: 'info',
      unusual: true,
      subject: 'unix-stream',
    },
    {
      name: 'it could not connect',
      observation: {
        listening: 'EINPROGRESS',
        full: 'EINPROGRESS',
        refused: 'EINPROGRESS',
        laterListening: 111,
        laterRefused: 111,
      },
      verdict: 'broken',
      subject: 'tcp-loopback',
    },
  ],
});

interface Accepts {
  readonly empty: string;
  readonly pending: string;
  readonly afterwards: string;
}

export const acceptEagain = defineProcedure<Accepts>({
  id: 'nonblocking/accept-eagain',
  guarantee: 'A nonblocking listener without a pending connection answers accept with EAGAIN.',
  level: 'MUST',
  source: () => ({
    document: 'accept(2), DESCRIPTION',
    quote:
      'If the socket is marked nonblocking and no pending connections are present on the queue, accept() fails ' +
      'with the error EAGAIN or EWOULDBLOCK.',
  }),
  subjects: ['unix-stream', 'unix-seqpacket', 'tcp-loopback'],
  expected: 'EAGAIN before and after the one connection that is accepted.',
  procedure: 'Accept on a nonblocking listener; connect one client, accept twice.',
  quick: true,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const { listener, address, client } = listenFor(checkRun, 4);
    sys.ioctl(listener, sys.constants.FIONBIO, 1);
    const accept = (): string => outcome(() => own(sys.accept4(listener)));
    const empty = accept();
    sys.connect(client(), address);
    sys.poll([{ fd: listener, events: sys.constants.POLLIN }], 2000);
    return { empty, pending: accept(), afterwards: accept() };
  },
  judge: ({ empty, pending, afterwards }) =>
    judgeExpected({ 'No connection': [empty, 'EAGAIN'], 'after the only one': [afterwards, 'EAGAIN'] }, 'fail', {
      'The pending one is accepted': [pending, 'ok'],
    }),
  proofs: [
    { name: 'EAGAIN', observation: { empty: 'EAGAIN', pending: 'ok', afterwards: 'EAGAIN' }, verdict: 'pass' },
    { name: 'another error', observation: { empty: 'EINVAL', pending: 'ok', afterwards: 'EAGAIN' }, verdict: 'fail' },
    { name: 'accepted twice', observation: { empty: 'EAGAIN', pending: 'ok', afterwards: 'ok' }, verdict: 'fail' },
    {
      name: 'never accepted',
      observation: { empty: 'EAGAIN', pending: 'EAGAIN', afterwards: 'EAGAIN' },
      verdict: 'broken',
    },
  ],
});
