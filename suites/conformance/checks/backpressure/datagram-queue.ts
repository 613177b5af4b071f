import { readFileSync } from 'node:fs';
import { countUntilError, defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome } from '../../support/outcomes.js';
import { datagramSocket, bound, flood } from '../../support/datagram-sockets.js';

interface QueueLength {
  /** net.unix.max_dgram_qlen. */
  readonly sysctl: number;
  readonly accepted: number;
  readonly refusal: string;
  /** Accepted from one sender when the receiver is connected back to it. */
  readonly acceptedConnectedBack: number;
}

const QLEN = '/proc/sys/net/unix/max_dgram_qlen';

/** So few small messages fill no sender's own buffer: what refuses is the receiver's queue. */
const MESSAGES_PER_SENDER = 100;

export const qlen = defineProcedure<QueueLength>({
  id: 'backpressure/qlen',
  guarantee:
    'The queue of a bound datagram socket accepts max_dgram_qlen + 1 messages; then nonblocking ' +
    'senders get EAGAIN.',
  level: 'MUST',
  source: () => ({
    document: 'Linux kernel documentation, admin-guide/sysctl/net, /proc/sys/net/unix',
    quote: "unix_dgram_qlen limits the max number of datagrams queued in Unix domain socket's buffer.",
  }),
  subjects: ['unix-dgram'],
  expected:
    'Linux: net.unix.max_dgram_qlen + 1 (11 by default, 513 where a distribution sets 512), then EAGAIN. It ' +
    'does not apply when the receiver is connected back to the sender, nor to a socketpair: there only the ' +
    'sender’s buffer limits.',
  procedure:
    `Send one byte at a time to a bound socket that nobody reads, ${MESSAGES_PER_SENDER} messages from ` +
    'each of as many senders as it takes. Count what is accepted, and again with one sender to which the ' +
    'receiver is connected back.',
  quick: true,
  observe: (checkRun) => {
    const limit = readLimit(checkRun);
    const { sys } = checkRun;
    const receiver = bound(checkRun, 'receiver');
    const senders = Array.from({ length: Math.ceil((limit + 2) / MESSAGES_PER_SENDER) }, () =>
      datagramSocket(checkRun),
    );
    let sending = 0;
    const { calls, errno } = countUntilError(() => {
      sys.sendto(senders[Math.floor(sending / MESSAGES_PER_SENDER)] ?? receiver.fd, 'x', 0, receiver.path);
      return (sending += 1);
    }, senders.length * MESSAGES_PER_SENDER);
    const { a } = checkRun.pair({ nonblocking: true });
    return {
      sysctl: limit,
      accepted: calls,
      refusal: errno,
      acceptedConnectedBack: countUntilError(() => sys.write(a.out, 'x')).calls,
    };
  },
  judge: ({ sysctl, accepted, refusal, acceptedConnectedBack }) =>
    judgeExpected(
      {
        [`With a limit of ${sysctl} (${acceptedConnectedBack} when the receiver is connected back) there are accepted`]:
          [accepted, sysctl + 1],
        'The next one gets': [refusal, 'EAGAIN'],
      },
      'fail',
      { 'There is a limit': [sysctl > 0, true] },
    ),
  proofs: [
    {
      name: 'one more than the limit',
      observation: { sysctl: 10, accepted: 11, refusal: 'EAGAIN', acceptedConnectedBack: 278 },
      verdict: 'pass',
    },
    {
      name: 'a limit of one',
      observation: { sysctl: 1, accepted: 2, refusal: 'EAGAIN', acceptedConnectedBack: 278 },
      verdict: 'pass',
    },
    {
      name: 'far more',
      observation: { sysctl: 10, accepted: 278, refusal: 'EAGAIN', acceptedConnectedBack: 278 },
      verdict: 'fail',
    },
    {
      name: 'dropped',
      observation: { sysctl: 10, accepted: 11, refusal: 'ENOBUFS', acceptedConnectedBack: 278 },
      verdict: 'fail',
    },
    {
      name: 'no limit known',
      observation: { sysctl: 0, accepted: 1, refusal: 'EAGAIN', acceptedConnectedBack: 278 },
      verdict: 'broken',
    },
  ],
});

interface Innocent {
  readonly flooded: number;
  readonly refusal: string;
  readonly unconnected: string;
  readonly connected: string;
  readonly afterOneRead: string;
}

export const innocentSender = defineProcedure<Innocent>({
  id: 'backpressure/innocent-sender',
  guarantee: 'Whether one sender that fills a receiver’s queue blocks all other senders.',
  level: 'INFO',
  source: () => ({
    document: 'unix(7) (silent)',
    quote: 'Unspecified: whether the queue of a datagram socket is shared fairly among its senders.',
  }),
  subjects: ['unix-dgram'],
  expected:
    'Linux: EAGAIN for every sender until the receiver reads. FreeBSD 14 keeps a part of the buffer for each ' +
    'sender (tests/sys/kern/unix_dgram.c, one2many).',
  procedure:
    'One socket sends until EAGAIN. A second one sends once, a third one connects and sends once; the receiver ' +
    'reads one message and the second one sends again.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const receiver = bound(checkRun, 'receiver');
    const { calls, errno } = flood(checkRun, receiver.path);
    const [second, third] = [datagramSocket(checkRun), datagramSocket(checkRun)];
    sys.connect(third, receiver.path);
    const sends = {
      unconnected: outcome(() => sys.sendto(second, 'x', 0, receiver.path)),
      connected: outcome(() => sys.send(third, 'x')),
    };
    sys.recv(receiver.fd, 1);
    return {
      flooded: calls,
      refusal: errno,
      ...sends,
      afterOneRead: outcome(() => sys.sendto(second, 'x', 0, receiver.path)),
    };
  },
  judge: (seen) =>
    judgeExpected(
      {
        [`After ${seen.flooded} messages of the first sender the second one gets`]: [seen.unconnected, 'EAGAIN'],
        'a connected one': [seen.connected, 'EAGAIN'],
        'the second one, after one was read': [seen.afterOneRead, 'ok'],
      },
      'info',
      { 'The flooder is refused itself': [seen.refusal, 'EAGAIN'] },
    ),
  proofs: [
    {
      name: 'all kept out',
      observation: { flooded: 11, refusal: 'EAGAIN', unconnected: 'EAGAIN', connected: 'EAGAIN', afterOneRead: 'ok' },
      verdict: 'info',
    },
    {
      name: 'isolated',
      observation: { flooded: 11, refusal: 'EAGAIN', unconnected: 'ok', connected: 'ok', afterOneRead: 'ok' },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'the queue never filled',
      observation: { flooded: 11, refusal: 'ENOBUFS', unconnected: 'ok', connected: 'ok', afterOneRead: 'ok' },
      verdict: 'broken',
    },
  ],
});

function readLimit({ skip }: CheckRun): number {
  try {
    return Number(readFileSync(QLEN, 'latin1'));
  } catch (error) {
    return skip(`The limit cannot be read here: ${QLEN}.`, error);
  }
}
