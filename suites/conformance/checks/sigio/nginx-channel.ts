import { defineProcedure, type Board, type Syscalls, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { forkExecChild, type ExecChild } from '../../support/exec-child.js';
import { objectOf, openDescriptorsOf } from '../../support/open-descriptors.js';
import { received } from '../../support/outcomes.js';
import { SOCKETPAIRS } from '../../support/subjects.js';

interface Recipe {
  /** Of channel[0] and channel[1], as fcntl() tells before the fork. */
  readonly nonblocking: readonly [boolean, boolean];
  readonly async: readonly [boolean, boolean];
  readonly closeOnExec: readonly [boolean, boolean];
  readonly ownerIsMaster: boolean;
  /** The worker's first recv, before anything was sent. */
  readonly workerFirst: string | null;
  readonly masterReads: number;
  readonly masterSignalled: boolean;
  readonly workerReads: number;
  /** What came out of the other pair, whose end the master had passed to the worker. */
  readonly viaPassed: string;
  readonly channelBeforeExec: number;
  readonly channelAfterExec: number;
  /** The passed descriptor has no close-on-exec flag: the control. */
  readonly passedAfterExec: boolean;
  /**
   * The master's recv once it has closed its own channel[1] as well; of datagram sockets, which know no end, its send.
   */
  readonly masterAlone: string;
}

/** ngx_channel_t: command, process id, slot and descriptor, each as wide as a register. */
const COMMAND_BYTES = 32;

/**
 * ngx_spawn_process(), ngx_write_channel() and ngx_read_channel() of nginx (src/os/unix/ngx_process.c, ngx_channel.c),
 * step by step; nginx's is the stream.
 */
export const fullRecipe = defineProcedure<Recipe>({
  id: 'sigio/nginx-channel',
  guarantee:
    "nginx's channel works: nonblocking, SIGIO to the master when a worker writes, commands and descriptors " +
    'over it, and no end of it in a program that the worker executes.',
  level: 'MUST',
  source: () => ({
    document: 'fcntl(2), Managing signals, F_SETOWN; File descriptor flags as in cloexec/closed-on-exec',
    quote: 'Subsequently, a SIGIO signal is sent whenever input or output becomes possible on the file descriptor.',
  }),
  subjects: SOCKETPAIRS,
  expected:
    'Every step holds. The worker finds EAGAIN before it is sent anything; after its exec only the passed ' +
    'descriptor is open, and the master hears that it is alone.',
  procedure:
    'socketpair(); FIONBIO on both; FIOASYNC and F_SETOWN (own pid) on channel[0]; FD_CLOEXEC on both; fork. ' +
    'Worker: close channel[0], recv, send 32 bytes, receive an answer with a descriptor, write through that, ' +
    'exec. Master: wait for SIGIO, read, answer with SCM_RIGHTS, list what the executed program has open, close ' +
    'channel[1], recv.',
  quick: true,
  isolated: true,
  observe: async (checkRun) => {
    const { sys, own, defer, until, subject } = checkRun;
    const c = sys.constants;
    const signals = sys.catchSignal(c.SIGIO, { restart: true });
    defer(() => signals.restore());

    const { a, b } = checkRun.pair();
    const channel = [a.in, b.in] as const;
    const asSet = setUp(sys, channel);
    const [passed, other] = sys.socketpair(c.AF_UNIX, c.SOCK_STREAM | c.SOCK_CLOEXEC);
    own(passed);
    own(other);

    const board = sys.createBoard();
    const worker = forkWorker(checkRun, channel, board);

    // SIGIO has been sent when the bytes are there; which thread runs its handler, and when, is the scheduler's.
    const masterSignalled = await until('SIGIO', () => signals.count() > 0, 3000).then(
      () => true,
      () => false,
    );
    sys.poll([{ fd: channel[0], events: c.POLLIN }], 3000);
    const masterReads = sys.recv(channel[0], 2 * COMMAND_BYTES).length;
    sys.sendmsg(channel[0], { data: Buffer.alloc(COMMAND_BYTES, 2), control: [{ kind: 'rights', fds: [passed] }] });
    board.waitAtLeast(0, 1, 5000);
    const objects = channel.map(objectOf);
    const ofChannel = (open: ReadonlyMap<number, string>): number =>
      [...open.values()].filter((object) => objects.includes(object)).length;
    const channelBeforeExec = ofChannel(openDescriptorsOf(worker.program.pid));
    board.store(1, 1);
    const inherited = worker.inherited();
    const program = (as: string) => worker.program.outcome(as);
    sys.close(channel[1]);
    return {
      ...asSet,
      workerFirst: program('first').error,
      masterReads,
      masterSignalled,
      workerReads: program('answer').value,
      viaPassed: received(() => sys.recv(other, 16, c.MSG_DONTWAIT)),
      channelBeforeExec,
      channelAfterExec: ofChannel(inherited),
      passedAfterExec: [...inherited.values()].includes(objectOf(passed)),
      masterAlone: received(() =>
        subject === 'socketpair-dgram'
          ? Buffer.from(`${sys.send(channel[0], 'x', c.MSG_NOSIGNAL)} sent`)
          : sys.recv(channel[0], 1),
      ),
    };
  },
  judge: (seen, subject) =>
    judgeExpected(
      {
        'O_NONBLOCK of both': [seen.nonblocking, [true, true]],
        'O_ASYNC of channel[0] alone': [seen.async, [true, false]],
        'FD_CLOEXEC of both': [seen.closeOnExec, [true, true]],
        'SIGIO belongs to the master': [seen.ownerIsMaster, true],
        "the worker's recv before anything was sent": [seen.workerFirst, 'EAGAIN'],
        'SIGIO came': [seen.masterSignalled, true],
        'bytes to the master': [seen.masterReads, COMMAND_BYTES],
        'and to the worker': [seen.workerReads, COMMAND_BYTES],
        'through the passed descriptor': [seen.viaPassed, 'through it'],
        'ends of the channel in the worker': [seen.channelBeforeExec, 1],
        'in what it executed': [seen.channelAfterExec, 0],
        'the master alone': [seen.masterAlone, subject === 'socketpair-dgram' ? 'ECONNREFUSED' : 'EOF'],
      },
      'fail',
      { 'The passed descriptor, without close-on-exec, is open after the exec': [seen.passedAfterExec, true] },
    ),
  proofs: [
    { name: 'the recipe works', observation: recipe({}), verdict: 'pass' },
    {
      name: 'the recipe works over datagrams',
      observation: recipe({ masterAlone: 'ECONNREFUSED' }),
      verdict: 'pass',
      subject: 'socketpair-dgram',
    },
    { name: 'one end blocks', observation: recipe({ nonblocking: [true, false] }), verdict: 'fail' },
    { name: 'FIOASYNC sets nothing', observation: recipe({ async: [false, false] }), verdict: 'fail' },
    { name: 'one end is inherited', observation: recipe({ closeOnExec: [true, false] }), verdict: 'fail' },
    { name: 'somebody else owns the signal', observation: recipe({ ownerIsMaster: false }), verdict: 'fail' },
    { name: 'the worker finds something', observation: recipe({ workerFirst: null }), verdict: 'fail' },
    { name: 'no SIGIO', observation: recipe({ masterSignalled: false }), verdict: 'fail' },
    { name: 'half a command', observation: recipe({ masterReads: 16 }), verdict: 'fail' },
    { name: 'no answer', observation: recipe({ workerReads: -1 }), verdict: 'fail' },
    { name: 'the passed descriptor is something else', observation: recipe({ viaPassed: 'EAGAIN' }), verdict: 'fail' },
    { name: 'the worker keeps both ends', observation: recipe({ channelBeforeExec: 2 }), verdict: 'fail' },
    { name: 'an end survives the exec', observation: recipe({ channelAfterExec: 1 }), verdict: 'fail' },
    { name: 'somebody holds the other end', observation: recipe({ masterAlone: 'EAGAIN' }), verdict: 'fail' },
    {
      name: 'a datagram socket that sends to nobody',
      observation: recipe({ masterAlone: '1 sent' }),
      verdict: 'fail',
      subject: 'socketpair-dgram',
    },
    {
      name: 'what survives an exec would not be seen',
      observation: recipe({ passedAfterExec: false }),
      verdict: 'broken',
    },
  ],
});

type Channel = readonly [master: number, worker: number];

/** As ngx_spawn_process() does before it forks; and what fcntl() says of it. */
function setUp(
  sys: Syscalls,
  channel: Channel,
): Pick<Recipe, 'nonblocking' | 'async' | 'closeOnExec' | 'ownerIsMaster'> {
  const { FIONBIO, FIOASYNC, F_SETOWN, F_GETOWN, F_SETFD, F_GETFD, F_GETFL } = sys.constants;
  const { FD_CLOEXEC, O_NONBLOCK, O_ASYNC } = sys.constants;
  sys.ioctl(channel[0], FIONBIO, 1);
  sys.ioctl(channel[1], FIONBIO, 1);
  sys.ioctl(channel[0], FIOASYNC, 1);
  sys.fcntl(channel[0], F_SETOWN, sys.getpid());
  sys.fcntl(channel[0], F_SETFD, FD_CLOEXEC);
  sys.fcntl(channel[1], F_SETFD, FD_CLOEXEC);
  const both = (ask: number, flag: number): [boolean, boolean] => [
    (sys.fcntl(channel[0], ask) & flag) !== 0,
    (sys.fcntl(channel[1], ask) & flag) !== 0,
  ];
  return {
    nonblocking: both(F_GETFL, O_NONBLOCK),
    async: both(F_GETFL, O_ASYNC),
    closeOnExec: both(F_GETFD, FD_CLOEXEC),
    ownerIsMaster: sys.fcntl(channel[0], F_GETOWN) === sys.getpid(),
  };
}

/** The worker: it receives before anything is sent, sends a command, and writes through the descriptor it is passed. */
function forkWorker(checkRun: CheckRun, channel: Channel, board: Board): ExecChild {
  const { POLLIN } = checkRun.sys.constants;
  const fd = channel[1];
  return forkExecChild(
    checkRun,
    [
      { op: 'close', fd: channel[0] },
      { op: 'recv', fd, bytes: COMMAND_BYTES, as: 'first' },
      { op: 'send', fd, data: { bytes: COMMAND_BYTES, value: 1 } },
      { op: 'poll', fd, events: POLLIN, timeoutMs: 5000 },
      {
        op: 'recvmsg',
        fd,
        bytes: COMMAND_BYTES,
        controlBytes: checkRun.sys.CMSG_SPACE(4),
        into: ['passed'],
        as: 'answer',
      },
      { op: 'write', fd: 'passed', data: 'through it' },
      { op: 'store', word: 0, value: 1 },
      { op: 'waitAtLeast', word: 1, value: 1 },
    ],
    { board },
  );
}

function recipe(but: Partial<Recipe>): Recipe {
  return {
    nonblocking: [true, true],
    async: [true, false],
    closeOnExec: [true, true],
    ownerIsMaster: true,
    workerFirst: 'EAGAIN',
    masterReads: COMMAND_BYTES,
    masterSignalled: true,
    workerReads: COMMAND_BYTES,
    viaPassed: 'through it',
    channelBeforeExec: 1,
    channelAfterExec: 0,
    passedAfterExec: true,
    masterAlone: 'EOF',
    ...but,
  };
}
