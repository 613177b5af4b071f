import { defineProcedure, type Op } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { needDescriptors } from '../../support/need-descriptors.js';
import { outcome } from '../../support/outcomes.js';
import { passDescriptors, tracer } from '../../support/passing.js';
import { UNIX } from '../../support/subjects.js';

interface Most {
  readonly sent253: string;
  readonly arrived: number;
  readonly sent254: string;
  /** What came of the refused message. */
  readonly left: string;
}

const SCM_MAX_FD = 253;

export const maxFds = defineProcedure<Most>({
  id: 'scm/max-fds',
  guarantee: 'One message carries up to 253 descriptors; a message with 254 is refused with EINVAL.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), SCM_RIGHTS',
    quote:
      'Attempting to send an array larger than this limit causes sendmsg(2) to fail with the error EINVAL. ' +
      'SCM_MAX_FD has the value 253 (or 255 before Linux 2.6.38).',
  }),
  subjects: UNIX,
  expected: 'Linux: 253 arrive; 254 are EINVAL. FreeBSD and macOS have limits of their own, in bytes of control data.',
  procedure:
    'Send one descriptor 253 times in one message and receive it; send it 254 times, and look for anything to receive.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { MSG_DONTWAIT } = sys.constants;
    const { a, b } = checkRun.pair();
    const { writing } = tracer(checkRun);
    needDescriptors(checkRun, SCM_MAX_FD);
    const send = (descriptors: number): string =>
      outcome(() => passDescriptors(sys, a.out, Array<number>(descriptors).fill(writing)));
    const room = sys.CMSG_SPACE(4 * (SCM_MAX_FD + 1));
    const sent253 = send(SCM_MAX_FD);
    const { fds } = sys.recvmsg(b.in, { sizes: 16, controlBytes: room }, MSG_DONTWAIT);
    for (const descriptor of fds) sys.close(descriptor);
    const sent254 = send(SCM_MAX_FD + 1);
    return { sent253, arrived: fds.length, sent254, left: outcome(() => sys.recv(b.in, 16, MSG_DONTWAIT)) };
  },
  judge: ({ sent253, arrived, sent254, left }) =>
    judgeExpected(
      {
        'Send of 253': [sent253, 'ok'],
        arrived: [arrived, SCM_MAX_FD],
        'send of 254': [sent254, 'EINVAL'],
        'receive after that': [left, 'EAGAIN'],
      },
      'fail',
      { 'Anything arrived': [arrived > 0, true] },
    ),
  proofs: [
    {
      name: '253 and no more',
      observation: { sent253: 'ok', arrived: 253, sent254: 'EINVAL', left: 'EAGAIN' },
      verdict: 'pass',
    },
    {
      name: '253 are too many',
      observation: { sent253: 'EINVAL', arrived: 253, sent254: 'EINVAL', left: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: 'one of them is lost',
      observation: { sent253: 'ok', arrived: 252, sent254: 'EINVAL', left: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: '254 are accepted',
      observation: { sent253: 'ok', arrived: 253, sent254: 'ok', left: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: 'the refused message arrives',
      observation: { sent253: 'ok', arrived: 253, sent254: 'EINVAL', left: 'ok' },
      verdict: 'fail',
    },
    {
      name: 'nothing arrived',
      observation: { sent253: 'ok', arrived: 0, sent254: 'EINVAL', left: 'EAGAIN' },
      verdict: 'broken',
    },
  ],
});

interface InFlight {
  readonly limit: number;
  /** Descriptors, ten a message. */
  readonly sent: number;
  readonly refusedWith: string;
  /** The same send, once the receiver has taken all of them. */
  readonly afterwards: string;
}

const LIMIT = 64;
const PER_MESSAGE = 10;

/** Without it a process could keep any number of files open that count against nobody. */
export const inFlightLimit = defineProcedure<InFlight>({
  id: 'scm/in-flight-limit',
  guarantee:
    'The descriptors in flight of an unprivileged user are limited by RLIMIT_NOFILE: beyond it, ' +
    'sendmsg() fails with ETOOMANYREFS until some are received.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), ERRORS, ETOOMANYREFS',
    quote:
      'It occurs if the number of "in-flight" file descriptors exceeds the RLIMIT_NOFILE resource limit and the ' +
      'caller does not have the CAP_SYS_RESOURCE capability.',
  }),
  subjects: UNIX,
  expected:
    'With a limit of 64 and ten a message: 70 are sent, as what counts is what was in flight before; then ' +
    'ETOOMANYREFS. All received: accepted again. Linux 4.5.',
  procedure:
    'A child that is not root, with RLIMIT_NOFILE 64, sends one descriptor ten times a message until it is ' +
    'refused; the parent receives everything, without room for descriptors; the child sends once more.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { RLIMIT_NOFILE, MSG_DONTWAIT, MSG_NOSIGNAL } = sys.constants;
    const { a, b } = checkRun.pair();
    const { writing } = tracer(checkRun);
    // A user of this run alone, because the count is the user's; 65534 where such a number is nobody's here. The second
    // call is refused when the first was not.
    const users = [200_000 + (sys.getpid() % 1_000_000), 65_534];
    const become: readonly Op[] =
      sys.geteuid() === 0
        ? users.map((uid) => ({ op: 'setresuid', real: uid, effective: uid, saved: uid, as: `user ${uid}` }))
        : [];
    const send: Op = {
      op: 'sendmsg',
      fd: a.out,
      data: 'x',
      flags: MSG_DONTWAIT | MSG_NOSIGNAL,
      rights: Array<number>(PER_MESSAGE).fill(writing),
    };
    const board = sys.createBoard();
    const sender = sys.forkProgram(
      [
        { op: 'setrlimit', resource: RLIMIT_NOFILE, soft: LIMIT, hard: LIMIT },
        ...become,
        { op: 'repeat', times: LIMIT, stop: 'on-error', body: [{ ...send, as: 'send' }] },
        { op: 'store', word: 0, value: 1 },
        { op: 'waitAtLeast', word: 1, value: 1 },
        { ...send, as: 'again' },
      ],
      { board },
    );
    checkRun.defer(() => sender.end());
    board.waitAtLeast(0, 1, 5000);
    if (become.length > 0 && users.every((uid) => sender.outcome(`user ${uid}`).error !== null)) {
      const code = sender.outcome(`user ${users[1]}`).error as string;
      checkRun.skip('root cannot change to another user on this system', Object.assign(new Error(code), { code }));
    }
    while (outcome(() => sys.recv(b.in, 1, MSG_DONTWAIT)) === 'ok');
    board.store(1, 1);
    sender.wait();
    const { runs, failures, error } = sender.outcome('send');
    return {
      limit: LIMIT,
      sent: (runs - failures) * PER_MESSAGE,
      refusedWith: error ?? 'ok',
      afterwards: sender.outcome('again').error ?? 'ok',
    };
  },
  judge: ({ limit, sent, refusedWith, afterwards }) =>
    judgeExpected(
      {
        [`A send with ${sent} in flight`]: [refusedWith, 'ETOOMANYREFS'],
        [`no more than ${limit} and one message were accepted`]: [sent <= limit + PER_MESSAGE, true],
        'a send once all were received': [afterwards, 'ok'],
      },
      'fail',
      { 'Any were sent': [sent > 0, true] },
    ),
  proofs: [
    {
      name: 'refused beyond the limit',
      observation: { limit: 64, sent: 70, refusedWith: 'ETOOMANYREFS', afterwards: 'ok' },
      verdict: 'pass',
    },
    {
      name: 'refused at the very last',
      observation: { limit: 64, sent: 74, refusedWith: 'ETOOMANYREFS', afterwards: 'ok' },
      verdict: 'pass',
    },
    {
      name: 'refused too late',
      observation: { limit: 64, sent: 80, refusedWith: 'ETOOMANYREFS', afterwards: 'ok' },
      verdict: 'fail',
    },
    {
      name: 'never refused',
      observation: { limit: 64, sent: 70, refusedWith: 'ok', afterwards: 'ok' },
      verdict: 'fail',
    },
    {
      name: 'refused for good',
      observation: { limit: 64, sent: 70, refusedWith: 'ETOOMANYREFS', afterwards: 'ETOOMANYREFS' },
      verdict: 'fail',
    },
    {
      name: 'none was sent',
      observation: { limit: 64, sent: 0, refusedWith: 'ETOOMANYREFS', afterwards: 'ok' },
      verdict: 'broken',
    },
  ],
});
