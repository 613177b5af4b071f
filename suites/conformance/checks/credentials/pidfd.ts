import { readFileSync } from 'node:fs';
import { defineProcedure, errnoOf, type Op } from '../../../../harness/define.js';
import { listenFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { whoIs, type Who } from '../../support/file-identity.js';
import { outcome } from '../../support/outcomes.js';
import { socketTypeOf, UNIX } from '../../support/subjects.js';

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
  id: 'credentials/pidfd',
  guarantee: 'What SCM_PIDFD and SO_PEERPIDFD refer to, while the peer lives and after it has ended.',
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
  observe: (checkRun) => {
    const { sys, own, subject } = checkRun;
    const { AF_UNIX, SOL_SOCKET, SO_PASSPIDFD, SO_PEERPIDFD } = sys.constants;
    const listening = subject === 'unix-stream' || subject === 'unix-seqpacket' ? listenFor(checkRun, 1) : null;
    const ends = listening === null ? checkRun.pair() : null;
    const board = sys.createBoard();
    const connect: readonly Op[] =
      listening === null
        ? []
        : [
            { op: 'socket', domain: AF_UNIX, type: socketTypeOf(checkRun), as: 'socket' },
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
    checkRun.defer(() => child.end());
    const end =
      listening === null ? (ends?.b.in as number) : own(sys.accept4(listening.listener, sys.constants.SOCK_CLOEXEC));
    try {
      sys.setsockopt(end, SOL_SOCKET, SO_PASSPIDFD, 1);
    } catch (error) {
      return checkRun.skip('SO_PASSPIDFD is not in this kernel', error);
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
