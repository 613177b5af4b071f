import { defineProcedure, type ForkedProgram, type Op, type Outcome } from '../../harness/define.js';
import { listenFor } from './procedures/connected.js';
import { endsOf } from './procedures/ends.js';
import { judgeExpected } from './procedures/expectations.js';
import { arrive, outcome } from './procedures/outcomes.js';
import { processState } from './procedures/process-state.js';
import { EVERY_TRANSPORT } from './procedures/subjects.js';
import { withPower } from './procedures/with-power.js';

const ACCEPTORS = 4;

interface Accepted {
  readonly connections: number;
  /** Of each process. */
  readonly shares: readonly number[];
  /** Different clients among those that were accepted. */
  readonly clients: number;
}

export const thundering = defineProcedure<Accepted>({
  id: 'accept/thundering',
  promise: 'Several processes can accept on one listener: each connection is given to exactly one of them.',
  level: 'MUST',
  source: () => ({
    document: 'accept(2), DESCRIPTION',
    quote:
      'It extracts the first connection request on the queue of pending connections for the listening socket, ' +
      'sockfd, creates a new connected socket, and returns a new file descriptor referring to that socket.',
  }),
  subjects: ['unix-stream', 'unix-seqpacket', 'tcp-loopback'],
  expected: 'Every client was accepted, none twice. Who gets how many is promised nowhere.',
  procedure:
    `${ACCEPTORS} processes block in accept on one listener; each takes one connection first, then all ` +
    'compete. Every client sends its number, which the process that accepted it reads.',
  quick: true,
  deadlineMs: 30_000,
  observe: (trial) => {
    const { sys, defer } = trial;
    const connections = trial.count({ quick: 40, default: 200, thorough: 10_000 });
    const { listener, address, client } = listenFor(trial, 128);
    const board = sys.createBoard();
    const accept: Op[] = [
      { op: 'accept4', fd: listener, as: 'connection' },
      { op: 'read', fd: 'connection', bytes: 4, keep: true, as: 'number' },
      { op: 'close', fd: 'connection' },
      { op: 'add', word: TAKEN, value: 1 },
    ];
    const acceptors = Array.from({ length: ACCEPTORS }, () => {
      const ops: Op[] = [
        ...accept,
        { op: 'waitAtLeast', word: TAKEN, value: ACCEPTORS },
        { op: 'repeat', body: accept },
      ];
      const program = sys.forkProgram(ops, { board, keepBytes: 24 * connections + 4096 });
      defer(() => program.end());
      return program;
    });
    for (let number = 0; number < connections; number += 1) {
      const socket = client();
      sys.connect(socket, address);
      sys.write(socket, numberOf(number));
      // What was written stays readable, and descriptors are few.
      sys.close(socket);
    }
    board.waitAtLeast(TAKEN, connections, trial.count({ quick: 5000, default: 5000, thorough: 20_000 }));
    for (const acceptor of acceptors) acceptor.end();
    const numbers = acceptors.map((acceptor) =>
      acceptor.outcomes().flatMap(({ kept }) => kept.map((bytes) => bytes.toString('hex'))),
    );
    return { connections, shares: numbers.map(({ length }) => length), clients: new Set(numbers.flat()).size };
  },
  judge: ({ connections, shares, clients }) =>
    withPower(
      judgeExpected(
        {
          [`Accepted, as ${shares.join(' + ')}`]: [shares.reduce((sum, share) => sum + share, 0), connections],
          'different clients': [clients, connections],
        },
        'fail',
        { 'Every process accepted some': [shares.length > 1 && shares.every((share) => share > 0), true] },
      ),
      'loss or repetition',
      clients,
      'connections',
    ),
  proofs: [
    { name: 'each once', observation: { connections: 200, shares: [50, 60, 40, 50], clients: 200 }, verdict: 'pass' },
    { name: 'one lost', observation: { connections: 200, shares: [50, 60, 40, 49], clients: 199 }, verdict: 'fail' },
    {
      name: 'one twice, another never',
      observation: { connections: 200, shares: [50, 60, 40, 50], clients: 199 },
      verdict: 'fail',
    },
    { name: 'one twice', observation: { connections: 200, shares: [50, 60, 40, 51], clients: 200 }, verdict: 'fail' },
    { name: 'one process alone', observation: { connections: 200, shares: [200], clients: 200 }, verdict: 'broken' },
    {
      name: 'a process without any',
      observation: { connections: 200, shares: [100, 100, 0, 0], clients: 200 },
      verdict: 'broken',
    },
    { name: 'nobody connected', observation: { connections: 0, shares: [], clients: 0 }, verdict: 'broken' },
  ],
});

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
  id: 'fd/refcount-close-race',
  promise: 'A read that blocks while another thread closes its descriptor goes on, and takes what arrives.',
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
  observe: async (trial) => {
    const { sys, own } = trial;
    const { a, b } = endsOf(trial);
    const thread = sys.inThread([{ op: 'read', fd: b.in, bytes: 64, keep: true, as: 'read' }]);
    // Whatever happens, what it waits for comes: a thread cannot be ended.
    trial.defer(() => void outcome(() => sys.write(a.out, 'end')));
    await trial.until('the thread sleeps or is done', () => thread.at() > 0 || processState(thread.tid) === 'S');
    const blocked = thread.at() === 0;
    sys.close(b.in);
    // The number is another file's now: the read must not notice.
    sys.dup2(own(sys.eventfd(0, sys.constants.EFD_CLOEXEC)), b.in);
    own(b.in);
    const write = outcome(() => sys.write(a.out, 'late'));
    thread.join(5000);
    const { error, kept, runs } = thread.outcome('read');
    // Over TCP the end becomes known a little later.
    if (trial.subject === 'tcp-loopback') arrive(sys, a.in, sys.constants.POLLRDHUP);
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

interface Ring {
  readonly slots: number;
  readonly numbers: number;
  readonly put: number;
  readonly taken: number;
  /** Slots that did not hold the number whose turn it was. */
  readonly wrong: number;
  /** Of either side: ETIMEDOUT is a wake-up that never came. */
  readonly errors: readonly string[];
}

/** What every queue in shared memory rests on, and a processor with a weaker order of memory could break. */
export const futexReference = defineProcedure<readonly Ring[]>({
  id: 'shm/futex-reference',
  promise:
    'Two processes with a ring in shared memory and a futex for each side lose no wake-up, and see a slot only ' +
    'with its number.',
  level: 'MUST',
  source: () => ({
    document: 'futex(2), DESCRIPTION',
    quote:
      "The loading of the futex word's value, the comparison of that value with the expected value, and the " +
      'actual blocking will happen atomically and will be totally ordered with respect to concurrent operations ' +
      'performed by other threads on the same futex word.',
  }),
  subjects: ['shared-memory'],
  expected: 'Every number in its turn; nobody waits for ever.',
  procedure:
    'One process puts numbers from 0 into a ring of 1, 7 and 50 slots, another takes them; each waits on the ' +
    'count of the other with FUTEX_WAIT while the ring is full or empty.',
  quick: false,
  deadlineMs: 60_000,
  observe: (trial) => {
    const { sys, defer } = trial;
    return [1, 7, 50].map((slots) => {
      const plan = {
        word: 0,
        slots,
        numbers: trial.count({ quick: 500, default: 5000, thorough: 1_000_000 }),
        timeoutMs: 5000,
      };
      const board = sys.createBoard(slots + 2);
      const [putter, taker] = (['ringPut', 'ringTake'] as const).map((op) =>
        sys.forkProgram([{ op, ...plan, as: 'ring' }], { board }),
      ) as [ForkedProgram, ForkedProgram];
      defer(() => [putter, taker].forEach((program) => program.end()));
      const outcomes = [putter, taker].map((program) => {
        program.wait(30_000);
        return program.outcome('ring');
      });
      const [put, taken] = outcomes as [Outcome, Outcome];
      return {
        slots,
        numbers: plan.numbers,
        put: put.value,
        taken: taken.counts['numbers'] ?? 0,
        wrong: taken.counts['wrong'] ?? 0,
        errors: outcomes.flatMap(({ error }) => error ?? []),
      };
    });
  },
  judge: (rings) =>
    withPower(
      judgeExpected(
        {
          [`Taken, with ${rings.map(({ slots }) => slots).join(', ')} slots`]: [
            rings.map(({ taken }) => taken),
            rings.map(({ numbers }) => numbers),
          ],
          put: [rings.map(({ put }) => put), rings.map(({ numbers }) => numbers)],
          'out of their turn': [rings.map(({ wrong }) => wrong), rings.map(() => 0)],
          errors: [rings.flatMap(({ errors }) => errors), []],
        },
        'fail',
        { 'Something was to be put': [rings.length > 0 && rings.every(({ numbers }) => numbers > 0), true] },
      ),
      'loss or disorder',
      rings.reduce((sum, { taken }) => sum + taken, 0),
      'numbers',
    ),
  proofs: [
    { name: 'in turn', observation: [ring({}), ring({ slots: 7 })], verdict: 'pass' },
    { name: 'a wake-up lost', observation: [ring({ taken: 312, errors: ['ETIMEDOUT'] })], verdict: 'fail' },
    { name: 'not all was taken', observation: [ring({ taken: 312 })], verdict: 'fail' },
    { name: 'the putter was left waiting', observation: [ring({ put: -1 })], verdict: 'fail' },
    { name: 'an error at the end', observation: [ring({ errors: ['ETIMEDOUT'] })], verdict: 'fail' },
    { name: 'a number before its slot', observation: [ring({}), ring({ wrong: 1 })], verdict: 'fail' },
    { name: 'nothing to put', observation: [ring({ numbers: 0, put: 0, taken: 0 })], verdict: 'broken' },
    {
      name: 'nothing to put into one of them',
      observation: [ring({}), ring({ numbers: 0, put: 0, taken: 0 })],
      verdict: 'broken',
    },
    { name: 'no ring', observation: [], verdict: 'broken' },
  ],
});

/** Word of the board: how many connections were accepted. */
const TAKEN = 0;

const numberOf = (number: number): Buffer => Buffer.from(Uint32Array.of(number).buffer);

/** What a write comes to when nobody reads any more. */
function afterwards(subject: string): string {
  // A TCP peer tells that it is gone in answer to the first write.
  if (subject === 'tcp-loopback') return 'ok';
  return subject.endsWith('-dgram') ? 'ECONNREFUSED' : 'EPIPE';
}

// A function: the proofs above are made while this module is being read.
function ring(changed: Partial<Ring>): Ring {
  return { slots: 1, numbers: 5000, put: 5000, taken: 5000, wrong: 0, errors: [], ...changed };
}
