import { countUntilError, defineProcedure, type IoUring, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { UNIX } from '../../support/subjects.js';

interface Ordered {
  /**
   * Numbers of the messages as they arrived: sent into an empty socket, and into one that was full until all had been
   * submitted.
   */
  readonly whenEmpty: readonly number[];
  readonly whenFull: readonly number[];
  /** Sends that were done before anything was read from the full socket. */
  readonly doneWhileFull: number;
  /** Sends of both kinds that said that they had failed, or had sent less. */
  readonly failed: readonly string[];
}

const MESSAGES = [1, 2, 3, 4, 5, 6, 7, 8];
const LINKING = 'io_uring_enter(2), IOSQE_IO_LINK';

/**
 * Where there is room a send is done as it is submitted. One that has to wait waits for itself alone, and nobody
 * remembers whose turn it is: axboe/liburing #1001.
 */
export const ioUringOrder = defineProcedure<Ordered>({
  id: 'ordering/io-uring',
  guarantee: 'The order in which messages arrive that were sent through one io_uring without links.',
  level: 'INFO',
  source: () => ({
    document: 'io_uring_enter(2), NOTES',
    quote:
      'Note that, while I/O is initiated in the order in which it appears in the submission queue, completions ' +
      'are unordered.',
  }),
  subjects: UNIX,
  expected:
    'Linux 6.18: as they were submitted while there is room; the other way round, the last one first, when all ' +
    'of them had to wait for it. Skipped with its error where the kernel gives no io_uring.',
  procedure:
    'Submit eight sends of one byte at once, and receive. Fill the socket, submit eight more, see that none is ' +
    'done, receive everything; wait for all completions.',
  quick: true,
  observe: (checkRun) => sendThroughRing(checkRun, false),
  judge: (seen) =>
    judgeExpected(
      {
        'In an empty socket they arrive as': [seen.whenEmpty, MESSAGES],
        'in a full one, once it is read, as': [seen.whenFull, [...MESSAGES].reverse()],
      },
      'info',
      ground(seen),
    ),
  proofs: [
    { name: 'Linux 6.18', observation: ordered({ whenFull: [8, 7, 6, 5, 4, 3, 2, 1] }), verdict: 'info' },
    { name: 'in order after all', observation: ordered({}), verdict: 'info', unusual: true },
    ...unprovenOnes(),
  ],
});

export const ioUringLinked = defineProcedure<Ordered>({
  id: 'ordering/io-uring-linked',
  guarantee: 'Messages that are sent through one io_uring, each linked to the next, arrive in that order.',
  level: 'MUST',
  source: () => ({
    document: LINKING,
    quote: 'That next SQE will not be started before the previous request completes.',
  }),
  subjects: UNIX,
  expected: 'In order, also where they had to wait for room.',
  procedure: 'As ordering/io-uring, with IOSQE_IO_LINK on all but the last of each eight.',
  quick: true,
  observe: (checkRun) => sendThroughRing(checkRun, true),
  judge: (seen) =>
    judgeExpected(
      {
        'In an empty socket they arrive as': [seen.whenEmpty, MESSAGES],
        'in a full one, once it is read, as': [seen.whenFull, MESSAGES],
      },
      'fail',
      ground(seen),
    ),
  proofs: [
    { name: 'in order', observation: ordered({}), verdict: 'pass' },
    { name: 'the other way round', observation: ordered({ whenFull: [8, 7, 6, 5, 4, 3, 2, 1] }), verdict: 'fail' },
    {
      name: 'one overtaken in an empty socket',
      observation: ordered({ whenEmpty: [1, 3, 2, 4, 5, 6, 7, 8] }),
      verdict: 'fail',
    },
    ...unprovenOnes(),
  ],
});

const ground = ({ whenEmpty, whenFull, doneWhileFull, failed }: Ordered): Parameters<typeof judgeExpected>[2] => ({
  'All arrived, each once': [
    [[...whenEmpty].sort(), [...whenFull].sort()],
    [MESSAGES, MESSAGES],
  ],
  'None was done while the socket was full': [doneWhileFull, 0],
  'Sends that failed': [failed, []],
});

function sendThroughRing(checkRun: CheckRun, linked: boolean): Ordered {
  const { sys } = checkRun;
  const { MSG_DONTWAIT, MSG_NOSIGNAL } = sys.constants;
  const ring = openRing(checkRun);
  const { a, b } = checkRun.pair();
  const submit = (): void =>
    void ring.submit(
      MESSAGES.map((number, at) => ({
        op: 'send',
        fd: a.out,
        data: String(number),
        flags: MSG_NOSIGNAL,
        userData: number,
        ...(linked && at < MESSAGES.length - 1 ? { linked } : {}),
      })),
    );
  // What fills the socket is no number.
  const receiveAll = (): number[] => {
    let text = '';
    countUntilError(() => (text += sys.recv(b.in, 64 * 1024, MSG_DONTWAIT).toString()).length);
    return [...text.replaceAll('.', '')].map(Number);
  };
  const failures = (completions: ReturnType<IoUring['wait']>): string[] =>
    completions.filter(({ result }) => result !== 1).map(({ error, result }) => error ?? `${result} bytes`);

  submit();
  const first = ring.wait(MESSAGES.length, PATIENCE_MS);
  const whenEmpty = receiveAll();
  countUntilError(() => sys.send(a.out, '.'.repeat(1000), MSG_DONTWAIT | MSG_NOSIGNAL));
  submit();
  const early = ring.wait(0, 0);
  const before = receiveAll();
  const late = ring.wait(MESSAGES.length - early.length, PATIENCE_MS);
  return {
    whenEmpty,
    whenFull: [...before, ...receiveAll()],
    doneWhileFull: early.length,
    failed: failures([...first, ...early, ...late]),
  };
}

const PATIENCE_MS = 5000;

function openRing({ sys, defer, skip }: CheckRun): IoUring {
  try {
    const ring = sys.io_uring_setup(MESSAGES.length);
    defer(() => ring.close());
    return ring;
  } catch (error) {
    return skip('the kernel gives no io_uring here', error);
  }
}

// Functions: they are called while this module is being read.
function ordered(changed: Partial<Ordered>): Ordered {
  return {
    whenEmpty: [1, 2, 3, 4, 5, 6, 7, 8],
    whenFull: [1, 2, 3, 4, 5, 6, 7, 8],
    doneWhileFull: 0,
    failed: [],
    ...changed,
  };
}

function unprovenOnes() {
  return [
    { name: 'one is missing', observation: ordered({ whenFull: [1, 2, 3, 4, 5, 6, 7] }), verdict: 'broken' },
    {
      name: 'one is missing in an empty socket',
      observation: ordered({ whenEmpty: [1, 2, 3, 4, 5, 6, 7] }),
      verdict: 'broken',
    },
    { name: 'the socket was not full', observation: ordered({ doneWhileFull: 1 }), verdict: 'broken' },
    { name: 'a send failed', observation: ordered({ failed: ['EPIPE'] }), verdict: 'broken' },
  ] as const;
}
