import { defineProcedure, type Op, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { brokenEnd } from '../../support/broken-end.js';

const socket7 = 'socket(7), Signals';

interface Broken {
  /** Of a child with the default disposition; null when it lived on. */
  readonly signal: number | null;
  /** What a child that ignores SIGPIPE hears. */
  readonly error: string | null;
}

/**
 * Linux raises no SIGPIPE for SOCK_SEQPACKET, against POSIX and its own socket(7): google/gvisor#161 has the three
 * behaviours.
 */
export const sigpipe = defineProcedure<Broken>({
  id: 'sigpipe/raised',
  guarantee:
    'Writing to a connection whose peer has gone raises SIGPIPE, and fails with EPIPE where that is ignored; a ' +
    'datagram socket, which has no connection, raises none.',
  level: 'MUST',
  source: (subject) => {
    if (subject === 'pipe' || subject === 'fifo') {
      return {
        document: 'pipe(7), I/O on pipes and FIFOs',
        quote:
          'If all file descriptors referring to the read end of a pipe have been closed, then a write(2) will ' +
          'cause a SIGPIPE signal to be generated for the calling process. If the calling process is ignoring ' +
          'this signal, then write(2) fails with the error EPIPE.',
      };
    }
    if (subject.endsWith('-seqpacket')) {
      return {
        document: 'POSIX.1-2017 XSH, send(), ERRORS, [EPIPE]',
        quote:
          'The socket is shut down for writing, or the socket is connection-mode and is no longer connected. In ' +
          'the latter case, and if the socket is of type SOCK_STREAM or SOCK_SEQPACKET and the MSG_NOSIGNAL ' +
          'flag is not set, the SIGPIPE signal is generated to the calling thread.',
      };
    }
    return {
      document: socket7,
      quote:
        'When writing onto a connection-oriented socket that has been shut down (by the local or the remote ' +
        'end) SIGPIPE is sent to the writing process and EPIPE is returned.',
    };
  },
  subjects: [
    'socketpair-stream',
    'socketpair-seqpacket',
    'socketpair-dgram',
    'unix-stream',
    'unix-seqpacket',
    'unix-dgram',
    'pipe',
    'fifo',
    'tcp-loopback',
  ],
  expected:
    'SIGPIPE (13) and EPIPE. Linux SOCK_SEQPACKET: EPIPE without the signal. Datagrams: ECONNREFUSED without it.',
  procedure:
    'Close one end. A child with the default disposition of SIGPIPE writes to the other; then a child that ignores it.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { SIGPIPE } = sys.constants;
    const out = brokenEnd(checkRun);
    const write: readonly Op[] = [...untilReset(checkRun, out), { op: 'write', fd: out, data: 'x', as: 'write' }];
    const run = (disposition: 'default' | 'ignore'): { signal: number | null; error: string | null } => {
      const child = sys.forkProgram([{ op: 'setDisposition', signo: SIGPIPE, disposition }, ...write]);
      checkRun.defer(() => child.end());
      return { signal: child.wait(5000)?.signal ?? null, error: child.outcome('write').error };
    };
    return { signal: run('default').signal, error: run('ignore').error };
  },
  judge: ({ signal, error }, subject) =>
    subject.endsWith('-dgram')
      ? // No document says with which error: only that it is not the one of a connection.
        judgeExpected(
          {
            'Signal that ended the writer': [signal, null],
            [`EPIPE where it is ignored (${error})`]: [error === 'EPIPE', false],
          },
          'fail',
          { 'The write failed': [error !== null, true] },
        )
      : judgeExpected(
          { 'Signal that ended the writer': [signal, 13], 'Error where it is ignored': [error, 'EPIPE'] },
          'fail',
          { 'The write failed': [error !== null, true] },
        ),
  proofs: [
    { name: 'signal and error', observation: { signal: 13, error: 'EPIPE' }, verdict: 'pass' },
    {
      name: 'the error alone',
      observation: { signal: null, error: 'EPIPE' },
      verdict: 'fail',
      subject: 'unix-seqpacket',
    },
    { name: 'another error', observation: { signal: 13, error: 'ECONNRESET' }, verdict: 'fail' },
    {
      name: 'a datagram is refused',
      observation: { signal: null, error: 'ECONNREFUSED' },
      verdict: 'pass',
      subject: 'unix-dgram',
    },
    {
      name: 'a datagram socket gets the signal',
      observation: { signal: 13, error: 'ECONNREFUSED' },
      verdict: 'fail',
      subject: 'unix-dgram',
    },
    {
      name: 'a datagram socket gets EPIPE',
      observation: { signal: null, error: 'EPIPE' },
      verdict: 'fail',
      subject: 'unix-dgram',
    },
    { name: 'the peer was still there', observation: { signal: null, error: null }, verdict: 'broken' },
    {
      name: 'so it was for a datagram',
      observation: { signal: null, error: null },
      verdict: 'broken',
      subject: 'unix-dgram',
    },
  ],
});

interface Quiet {
  readonly signal: number | null;
  readonly error: string | null;
  readonly signalWithoutFlag: number | null;
}

export const nosignal = defineProcedure<Quiet>({
  id: 'sigpipe/nosignal',
  guarantee: 'A send with MSG_NOSIGNAL to a peer that has gone fails with EPIPE and raises no signal.',
  level: 'MUST',
  source: () => ({
    document: 'send(2), MSG_NOSIGNAL',
    quote:
      "Don't generate a SIGPIPE signal if the peer on a stream-oriented socket has closed the connection. The " +
      'EPIPE error is still returned.',
  }),
  subjects: ['socketpair-stream', 'unix-stream', 'tcp-loopback'],
  expected:
    'EPIPE; the control without the flag dies of SIGPIPE. macOS before 15 has no such flag but the option ' +
    'SO_NOSIGPIPE.',
  procedure:
    'Close one end. A child with the default disposition of SIGPIPE sends to the other with MSG_NOSIGNAL; a ' +
    'second child sends without it.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { SIGPIPE, MSG_NOSIGNAL } = sys.constants;
    const out = brokenEnd(checkRun);
    const run = (flags: number): { signal: number | null; error: string | null } => {
      const child = sys.forkProgram([
        { op: 'setDisposition', signo: SIGPIPE, disposition: 'default' },
        ...untilReset(checkRun, out),
        { op: 'send', fd: out, data: 'x', flags, as: 'send' },
      ]);
      checkRun.defer(() => child.end());
      return { signal: child.wait(5000)?.signal ?? null, error: child.outcome('send').error };
    };
    return { ...run(MSG_NOSIGNAL), signalWithoutFlag: run(0).signal };
  },
  judge: ({ signal, error, signalWithoutFlag }) =>
    judgeExpected({ 'Signal that ended the sender': [signal, null], Error: [error, 'EPIPE'] }, 'fail', {
      'Signal without the flag': [signalWithoutFlag, 13],
    }),
  proofs: [
    { name: 'EPIPE alone', observation: { signal: null, error: 'EPIPE', signalWithoutFlag: 13 }, verdict: 'pass' },
    {
      name: 'the signal all the same',
      observation: { signal: 13, error: 'EPIPE', signalWithoutFlag: 13 },
      verdict: 'fail',
    },
    { name: 'no error', observation: { signal: null, error: null, signalWithoutFlag: 13 }, verdict: 'fail' },
    {
      name: 'the control lives',
      observation: { signal: null, error: 'EPIPE', signalWithoutFlag: null },
      verdict: 'broken',
    },
  ],
});

/** TCP learns that the peer has gone from the answer to what it sends: the first send succeeds. */
function untilReset({ subject, sys }: CheckRun, out: number): readonly Op[] {
  if (subject !== 'tcp-loopback') return [];
  return [
    { op: 'send', fd: out, data: 'x', flags: sys.constants.MSG_NOSIGNAL },
    { op: 'poll', fd: out, events: 0, timeoutMs: 3000 },
  ];
}
