import { defineProcedure, errnoOf, type Credentials, type Op } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { asTold, ordinaryUser, skipUnlessOrdinary, type Told } from '../../support/file-identity.js';
import { UNIX } from '../../support/subjects.js';

interface Claims {
  /** What came of each send. */
  readonly honest: string;
  readonly foreignPid: string;
  readonly foreignUid: string;
  readonly foreignGid: string;
  /** What the receiver was told of the honest message. */
  readonly told: Told | null;
}

export const scmForged = defineProcedure<Claims>({
  id: 'credentials/scm-forged',
  guarantee: 'An unprivileged user can send its own credentials with a message, but not those of others.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), SCM_CREDENTIALS, and ERRORS, EPERM',
    quote:
      'The sender must specify its own process ID (unless it has the capability CAP_SYS_ADMIN, in which case ' +
      'the PID of any existing process may be specified), its real user ID, effective user ID, or saved ' +
      'set-user-ID (unless it has CAP_SETUID), and its real group ID, effective group ID, or saved set-group-ID ' +
      '(unless it has CAP_SETGID).',
  }),
  subjects: UNIX,
  expected: 'Its own arrive. Process 1, user 0 and group 0 are EPERM each.',
  procedure:
    'A child that is not root sends four messages with SCM_CREDENTIALS: its own; with process id 1; with user ' +
    'id 0; with group id 0. The parent has set SO_PASSCRED and receives what comes.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { SOL_SOCKET, SO_PASSCRED, MSG_DONTWAIT, MSG_NOSIGNAL } = sys.constants;
    const { a, b } = checkRun.pair();
    sys.setsockopt(b.in, SOL_SOCKET, SO_PASSCRED, 1);
    const user = ordinaryUser(checkRun);
    const claim = (as: string, but: { readonly pid?: number; readonly uid?: number; readonly gid?: number }): Op => ({
      op: 'sendmsg',
      fd: a.out,
      data: as,
      flags: MSG_DONTWAIT | MSG_NOSIGNAL,
      credentials: { pid: 'self', uid: user.uid, gid: user.gid, ...but },
      as,
    });
    const sender = sys.forkProgram([
      ...user.become,
      claim('own', {}),
      claim('pid', { pid: 1 }),
      claim('uid', { uid: 0 }),
      claim('gid', { gid: 0 }),
    ]);
    checkRun.defer(() => sender.end());
    sender.wait();
    skipUnlessOrdinary(checkRun, user, (as) => sender.outcome(as).error);
    const sent = (as: string): string => sender.outcome(as).error ?? 'ok';
    let told: Credentials | null = null;
    errnoOf(() => (told = sys.recvmsg(b.in, { sizes: 3, controlBytes: sys.CMSG_SPACE(12) }, MSG_DONTWAIT).credentials));
    return {
      honest: sent('own'),
      foreignPid: sent('pid'),
      foreignUid: sent('uid'),
      foreignGid: sent('gid'),
      told: asTold(told, { ...user, pid: sender.pid }, sys.getpid()),
    };
  },
  judge: ({ honest, foreignPid, foreignUid, foreignGid, told }) =>
    judgeExpected(
      {
        'With process id 1': [foreignPid, 'EPERM'],
        'with user id 0': [foreignUid, 'EPERM'],
        'with group id 0': [foreignGid, 'EPERM'],
        'its own arrive as those of process, user, group': [
          [told?.pid ?? 'nobody', told?.uid ?? 'none', told?.gid ?? 'none'],
          ['child', 'own', 'own'],
        ],
      },
      'fail',
      { 'Its own could be sent': [honest, 'ok'] },
    ),
  proofs: [
    { name: 'its own alone', observation: claims({}), verdict: 'pass' },
    { name: 'another process', observation: claims({ foreignPid: 'ok' }), verdict: 'fail' },
    { name: 'root', observation: claims({ foreignUid: 'ok' }), verdict: 'fail' },
    { name: "root's group", observation: claims({ foreignGid: 'ok' }), verdict: 'fail' },
    {
      name: 'others arrive',
      observation: claims({ told: { pid: 'another', uid: 'own', gid: 'own' } }),
      verdict: 'fail',
    },
    { name: 'none arrive', observation: claims({ told: null }), verdict: 'fail' },
    { name: 'not even its own', observation: claims({ honest: 'EPERM' }), verdict: 'broken' },
  ],
});

interface Attached {
  readonly without: boolean;
  readonly told: Claims['told'];
  readonly afterwards: boolean;
}

export const passcredAttaches = defineProcedure<Attached>({
  id: 'credentials/passcred-attaches',
  guarantee:
    'With SO_PASSCRED set at the receiver, each message carries the process, user and group ids of ' +
    'its sender; without it, none does.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), SO_PASSCRED',
    quote:
      'The returned credentials are those specified by the sender using SCM_CREDENTIALS, or a default that ' +
      "includes the sender's PID, real user ID, and real group ID, if the sender did not specify " +
      'SCM_CREDENTIALS ancillary data.',
  }),
  subjects: UNIX,
  expected: 'None before the option is set; the ids of the sender while it is; none after it was cleared.',
  procedure:
    'A child with ids of its own (where it is root) sends one message, waits until the parent has received it ' +
    'and set SO_PASSCRED, sends another, waits until it is cleared, sends a third.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { SOL_SOCKET, SO_PASSCRED } = sys.constants;
    const { a, b } = checkRun.pair();
    const user = ordinaryUser(checkRun);
    const board = sys.createBoard();
    const sender = sys.forkProgram(
      [
        ...user.become,
        { op: 'send', fd: a.out, data: '1' },
        { op: 'waitAtLeast', word: 0, value: 1 },
        { op: 'send', fd: a.out, data: '2' },
        { op: 'waitAtLeast', word: 0, value: 2 },
        { op: 'send', fd: a.out, data: '3' },
      ],
      { board },
    );
    checkRun.defer(() => sender.end());
    const receive = (): Credentials | null =>
      sys.recvmsg(b.in, { sizes: 1, controlBytes: sys.CMSG_SPACE(12) }).credentials;
    const without = receive();
    skipUnlessOrdinary(checkRun, user, (as) => sender.outcome(as).error);
    sys.setsockopt(b.in, SOL_SOCKET, SO_PASSCRED, 1);
    board.store(0, 1);
    const told = receive();
    sys.setsockopt(b.in, SOL_SOCKET, SO_PASSCRED, 0);
    board.store(0, 2);
    const afterwards = receive();
    sender.wait();
    return {
      without: without !== null,
      told: asTold(told, { ...user, pid: sender.pid }, sys.getpid()),
      afterwards: afterwards !== null,
    };
  },
  judge: ({ without, told, afterwards }) =>
    judgeExpected(
      {
        'Credentials before SO_PASSCRED': [without, false],
        'with it, process, user and group are': [
          [told?.pid ?? 'nobody', told?.uid ?? 'none', told?.gid ?? 'none'],
          ['child', 'own', 'own'],
        ],
        'credentials after it was cleared': [afterwards, false],
      },
      'fail',
    ),
  proofs: [
    {
      name: 'while it is set',
      observation: { without: false, told: { pid: 'child', uid: 'own', gid: 'own' }, afterwards: false },
      verdict: 'pass',
    },
    {
      name: 'unasked',
      observation: { without: true, told: { pid: 'child', uid: 'own', gid: 'own' }, afterwards: false },
      verdict: 'fail',
    },
    { name: 'none in spite of it', observation: { without: false, told: null, afterwards: false }, verdict: 'fail' },
    {
      name: 'another process',
      observation: { without: false, told: { pid: 'parent', uid: 'own', gid: 'own' }, afterwards: false },
      verdict: 'fail',
    },
    {
      name: 'another user',
      observation: { without: false, told: { pid: 'child', uid: 'another', gid: 'own' }, afterwards: false },
      verdict: 'fail',
    },
    {
      name: 'still after it was cleared',
      observation: { without: false, told: { pid: 'child', uid: 'own', gid: 'own' }, afterwards: true },
      verdict: 'fail',
    },
    { name: 'nothing was received', observation: {} as Attached, verdict: 'broken' },
  ],
});

interface Late {
  readonly told: Told | null;
  /** As they were told, where they are not the sender's. */
  readonly pid: number;
  readonly isOverflowUser: boolean;
}

/** A server that sets SO_PASSCRED after accept() can be told of nobody for what was sent before. */
export const passcredQueued = defineProcedure<Late>({
  id: 'credentials/passcred-queued-before',
  guarantee: 'Which credentials a receiver gets for a message that was queued before it set SO_PASSCRED.',
  level: 'INFO',
  source: () => ({
    document: 'unix(7), SO_PASSCRED, where "subsequently received" leaves open when it was sent',
    quote:
      'Enabling this socket option causes receipt of the credentials of the sending process in an ' +
      'SCM_CREDENTIALS ancillary message in each subsequently received message.',
  }),
  subjects: UNIX,
  expected: "Linux: credentials that are nobody's: process 0 and the overflow user 65534.",
  procedure: 'A child sends a message and ends; then the parent sets SO_PASSCRED and receives.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { SOL_SOCKET, SO_PASSCRED } = sys.constants;
    const { a, b } = checkRun.pair();
    const sender = sys.forkProgram([{ op: 'send', fd: a.out, data: '1' }]);
    checkRun.defer(() => sender.end());
    sender.wait();
    sys.setsockopt(b.in, SOL_SOCKET, SO_PASSCRED, 1);
    const { credentials } = sys.recvmsg(b.in, { sizes: 1, controlBytes: sys.CMSG_SPACE(12) });
    return {
      told: asTold(credentials, { pid: sender.pid, uid: sys.getuid(), gid: sys.getgid() }, sys.getpid()),
      pid: credentials?.pid ?? -1,
      isOverflowUser: credentials?.uid === 65_534,
    };
  },
  judge: ({ told, pid, isOverflowUser }) =>
    judgeExpected(
      {
        'The process is the': [told?.pid ?? 'nobody', 'nobody'],
        'process id': [pid, 0],
        'user 65534': [isOverflowUser, true],
      },
      'info',
      { 'Credentials came': [told !== null && told !== undefined, true] },
    ),
  proofs: [
    {
      name: 'of nobody',
      observation: { told: { pid: 'nobody', uid: 'another', gid: 'another' }, pid: 0, isOverflowUser: true },
      verdict: 'info',
    },
    {
      name: 'of the sender',
      observation: { told: { pid: 'child', uid: 'own', gid: 'own' }, pid: 4711, isOverflowUser: false },
      verdict: 'info',
      unusual: true,
    },
    { name: 'none came', observation: { told: null, pid: -1, isOverflowUser: false }, verdict: 'broken' },
  ],
});

function claims(but: Partial<Claims>): Claims {
  return {
    honest: 'ok',
    foreignPid: 'EPERM',
    foreignUid: 'EPERM',
    foreignGid: 'EPERM',
    told: { pid: 'child', uid: 'own', gid: 'own' },
    ...but,
  };
}
