import { defineProcedure } from '../../../../harness/define.js';
import { connectedEnds } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { arrive, polled, received, receives, sent } from '../../support/outcomes.js';

const CONNECTED = [
  'socketpair-stream',
  'socketpair-seqpacket',
  'unix-stream',
  'unix-seqpacket',
  'tcp-loopback',
] as const;

interface ShutWrite {
  readonly peerReads: readonly string[];
  readonly reply: string;
  readonly ownSend: number | string;
}

export const shutWr = defineProcedure<ShutWrite>({
  id: 'half-close/shut-wr',
  guarantee: 'After shutdown(SHUT_WR) the peer reads what was sent, then the end; and its answer still arrives.',
  level: 'MUST',
  source: () => ({
    document: 'POSIX.1-2017 XSH, shutdown(), DESCRIPTION',
    quote:
      'The shutdown() function shall cause all or part of a full-duplex connection on the socket associated ' +
      'with the file descriptor socket to be shut down. […] SHUT_WR Disables further send operations.',
  }),
  subjects: CONNECTED,
  expected: "'last', the end of file; 'reply' arrives; a send of one's own gives EPIPE.",
  procedure: "Send 'last', shut down for writing; the peer reads twice and sends 'reply'; read it, and try to send.",
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = connectedEnds(checkRun);
    sys.write(a.out, 'last');
    sys.shutdown(a.out, sys.constants.SHUT_WR);
    const peerReads = [1, 2].map(() => {
      arrive(sys, b.in);
      return received(() => sys.read(b.in, 64));
    });
    sys.write(b.out, 'reply');
    arrive(sys, a.in);
    return {
      peerReads,
      reply: received(() => sys.read(a.in, 64)),
      ownSend: sent(() => sys.send(a.out, 'x', sys.constants.MSG_NOSIGNAL)),
    };
  },
  judge: ({ peerReads, reply, ownSend }) =>
    judgeExpected(
      {
        'The peer reads': [peerReads, ['last', 'EOF']],
        'The answer': [reply, 'reply'],
        'A send of one’s own': [ownSend, 'EPIPE'],
      },
      'fail',
      {
        'Reads of the peer': [peerReads.length, 2],
      },
    ),
  proofs: [
    {
      name: 'one way closed',
      observation: { peerReads: ['last', 'EOF'], reply: 'reply', ownSend: 'EPIPE' },
      verdict: 'pass',
    },
    {
      name: 'the last bytes are lost',
      observation: { peerReads: ['EOF', 'EOF'], reply: 'reply', ownSend: 'EPIPE' },
      verdict: 'fail',
    },
    {
      name: 'the peer hears no end',
      observation: { peerReads: ['last', 'EAGAIN'], reply: 'reply', ownSend: 'EPIPE' },
      verdict: 'fail',
    },
    {
      name: 'the answer is lost',
      observation: { peerReads: ['last', 'EOF'], reply: 'EOF', ownSend: 'EPIPE' },
      verdict: 'fail',
    },
    {
      name: 'it can still send',
      observation: { peerReads: ['last', 'EOF'], reply: 'reply', ownSend: 1 },
      verdict: 'fail',
    },
    {
      name: 'the peer did not read',
      observation: { peerReads: [], reply: 'reply', ownSend: 'EPIPE' },
      verdict: 'broken',
    },
  ],
});

interface ShutRead {
  readonly queued: readonly string[];
  readonly peerSends: number | string;
  readonly afterwards: string;
  readonly ownSend: string;
}

const USUAL_AFTER_SHUT_RD: Readonly<Record<string, readonly [end: string, peerSends: number | string, read: string]>> =
  {
    'socketpair-dgram': ['EAGAIN', 'EPIPE', 'EAGAIN'],
    'unix-dgram': ['EAGAIN', 'EPIPE', 'EAGAIN'],
    'tcp-loopback': ['EOF', 4, 'more'],
  };

export const shutRd = defineProcedure<ShutRead>({
  id: 'half-close/shut-rd',
  guarantee:
    'What shutdown(SHUT_RD) does to bytes that have arrived, to the peer’s next send, and to the other direction.',
  level: 'INFO',
  source: () => ({
    document: 'shutdown(2), DESCRIPTION',
    quote: 'If how is SHUT_RD, further receptions will be disallowed.',
  }),
  subjects: [...CONNECTED, 'socketpair-dgram', 'unix-dgram'],
  expected:
    'Linux: what is queued can still be read; the peer’s send gives EPIPE; the other way works. TCP on Linux: ' +
    'the peer may send on, and it is even read.',
  procedure:
    "The peer sends 'queued'; shut down for reading; read twice; the peer sends once more; read; send the other way.",
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = connectedEnds(checkRun);
    sys.write(b.out, 'queued');
    arrive(sys, a.in);
    sys.shutdown(a.in, sys.constants.SHUT_RD);
    const queued = receives(2, () => sys.read(a.in, 64));
    const peerSends = sent(() => sys.send(b.out, 'more', sys.constants.MSG_NOSIGNAL));
    const afterwards = received(() => sys.read(a.in, 64));
    sys.write(a.out, 'back');
    arrive(sys, b.in);
    return { queued, peerSends, afterwards, ownSend: received(() => sys.read(b.in, 64)) };
  },
  judge: ({ queued, peerSends, afterwards, ownSend }, subject) => {
    const [end, usualSend, usualRead] = USUAL_AFTER_SHUT_RD[subject] ?? ['EOF', 'EPIPE', 'EOF'];
    return judgeExpected(
      {
        Reads: [queued, ['queued', end]],
        'The peer sends': [peerSends, usualSend],
        'Read after that': [afterwards, usualRead],
        'The other way': [ownSend, 'back'],
      },
      'info',
      { 'Number of reads': [queued.length, 2] },
    );
  },
  proofs: [
    {
      name: 'as on Linux',
      observation: { queued: ['queued', 'EOF'], peerSends: 'EPIPE', afterwards: 'EOF', ownSend: 'back' },
      verdict: 'info',
    },
    {
      name: 'what was queued is discarded',
      observation: { queued: ['EOF', 'EOF'], peerSends: 4, afterwards: 'EOF', ownSend: 'back' },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'TCP goes on',
      observation: { queued: ['queued', 'EOF'], peerSends: 4, afterwards: 'more', ownSend: 'back' },
      verdict: 'info',
      subject: 'tcp-loopback',
    },
    {
      name: 'a datagram socket',
      observation: { queued: ['queued', 'EAGAIN'], peerSends: 'EPIPE', afterwards: 'EAGAIN', ownSend: 'back' },
      verdict: 'info',
      subject: 'unix-dgram',
    },
    {
      name: 'one of a pair of datagram sockets',
      observation: { queued: ['queued', 'EAGAIN'], peerSends: 'EPIPE', afterwards: 'EAGAIN', ownSend: 'back' },
      verdict: 'info',
      subject: 'socketpair-dgram',
    },
    {
      name: 'not read',
      observation: { queued: [], peerSends: 'EPIPE', afterwards: 'EOF', ownSend: 'back' },
      verdict: 'broken',
    },
  ],
});

interface DatagramShutWrite {
  readonly peer: readonly string[];
  readonly ownSend: number | string;
  readonly reverse: string;
}

export const datagramShutWr = defineProcedure<DatagramShutWrite>({
  id: 'half-close/dgram-shut-wr',
  guarantee:
    'The peer of a datagram socket that was shut down for writing is not notified: it gets neither ' +
    'an end of file nor an event.',
  level: 'INFO',
  source: () => ({
    document: 'unix(7), shutdown(2)',
    quote: 'Unspecified: shutdown(2) says what the socket itself may do afterwards, and nothing of a datagram peer.',
  }),
  subjects: ['socketpair-dgram', 'unix-dgram'],
  expected: 'Linux: EAGAIN and OUT at the peer; EPIPE for a send of one’s own; the other way works.',
  procedure: 'Shut down one end for writing; the peer reads and polls, then sends; read, and try to send.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = connectedEnds(checkRun);
    sys.shutdown(a.out, sys.constants.SHUT_WR);
    const peer = [received(() => sys.read(b.in, 64)), polled(sys, b.in)];
    sys.write(b.out, 'reverse');
    return {
      peer,
      ownSend: sent(() => sys.send(a.out, 'x', sys.constants.MSG_NOSIGNAL)),
      reverse: received(() => sys.read(a.in, 64)),
    };
  },
  judge: ({ peer, ownSend, reverse }) =>
    judgeExpected(
      { 'The peer reads and polls': [peer, ['EAGAIN', 'OUT']], 'A send of one’s own': [ownSend, 'EPIPE'] },
      'info',
      { 'The other way': [reverse, 'reverse'] },
    ),
  proofs: [
    {
      name: 'not told',
      observation: { peer: ['EAGAIN', 'OUT'], ownSend: 'EPIPE', reverse: 'reverse' },
      verdict: 'info',
    },
    {
      name: 'told',
      observation: { peer: ['EOF', 'IN|OUT|RDHUP'], ownSend: 'EPIPE', reverse: 'reverse' },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'there was no connection',
      observation: { peer: ['EAGAIN', 'OUT'], ownSend: 'ENOTCONN', reverse: 'EAGAIN' },
      verdict: 'broken',
    },
  ],
});
