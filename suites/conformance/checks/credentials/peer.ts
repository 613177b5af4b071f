import { defineProcedure } from '../../../../harness/define.js';
import { listenFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { ordinaryUser, whoIs, type Who } from '../../support/file-identity.js';
import { SOCKETPAIRS, socketTypeOf } from '../../support/subjects.js';

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
  id: 'credentials/peercred-is-creator',
  guarantee: 'SO_PEERCRED of a socket pair names the process that created it, on both ends, whoever uses them.',
  level: 'MUST',
  source: () => PEERCRED,
  subjects: SOCKETPAIRS,
  expected: 'The parent on both ends, although a child has the one: useless to identify the child.',
  procedure:
    'socketpair(), fork; the child closes one end and asks SO_PEERCRED of the other; the parent does it the ' +
    'other way round.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = checkRun.pair();
    const child = sys.forkProgram([
      { op: 'close', fd: a.in },
      { op: 'peerCredentials', fd: b.in, as: 'told' },
    ]);
    checkRun.defer(() => child.end());
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
  id: 'credentials/peercred-connect',
  guarantee:
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
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const { AF_UNIX } = sys.constants;
    const { listener, address } = listenFor(checkRun, 1);
    const board = sys.createBoard();
    const { become } = ordinaryUser(checkRun);
    const client = sys.forkProgram(
      [
        { op: 'socket', domain: AF_UNIX, type: socketTypeOf(checkRun), as: 'socket' },
        { op: 'connect', fd: 'socket', address, as: 'connect' },
        ...become,
        { op: 'fork', body: [{ op: 'send', fd: 'socket', data: 'hello' }], as: 'grandchild' },
        { op: 'waitpid', pid: 'grandchild' },
        { op: 'store', word: 0, value: 1 },
        { op: 'waitAtLeast', word: 1, value: 1 },
      ],
      { board },
    );
    checkRun.defer(() => client.end());
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
