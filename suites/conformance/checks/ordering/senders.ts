import { defineProcedure, type Op } from '../../../../harness/define.js';
import { openChannel } from '../../support/channel.js';
import { socketFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { receives } from '../../support/outcomes.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

interface Several {
  readonly asked: number;
  readonly sent: readonly number[];
  readonly received: number;
  readonly damaged: number;
  readonly disordered: number;
}

const isQueue = (subject: string): boolean => subject === 'posix-mq';

export const multiSender = defineProcedure<Several>({
  id: 'ordering/multi-sender',
  guarantee: 'The messages of each of several senders arrive in that sender’s order, and all of them.',
  level: 'MUST',
  source: (subject) =>
    isQueue(subject)
      ? {
          document: 'mq_send(3), DESCRIPTION',
          quote:
            'Messages are placed on the queue in decreasing order of priority, with newer messages of the same ' +
            'priority being placed after older messages with the same priority.',
        }
      : subject.endsWith('dgram')
        ? {
            document: 'unix(7), DESCRIPTION',
            quote: "UNIX domain datagram sockets are always reliable and don't reorder datagrams",
          }
        : {
            document: 'unix(7), DESCRIPTION',
            quote: 'preserves message boundaries, and delivers messages in the order that they were sent.',
          },
  subjects: ['unix-dgram', 'socketpair-dgram', 'socketpair-seqpacket', 'unix-seqpacket', 'posix-mq'],
  expected: 'Each sender’s numbers rise by one. The order between senders is not promised: see ordering/cross-sender.',
  procedure:
    'Three children send numbered messages to one receiver: two of them as many as they can, one a tenth of ' +
    'that. On unix-dgram each has a socket of its own, otherwise they share the one they inherit. A fourth ' +
    'child receives.',
  quick: false,
  deadlineMs: 120_000,
  observe: (checkRun) => {
    const { sys, count, defer, own, path, subject } = checkRun;
    const asked = count({ quick: 300, default: 2000, thorough: 100_000 });
    const seed = checkRun.seed >>> 0;
    const via = isQueue(subject) ? ('mq' as const) : ('write' as const);
    let [out, into] = [-1, -1];
    let address: string | undefined;
    if (subject === 'unix-dgram') {
      into = own(socketFor(checkRun));
      address = path('receiver');
      sys.bind(into, address);
    } else {
      const channel = openChannel(checkRun);
      [out, into] = [channel.out, channel.in];
    }
    const numbers = [asked, asked, asked / 10];
    const senders = numbers.map((messages, writer) => {
      // A socket of its own for each child; made here, so that making it cannot fail there unseen.
      const fd = address === undefined ? out : own(socketFor(checkRun));
      const stamped = {
        op: 'sendStamped',
        fd,
        writer,
        from: 16,
        to: 200,
        seed,
        via,
        ...(address === undefined ? {} : { address }),
      } as const;
      const program: Op[] = [{ ...stamped, as: 'send', messages }];
      const child = sys.forkProgram(program);
      defer(() => child.end());
      return child;
    });
    const receiver = sys.forkProgram([
      {
        op: 'recvStamped',
        as: 'receive',
        fd: into,
        messages: numbers.reduce((sum, n) => sum + n),
        maxBytes: 8192,
        seed,
        via: isQueue(subject) ? 'mq' : 'read',
      },
    ]);
    defer(() => receiver.end());
    for (const sender of senders) sender.wait(100_000);
    // All that was sent is queued or taken now; a receiver that still waits waits for what was lost.
    receiver.wait(5000);
    const { counts } = receiver.outcome('receive');
    return {
      asked,
      sent: senders.map((sender) => sender.outcome('send').counts['messages'] ?? -1),
      received: counts['messages'] ?? -1,
      damaged: counts['damaged'] ?? -1,
      disordered: counts['disordered'] ?? -1,
    };
  },
  judge: ({ asked, sent: accepted, received, damaged, disordered }) =>
    withRateBound(
      judgeExpected(
        {
          [`Of ${accepted.join(', ')} messages of three senders there arrived`]: [
            received,
            accepted.reduce((sum, n) => sum + n, 0),
          ],
          damaged: [damaged, 0],
          'out of their sender’s order': [disordered, 0],
        },
        'fail',
        { 'All were sent': [accepted, [asked, asked, asked / 10]], 'They were enough': [asked >= 100, true] },
      ),
      'loss or disorder',
      received,
    ),
  proofs: [
    { name: 'each in its order', observation: several({}), verdict: 'pass' },
    { name: 'just enough', observation: several({ asked: 100, sent: [100, 100, 10], received: 210 }), verdict: 'pass' },
    { name: 'one lost', observation: several({ received: 4199 }), verdict: 'fail' },
    { name: 'one damaged', observation: several({ damaged: 1 }), verdict: 'fail' },
    { name: 'one overtaken', observation: several({ disordered: 1 }), verdict: 'fail' },
    { name: 'a sender that failed', observation: several({ sent: [2000, 0, 200], received: 2200 }), verdict: 'broken' },
    { name: 'too few', observation: several({ asked: 10, sent: [10, 10, 1], received: 21 }), verdict: 'broken' },
  ],
});

function several(change: Partial<Several>): Several {
  return { asked: 2000, sent: [2000, 2000, 200], received: 4200, damaged: 0, disordered: 0, ...change };
}

export const crossSender = defineProcedure<readonly string[]>({
  id: 'ordering/cross-sender',
  guarantee: 'Whether datagrams of different senders arrive in the order in which they were sent.',
  level: 'INFO',
  source: () => ({
    document: 'unix(7), DESCRIPTION (says it of datagrams, not of whose)',
    quote: 'Unspecified: the order in which datagrams of different senders arrive.',
  }),
  subjects: ['unix-dgram'],
  expected:
    'Linux: in the order of the sends. FreeBSD 14 takes connected senders first and keeps a flooder back, on ' +
    'purpose (tests/sys/kern/unix_dgram.c, one2many).',
  procedure:
    'One process, two sockets: the first sends four datagrams, the second one, by turns in that order, twice; ' +
    'receive all.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own, path } = checkRun;
    const receiver = own(socketFor(checkRun, sys.constants.SOCK_NONBLOCK));
    sys.bind(receiver, path('receiver'));
    const [flooder, polite] = [own(socketFor(checkRun)), own(socketFor(checkRun))];
    for (const round of [1, 2]) {
      for (const turn of [1, 2, 3]) sys.sendto(flooder, `flood ${round}.${turn}`, 0, path('receiver'));
      sys.sendto(polite, `polite ${round}`, 0, path('receiver'));
    }
    return receives(8, () => sys.recv(receiver, 20));
  },
  judge: (seen) =>
    judgeArrival(seen, [
      'flood 1.1',
      'flood 1.2',
      'flood 1.3',
      'polite 1',
      'flood 2.1',
      'flood 2.2',
      'flood 2.3',
      'polite 2',
    ]),
  proofs: [
    {
      name: 'as sent',
      observation: [
        'flood 1.1',
        'flood 1.2',
        'flood 1.3',
        'polite 1',
        'flood 2.1',
        'flood 2.2',
        'flood 2.3',
        'polite 2',
      ],
      verdict: 'info',
    },
    {
      name: 'the polite one first',
      observation: [
        'polite 1',
        'polite 2',
        'flood 1.1',
        'flood 1.2',
        'flood 1.3',
        'flood 2.1',
        'flood 2.2',
        'flood 2.3',
      ],
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'nothing came',
      observation: ['EAGAIN', 'EAGAIN', 'EAGAIN', 'EAGAIN', 'EAGAIN', 'EAGAIN', 'EAGAIN', 'EAGAIN'],
      verdict: 'broken',
    },
  ],
});

export const interleavedConn = defineProcedure<readonly string[]>({
  id: 'ordering/interleaved-conn',
  guarantee:
    'Whether what one process sends by a connected and by an unconnected socket arrives in the order of its sends.',
  level: 'INFO',
  source: () => ({
    document: 'unix(7), DESCRIPTION (says it of datagrams, not of sockets)',
    quote: 'Unspecified: the order between datagrams of a connected and of an unconnected socket.',
  }),
  subjects: ['unix-dgram'],
  expected:
    'Linux: in the order of the sends. FreeBSD 14: those of the connected socket first ' +
    '(tests/sys/kern/unix_dgram.c, one2many).',
  procedure: 'By turns sendto() on one socket and send() on a connected one, three times; receive all.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own, path } = checkRun;
    const receiver = own(socketFor(checkRun, sys.constants.SOCK_NONBLOCK));
    sys.bind(receiver, path('receiver'));
    const [unconnected, connected] = [own(socketFor(checkRun)), own(socketFor(checkRun))];
    sys.connect(connected, path('receiver'));
    for (const turn of [1, 2, 3]) {
      sys.sendto(unconnected, `to ${turn}`, 0, path('receiver'));
      sys.send(connected, `connected ${turn}`);
    }
    return receives(6, () => sys.recv(receiver, 20));
  },
  judge: (seen) => judgeArrival(seen, ['to 1', 'connected 1', 'to 2', 'connected 2', 'to 3', 'connected 3']),
  proofs: [
    {
      name: 'as sent',
      observation: ['to 1', 'connected 1', 'to 2', 'connected 2', 'to 3', 'connected 3'],
      verdict: 'info',
    },
    {
      name: 'as on FreeBSD',
      observation: ['connected 1', 'connected 2', 'connected 3', 'to 1', 'to 2', 'to 3'],
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'one is missing',
      observation: ['to 1', 'connected 1', 'to 2', 'connected 2', 'to 3', 'EAGAIN'],
      verdict: 'broken',
    },
  ],
});

const judgeArrival = (seen: readonly string[], wanted: readonly string[]): ReturnType<typeof judgeExpected> =>
  judgeExpected({ 'Order of arrival': [seen, wanted] }, 'info', {
    'All arrived': [[...seen].sort(), [...wanted].sort()],
  });
