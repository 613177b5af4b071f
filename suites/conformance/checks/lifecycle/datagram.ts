import { defineProcedure } from '../../../../harness/define.js';
import { socketFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome, receives } from '../../support/outcomes.js';

interface Filtered {
  readonly thirdSends: string;
  readonly thirdConnects: string;
  readonly peerSends: string;
  readonly reads: readonly string[];
}

export const connectedFilter = defineProcedure<Filtered>({
  id: 'lifecycle/connected-filter',
  guarantee: 'A connected datagram socket receives only from its peer; other senders are refused.',
  level: 'MUST',
  source: () => ({
    document: 'connect(2), DESCRIPTION',
    quote:
      'If the socket sockfd is of type SOCK_DGRAM, then addr is the address to which datagrams are sent by ' +
      'default, and the only address from which datagrams are received.',
  }),
  subjects: ['unix-dgram'],
  expected: 'Linux: EPERM for the third socket’s sendto and connect; only the peer’s datagram is received.',
  procedure: 'Bind three sockets and connect A to B. C sends to A and connects to A, then B sends to A; read A twice.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const [a, b, c] = ['a', 'b', 'c'].map((name) => {
      const descriptor = own(socketFor(checkRun, sys.constants.SOCK_NONBLOCK));
      const path = checkRun.path(name);
      sys.bind(descriptor, path);
      return { descriptor, path };
    }) as [Bound, Bound, Bound];
    sys.connect(a.descriptor, b.path);
    return {
      thirdSends: outcome(() => sys.sendto(c.descriptor, 'from-c', 0, a.path)),
      thirdConnects: outcome(() => sys.connect(c.descriptor, a.path)),
      peerSends: outcome(() => sys.sendto(b.descriptor, 'from-b', 0, a.path)),
      reads: receives(2, () => sys.read(a.descriptor, 64)),
    };
  },
  judge: ({ thirdSends, thirdConnects, peerSends, reads }) =>
    judgeExpected(
      {
        'The third socket sends': [thirdSends, 'EPERM'],
        'It connects': [thirdConnects, 'EPERM'],
        'The connected socket reads': [reads, ['from-b', 'EAGAIN']],
      },
      'fail',
      { 'The peer sends': [peerSends, 'ok'] },
    ),
  proofs: [
    {
      name: 'the peer only',
      observation: { thirdSends: 'EPERM', thirdConnects: 'EPERM', peerSends: 'ok', reads: ['from-b', 'EAGAIN'] },
      verdict: 'pass',
    },
    {
      name: 'the third one is let send',
      observation: { thirdSends: 'ok', thirdConnects: 'EPERM', peerSends: 'ok', reads: ['from-b', 'EAGAIN'] },
      verdict: 'fail',
    },
    {
      name: 'the third one is let connect',
      observation: { thirdSends: 'EPERM', thirdConnects: 'ok', peerSends: 'ok', reads: ['from-b', 'EAGAIN'] },
      verdict: 'fail',
    },
    {
      name: 'its datagram arrives',
      observation: { thirdSends: 'EPERM', thirdConnects: 'EPERM', peerSends: 'ok', reads: ['from-c', 'from-b'] },
      verdict: 'fail',
    },
    {
      name: 'the peer cannot send either',
      observation: { thirdSends: 'EPERM', thirdConnects: 'EPERM', peerSends: 'EPERM', reads: ['EAGAIN', 'EAGAIN'] },
      verdict: 'broken',
    },
  ],
});

interface Bound {
  readonly descriptor: number;
  readonly path: string;
}
