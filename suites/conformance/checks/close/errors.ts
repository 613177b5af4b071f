import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { connectedEnds } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { arrive, receives, sent } from '../../support/outcomes.js';

const CONNECTED = ['socketpair-stream', 'socketpair-seqpacket', 'unix-stream', 'unix-seqpacket'] as const;
const selfTest = 'Linux, tools/testing/selftests/net/af_unix/unix_connreset.c';

interface Reads {
  readonly reads: readonly string[];
}

/** What a stream calls a reset a datagram socket does not tell at all. */
export const unreadGivesEconnreset = defineProcedure<Reads>({
  id: 'close/unread-gives-econnreset',
  guarantee:
    'When the peer closes without reading all data, the next receive fails with ECONNRESET once, ' +
    'instead of a clean end.',
  level: 'MUST',
  source: (subject) => {
    if (subject === 'tcp-loopback') {
      return {
        document: 'RFC 9293, 3.6.1 Half-Closed Connections',
        quote:
          'If such a host issues a CLOSE call while received data is still pending in the TCP connection, or if ' +
          'new data is received after CLOSE is called, its TCP implementation SHOULD send a RST to show that ' +
          'data was lost (SHLD-3).',
      };
    }
    if (subject.endsWith('-dgram'))
      return { document: selfTest, quote: 'SOCK_DGRAM does not return ECONNRESET when the peer closes.' };
    if (subject.endsWith('-seqpacket'))
      return { document: selfTest, quote: 'SOCK_SEQPACKET returns ECONNRESET if the peer closes with unread data.' };
    return { document: selfTest, quote: 'SOCK_STREAM returns ECONNRESET if peer closes with unread data.' };
  },
  subjects: [...CONNECTED, 'socketpair-dgram', 'unix-dgram', 'tcp-loopback'],
  expected: 'Linux: ECONNRESET, then the end of file; always EAGAIN on datagram sockets. macOS: the end of file.',
  procedure: 'Send 6 bytes that the peer does not read; the peer closes; read three times.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const end = closedUnread(checkRun, null);
    return { reads: receives(3, () => sys.read(end, 64)) };
  },
  judge: ({ reads }, subject) =>
    judgeExpected(
      { Reads: [reads, subject.endsWith('-dgram') ? ['EAGAIN', 'EAGAIN', 'EAGAIN'] : ['ECONNRESET', 'EOF', 'EOF']] },
      'fail',
      { 'Number of reads': [reads.length, 3] },
    ),
  proofs: [
    { name: 'reset, then the end', observation: { reads: ['ECONNRESET', 'EOF', 'EOF'] }, verdict: 'pass' },
    { name: 'a clean end hides the loss', observation: { reads: ['EOF', 'EOF', 'EOF'] }, verdict: 'fail' },
    {
      name: 'the error does not go away',
      observation: { reads: ['ECONNRESET', 'ECONNRESET', 'ECONNRESET'] },
      verdict: 'fail',
    },
    {
      name: 'a datagram socket hears nothing',
      observation: { reads: ['EAGAIN', 'EAGAIN', 'EAGAIN'] },
      verdict: 'pass',
      subject: 'unix-dgram',
    },
    {
      name: 'a datagram socket hears a reset',
      observation: { reads: ['ECONNRESET', 'EOF', 'EOF'] },
      verdict: 'fail',
      subject: 'unix-dgram',
    },
    { name: 'not read', observation: { reads: [] }, verdict: 'broken' },
  ],
});

export const errorBeforeData = defineProcedure<Reads>({
  id: 'close/error-before-data',
  guarantee:
    'Data that arrived before the connection broke is read before the error is: a reader that stops at the ' +
    'error loses nothing.',
  level: 'SHOULD',
  // The nearest there is: nothing says in which order an error and data are told.
  source: () => ({
    document: 'poll(2), POLLHUP',
    quote:
      'Subsequent reads from the channel will return 0 (end of file) only after all outstanding data in the ' +
      'channel has been consumed.',
  }),
  subjects: [...CONNECTED, 'tcp-loopback'],
  expected: "'queued', ECONNRESET, the end of file. Linux SOCK_SEQPACKET: ECONNRESET first, then the message.",
  procedure: "Each end sends ('unread' and 'queued'); the peer closes without reading; read three times.",
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const end = closedUnread(checkRun, 'queued');
    return { reads: receives(3, () => sys.read(end, 64)) };
  },
  judge: ({ reads }) =>
    judgeExpected({ Reads: [reads, ['queued', 'ECONNRESET', 'EOF']] }, 'deviation', {
      'The connection was reset': [reads.includes('ECONNRESET'), true],
    }),
  proofs: [
    { name: 'data, error, end', observation: { reads: ['queued', 'ECONNRESET', 'EOF'] }, verdict: 'pass' },
    { name: 'the error hides the data', observation: { reads: ['ECONNRESET', 'queued', 'EOF'] }, verdict: 'deviation' },
    { name: 'the data is gone', observation: { reads: ['ECONNRESET', 'EOF', 'EOF'] }, verdict: 'deviation' },
    { name: 'there was no error', observation: { reads: ['queued', 'EOF', 'EOF'] }, verdict: 'broken' },
  ],
});

type SendsAndReads = readonly [sends: readonly string[], reads: readonly string[]];
const ERROR_STAYS: SendsAndReads = [
  ['EPIPE', 'EPIPE', 'EPIPE'],
  ['ECONNRESET', 'EOF'],
];
const ERROR_IS_TAKEN: SendsAndReads = [
  ['ECONNRESET', 'EPIPE', 'EPIPE'],
  ['EOF', 'EOF'],
];
const DISCONNECTED: SendsAndReads = [
  ['ECONNREFUSED', 'ENOTCONN', 'ENOTCONN'],
  ['EAGAIN', 'EAGAIN'],
];
const USUAL: Readonly<Record<string, SendsAndReads>> = {
  'socketpair-seqpacket': ERROR_IS_TAKEN,
  'unix-seqpacket': ERROR_IS_TAKEN,
  'tcp-loopback': ERROR_IS_TAKEN,
  'socketpair-dgram': DISCONNECTED,
  'unix-dgram': DISCONNECTED,
};

interface Sends {
  readonly sends: readonly (number | string)[];
  readonly reads: readonly string[];
}

/**
 * The error is reported once, to whoever asks first: a send can take it from the receive that would have told of the
 * loss.
 */
export const sendErrno = defineProcedure<Sends>({
  id: 'close/send-errno',
  guarantee:
    'Which error a send gets when the peer has closed with unread data, and which error the next receive gets.',
  level: 'INFO',
  source: (subject) => ({
    document: subject === 'tcp-loopback' ? 'send(2), ERRORS' : 'unix(7), ERRORS',
    quote: subject === 'tcp-loopback' ? 'Connection reset by peer.' : 'Remote socket was unexpectedly closed.',
  }),
  subjects: [...CONNECTED, 'socketpair-dgram', 'unix-dgram', 'tcp-loopback'],
  expected:
    'Linux: EPIPE on a stream, and ECONNRESET stays for the receive. Seqpacket and TCP: ECONNRESET, then EPIPE, ' +
    'and the receive sees a clean end. Datagrams: ECONNREFUSED, then ENOTCONN.',
  procedure: 'Send 6 bytes that the peer does not read; the peer closes; send three times, then receive twice.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const end = closedUnread(checkRun, null);
    const sends = [1, 2, 3].map(() => sent(() => sys.send(end, 'x', sys.constants.MSG_NOSIGNAL)));
    return { sends, reads: receives(2, () => sys.read(end, 64)) };
  },
  judge: ({ sends, reads }, subject) => {
    const [usualSends, usualReads] = USUAL[subject] ?? ERROR_STAYS;
    return judgeExpected({ Sends: [sends, usualSends], 'Receives after them': [reads, usualReads] }, 'info', {
      'Sends and receives': [
        [sends.length, reads.length],
        [3, 2],
      ],
    });
  },
  proofs: [
    {
      name: 'a stream',
      observation: { sends: ['EPIPE', 'EPIPE', 'EPIPE'], reads: ['ECONNRESET', 'EOF'] },
      verdict: 'info',
      subject: 'socketpair-stream',
    },
    {
      name: 'seqpacket',
      observation: { sends: ['ECONNRESET', 'EPIPE', 'EPIPE'], reads: ['EOF', 'EOF'] },
      verdict: 'info',
      subject: 'unix-seqpacket',
    },
    {
      name: 'a datagram socket',
      observation: { sends: ['ECONNREFUSED', 'ENOTCONN', 'ENOTCONN'], reads: ['EAGAIN', 'EAGAIN'] },
      verdict: 'info',
      subject: 'unix-dgram',
    },
    { name: 'one send only', observation: { sends: ['EPIPE'], reads: ['EOF', 'EOF'] }, verdict: 'broken' },
    { name: 'not received', observation: { sends: ['EPIPE', 'EPIPE', 'EPIPE'], reads: [] }, verdict: 'broken' },
  ],
});

/** Our end of a connection whose peer has closed with our bytes unread, after having sent `queued`. */
function closedUnread(checkRun: CheckRun, queued: string | null): number {
  const { sys } = checkRun;
  const { a, b } = connectedEnds(checkRun);
  sys.write(a.out, 'unread');
  arrive(sys, b.in);
  if (queued !== null) sys.write(b.out, queued);
  sys.close(b.in);
  // A datagram socket hears nothing of it: there is nothing to wait for.
  if (!checkRun.subject.endsWith('-dgram')) arrive(sys, a.in, sys.constants.POLLHUP);
  return a.in;
}
