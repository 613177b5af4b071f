import { readFileSync } from 'node:fs';
import { countUntilError, defineProcedure, type Trial, type UntilError } from '../../harness/define.js';
import { openChannel } from './procedures/channel.js';
import { judgeExpected } from './procedures/expectations.js';
import { outcome, polled, received, sent } from './procedures/outcomes.js';

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
  promise:
    'The queue of a bound datagram socket takes max_dgram_qlen messages and one more, then nonblocking senders ' +
    'get EAGAIN.',
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
  observe: (trial) => {
    const limit = readLimit(trial);
    const { sys } = trial;
    const receiver = bound(trial, 'receiver');
    const senders = Array.from({ length: Math.ceil((limit + 2) / MESSAGES_PER_SENDER) }, () => datagramSocket(trial));
    let sending = 0;
    const { calls, errno } = countUntilError(() => {
      sys.sendto(senders[Math.floor(sending / MESSAGES_PER_SENDER)] ?? receiver.fd, 'x', 0, receiver.path);
      return (sending += 1);
    }, senders.length * MESSAGES_PER_SENDER);
    const { a } = trial.pair({ nonblocking: true });
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
  promise: 'Whether one sender that fills a receiver’s queue keeps all others out.',
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
  observe: (trial) => {
    const { sys } = trial;
    const receiver = bound(trial, 'receiver');
    const { calls, errno } = flood(trial, receiver.path);
    const [second, third] = [datagramSocket(trial), datagramSocket(trial)];
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
  promise: 'A sender whose receiver’s queue is full does not poll writable.',
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
  observe: (trial) => {
    const { sys } = trial;
    const receiver = bound(trial, 'receiver');
    flood(trial, receiver.path);
    const [unconnected, connected] = [datagramSocket(trial), datagramSocket(trial)];
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
  promise: 'A message that is too large is refused with EMSGSIZE as a whole: never a part of it.',
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
  observe: (trial) => {
    const { sys, subject } = trial;
    const channel = openChannel(trial, { nonblocking: true });
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

function readLimit({ skip }: Trial): number {
  try {
    return Number(readFileSync(QLEN, 'latin1'));
  } catch (error) {
    return skip(`The limit cannot be read here: ${QLEN}.`, error);
  }
}

function datagramSocket({ sys, own }: Trial): number {
  return own(sys.socket(sys.constants.AF_UNIX, sys.constants.SOCK_DGRAM | sys.constants.SOCK_NONBLOCK));
}

function bound(trial: Trial, name: string): { readonly fd: number; readonly path: string } {
  const [fd, path] = [datagramSocket(trial), trial.path(name)];
  trial.sys.bind(fd, path);
  return { fd, path };
}

/** Sends from as many sockets as it takes: where the queue is long, the first one's own buffer is full before it. */
function flood(trial: Trial, path: string): UntilError {
  let all: UntilError = { calls: 0, total: 0, errno: '' };
  for (;;) {
    const sender = datagramSocket(trial);
    const once = countUntilError(() => trial.sys.sendto(sender, 'x', 0, path));
    if (once.calls === 0) return { ...all, errno: once.errno };
    all = { calls: all.calls + once.calls, total: all.total + once.total, errno: once.errno };
  }
}
