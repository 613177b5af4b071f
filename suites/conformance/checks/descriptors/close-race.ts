import { defineProcedure } from '../../../../harness/define.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { arrive, outcome } from '../../support/outcomes.js';
import { processState } from '../../support/process-state.js';
import { EVERY_TRANSPORT } from '../../support/subjects.js';

interface ClosedWhileRead {
  /** The thread slept in read when its descriptor was closed. */
  readonly blocked: boolean;
  readonly write: string;
  /** What the read came to. */
  readonly read: string;
  /** Of a write after that read had returned. */
  readonly nextWrite: string;
}

/** So close() does not end a thread that reads: shutdown() does, or a signal. */
export const refcountCloseRace = defineProcedure<ClosedWhileRead>({
  id: 'descriptors/refcount-close-race',
  guarantee: 'A read that blocks while another thread closes its descriptor goes on, and takes what arrives.',
  level: 'INFO',
  source: () => ({
    document: 'close(2), Multithreaded processes and close()',
    quote:
      'the blocking I/O system call holds a reference to the underlying open file description, and this ' +
      'reference keeps the description open until the I/O system call completes. […] Thus, the blocking system ' +
      'call in the first thread may successfully complete after the close() in the second thread.',
  }),
  subjects: EVERY_TRANSPORT,
  expected:
    "Linux: 'late' is read, even when the number belongs to another file by then; only after that is the end " +
    'closed, and the next write fails (over TCP the one after it). On other systems the read fails at once.',
  procedure:
    "Let a thread block in read, close its descriptor, dup another file onto the number, write 'late' at the " +
    'other end, wait for the thread; write again.',
  quick: false,
  observe: async (checkRun) => {
    const { sys, own } = checkRun;
    const { a, b } = endsOf(checkRun);
    const thread = sys.inThread([{ op: 'read', fd: b.in, bytes: 64, keep: true, as: 'read' }]);
    // Whatever happens, what it waits for comes: a thread cannot be ended.
    checkRun.defer(() => void outcome(() => sys.write(a.out, 'end')));
    await checkRun.until('the thread sleeps or is done', () => thread.at() > 0 || processState(thread.tid) === 'S');
    const blocked = thread.at() === 0;
    sys.close(b.in);
    // The number is another file's now: the read must not notice.
    sys.dup2(own(sys.eventfd(0, sys.constants.EFD_CLOEXEC)), b.in);
    own(b.in);
    const write = outcome(() => sys.write(a.out, 'late'));
    thread.join(5000);
    const { error, kept, runs } = thread.outcome('read');
    // Over TCP the end becomes known a little later.
    if (checkRun.subject === 'tcp-loopback') arrive(sys, a.in, sys.constants.POLLRDHUP);
    return {
      blocked,
      write,
      read: runs === 0 ? 'still waiting' : (error ?? kept[0]?.toString() ?? ''),
      nextWrite: outcome(() => sys.write(a.out, 'more')),
    };
  },
  judge: ({ blocked, write, read, nextWrite }, subject) =>
    judgeExpected(
      { write: [write, 'ok'], 'the read got': [read, 'late'], 'the next write': [nextWrite, afterwards(subject)] },
      'info',
      { 'The thread was blocked in read': [blocked, true] },
    ),
  proofs: [
    { name: 'goes on', observation: { blocked: true, write: 'ok', read: 'late', nextWrite: 'EPIPE' }, verdict: 'info' },
    {
      name: 'fails',
      observation: { blocked: true, write: 'EPIPE', read: 'EBADF', nextWrite: 'EPIPE' },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'it was not blocked',
      observation: { blocked: false, write: 'ok', read: 'late', nextWrite: 'EPIPE' },
      verdict: 'broken',
    },
  ],
});

/** What a write comes to when nobody reads any more. */
function afterwards(subject: string): string {
  // A TCP peer tells that it is gone in answer to the first write.
  if (subject === 'tcp-loopback') return 'ok';
  return subject.endsWith('-dgram') ? 'ECONNREFUSED' : 'EPIPE';
}
