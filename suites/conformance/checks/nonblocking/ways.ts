import { countUntilError, defineProcedure, type End, type CheckRun } from '../../../../harness/define.js';
import { listenFor, socketFor } from '../../support/connected.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected, type Expectations } from '../../support/expectations.js';
import { outcome } from '../../support/outcomes.js';
import { EVERY_TRANSPORT } from '../../support/subjects.js';

interface Way {
  readonly way: string;
  /** Whether F_GETFL has O_NONBLOCK. */
  readonly flag: boolean;
  /** A read of an empty channel and a write to a full one. EINTR: it slept until a timer woke it. */
  readonly read: string;
  readonly write: string;
}

/** A call that sleeps for so long is taken to block. */
const BLOCKED_US = 1_000_000;
const PER_CALL = 'MSG_DONTWAIT';

export const fcntlEqualsFlag = defineProcedure<readonly Way[]>({
  id: 'nonblocking/fcntl-equals-flag',
  guarantee: 'However a descriptor is made nonblocking, it is so in the same way.',
  level: 'MUST',
  source: (subject) =>
    subject === 'pipe' || subject === 'fifo'
      ? {
          document: 'open(2), O_NONBLOCK or O_NDELAY',
          quote:
            'Neither the open() nor any subsequent I/O operations on the file descriptor which is returned will ' +
            'cause the calling process to wait.',
        }
      : {
          document: 'socket(2), SOCK_NONBLOCK, and recv(2), MSG_DONTWAIT',
          quote:
            'Set the O_NONBLOCK file status flag on the open file description (see open(2)) referred to by the ' +
            'new file descriptor. Using this flag saves extra calls to fcntl(2) to achieve the same result. […] ' +
            'This provides similar behavior to setting the O_NONBLOCK flag (via the fcntl(2) F_SETFL operation)',
        },
  subjects: EVERY_TRANSPORT,
  expected:
    'EAGAIN for a read of an empty channel and a write to a full one, by F_SETFL, FIONBIO, the flag of the call ' +
    'that makes it, and, for sockets, MSG_DONTWAIT, which leaves no flag behind.',
  procedure:
    'For each way, on a fresh pair: read F_GETFL, read once while it is empty, write until it is full. A timer ' +
    'interrupts a call that blocks.',
  quick: false,
  observe: (checkRun) => {
    const { sys, defer } = checkRun;
    const { F_GETFL, F_SETFL, O_NONBLOCK, FIONBIO, MSG_DONTWAIT, SIGALRM } = sys.constants;
    const caught = sys.catchSignal(SIGALRM);
    const alarm = sys.timer_create(SIGALRM, BLOCKED_US, BLOCKED_US / 10);
    defer(() => {
      alarm.stop();
      caught.restore();
    });
    const data = Buffer.alloc(4096);
    const tried = (way: string, end: End, flags: number | null): Way => ({
      way,
      flag: [end.in, end.out].every((fd) => (sys.fcntl(fd, F_GETFL) & O_NONBLOCK) !== 0),
      read: outcome(() => (flags === null ? sys.read(end.in, 1) : sys.recv(end.in, 1, flags))),
      write: countUntilError(() => (flags === null ? sys.write(end.out, data) : sys.send(end.out, data, flags))).errno,
    });
    const fresh = (index: number, prepare: (fd: number) => void): End => {
      const { a } = endsOf(checkRun, { index });
      for (const fd of new Set([a.in, a.out])) prepare(fd);
      return a;
    };
    return [
      tried(
        'F_SETFL',
        fresh(0, (fd) => sys.fcntl(fd, F_SETFL, O_NONBLOCK)),
        null,
      ),
      tried(
        'FIONBIO',
        fresh(1, (fd) => sys.ioctl(fd, FIONBIO, 1)),
        null,
      ),
      tried('made so', madeNonblocking(checkRun), null),
      ...(checkRun.subject === 'pipe' || checkRun.subject === 'fifo'
        ? []
        : [
            tried(
              PER_CALL,
              fresh(2, () => undefined),
              MSG_DONTWAIT,
            ),
          ]),
    ];
  },
  judge: (seen) => {
    const expectations = seen.map(({ way, flag, read, write }): [string, Expectations[string]] => [
      way,
      [
        [flag ? 'O_NONBLOCK' : 'no flag', read, write],
        [way === PER_CALL ? 'no flag' : 'O_NONBLOCK', 'EAGAIN', 'EAGAIN'],
      ],
    ]);
    return judgeExpected(Object.fromEntries(expectations), 'fail', { 'Ways tried': [seen.length >= 3, true] });
  },
  proofs: [
    { name: 'all alike', observation: ways({}), verdict: 'pass' },
    { name: 'a pipe has three ways', observation: ways({}).slice(0, 3), verdict: 'pass' },
    { name: 'one leaves no flag', observation: ways({ flag: false }), verdict: 'fail' },
    { name: 'one read blocks', observation: ways({ read: 'EINTR' }), verdict: 'fail' },
    { name: 'one write blocks', observation: ways({ write: 'EINTR' }), verdict: 'fail' },
    {
      name: 'MSG_DONTWAIT sets the flag',
      observation: [...ways({}).slice(0, 3), { way: 'MSG_DONTWAIT', flag: true, read: 'EAGAIN', write: 'EAGAIN' }],
      verdict: 'fail',
    },
    { name: 'two tried', observation: ways({}).slice(0, 2), verdict: 'broken' },
  ],
});

function ways(change: Partial<Way>): readonly Way[] {
  const same = { flag: true, read: 'EAGAIN', write: 'EAGAIN' };
  return [
    { way: 'F_SETFL', ...same },
    { way: 'FIONBIO', ...same, ...change },
    { way: 'made so', ...same },
    { way: 'MSG_DONTWAIT', ...same, flag: false },
  ];
}

/**
 * One end that was never anything else: by SOCK_NONBLOCK of socketpair, socket or accept4, or O_NONBLOCK of pipe2 or
 * open.
 */
function madeNonblocking(checkRun: CheckRun): End {
  const { sys, own, subject } = checkRun;
  const { AF_UNIX, SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_NONBLOCK, O_NONBLOCK, O_RDONLY, O_WRONLY } =
    sys.constants;
  switch (subject) {
    case 'socketpair-stream':
    case 'socketpair-dgram':
    case 'socketpair-seqpacket': {
      const type =
        subject === 'socketpair-stream' ? SOCK_STREAM : subject === 'socketpair-dgram' ? SOCK_DGRAM : SOCK_SEQPACKET;
      const [one, other] = sys.socketpair(AF_UNIX, type | SOCK_NONBLOCK).map(own) as [number, number];
      return { in: one, out: other };
    }
    case 'unix-dgram': {
      const [one, other] = [own(socketFor(checkRun, SOCK_NONBLOCK)), own(socketFor(checkRun))];
      sys.bind(one, checkRun.path('one'));
      sys.bind(other, checkRun.path('other'));
      sys.connect(one, checkRun.path('other'));
      return { in: one, out: one };
    }
    case 'pipe': {
      const [read, write] = sys.pipe2(O_NONBLOCK).map(own) as [number, number];
      return { in: read, out: write };
    }
    case 'fifo': {
      const path = checkRun.path('made');
      sys.mkfifo(path, 0o600);
      const read = own(sys.open(path, O_RDONLY | O_NONBLOCK));
      return { in: read, out: own(sys.open(path, O_WRONLY | O_NONBLOCK)) };
    }
    default: {
      const { listener, address, client } = listenFor(checkRun, 1, 'made');
      sys.connect(client(), address);
      const accepted = own(sys.accept4(listener, SOCK_NONBLOCK));
      return { in: accepted, out: accepted };
    }
  }
}
