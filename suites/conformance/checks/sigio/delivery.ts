import { defineProcedure, errnoOf, type Op, type CheckRun } from '../../../../harness/define.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { forked } from '../../support/forked-child.js';
import { EVERY_TRANSPORT, UNIX, WITH_END_OF_FILE } from '../../support/subjects.js';

/** The signal comes with the message; one that does not come costs this long. */
const SIGNAL_MS = 1000;
const MESSAGE_MS = 5000;
const ROUNDS = 5;
/** Where so many do not fit, fewer do as well. */
const MESSAGES = 100;

const clause = {
  document: 'fcntl(2), Managing signals, F_SETOWN',
  quote:
    'This is done by using the fcntl() F_SETFL command to set the O_ASYNC file status flag on the file ' +
    'descriptor. Subsequently, a SIGIO signal is sent whenever input or output becomes possible on the file ' +
    'descriptor.',
};

interface Delivered {
  /** Messages that the process read. */
  readonly read: number;
  /** Of each message, whether a signal came for it. */
  readonly signals: readonly boolean[];
  /** Signals that came without a message. */
  readonly extra: number;
  /** Whether one came for a message while the one before was still unread. */
  readonly whileUnread: boolean;
}

export const delivered = defineProcedure<Delivered>({
  id: 'sigio/delivered',
  guarantee: 'A process that requested SIGIO gets it when a message arrives.',
  level: 'MUST',
  source: (subject) =>
    subject === 'pipe' || subject === 'fifo'
      ? {
          document: 'pipe(7), Open file status flags',
          quote:
            'Setting the O_ASYNC flag for the read end of a pipe causes a signal (SIGIO by default) to be ' +
            'generated when new input becomes available on the pipe.',
        }
      : clause,
  subjects: EVERY_TRANSPORT,
  expected:
    'A signal for each of five messages that are read one by one; on Linux one also for a message that arrives ' +
    'while another is unread.',
  procedure:
    'A process with SIGIO blocked makes itself the owner of its end and sets FIOASYNC. It is sent five ' +
    'messages, one at a time; it waits for the signal, then reads. Two more come without a read between them.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { SIGIO } = sys.constants;
    const { a, b } = endsOf(checkRun);
    const board = sys.createBoard(2);
    const numbers = Array.from({ length: ROUNDS }, (_, index) => index + 1);
    const program = forked(
      checkRun,
      [
        ...wantSigio(checkRun, b.in),
        ...numbers.flatMap((number): Op[] => [
          // What is pending before the message came is not for it.
          { op: 'sigtimedwait', signals: [SIGIO], timeoutMs: 0, as: `extra${number}` },
          { op: 'store', word: 0, value: number },
          ...awaitSigio(checkRun, b.in, `signal${number}`),
          { op: 'read', fd: b.in, bytes: 64, as: `read${number}` },
        ]),
        { op: 'store', word: 0, value: ROUNDS + 1 },
        ...awaitSigio(checkRun, b.in, 'sixth'),
        { op: 'store', word: 0, value: ROUNDS + 2 },
        { op: 'sigtimedwait', signals: [SIGIO], timeoutMs: 100, as: 'unread' },
      ],
      { board },
    );
    for (let sends = 1; sends <= ROUNDS + 2 && board.waitAtLeast(0, sends, MESSAGE_MS); sends += 1)
      sys.write(a.out, 'message');
    program.wait(MESSAGE_MS);
    const came = (as: string): boolean => program.outcome(as).value === SIGIO;
    return {
      read: numbers.filter((number) => program.outcome(`read${number}`).value > 0).length,
      signals: numbers.map((number) => came(`signal${number}`)),
      extra: numbers.filter((number) => came(`extra${number}`)).length,
      whileUnread: came('unread'),
    };
  },
  judge: ({ read, signals, extra, whileUnread }) =>
    judgeExpected(
      {
        [`Messages without a signal (${extra} signals without a message; one while another is ` +
        `unread: ${whileUnread ? 'a signal' : 'none'})`]: [signals.filter((came) => !came).length, 0],
      },
      'fail',
      { 'Messages read': [read, ROUNDS] },
    ),
  proofs: [
    {
      name: 'one each',
      observation: { read: 5, signals: [true, true, true, true, true], extra: 0, whileUnread: true },
      verdict: 'pass',
    },
    {
      name: 'the last one without',
      observation: { read: 5, signals: [true, true, true, true, false], extra: 0, whileUnread: true },
      verdict: 'fail',
    },
    {
      name: 'four arrived',
      observation: { read: 4, signals: [true, true, true, true, true], extra: 0, whileUnread: true },
      verdict: 'broken',
    },
  ],
});

interface Coalesced {
  readonly sent: number;
  readonly signals: number;
  readonly read: number;
}

export const coalesced = defineProcedure<Coalesced>({
  id: 'sigio/coalesced',
  guarantee: 'SIGIO does not count messages: many of them while it is blocked are one signal.',
  level: 'MUST',
  source: () => ({
    document: 'signal(7), Queueing and delivery semantics for standard signals',
    quote:
      'If multiple instances of a standard signal are generated while that signal is blocked, then only one ' +
      'instance of the signal is marked as pending',
  }),
  // Over TCP the last of them can still be on its way when the first is taken.
  subjects: [...UNIX, 'pipe', 'fifo'],
  expected: 'One signal for 100 messages, all of which are there: a handler has to read until EAGAIN.',
  procedure:
    'Send up to 100 messages of one byte to a process that has SIGIO blocked; then it takes signals until there ' +
    'are none, and reads until EAGAIN.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { SIGIO } = sys.constants;
    const { a, b } = endsOf(checkRun, { nonblocking: true });
    const board = sys.createBoard(2);
    const program = forked(
      checkRun,
      [
        ...wantSigio(checkRun, b.in),
        { op: 'store', word: 0, value: 1 },
        { op: 'waitAtLeast', word: 1, value: 1 },
        {
          op: 'repeat',
          stop: 'on-error',
          body: [{ op: 'sigtimedwait', signals: [SIGIO], timeoutMs: 0, as: 'signal' }],
        },
        { op: 'repeat', stop: 'on-error', body: [{ op: 'read', fd: b.in, bytes: 1, as: 'read' }] },
      ],
      { board },
    );
    board.waitAtLeast(0, 1, 5000);
    let sent = 0;
    while (sent < MESSAGES && errnoOf(() => sys.write(a.out, 'm')) === null) sent += 1;
    board.store(1, 1);
    program.wait(5000);
    const succeeded = (as: string): number => program.outcome(as).runs - program.outcome(as).failures;
    return { sent, signals: succeeded('signal'), read: succeeded('read') };
  },
  judge: ({ sent, signals, read }) =>
    judgeExpected({ [`Signals for ${sent} messages`]: [signals, 1], 'messages read': [read, sent] }, 'fail', {
      'More than one was sent': [sent > 1, true],
    }),
  proofs: [
    { name: 'one for all', observation: { sent: 100, signals: 1, read: 100 }, verdict: 'pass' },
    { name: 'one for two', observation: { sent: 2, signals: 1, read: 2 }, verdict: 'pass' },
    { name: 'one each', observation: { sent: 100, signals: 100, read: 100 }, verdict: 'fail' },
    { name: 'none', observation: { sent: 100, signals: 0, read: 100 }, verdict: 'fail' },
    { name: 'a message for a signal', observation: { sent: 100, signals: 1, read: 1 }, verdict: 'fail' },
    { name: 'one was sent', observation: { sent: 1, signals: 1, read: 1 }, verdict: 'broken' },
  ],
});

interface OnClose {
  readonly signal: boolean;
  /** What a read found after it: 0 is end of file. */
  readonly read: number;
}

export const onClose = defineProcedure<OnClose>({
  id: 'sigio/on-close',
  guarantee: 'A process that requested SIGIO gets it when the other end is closed.',
  level: 'MUST',
  source: () => clause,
  subjects: WITH_END_OF_FILE,
  expected: 'One signal, and end of file.',
  procedure:
    'A process with SIGIO blocked makes itself the owner of its end and sets FIOASYNC. All descriptors of the ' +
    'other end are closed; it waits for the signal and reads.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { SIGIO } = sys.constants;
    const { a, b } = endsOf(checkRun);
    const board = sys.createBoard(1);
    const others = [...new Set([a.in, a.out])];
    const program = forked(
      checkRun,
      [
        ...others.map((fd): Op => ({ op: 'close', fd })),
        ...wantSigio(checkRun, b.in),
        { op: 'store', word: 0, value: 1 },
        ...awaitSigio(checkRun, b.in, 'signal'),
        { op: 'read', fd: b.in, bytes: 1, as: 'read' },
      ],
      { board },
    );
    board.waitAtLeast(0, 1, 5000);
    for (const fd of others) sys.close(fd);
    program.wait(5000);
    return { signal: program.outcome('signal').value === SIGIO, read: program.outcome('read').value };
  },
  judge: ({ signal, read }) =>
    judgeExpected({ 'A signal comes': [signal, true] }, 'fail', { 'A read finds the end of file': [read, 0] }),
  proofs: [
    { name: 'it comes', observation: { signal: true, read: 0 }, verdict: 'pass' },
    { name: 'it does not', observation: { signal: false, read: 0 }, verdict: 'fail' },
    { name: 'it was never closed', observation: { signal: true, read: 1 }, verdict: 'broken' },
  ],
});

/**
 * What a process does first that is to get the SIGIO of a descriptor. It stays blocked: it is waited for, not handled.
 */
function wantSigio({ sys }: CheckRun, fd: number): Op[] {
  const { SIG_BLOCK, SIGIO, FIOASYNC } = sys.constants;
  return [
    { op: 'sigprocmask', how: SIG_BLOCK, signals: [SIGIO] },
    { op: 'ownSignals', fd },
    { op: 'ioctl', fd, request: FIOASYNC, value: 1 },
  ];
}

/** The signal of what has arrived: the message, or the end, is waited for first, however long the sender takes. */
function awaitSigio({ sys }: CheckRun, fd: number, as: string): Op[] {
  return [
    { op: 'poll', fd, events: sys.constants.POLLIN, timeoutMs: MESSAGE_MS },
    { op: 'sigtimedwait', signals: [sys.constants.SIGIO], timeoutMs: SIGNAL_MS, as },
  ];
}
