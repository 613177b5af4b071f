import { defineProcedure, type Op, type CheckRun } from '../../../../harness/define.js';
import { untilBlocked } from '../../support/until-blocked.js';
import { isMessages } from '../../support/channel.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { arrive } from '../../support/outcomes.js';
import { EVERY_TRANSPORT, UNIX } from '../../support/subjects.js';

interface Waited {
  /** Whether the receiver slept with half of it there; what it then received. */
  readonly whole: readonly [slept: boolean, received: string];
  readonly signal: readonly [slept: boolean, received: string];
  readonly end: readonly [slept: boolean, received: string];
}

export const waitall = defineProcedure<Waited>({
  id: 'boundaries/waitall',
  guarantee:
    'MSG_WAITALL waits for all that was asked of a stream, unless a signal or the end comes first; of messages ' +
    'it takes one.',
  level: 'MUST',
  source: () => ({
    document: 'recv(2), The flags argument, MSG_WAITALL',
    quote:
      'This flag requests that the operation block until the full request is satisfied. However, the call may ' +
      'still return less data than requested if a signal is caught, ' +
      'an error or disconnect occurs, or the next data to be received is of a different type than that ' +
      'returned. This flag has no effect for datagram sockets.',
  }),
  subjects: [...UNIX, 'tcp-loopback'],
  expected:
    'Streams: it sleeps with 4 of 8 bytes, gives 8 when the others come, 4 when a signal is caught, 4 at the ' +
    'end. Message sockets: 4 at once.',
  procedure:
    'A child asks for 8 bytes with MSG_WAITALL where 4 are queued. When it sleeps: send 4 more; send it a ' +
    'signal that it catches; close the sender. Each with a pair of its own.',
  quick: false,
  observe: async (checkRun) => {
    const { sys } = checkRun;
    return {
      whole: await waiting(checkRun, 0, (out) => sys.send(out, 'efgh')),
      signal: await waiting(checkRun, 1, (_, pid) => sys.kill(pid, sys.constants.SIGUSR1)),
      end: await waiting(checkRun, 2, (out) => sys.shutdown(out, sys.constants.SHUT_WR)),
    };
  },
  judge: ({ whole, signal, end }, subject) => {
    const messages = isMessages(subject);
    return judgeExpected(
      {
        'Slept for all, after a signal, at the end': [
          [whole[0], signal[0], end[0]],
          [!messages, !messages, !messages],
        ],
        'Received when the rest was sent': [whole[1], messages ? 'abcd' : 'abcdefgh'],
        'when a signal came': [signal[1], 'abcd'],
        'when the sender ended': [end[1], 'abcd'],
      },
      'fail',
      { 'Something was received': [[whole, signal, end].some(([, text]) => text !== ''), true] },
    );
  },
  proofs: [
    { name: 'waits', observation: waited({}), verdict: 'pass' },
    {
      name: 'one message',
      observation: { whole: [false, 'abcd'], signal: [false, 'abcd'], end: [false, 'abcd'] },
      verdict: 'pass',
      subject: 'unix-seqpacket',
    },
    { name: 'waits for a second message', observation: waited({}), verdict: 'fail', subject: 'unix-seqpacket' },
    {
      name: 'two messages in one',
      observation: { whole: [false, 'abcdefgh'], signal: [false, 'abcd'], end: [false, 'abcd'] },
      verdict: 'fail',
      subject: 'unix-seqpacket',
    },
    { name: 'does not wait', observation: waited({ whole: [false, 'abcdefgh'] }), verdict: 'fail' },
    { name: 'does not wait for a signal', observation: waited({ signal: [false, 'abcd'] }), verdict: 'fail' },
    { name: 'does not wait for the end', observation: waited({ end: [false, 'abcd'] }), verdict: 'fail' },
    { name: 'half of it', observation: waited({ whole: [true, 'abcd'] }), verdict: 'fail' },
    { name: 'lost by a signal', observation: waited({ signal: [true, 'EINTR'] }), verdict: 'fail' },
    { name: 'lost at the end', observation: waited({ end: [true, ''] }), verdict: 'fail' },
    {
      name: 'nothing came',
      observation: { whole: [true, ''], signal: [true, ''], end: [true, ''] },
      verdict: 'broken',
    },
  ],
});

function waited(change: Partial<Waited>): Waited {
  return { whole: [true, 'abcdefgh'], signal: [true, 'abcd'], end: [true, 'abcd'], ...change };
}

/** A child that waits for 8 bytes and has 4; `act` on it when it sleeps, or when it is through. */
async function waiting(
  checkRun: CheckRun,
  index: number,
  act: (out: number, pid: number) => void,
): Promise<[boolean, string]> {
  const { sys, defer } = checkRun;
  const { a, b } = endsOf(checkRun, { index });
  sys.send(a.out, 'abcd');
  arrive(sys, b.in);
  const ops: Op[] = [
    // The child's own copy of the sender would keep the connection open, for an end that never comes.
    { op: 'close', fd: a.out },
    { op: 'catchSignal', signo: sys.constants.SIGUSR1 },
    { op: 'recv', as: 'recv', fd: b.in, bytes: 8, flags: sys.constants.MSG_WAITALL, keep: true },
    { op: 'waitAtLeast', word: 0, value: 1 },
  ];
  const child = sys.forkProgram(ops);
  defer(() => child.end());
  const slept = await untilBlocked(checkRun, child, 2);
  act(a.out, child.pid);
  child.board.store(0, 1);
  child.wait();
  const { error, kept } = child.outcome('recv');
  return [slept, error ?? Buffer.concat([...kept]).toString()];
}

interface Pending {
  readonly empty: number;
  readonly queued: number;
  readonly afterOne: number;
}

export const fionread = defineProcedure<Pending>({
  id: 'boundaries/fionread',
  guarantee: 'What FIONREAD counts: the next message, or all bytes.',
  level: 'INFO',
  source: (subject) =>
    subject.endsWith('dgram')
      ? {
          document: 'udp(7), IOCTLS, FIONREAD (to which unix(7), SIOCINQ refers)',
          quote:
            'Returns the size of the next pending datagram in the integer in bytes, or 0 when no datagram is pending.',
        }
      : subject.endsWith('seqpacket')
        ? {
            document: 'unix(7), Ioctls, SIOCINQ (silent on SOCK_SEQPACKET)',
            quote: 'Unspecified: whether FIONREAD counts the next packet or all of them.',
          }
        : {
            document: 'unix(7), Ioctls, SIOCINQ',
            quote: 'For SOCK_STREAM sockets, this call returns the number of unread bytes in the receive buffer.',
          },
  subjects: EVERY_TRANSPORT,
  expected:
    'Linux: the next datagram (3); all bytes of a stream or a pipe (5); of a seqpacket socket also all bytes ' +
    '(5), which no single receive gives.',
  procedure: 'Send 3 bytes and 2; ask FIONREAD before, then, and after a receive with room for 3.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = endsOf(checkRun, { nonblocking: true });
    const pending = (): number => sys.ioctl(b.in, sys.constants.FIONREAD);
    const empty = pending();
    sys.write(a.out, 'abc');
    arrive(sys, b.in);
    sys.write(a.out, 'de');
    const queued = pending();
    sys.read(b.in, 3);
    return { empty, queued, afterOne: pending() };
  },
  judge: ({ empty, queued, afterOne }, subject) =>
    judgeExpected(
      {
        'With 3 and 2 bytes queued FIONREAD is': [queued, subject.endsWith('dgram') ? 3 : 5],
        'after a receive of 3': [afterOne, 2],
      },
      'info',
      { 'With nothing queued': [empty, 0] },
    ),
  proofs: [
    {
      name: 'the sum',
      observation: { empty: 0, queued: 5, afterOne: 2 },
      verdict: 'info',
      subject: 'socketpair-seqpacket',
    },
    { name: 'the next', observation: { empty: 0, queued: 3, afterOne: 2 }, verdict: 'info', subject: 'unix-dgram' },
    { name: 'something was there', observation: { empty: 1, queued: 6, afterOne: 3 }, verdict: 'broken' },
  ],
});
