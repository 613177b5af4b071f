import { defineProcedure, type Syscalls } from '../../../../harness/define.js';
import { drawsOf } from '../../fault-injection/random.js';
import { firstDifference, numbered } from '../../support/channel.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { arrive, polled, received, sent } from '../../support/outcomes.js';

const STREAMS = ['socketpair-stream', 'unix-stream', 'pipe', 'fifo', 'tcp-loopback'] as const;

interface Cuts {
  /** What the reads gave after two writes of two bytes. */
  readonly reads: readonly string[];
  readonly writes: number;
  readonly written: number;
  readonly readCalls: number;
  readonly read: number;
  readonly firstDifference: number;
}

export const nonePromised = defineProcedure<Cuts>({
  id: 'boundaries/none-promised',
  guarantee: 'The bytes of a stream arrive as one sequence, however writes and reads divide it.',
  level: 'MUST',
  source: (subject) =>
    subject === 'pipe' || subject === 'fifo'
      ? {
          document: 'pipe(7), I/O on pipes and FIFOs',
          quote:
            'The communication channel provided by a pipe is a byte stream: there is no concept of message boundaries.',
        }
      : subject === 'tcp-loopback'
        ? { document: 'tcp(7), DESCRIPTION', quote: 'TCP does not preserve record boundaries.' }
        : { document: 'socket(2), DESCRIPTION', quote: 'They do not preserve record boundaries.' },
  subjects: STREAMS,
  expected:
    'The concatenation is the same, whatever the reads return. Linux merges two small writes into one read ' +
    'where both are there; nobody may rely on it.',
  procedure:
    'Write two bytes, write two more, and read with a large buffer until all four are there. Then rounds of 4 ' +
    'KiB, written in pieces of 1 to 300 bytes and read in pieces of 1 to 500, both at random from the seed.',
  quick: true,
  observe: (checkRun) => {
    const { sys, count } = checkRun;
    const { a, b } = endsOf(checkRun);
    sys.write(a.out, 'ab');
    sys.write(a.out, 'cd');
    const reads: string[] = [];
    while (reads.join('').length < 4) reads.push(sys.read(b.in, 100).toString());
    const draw = drawsOf(checkRun.seed);
    const total = count({ quick: 4, default: 16, thorough: 1000 }) * 4096;
    const seen = { writes: 0, written: 0, readCalls: 0, read: 0, firstDifference: -1 };
    // A round fits into every buffer, so that nobody waits for a second process.
    while (seen.read < total && seen.firstDifference < 0) {
      const roundEnd = seen.written + 4096;
      while (seen.written < roundEnd) {
        seen.written += sys.write(a.out, numbered(seen.written, Math.min(1 + draw(300), roundEnd - seen.written)));
        seen.writes += 1;
      }
      while (seen.read < roundEnd && seen.firstDifference < 0) {
        const bytes = sys.read(b.in, 1 + draw(500));
        const difference = firstDifference(bytes, seen.read);
        if (difference >= 0) seen.firstDifference = seen.read + difference;
        seen.read += bytes.length;
        seen.readCalls += 1;
      }
    }
    return { reads, ...seen };
  },
  judge: ({ reads, writes, written, readCalls, read, firstDifference: difference }) =>
    judgeExpected(
      {
        [`Two writes of two bytes were read in ${reads.length}, together`]: [reads.join(''), 'abcd'],
        [`of ${written} bytes in ${writes} writes there came in ${readCalls} reads`]: [read, written],
        'first byte that differs': [difference, -1],
      },
      'fail',
      { 'Written in several pieces': [writes > 1, true] },
    ),
  proofs: [
    { name: 'merged', observation: cuts({}), verdict: 'pass' },
    { name: 'as they were written', observation: cuts({ reads: ['ab', 'cd'] }), verdict: 'pass' },
    { name: 'two pieces', observation: cuts({ writes: 2 }), verdict: 'pass' },
    { name: 'exchanged', observation: cuts({ reads: ['cd', 'ab'] }), verdict: 'fail' },
    { name: 'a byte lost', observation: cuts({ read: 65_535 }), verdict: 'fail' },
    { name: 'a byte changed', observation: cuts({ firstDifference: 0 }), verdict: 'fail' },
    { name: 'one piece', observation: cuts({ writes: 1 }), verdict: 'broken' },
  ],
});

interface Nothing {
  readonly written: number | string;
  readonly polled: string;
  readonly read: string;
  /** After one byte was written as well. */
  readonly next: string;
}

export const zeroLengthIsNothing = defineProcedure<Nothing>({
  id: 'boundaries/zero-length-is-nothing',
  guarantee: 'A write of 0 bytes to a stream has no effect on its reader; in particular it is not an end of file.',
  level: 'MUST',
  source: (subject) =>
    subject === 'pipe' || subject === 'fifo'
      ? {
          document: 'pipe(7), I/O on pipes and FIFOs',
          quote:
            'If all file descriptors referring to the write end of a pipe have been closed, then an attempt to ' +
            'read(2) from the pipe will see end-of-file',
        }
      : {
          document: 'recv(2), RETURN VALUE',
          quote:
            'When a stream socket peer has performed an orderly shutdown, the return value will be 0 (the ' +
            'traditional "end-of-file" return).',
        },
  subjects: STREAMS,
  expected:
    'write() returns 0 (POSIX leaves that open), the reader polls nothing and reads EAGAIN; a byte written ' +
    'after it arrives alone.',
  procedure: 'Write 0 bytes; poll and read the other end, nonblocking. Write one byte and read.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = endsOf(checkRun, { nonblocking: true });
    const written = sent(() => sys.write(a.out, ''));
    // Over TCP what is on its way comes later: a byte behind it tells that it has been here, if it was anything.
    const seen = { written, polled: readable(sys, b.in), read: received(() => sys.read(b.in, 10)) };
    sys.write(a.out, 'x');
    arrive(sys, b.in);
    return { ...seen, next: received(() => sys.read(b.in, 10)) };
  },
  judge: ({ written, polled: poll, read, next }) =>
    judgeExpected(
      {
        [`A write of 0 bytes returned ${written} and the reader polls`]: [poll, 'none'],
        reads: [read, 'EAGAIN'],
        'then, of one byte more': [next, 'x'],
      },
      'fail',
      {
        'The write was no failure': [typeof written === 'number', true],
      },
    ),
  proofs: [
    { name: 'nothing', observation: { written: 0, polled: 'none', read: 'EAGAIN', next: 'x' }, verdict: 'pass' },
    { name: 'readable', observation: { written: 0, polled: 'IN', read: 'EAGAIN', next: 'x' }, verdict: 'fail' },
    { name: 'an end of file', observation: { written: 0, polled: 'none', read: 'EOF', next: 'x' }, verdict: 'fail' },
    {
      name: 'an end of file later',
      observation: { written: 0, polled: 'none', read: 'EAGAIN', next: 'EOF' },
      verdict: 'fail',
    },
    {
      name: 'not written',
      observation: { written: 'EPIPE', polled: 'none', read: 'EAGAIN', next: 'x' },
      verdict: 'broken',
    },
  ],
});

interface Unheard {
  readonly nothing: number | string;
  readonly something: number | string;
}

/** Sockets look at the connection first. */
const USUAL_ON_BROKEN: Readonly<Record<string, number>> = { pipe: 0, fifo: 0 };

export const zeroLengthOnBroken = defineProcedure<Unheard>({
  id: 'boundaries/zero-length-on-broken',
  guarantee: 'Whether a write of 0 bytes shows that the reader is gone.',
  level: 'INFO',
  source: () => ({
    document: 'write(2), DESCRIPTION',
    quote: 'If count is zero and fd refers to a file other than a regular file, the results are not specified.',
  }),
  subjects: [...STREAMS, 'socketpair-seqpacket', 'unix-seqpacket'],
  expected:
    'Linux: a pipe returns 0 and raises no SIGPIPE, so that it cannot be asked this way; sockets fail with EPIPE.',
  procedure: 'Close the reader; write 0 bytes, then one, with SIGPIPE ignored.',
  quick: false,
  observe: (checkRun) => {
    const { sys, subject } = checkRun;
    const { a, b } = endsOf(checkRun, { nonblocking: true });
    sys.close(b.in);
    if (subject === 'tcp-loopback') {
      // Only what comes back to the first byte after the end tells that nobody reads.
      sys.write(a.out, 'x');
      arrive(sys, a.out, sys.constants.POLLHUP | sys.constants.POLLERR);
      sys.getsockopt(a.out, sys.constants.SOL_SOCKET, sys.constants.SO_ERROR);
    }
    return { nothing: sent(() => sys.write(a.out, '')), something: sent(() => sys.write(a.out, 'x')) };
  },
  judge: ({ nothing, something }, subject) =>
    judgeExpected({ 'A write of 0 bytes returns': [nothing, USUAL_ON_BROKEN[subject] ?? 'EPIPE'] }, 'info', {
      'The reader is gone, and a write of one byte gets': [something, 'EPIPE'],
    }),
  proofs: [
    { name: 'a socket', observation: { nothing: 'EPIPE', something: 'EPIPE' }, verdict: 'info' },
    { name: 'a pipe', observation: { nothing: 0, something: 'EPIPE' }, verdict: 'info', subject: 'pipe' },
    { name: 'somebody reads', observation: { nothing: 0, something: 1 }, verdict: 'broken' },
  ],
});

/** Only what speaks of reading: the other end of a socket is writable too. */
const readable = (sys: Syscalls, fd: number): string => polled(sys, fd).replace(/\|?\bOUT\b\|?/, '') || 'none';

function cuts(change: Partial<Cuts>): Cuts {
  return {
    reads: ['abcd'],
    writes: 443,
    written: 65_536,
    readCalls: 279,
    read: 65_536,
    firstDifference: -1,
    ...change,
  };
}
