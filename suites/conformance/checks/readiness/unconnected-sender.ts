import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome, polled } from '../../support/outcomes.js';
import { datagramSocket, bound, flood } from '../../support/datagram-sockets.js';

interface Writability {
  readonly unconnectedSend: string;
  readonly unconnectedPoll: string;
  readonly connectedSend: string;
  readonly connectedPoll: string;
  /** Of the connected sender, after one message was read. */
  readonly connectedPollAfterRead: string;
}

export const unconnectedPolloutLies = defineProcedure<Writability>({
  id: 'readiness/unconnected-pollout-lies',
  guarantee: 'A sender whose receiver’s queue is full does not poll writable.',
  level: 'SHOULD',
  source: () => ({
    document: 'poll(2), DESCRIPTION, POLLOUT',
    quote:
      'Writing is now possible, though a write larger than the available space in a socket or pipe will still ' +
      'block (unless O_NONBLOCK is set).',
  }),
  subjects: ['unix-dgram'],
  expected:
    'Linux: an unconnected sender polls POLLOUT while sendto() gives EAGAIN, so that a loop of poll and send ' +
    'spins: it cannot know whom it will send to. A connected one does not.',
  procedure:
    'Fill a bound socket’s queue. An unconnected and a connected sender each send once, and poll for POLLOUT at ' +
    'once; read one message and poll again.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const receiver = bound(checkRun, 'receiver');
    flood(checkRun, receiver.path);
    const [unconnected, connected] = [datagramSocket(checkRun), datagramSocket(checkRun)];
    sys.connect(connected, receiver.path);
    const full = {
      unconnectedSend: outcome(() => sys.sendto(unconnected, 'x', 0, receiver.path)),
      unconnectedPoll: polled(sys, unconnected),
      connectedSend: outcome(() => sys.send(connected, 'x')),
      connectedPoll: polled(sys, connected),
    };
    sys.recv(receiver.fd, 1);
    return { ...full, connectedPollAfterRead: polled(sys, connected) };
  },
  judge: (seen) =>
    judgeExpected(
      {
        'The queue is full and an unconnected sender polls': [seen.unconnectedPoll, 'none'],
        'a connected one': [seen.connectedPoll, 'none'],
        'the connected one, after a read': [seen.connectedPollAfterRead, 'OUT'],
      },
      'deviation',
      {
        'The unconnected sender is refused': [seen.unconnectedSend, 'EAGAIN'],
        'The connected sender is refused': [seen.connectedSend, 'EAGAIN'],
      },
    ),
  proofs: [
    { name: 'neither is writable', observation: writability({}), verdict: 'pass' },
    { name: 'the unconnected one is', observation: writability({ unconnectedPoll: 'OUT' }), verdict: 'deviation' },
    { name: 'the connected one is', observation: writability({ connectedPoll: 'OUT' }), verdict: 'deviation' },
    {
      name: 'never again writable',
      observation: writability({ connectedPollAfterRead: 'none' }),
      verdict: 'deviation',
    },
    { name: 'the queue had room', observation: writability({ unconnectedSend: 'ok' }), verdict: 'broken' },
    { name: 'the queue had room for the other', observation: writability({ connectedSend: 'ok' }), verdict: 'broken' },
  ],
});

function writability(change: Partial<Writability>): Writability {
  return {
    unconnectedSend: 'EAGAIN',
    unconnectedPoll: 'none',
    connectedSend: 'EAGAIN',
    connectedPoll: 'none',
    connectedPollAfterRead: 'OUT',
    ...change,
  };
}
