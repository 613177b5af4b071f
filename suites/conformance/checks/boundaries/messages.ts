import { defineProcedure } from '../../../../harness/define.js';
import { openChannel } from '../../support/channel.js';
import { judgeExpected } from '../../support/expectations.js';
import { polled, received, receives, sent } from '../../support/outcomes.js';

const SEQPACKET = ['socketpair-seqpacket', 'unix-seqpacket'] as const;

interface EndOfRecord {
  readonly sent: number | string;
  readonly isEndReported: boolean;
  /** Received after 'ab' without and 'cd' with MSG_EOR, with room for both. */
  readonly continued: readonly string[];
}

/**
 * Linux ends a record with every send and never says so; FreeBSD 15 keeps to POSIX:
 * https://bugs.freebsd.org/bugzilla/show_bug.cgi?id=279354.
 */
export const msgEor = defineProcedure<EndOfRecord>({
  id: 'boundaries/msg-eor',
  guarantee: 'A record that was sent with MSG_EOR is received with MSG_EOR.',
  level: 'SHOULD',
  source: () => ({
    document: 'recv(2), DESCRIPTION, MSG_EOR (of msg_flags)',
    quote:
      'indicates end-of-record; the data returned completed a record (generally used with sockets of type ' +
      'SOCK_SEQPACKET).',
  }),
  subjects: SEQPACKET,
  expected:
    'POSIX and FreeBSD 15: MSG_EOR in msg_flags. Linux: never set, and every send is a record of its own, with ' +
    'the flag or without.',
  procedure:
    'Send two bytes with MSG_EOR and look at msg_flags; then two bytes without and two with it, and receive ' +
    'with room for all.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = checkRun.pair({ nonblocking: true });
    const { MSG_EOR } = sys.constants;
    const first = sent(() => sys.send(a.out, 'xy', MSG_EOR));
    const { flags } = sys.recvmsg(b.in, { sizes: 10 });
    sys.send(a.out, 'ab');
    sys.send(a.out, 'cd', MSG_EOR);
    return { sent: first, isEndReported: (flags & MSG_EOR) !== 0, continued: receives(2, () => sys.recv(b.in, 10)) };
  },
  judge: ({ sent: first, isEndReported, continued }) =>
    judgeExpected(
      {
        [`Two sends, MSG_EOR on the second, are received as ${continued.join(' and ')}; MSG_EOR is reported`]: [
          isEndReported,
          true,
        ],
      },
      'deviation',
      {
        'Sent with MSG_EOR, bytes': [first, 2],
      },
    ),
  proofs: [
    { name: 'reported', observation: { sent: 2, isEndReported: true, continued: ['abcd', 'EAGAIN'] }, verdict: 'pass' },
    {
      name: 'as on Linux',
      observation: { sent: 2, isEndReported: false, continued: ['ab', 'cd'] },
      verdict: 'deviation',
    },
    {
      name: 'not sent',
      observation: { sent: 'EINVAL', isEndReported: false, continued: ['ab', 'cd'] },
      verdict: 'broken',
    },
  ],
});

interface Shortened {
  readonly sent: number | string;
  readonly first: string;
  readonly isTruncated: boolean;
  readonly second: string;
}

export const shortReadDiscards = defineProcedure<Shortened>({
  id: 'boundaries/short-read-discards',
  guarantee:
    'A receive with a too small buffer removes the whole packet from the queue, drops the rest and ' +
    'sets MSG_TRUNC.',
  level: 'MUST',
  source: () => ({
    document: 'recv(2), DESCRIPTION, MSG_TRUNC (of msg_flags)',
    quote:
      'indicates that the trailing portion of a datagram was discarded because the datagram was larger than the ' +
      'buffer supplied.',
  }),
  subjects: SEQPACKET,
  expected: 'Linux: 3 bytes with MSG_TRUNC, then EAGAIN. FreeBSD 15 keeps the rest for the next receive.',
  procedure: 'Send 8 bytes; receive with room for 3, then once more.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = checkRun.pair({ nonblocking: true });
    const bytes = sent(() => sys.send(a.out, 'abcdefgh'));
    const { data, flags } = sys.recvmsg(b.in, { sizes: 3 });
    return {
      sent: bytes,
      first: data.toString(),
      isTruncated: (flags & sys.constants.MSG_TRUNC) !== 0,
      second: received(() => sys.recv(b.in, 100)),
    };
  },
  judge: ({ sent: bytes, first, isTruncated, second }) =>
    judgeExpected(
      {
        'Of 8 bytes a receive of 3 gave': [first, 'abc'],
        MSG_TRUNC: [isTruncated, true],
        'the next receive gave': [second, 'EAGAIN'],
      },
      'fail',
      { 'Bytes sent': [bytes, 8] },
    ),
  proofs: [
    {
      name: 'the rest is dropped',
      observation: { sent: 8, first: 'abc', isTruncated: true, second: 'EAGAIN' },
      verdict: 'pass',
    },
    {
      name: 'the rest stays',
      observation: { sent: 8, first: 'abc', isTruncated: true, second: 'defgh' },
      verdict: 'fail',
    },
    {
      name: 'dropped in silence',
      observation: { sent: 8, first: 'abc', isTruncated: false, second: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: 'other bytes',
      observation: { sent: 8, first: 'fgh', isTruncated: true, second: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: 'not sent',
      observation: { sent: 'EAGAIN', first: 'abc', isTruncated: true, second: 'EAGAIN' },
      verdict: 'broken',
    },
  ],
});

interface ZeroAndEnd {
  readonly sent: number | string;
  /** Before anything was sent, with the empty packet there, after it, at the end. */
  readonly polls: readonly string[];
  /** The empty packet, and the end. */
  readonly received: readonly string[];
}

export const zeroLengthVsEof = defineProcedure<ZeroAndEnd>({
  id: 'boundaries/zero-length-vs-eof',
  guarantee: 'Whether an empty packet can be distinguished from the end of the connection.',
  level: 'INFO',
  source: () => ({
    document: 'recv(2), RETURN VALUE (silent on SOCK_SEQPACKET)',
    quote: 'Unspecified: how a packet of no bytes differs from the end of a SOCK_SEQPACKET connection; both return 0.',
  }),
  subjects: SEQPACKET,
  expected:
    'Linux: recv() returns 0 for both. poll() says IN and OUT before an empty packet and no HUP; at the end IN, ' +
    'OUT, HUP and RDHUP.',
  procedure: 'Send 0 bytes; poll, receive, poll. Then close the sender; poll and receive.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = checkRun.pair({ nonblocking: true });
    const poll = (): string => polled(sys, b.in);
    const receive = (): string => received(() => sys.recv(b.in, 10));
    const before = poll();
    const nothing = sent(() => sys.send(a.out, ''));
    const packet = [poll(), receive(), poll()] as const;
    sys.close(a.out);
    return { sent: nothing, polls: [before, packet[0], packet[2], poll()], received: [packet[1], receive()] };
  },
  judge: ({ sent: nothing, polls, received: seen }) =>
    judgeExpected(
      {
        'An empty packet and the end are received as': [seen, ['EOF', 'EOF']],
        'poll before it, with it there, after it and at the end': [polls, ['OUT', 'IN|OUT', 'OUT', 'IN|OUT|HUP|RDHUP']],
      },
      'info',
      {
        'Sending no bytes returned': [nothing, 0],
        'Polls and receives': [
          [polls.length, seen.length],
          [4, 2],
        ],
      },
    ),
  proofs: [
    {
      name: 'told apart by poll alone',
      observation: { sent: 0, polls: ['OUT', 'IN|OUT', 'OUT', 'IN|OUT|HUP|RDHUP'], received: ['EOF', 'EOF'] },
      verdict: 'info',
    },
    {
      name: 'swallowed',
      observation: { sent: 0, polls: ['OUT', 'OUT', 'OUT', 'IN|OUT|HUP|RDHUP'], received: ['EAGAIN', 'EOF'] },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'not sent',
      observation: { sent: 'EMSGSIZE', polls: ['OUT', 'OUT', 'OUT', 'IN|OUT|HUP|RDHUP'], received: ['EAGAIN', 'EOF'] },
      verdict: 'broken',
    },
    { name: 'not looked at', observation: { sent: 0, polls: [], received: [] }, verdict: 'broken' },
  ],
});

interface Empty {
  readonly sent: number | string;
  readonly received: readonly string[];
}

export const zeroLength = defineProcedure<Empty>({
  id: 'boundaries/zero-length',
  guarantee: 'A message of no bytes is delivered as one.',
  level: 'MUST',
  source: (subject) =>
    subject === 'posix-mq'
      ? { document: 'mq_send(3), DESCRIPTION', quote: 'Zero-length messages are allowed.' }
      : {
          document: subject.endsWith('dgram')
            ? 'recv(2), RETURN VALUE'
            : 'recv(2), RETURN VALUE (of datagram sockets; Linux receives SOCK_SEQPACKET the same way)',
          quote:
            'Datagram sockets in various domains (e.g., the UNIX and Internet domains) permit zero-length ' +
            'datagrams. When such a datagram is received, the return value is 0.',
        },
  subjects: ['socketpair-dgram', 'unix-dgram', 'socketpair-seqpacket', 'unix-seqpacket', 'posix-mq'],
  expected: 'Received between its neighbours, as 0 bytes (shown as EOF); then nothing is left.',
  procedure: 'Send one byte, none, one byte; receive four times, nonblocking.',
  quick: true,
  observe: (checkRun) => {
    const channel = openChannel(checkRun, { nonblocking: true });
    channel.put(Buffer.from('a'));
    const nothing = sent(() => channel.put(Buffer.alloc(0)));
    channel.put(Buffer.from('b'));
    return { sent: nothing, received: receives(4, () => channel.take(10)) };
  },
  judge: ({ sent: nothing, received: seen }) =>
    judgeExpected(
      {
        'Sending no bytes returns': [nothing, 0],
        'a, nothing and b are received as': [seen, ['a', 'EOF', 'b', 'EAGAIN']],
      },
      'fail',
      {
        'Its neighbours arrived': [seen.includes('a') && seen.includes('b'), true],
      },
    ),
  proofs: [
    { name: 'delivered', observation: { sent: 0, received: ['a', 'EOF', 'b', 'EAGAIN'] }, verdict: 'pass' },
    { name: 'swallowed', observation: { sent: 0, received: ['a', 'b', 'EAGAIN', 'EAGAIN'] }, verdict: 'fail' },
    { name: 'refused', observation: { sent: 'EINVAL', received: ['a', 'EOF', 'b', 'EAGAIN'] }, verdict: 'fail' },
    {
      name: 'nothing arrived',
      observation: { sent: 0, received: ['EAGAIN', 'EAGAIN', 'EAGAIN', 'EAGAIN'] },
      verdict: 'broken',
    },
    {
      name: 'the one before it did not arrive',
      observation: { sent: 0, received: ['b', 'EAGAIN', 'EAGAIN', 'EAGAIN'] },
      verdict: 'broken',
    },
    {
      name: 'the one behind it did not arrive',
      observation: { sent: 0, received: ['a', 'EOF', 'EAGAIN', 'EAGAIN'] },
      verdict: 'broken',
    },
  ],
});
