import { readFileSync } from 'node:fs';
import { defineProcedure, errnoOf, type Op } from '../../harness/define.js';
import { listenFor } from './procedures/connected.js';
import { judgeExpected } from './procedures/expectations.js';
import { ordinaryUser, whoIs, type Who } from './procedures/identity.js';
import { outcome } from './procedures/outcomes.js';
import { SOCKETPAIRS, socketTypeOf, UNIX } from './procedures/subjects.js';

const PEERCRED = {
  document: 'unix(7), SO_PEERCRED',
  quote:
    'The returned credentials are those that were in effect at the time of the call to connect(2) or socketpair(2).',
};

interface Creator {
  readonly childRan: boolean;
  /** Whom each side is told to be talking to. */
  readonly parentTold: Who;
  readonly childTold: Who;
}

/** So a parent cannot tell by it which child, or what that child executed, is at the other end. */
export const peercredIsCreator = defineProcedure<Creator>({
  id: 'cred/peercred-is-creator',
  promise: 'SO_PEERCRED of a socket pair names the process that created it, on both ends, whoever uses them.',
  level: 'MUST',
  source: () => PEERCRED,
  subjects: SOCKETPAIRS,
  expected: 'The parent on both ends, although a child has the one: useless to identify the child.',
  procedure:
    'socketpair(), fork; the child closes one end and asks SO_PEERCRED of the other; the parent does it the ' +
    'other way round.',
  quick: true,
  observe: (trial) => {
    const { sys } = trial;
    const { a, b } = trial.pair();
    const child = sys.forkProgram([
      { op: 'close', fd: a.in },
      { op: 'peerCredentials', fd: b.in, as: 'told' },
    ]);
    trial.defer(() => child.end());
    child.wait();
    sys.close(b.in);
    const who = (pid: number): Who => whoIs(pid, sys.getpid(), child.pid);
    const told = child.outcome('told');
    return {
      childRan: told.value === 0,
      parentTold: who(sys.peerCredentials(a.in).pid),
      childTold: who(told.counts['pid'] ?? -1),
    };
  },
  judge: ({ childRan, parentTold, childTold }) =>
    judgeExpected(
      { 'The parent is told that it talks to its': [parentTold, 'parent'], 'the child to its': [childTold, 'parent'] },
      'fail',
      { 'The child asked': [childRan, true] },
    ),
  proofs: [
    {
      name: 'the creator on both',
      observation: { childRan: true, parentTold: 'parent', childTold: 'parent' },
      verdict: 'pass',
    },
    {
      name: 'the parent is told of the child',
      observation: { childRan: true, parentTold: 'child', childTold: 'parent' },
      verdict: 'fail',
    },
    {
      name: 'the child is told of itself',
      observation: { childRan: true, parentTold: 'parent', childTold: 'child' },
      verdict: 'fail',
    },
    {
      name: 'the child did not ask',
      observation: { childRan: false, parentTold: 'parent', childTold: 'nobody' },
      verdict: 'broken',
    },
  ],
});

interface Connector {
  readonly connected: boolean;
  /**
   * Of the accepted socket, asked after the client had become another user (root only) and handed the socket to a child
   * of its own.
   */
  readonly pid: Who;
  readonly uidIsThatOfConnect: boolean;
  readonly changedUser: boolean;
  /** What the grandchild sent with the socket it inherited. */
  readonly talksNow: string;
}

export const peercredConnect = defineProcedure<Connector>({
  id: 'cred/peercred-connect',
  promise:
    'SO_PEERCRED of an accepted connection names the process and user that called connect(), whoever uses the ' +
    'connection now.',
  level: 'MUST',
  source: () => PEERCRED,
  subjects: ['unix-stream', 'unix-seqpacket'],
  expected:
    'The client and the user that it was at connect(), although it is another user since and a child of it does ' +
    'the talking.',
  procedure:
    "A child connects, becomes another user (where it is root), forks and lets its child send 'hello' and exit; " +
    'only then the parent accepts, receives, and asks SO_PEERCRED.',
  quick: false,
  observe: (trial) => {
    const { sys, own } = trial;
    const { AF_UNIX } = sys.constants;
    const { listener, address } = listenFor(trial, 1);
    const board = sys.createBoard();
    const { become } = ordinaryUser(trial);
    const client = sys.forkProgram(
      [
        { op: 'socket', domain: AF_UNIX, type: socketTypeOf(trial), as: 'socket' },
        { op: 'connect', fd: 'socket', address, as: 'connect' },
        ...become,
        { op: 'fork', body: [{ op: 'send', fd: 'socket', data: 'hello' }], as: 'grandchild' },
        { op: 'waitpid', pid: 'grandchild' },
        { op: 'store', word: 0, value: 1 },
        { op: 'waitAtLeast', word: 1, value: 1 },
      ],
      { board },
    );
    trial.defer(() => client.end());
    board.waitAtLeast(0, 1, 5000);
    const connected = client.outcome('connect').value === 0;
    if (!connected) return { connected, pid: 'nobody', uidIsThatOfConnect: false, changedUser: false, talksNow: '' };
    const accepted = own(sys.accept4(listener, 0));
    const { pid, uid } = sys.peerCredentials(accepted);
    const talksNow = sys.recv(accepted, 16).toString();
    board.store(1, 1);
    client.wait();
    return {
      connected,
      pid: whoIs(pid, sys.getpid(), client.pid),
      uidIsThatOfConnect: uid === sys.geteuid(),
      changedUser: become.length > 0 && client.outcome('become user').error === null,
      talksNow,
    };
  },
  judge: ({ connected, pid, uidIsThatOfConnect, changedUser, talksNow }) =>
    judgeExpected(
      {
        'The connection belongs to the': [pid, 'child'],
        [`with the user that it was at connect() (${changedUser ? 'another since' : 'still the same'})`]: [
          uidIsThatOfConnect,
          true,
        ],
      },
      'fail',
      { connected: [connected, true], 'its child sent': [talksNow, 'hello'] },
    ),
  proofs: [
    {
      name: 'who connected',
      observation: { connected: true, pid: 'child', uidIsThatOfConnect: true, changedUser: true, talksNow: 'hello' },
      verdict: 'pass',
    },
    {
      name: 'who talks',
      observation: { connected: true, pid: 'another', uidIsThatOfConnect: true, changedUser: true, talksNow: 'hello' },
      verdict: 'fail',
    },
    {
      name: 'the user of today',
      observation: { connected: true, pid: 'child', uidIsThatOfConnect: false, changedUser: true, talksNow: 'hello' },
      verdict: 'fail',
    },
    {
      name: 'no connection',
      observation: { connected: false, pid: 'child', uidIsThatOfConnect: true, changedUser: true, talksNow: 'hello' },
      verdict: 'broken',
    },
    {
      name: 'nobody else used it',
      observation: { connected: true, pid: 'child', uidIsThatOfConnect: true, changedUser: true, talksNow: '' },
      verdict: 'broken',
    },
  ],
});

interface Stable {
  readonly childEnded: boolean;
  /**
   * Whom the descriptor that came with the child's message refers to, and a signal 0 to it, before and after the child
   * had ended and been waited for.
   */
  readonly message: Who;
  readonly alive: string;
  readonly dead: string;
  /** The same of SO_PEERPIDFD, asked while the child lived; or its error. */
  readonly peer: Who | string;
  /** SO_PEERPIDFD asked after the child had been waited for: 'ok', or its error. */
  readonly peerAfterwards: string;
}

const NOT_ASKED = { alive: 'not asked', dead: 'not asked', peer: 'not asked', peerAfterwards: 'not asked' };

/**
 * A process id can be somebody else's by the time it is used; a pidfd never is. Linux 6.5; of a process that has been
 * waited for 6.16.
 */
export const pidfd = defineProcedure<Stable>({
  id: 'cred/pidfd',
  promise: 'What SCM_PIDFD and SO_PEERPIDFD refer to, while the peer lives and after it has ended.',
  level: 'INFO',
  source: () => ({
    document: 'None yet in the manual pages; Linux, tools/testing/selftests/net/af_unix/scm_pidfd.c',
    quote: 'Unspecified: the manual pages do not know SO_PEERPIDFD and SCM_PIDFD.',
  }),
  subjects: UNIX,
  expected:
    'With a message: its sender; a signal reaches it, and is ESRCH after its end. SO_PEERPIDFD: who connected, ' +
    'or created the pair, also after its end; ENODATA of datagram sockets that were connected by name.',
  procedure:
    'A child connects (socket pairs, datagrams: inherits an end) and, once SO_PASSPIDFD is set, sends a ' +
    'message; pidfd_send_signal(0) and fdinfo of what comes with it and of SO_PEERPIDFD; kill the child, wait ' +
    'for it, and ask again.',
  quick: false,
  observe: (trial) => {
    const { sys, own, subject } = trial;
    const { AF_UNIX, SOL_SOCKET, SO_PASSPIDFD, SO_PEERPIDFD } = sys.constants;
    const listening = subject === 'unix-stream' || subject === 'unix-seqpacket' ? listenFor(trial, 1) : null;
    const ends = listening === null ? trial.pair() : null;
    const board = sys.createBoard();
    const connect: readonly Op[] =
      listening === null
        ? []
        : [
            { op: 'socket', domain: AF_UNIX, type: socketTypeOf(trial), as: 'socket' },
            { op: 'connect', fd: 'socket', address: listening.address },
          ];
    const child = sys.forkProgram(
      [
        ...connect,
        { op: 'waitAtLeast', word: 0, value: 1 },
        { op: 'send', fd: ends?.a.out ?? 'socket', data: 'x' },
        { op: 'waitAtLeast', word: 0, value: 2 },
      ],
      { board },
    );
    trial.defer(() => child.end());
    const end =
      listening === null ? (ends?.b.in as number) : own(sys.accept4(listening.listener, sys.constants.SOCK_CLOEXEC));
    try {
      sys.setsockopt(end, SOL_SOCKET, SO_PASSPIDFD, 1);
    } catch (error) {
      return trial.skip('SO_PASSPIDFD is not in this kernel', error);
    }
    board.store(0, 1);
    const { pidfd: received } = sys.recvmsg(end, { sizes: 1, controlBytes: sys.CMSG_SPACE(4) });
    if (received === null || received < 0) return { childEnded: false, message: 'nobody', ...NOT_ASKED };
    own(received);
    const who = (descriptor: number): Who =>
      whoIs(
        Number(/^Pid:\s*(-?\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1] ?? -1),
        sys.getpid(),
        child.pid,
      );
    const askPeer = (): Who | string => {
      let descriptor = -1;
      const error = errnoOf(() => (descriptor = own(sys.getsockopt(end, SOL_SOCKET, SO_PEERPIDFD))));
      return error ?? who(descriptor);
    };
    const signal = (): string => outcome(() => sys.pidfd_send_signal(received, 0));
    const alive = { message: who(received), alive: signal(), peer: askPeer() };
    child.end();
    return {
      childEnded: child.wait() !== null,
      ...alive,
      dead: signal(),
      peerAfterwards: outcome(() => own(sys.getsockopt(end, SOL_SOCKET, SO_PEERPIDFD))),
    };
  },
  judge: (seen, subject) =>
    judgeExpected(
      {
        'SCM_PIDFD refers to the': [seen.message, 'child'],
        'a signal to it': [seen.alive, 'ok'],
        'after its end': [seen.dead, 'ESRCH'],
        'SO_PEERPIDFD refers to the': [
          seen.peer,
          subject === 'unix-dgram' ? 'ENODATA' : subject.startsWith('socketpair') ? 'parent' : 'child',
        ],
        'asked after its end': [seen.peerAfterwards, subject === 'unix-dgram' ? 'ENODATA' : 'ok'],
      },
      'info',
      { 'The child ended after it had sent': [seen.childEnded, true] },
    ),
  proofs: [
    {
      name: 'of who connected',
      observation: {
        childEnded: true,
        message: 'child',
        alive: 'ok',
        dead: 'ESRCH',
        peer: 'child',
        peerAfterwards: 'ok',
      },
      verdict: 'info',
      subject: 'unix-stream',
    },
    {
      name: 'of who created',
      observation: {
        childEnded: true,
        message: 'child',
        alive: 'ok',
        dead: 'ESRCH',
        peer: 'parent',
        peerAfterwards: 'ok',
      },
      verdict: 'info',
    },
    {
      name: 'of nobody',
      observation: {
        childEnded: true,
        message: 'child',
        alive: 'ok',
        dead: 'ESRCH',
        peer: 'ENODATA',
        peerAfterwards: 'ENODATA',
      },
      verdict: 'info',
      subject: 'unix-dgram',
    },
    ...(['message', 'alive', 'dead', 'peer', 'peerAfterwards'] as const).map(
      (step) =>
        ({
          name: `${step}: something else`,
          observation: {
            childEnded: true,
            message: 'child',
            alive: 'ok',
            dead: 'ESRCH',
            peer: 'parent',
            peerAfterwards: 'ok',
            [step]: 'EBADF',
          } as Stable,
          verdict: 'info',
          unusual: true,
        }) as const,
    ),
    {
      name: 'the child lives',
      observation: {
        childEnded: false,
        message: 'child',
        alive: 'ok',
        dead: 'ok',
        peer: 'child',
        peerAfterwards: 'ok',
      },
      verdict: 'broken',
    },
  ],
});
