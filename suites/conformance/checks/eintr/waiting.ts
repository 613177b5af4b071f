import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { waitUntilBlocked } from '../../support/wait-until-blocked.js';
import { EVERY_CHANNEL, openChannel } from '../../support/channel.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { forked } from '../../support/forked-child.js';
import { outcome, received } from '../../support/outcomes.js';
import { EVERY_TRANSPORT } from '../../support/subjects.js';

/** Often enough that the first one that comes too early does not matter. */
const INTERVAL_US = 10_000;

interface Interrupted {
  readonly blocked: string;
  readonly handlerRuns: number;
  readonly afterwards: string;
}

export const blockingRead = defineProcedure<Interrupted>({
  id: 'eintr/blocking-read',
  guarantee:
    'A read that waits is ended with EINTR by a signal whose handler was set without SA_RESTART, and takes ' +
    'nothing with it.',
  level: 'MUST',
  source: (subject) =>
    subject === 'posix-mq'
      ? {
          document: 'mq_receive(3), ERRORS, EINTR',
          quote: 'The call was interrupted by a signal handler; see signal(7).',
        }
      : {
          document: 'read(2), ERRORS, EINTR',
          quote: 'The call was interrupted by a signal before any data was read; see signal(7).',
        },
  subjects: EVERY_CHANNEL,
  expected: 'EINTR; what is sent afterwards arrives whole.',
  procedure:
    'Read an empty blocking channel while a timer signals this thread every 10 ms; stop the timer, send a ' +
    'message and read it.',
  quick: true,
  observe: (checkRun) => {
    const channel = openChannel(checkRun);
    const storm = startStorm(checkRun);
    const blocked = received(() => channel.take(64));
    storm.stop();
    channel.put(Buffer.from('kept'));
    return { blocked, handlerRuns: storm.count(), afterwards: received(() => channel.take(64)) };
  },
  judge: ({ blocked, handlerRuns, afterwards }) =>
    judgeExpected(
      { [`After ${handlerRuns} signals the read ends with`]: [blocked, 'EINTR'], 'the next one': [afterwards, 'kept'] },
      'fail',
      { 'The handler ran': [handlerRuns > 0, true] },
    ),
  proofs: [
    { name: 'EINTR', observation: { blocked: 'EINTR', handlerRuns: 1, afterwards: 'kept' }, verdict: 'pass' },
    { name: 'end of file', observation: { blocked: 'EOF', handlerRuns: 1, afterwards: 'kept' }, verdict: 'fail' },
    { name: 'bytes lost', observation: { blocked: 'EINTR', handlerRuns: 1, afterwards: 'ept' }, verdict: 'fail' },
    { name: 'no signal', observation: { blocked: 'EINTR', handlerRuns: 0, afterwards: 'kept' }, verdict: 'broken' },
  ],
});

interface Restarted {
  /** The reader slept before the signal and sleeps again after it. */
  readonly asleepBefore: boolean;
  readonly asleepAfter: boolean;
  readonly handlerRuns: number;
  readonly read: number;
  readonly error: string | null;
}

export const restartedRead = defineProcedure<Restarted>({
  id: 'eintr/restarted-read',
  guarantee: 'A read that waits goes on after a signal whose handler was set with SA_RESTART.',
  level: 'MUST',
  source: () => ({
    document: 'signal(7), Interruption of system calls and library functions by signal handlers',
    quote:
      'If a blocked call to one of the following interfaces is interrupted by a signal handler, then the call ' +
      'is automatically restarted after the signal handler returns if the SA_RESTART flag was used; otherwise ' +
      'the call fails with the error EINTR: […] ' +
      'read(2), readv(2), write(2), writev(2), and ioctl(2) calls on "slow" devices.',
  }),
  subjects: EVERY_TRANSPORT,
  expected: 'The reader sleeps on, and reads what comes.',
  procedure:
    'A process with an SA_RESTART handler waits in read. Signal it while it sleeps; when it sleeps again, send ' +
    'a message.',
  quick: false,
  observe: async (checkRun) => {
    const { sys } = checkRun;
    const { SIGUSR1 } = sys.constants;
    const { a, b } = endsOf(checkRun);
    const board = sys.createBoard(1);
    const program = forked(
      checkRun,
      [
        { op: 'catchSignal', signo: SIGUSR1, restart: true },
        { op: 'store', word: 0, value: 1 },
        { op: 'read', fd: b.in, bytes: 64, as: 'read' },
        { op: 'signalCount', signo: SIGUSR1, as: 'signals' },
      ],
      { board },
    );
    board.waitAtLeast(0, 1, 5000);
    const asleepBefore = await waitUntilBlocked(checkRun, program);
    sys.kill(program.pid, sys.constants.SIGUSR1);
    const asleepAfter = await waitUntilBlocked(checkRun, program);
    sys.write(a.out, 'kept');
    program.wait(5000);
    const { value, error } = program.outcome('read');
    return { asleepBefore, asleepAfter, handlerRuns: program.outcome('signals').value, read: value, error };
  },
  judge: (seen) =>
    judgeExpected(
      {
        'After the signal it sleeps on': [seen.asleepAfter, true],
        'its error': [seen.error, null],
        'it reads': [seen.read, 4],
      },
      'fail',
      { 'It slept before': [seen.asleepBefore, true], 'The handler ran': [seen.handlerRuns > 0, true] },
    ),
  proofs: [
    { name: 'restarted', observation: restarted({}), verdict: 'pass' },
    { name: 'it returned', observation: restarted({ asleepAfter: false }), verdict: 'fail' },
    { name: 'EINTR', observation: restarted({ error: 'EINTR' }), verdict: 'fail' },
    { name: 'bytes lost', observation: restarted({ read: 0 }), verdict: 'fail' },
    { name: 'it never slept', observation: restarted({ asleepBefore: false }), verdict: 'broken' },
    { name: 'no signal', observation: restarted({ handlerRuns: 0 }), verdict: 'broken' },
  ],
});

function restarted(change: Partial<Restarted>): Restarted {
  return { asleepBefore: true, asleepAfter: true, handlerRuns: 1, read: 4, error: null, ...change };
}

interface NeverRestarted {
  readonly handlerRuns: number;
  readonly calls: Readonly<Record<string, string>>;
}

const NEVER = ['poll', 'select', 'epoll_wait'] as const;

export const waitNeverRestarted = defineProcedure<NeverRestarted>({
  id: 'eintr/wait-never-restarted',
  guarantee:
    'poll, select and epoll_wait end with EINTR even when the handler was set with SA_RESTART; so does a ' +
    'receive with SO_RCVTIMEO.',
  level: 'MUST',
  source: () => ({
    document: 'signal(7), Interruption of system calls and library functions by signal handlers',
    quote:
      'The following interfaces are never restarted after being interrupted by a signal handler, regardless of ' +
      'the use of SA_RESTART; they always fail with the error EINTR when interrupted by a signal handler: […] ' +
      'File descriptor multiplexing interfaces: epoll_wait(2), epoll_pwait(2), poll(2), ppoll(2), select(2), ' +
      'and pselect(2).',
  }),
  subjects: EVERY_CHANNEL,
  expected: 'EINTR from each.',
  procedure:
    'Wait for an idle channel to become readable with each of them, while a timer signals this thread every 10 ' +
    'ms and the handler has SA_RESTART. Sockets: receive with SO_RCVTIMEO of 5 s as well.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own, subject } = checkRun;
    const { EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLLIN, POLLIN, SO_RCVTIMEO } = sys.constants;
    const channel = openChannel(checkRun);
    const epoll = own(sys.epoll_create1(EPOLL_CLOEXEC));
    sys.epoll_ctl(epoll, EPOLL_CTL_ADD, channel.in, EPOLLIN);
    const isSocket = !['pipe', 'fifo', 'posix-mq'].includes(subject);
    if (isSocket) sys.setTimeout(channel.in, SO_RCVTIMEO, 5000);
    const storm = startStorm(checkRun, { restart: true });
    const calls: Record<string, string> = {
      poll: outcome(() => sys.poll([{ fd: channel.in, events: POLLIN }], 5000)),
      select: outcome(() => sys.select([channel.in], [], [], 5000)),
      epoll_wait: outcome(() => sys.epoll_wait(epoll, 1, 5000)),
    };
    if (isSocket) calls['recv with SO_RCVTIMEO'] = received(() => sys.recv(channel.in, 1));
    storm.stop();
    return { handlerRuns: storm.count(), calls };
  },
  judge: ({ handlerRuns, calls }) => {
    const missing = NEVER.filter((name) => calls[name] === undefined);
    return judgeExpected(
      Object.fromEntries(Object.entries(calls).map(([name, ended]) => [name, [ended, 'EINTR']])),
      'fail',
      {
        'Calls not made': [missing, []],
        'The handler ran': [handlerRuns > 0, true],
      },
    );
  },
  proofs: [
    {
      name: 'EINTR from each',
      observation: {
        handlerRuns: 4,
        calls: { poll: 'EINTR', select: 'EINTR', epoll_wait: 'EINTR', 'recv with SO_RCVTIMEO': 'EINTR' },
      },
      verdict: 'pass',
    },
    {
      name: 'one signal was enough',
      observation: { handlerRuns: 1, calls: { poll: 'EINTR', select: 'EINTR', epoll_wait: 'EINTR' } },
      verdict: 'pass',
    },
    {
      name: 'one went on to its end',
      observation: { handlerRuns: 4, calls: { poll: 'EINTR', select: 'ok', epoll_wait: 'EINTR' } },
      verdict: 'fail',
    },
    {
      name: 'one was not made',
      observation: { handlerRuns: 4, calls: { poll: 'EINTR', epoll_wait: 'EINTR' } },
      verdict: 'broken',
    },
    {
      name: 'no signal',
      observation: { handlerRuns: 0, calls: { poll: 'EINTR', select: 'EINTR', epoll_wait: 'EINTR' } },
      verdict: 'broken',
    },
  ],
});

interface Storm {
  /** How often the handler has run. */
  count(): number;
  stop(): void;
}

/** SIGALRM to this thread every 10 ms, until it is stopped. The handler does nothing. */
function startStorm({ sys, defer }: CheckRun, options: { readonly restart?: true } = {}): Storm {
  const caught = sys.catchSignal(sys.constants.SIGALRM, options);
  defer(() => caught.restore());
  const timer = sys.timer_create(sys.constants.SIGALRM, INTERVAL_US, INTERVAL_US);
  defer(() => timer.stop());
  return { count: () => caught.count(), stop: () => timer.stop() };
}
