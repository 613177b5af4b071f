import { defineProcedure, errnoOf, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { passDescriptors, receiveDescriptors, tracer } from '../../support/passing.js';

interface Empty {
  readonly sent: number | string;
  readonly receive: string;
  readonly descriptors: number;
  readonly copy: 'gone' | 'held';
}

/** sendmsg() returns 0, which is no error, and the descriptor is nowhere. */
export const zeroByteStream = defineProcedure<Empty>({
  id: 'scm/zero-byte-stream',
  guarantee: 'What happens to a descriptor that is sent without data, where no text guarantees that it arrives.',
  level: 'INFO',
  source: () => ({
    document: 'unix(7), Ancillary messages',
    quote:
      'At least one byte of real data should be sent when sending ancillary data. On Linux, this is required to ' +
      'successfully send ancillary data over a UNIX domain stream socket.',
  }),
  subjects: ['socketpair-stream', 'unix-stream', 'socketpair-seqpacket', 'unix-seqpacket'],
  expected:
    'Linux streams: the send returns 0, nothing can be received and the descriptor is closed, without an error ' +
    'anywhere. Sequenced packets, of which the manual says nothing: it arrives with an empty message.',
  procedure: "Send a pipe's writing end with no data, close it; receive; is the pipe at its end?",
  quick: true,
  observe: (checkRun) => sendEmpty(checkRun),
  judge: (seen, subject) => {
    const arrives = subject.endsWith('-seqpacket');
    return judgeExpected(
      {
        receive: [seen.receive, arrives ? '0 bytes' : 'EAGAIN'],
        'descriptors that arrived': [seen.descriptors, arrives ? 1 : 0],
        'the descriptor is': [seen.copy, arrives ? 'held' : 'gone'],
      },
      'info',
      { 'The send returned': [seen.sent, 0] },
    );
  },
  proofs: [
    {
      name: 'dropped without a word',
      observation: { sent: 0, receive: 'EAGAIN', descriptors: 0, copy: 'gone' },
      verdict: 'info',
    },
    {
      name: 'it arrives',
      observation: { sent: 0, receive: '0 bytes', descriptors: 1, copy: 'held' },
      verdict: 'info',
      subject: 'unix-seqpacket',
    },
    {
      name: 'it could not be sent',
      observation: { sent: 'EINVAL', receive: 'EAGAIN', descriptors: 0, copy: 'gone' },
      verdict: 'broken',
    },
  ],
});

export const zeroByteDatagram = defineProcedure<Empty>({
  id: 'scm/zero-byte-datagram',
  guarantee: 'An empty datagram carries a descriptor like any other.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), Ancillary messages',
    quote:
      'When sending ancillary data over a UNIX domain datagram socket, it is not necessary on Linux to send any ' +
      'accompanying real data. However, portable applications should also include at least one byte of real ' +
      'data when sending ancillary data over a datagram socket.',
  }),
  subjects: ['socketpair-dgram', 'unix-dgram'],
  expected: 'A message of 0 bytes with one descriptor.',
  procedure: "Send a pipe's writing end with no data, close it; receive; is the pipe at its end?",
  quick: false,
  observe: (checkRun) => sendEmpty(checkRun),
  judge: (seen) =>
    judgeExpected(
      {
        receive: [seen.receive, '0 bytes'],
        'descriptors that arrived': [seen.descriptors, 1],
        'the descriptor is': [seen.copy, 'held'],
      },
      'fail',
      { 'The send returned': [seen.sent, 0] },
    ),
  proofs: [
    { name: 'it arrives', observation: { sent: 0, receive: '0 bytes', descriptors: 1, copy: 'held' }, verdict: 'pass' },
    { name: 'no message', observation: { sent: 0, receive: 'EAGAIN', descriptors: 1, copy: 'held' }, verdict: 'fail' },
    {
      name: 'a message without it',
      observation: { sent: 0, receive: '0 bytes', descriptors: 0, copy: 'held' },
      verdict: 'fail',
    },
    {
      name: 'it arrives closed',
      observation: { sent: 0, receive: '0 bytes', descriptors: 1, copy: 'gone' },
      verdict: 'fail',
    },
    {
      name: 'it could not be sent',
      observation: { sent: 'EINVAL', receive: 'EAGAIN', descriptors: 0, copy: 'gone' },
      verdict: 'broken',
    },
  ],
});

function sendEmpty(checkRun: CheckRun): Empty {
  const { sys } = checkRun;
  const { a, b } = checkRun.pair();
  const pipe = tracer(checkRun);
  let sent: number | string = 0;
  sent = errnoOf(() => (sent = passDescriptors(sys, a.out, [pipe.writing], ''))) ?? sent;
  sys.close(pipe.writing);
  let descriptors = 0;
  let bytes = 0;
  const failed = errnoOf(() => {
    const message = receiveDescriptors(checkRun, b.in);
    descriptors = message.fds.length;
    bytes = message.bytes;
  });
  return { sent, receive: failed ?? `${bytes} bytes`, descriptors, copy: pipe.state() };
}
