import { defineProcedure } from '../../../../harness/define.js';
import { untilBlocked } from '../../support/until-blocked.js';
import { connectedEnds } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { arrive, received } from '../../support/outcomes.js';
import { WITH_END_OF_FILE } from '../../support/subjects.js';

interface Held {
  readonly siblingReady: boolean;
  readonly whileHeld: readonly string[];
  readonly afterItsEnd: string;
}

/**
 * The forgotten descriptor: a reader waits for ever because somebody else, who never writes, was forked with the write
 * end open.
 */
export const heldBySibling = defineProcedure<Held>({
  id: 'eof/held-by-sibling',
  guarantee:
    'There is no end of file as long as any process has the writing end open, also one that only inherited it.',
  level: 'MUST',
  source: () => ({
    document: 'pipe(7), I/O on pipes and FIFOs',
    quote:
      'An application that uses pipe(2) and fork(2) should use suitable close(2) calls to close unnecessary ' +
      'duplicate file descriptors; this ensures that end-of-file and SIGPIPE/EPIPE are delivered when appropriate.',
  }),
  subjects: WITH_END_OF_FILE,
  expected: "'mine' and then EAGAIN after the writer has closed; the end of file after the sibling has exited.",
  procedure:
    "Fork a child that inherits the writing end and waits. Write 'mine', close the end here, read twice; let " +
    'the child exit, and read.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = connectedEnds(checkRun);
    const sibling = sys.forkProgram([
      { op: 'store', word: 0, value: 1 },
      { op: 'waitAtLeast', word: 1, value: 1 },
    ]);
    checkRun.defer(() => sibling.end());
    const siblingReady = sibling.board.waitAtLeast(0, 1, 5000);
    sys.write(a.out, 'mine');
    for (const descriptor of new Set([a.in, a.out])) sys.close(descriptor);
    arrive(sys, b.in);
    const whileHeld = [1, 2].map(() => received(() => sys.read(b.in, 64)));
    sibling.board.store(1, 1);
    sibling.wait(5000);
    // POLLHUP comes unasked; IN is what a socket's end shows.
    arrive(sys, b.in);
    return { siblingReady, whileHeld, afterItsEnd: received(() => sys.read(b.in, 64)) };
  },
  judge: ({ siblingReady, whileHeld, afterItsEnd }) =>
    judgeExpected(
      { 'While the sibling lives': [whileHeld, ['mine', 'EAGAIN']], 'After its exit': [afterItsEnd, 'EOF'] },
      'fail',
      { 'The sibling ran': [siblingReady, true] },
    ),
  proofs: [
    {
      name: 'the end comes with the last writer',
      observation: { siblingReady: true, whileHeld: ['mine', 'EAGAIN'], afterItsEnd: 'EOF' },
      verdict: 'pass',
    },
    {
      name: 'the end comes too early',
      observation: { siblingReady: true, whileHeld: ['mine', 'EOF'], afterItsEnd: 'EOF' },
      verdict: 'fail',
    },
    {
      name: 'the end never comes',
      observation: { siblingReady: true, whileHeld: ['mine', 'EAGAIN'], afterItsEnd: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: 'there was no sibling',
      observation: { siblingReady: false, whileHeld: ['mine', 'EAGAIN'], afterItsEnd: 'EOF' },
      verdict: 'broken',
    },
  ],
});

interface HalfRecord {
  readonly recordBytes: number;
  readonly blocked: boolean;
  readonly receivedBytes: number;
  /** Offset of the first byte that is not the record's; -1 when all are. */
  readonly firstWrong: number;
  readonly endedBy: string;
}

const RECORD_BYTES = 2 * 1024 * 1024;
const FILL = 0x5a;

/** Nothing but the length in a frame's header tells such an end from one between two records. */
export const halfRecordAtEof = defineProcedure<HalfRecord>({
  id: 'eof/half-record',
  guarantee:
    'A writer that dies inside a record leaves the part that was taken, unharmed, and then a clean end of file: ' +
    'framing has to report the record as cut off.',
  level: 'MUST',
  source: (subject) =>
    subject === 'pipe' || subject === 'fifo'
      ? {
          document: 'pipe(7), I/O on pipes and FIFOs',
          quote:
            'If all file descriptors referring to the write end of a pipe have been closed, then an attempt to ' +
            'read(2) from the pipe will see end-of-file (read(2) will return 0).',
        }
      : {
          document: 'socket(2), DESCRIPTION',
          quote:
            'The communications protocols which implement a SOCK_STREAM ensure that data is not lost or duplicated.',
        },
  subjects: ['socketpair-stream', 'unix-stream', 'pipe', 'fifo', 'tcp-loopback'],
  expected: 'More than 0 and fewer than all bytes, each as it was written, then a read of 0 and no error.',
  procedure: 'A child writes one record of 2 MiB; when it sleeps inside the write it gets SIGKILL. Read to the end.',
  quick: false,
  observe: async (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = connectedEnds(checkRun);
    const { SOL_SOCKET, SO_SNDBUF, SO_RCVBUF, F_SETFL } = sys.constants;
    if (checkRun.subject === 'tcp-loopback') {
      // Left alone they grow until the record fits into them.
      sys.setsockopt(a.out, SOL_SOCKET, SO_SNDBUF, 65_536);
      sys.setsockopt(b.in, SOL_SOCKET, SO_RCVBUF, 65_536);
    }
    sys.fcntl(a.out, F_SETFL, 0);
    const writer = sys.forkProgram([{ op: 'writeAll', fd: a.out, data: { bytes: RECORD_BYTES, value: FILL } }]);
    checkRun.defer(() => writer.end());
    const blocked = await untilBlocked(checkRun, writer, 0);
    for (const descriptor of new Set([a.in, a.out])) sys.close(descriptor);
    writer.end();
    let receivedBytes = 0;
    let firstWrong = -1;
    const wanted = Buffer.alloc(65_536, FILL);
    for (;;) {
      arrive(sys, b.in);
      let chunk: Buffer = Buffer.alloc(0);
      const endedBy = received(() => (chunk = sys.read(b.in, 65_536)));
      if (chunk.length === 0) return { recordBytes: RECORD_BYTES, blocked, receivedBytes, firstWrong, endedBy };
      if (firstWrong === -1 && !chunk.equals(wanted.subarray(0, chunk.length)))
        firstWrong = receivedBytes + chunk.findIndex((byte) => byte !== FILL);
      receivedBytes += chunk.length;
    }
  },
  judge: ({ recordBytes, blocked, receivedBytes, firstWrong, endedBy }) =>
    judgeExpected({ [`First wrong byte of ${receivedBytes}`]: [firstWrong, -1], Then: [endedBy, 'EOF'] }, 'fail', {
      'The writer slept in its write': [blocked, true],
      [`A part of ${recordBytes} bytes arrived (${receivedBytes})`]: [
        receivedBytes > 0 && receivedBytes < recordBytes,
        true,
      ],
    }),
  proofs: [
    {
      name: 'a part, then the end',
      observation: { recordBytes: 2_097_152, blocked: true, receivedBytes: 219_264, firstWrong: -1, endedBy: 'EOF' },
      verdict: 'pass',
    },
    {
      name: 'a wrong byte',
      observation: { recordBytes: 2_097_152, blocked: true, receivedBytes: 219_264, firstWrong: 4096, endedBy: 'EOF' },
      verdict: 'fail',
    },
    {
      name: 'an error at the end',
      observation: {
        recordBytes: 2_097_152,
        blocked: true,
        receivedBytes: 219_264,
        firstWrong: -1,
        endedBy: 'ECONNRESET',
      },
      verdict: 'fail',
    },
    {
      name: 'the record was complete',
      observation: { recordBytes: 2_097_152, blocked: true, receivedBytes: 2_097_152, firstWrong: -1, endedBy: 'EOF' },
      verdict: 'broken',
    },
    {
      name: 'nothing arrived',
      observation: { recordBytes: 2_097_152, blocked: true, receivedBytes: 0, firstWrong: -1, endedBy: 'EOF' },
      verdict: 'broken',
    },
    {
      name: 'the writer was done',
      observation: { recordBytes: 2_097_152, blocked: false, receivedBytes: 219_264, firstWrong: -1, endedBy: 'EOF' },
      verdict: 'broken',
    },
  ],
});
