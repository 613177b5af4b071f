import { defineProcedure } from '../../../../harness/define.js';
import { connectedEnds } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { polled, received, sent } from '../../support/outcomes.js';

interface OutOfBand {
  readonly send: number | string;
  readonly polled: string;
  readonly inBand: string;
  readonly outOfBand: string;
  readonly afterwards: string;
}

const URGENT: OutOfBand = { send: 2, polled: 'IN|PRI|OUT', inBand: 'a', outOfBand: 'b', afterwards: 'EAGAIN' };
const REFUSED: OutOfBand = {
  send: 'EOPNOTSUPP',
  polled: 'OUT',
  inBand: 'EAGAIN',
  outOfBand: 'EOPNOTSUPP',
  afterwards: 'EAGAIN',
};
const STREAMS: Readonly<Record<string, OutOfBand>> = {
  'socketpair-stream': URGENT,
  'unix-stream': URGENT,
  'tcp-loopback': URGENT,
};

/**
 * unix(7) 6.03 still says that it is not supported; Linux 5.15 brought it (CONFIG_AF_UNIX_OOB), with the semantics of
 * TCP.
 */
export const oob = defineProcedure<OutOfBand>({
  id: 'boundaries/out-of-band',
  guarantee: 'What MSG_OOB does: on a stream one urgent byte beside the others, elsewhere an error.',
  level: 'INFO',
  source: (subject) =>
    subject === 'tcp-loopback'
      ? {
          document: 'send(2), MSG_OOB',
          quote:
            'Sends out-of-band data on sockets that support this notion (e.g., of type SOCK_STREAM); the ' +
            'underlying protocol must also support out-of-band data.',
        }
      : {
          document: 'unix(7), Sockets API',
          quote:
            'UNIX domain sockets do not support the transmission of out-of-band data (the MSG_OOB flag for ' +
            'send(2) and recv(2)).',
        },
  subjects: [
    'socketpair-stream',
    'unix-stream',
    'tcp-loopback',
    'socketpair-seqpacket',
    'unix-seqpacket',
    'socketpair-dgram',
    'unix-dgram',
  ],
  expected:
    "Linux 5.15 and later, streams: both bytes accepted, PRI, 'a' in band and 'b' out of it. Others, and older " +
    'kernels: EOPNOTSUPP.',
  procedure: "Send 'ab' with MSG_OOB; poll; receive, receive with MSG_OOB, receive.",
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { MSG_OOB, POLLPRI } = sys.constants;
    const { a, b } = connectedEnds(checkRun);
    const send = sent(() => sys.send(a.out, 'ab', MSG_OOB));
    if (typeof send === 'number') sys.poll([{ fd: b.in, events: POLLPRI }], 1000);
    return {
      send,
      polled: polled(sys, b.in),
      inBand: received(() => sys.recv(b.in, 8)),
      outOfBand: received(() => sys.recv(b.in, 8, MSG_OOB)),
      afterwards: received(() => sys.recv(b.in, 8)),
    };
  },
  judge: (seen, subject) => {
    const usual = STREAMS[subject] ?? REFUSED;
    return judgeExpected(
      {
        send: [seen.send, usual.send],
        poll: [seen.polled, usual.polled],
        'In band': [seen.inBand, usual.inBand],
        'Out of band': [seen.outOfBand, usual.outOfBand],
        Afterwards: [seen.afterwards, usual.afterwards],
      },
      'info',
    );
  },
  proofs: [
    { name: 'one urgent byte', observation: URGENT, verdict: 'info' },
    ...Object.entries(REFUSED).map(
      ([step, answer]) =>
        ({
          name: `${step} as where it is refused`,
          observation: { ...URGENT, [step]: step === 'afterwards' ? 'b' : answer },
          verdict: 'info',
          unusual: true,
        }) as const,
    ),
    { name: 'not supported', observation: REFUSED, verdict: 'info', subject: 'unix-seqpacket' },
    { name: 'not tried', observation: {} as OutOfBand, verdict: 'broken' },
  ],
});
