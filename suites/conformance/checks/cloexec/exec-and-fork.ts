import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { listenFor, socketFor } from '../../support/connected.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { inheritedByExec } from '../../support/exec-child.js';
import { objectOf } from '../../support/open-descriptors.js';
import { arrive } from '../../support/outcomes.js';
import { EVERY_TRANSPORT, socketTypeOf } from '../../support/subjects.js';

interface ExecOutcome {
  readonly how: 'F_SETFD' | 'its duplicate' | 'created with the flag' | 'created without';
  readonly flag: number;
  readonly survived: boolean;
}

/** The negative control is in it: of each pair that differs in the flag alone, one survives. */
export const closedOnExec = defineProcedure<readonly ExecOutcome[]>({
  id: 'cloexec/closed-on-exec',
  guarantee: 'A descriptor is closed by exec if, and only if, its close-on-exec flag is set, however that was done.',
  level: 'MUST',
  source: () => ({
    document: 'fcntl(2), File descriptor flags',
    quote:
      'If the FD_CLOEXEC bit is set, the file descriptor will automatically be closed during a successful ' +
      'execve(2). (If the execve(2) fails, the file descriptor is left open.) If the FD_CLOEXEC bit is not set, ' +
      'the file descriptor will remain open across an execve(2).',
  }),
  subjects: EVERY_TRANSPORT,
  expected:
    'Closed after fcntl(F_SETFD, FD_CLOEXEC) and when created with SOCK_CLOEXEC or O_CLOEXEC; open for a ' +
    'duplicate, which has no flag, and when created without.',
  procedure:
    'Set FD_CLOEXEC on one end and duplicate it; create two more descriptors of the kind, with the flag and ' +
    'without. fork, exec of a shell; read /proc/<pid>/fd while it waits.',
  quick: true,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const { F_GETFD, F_SETFD, FD_CLOEXEC } = sys.constants;
    const marked = endsOf(checkRun).a.out;
    sys.fcntl(marked, F_SETFD, FD_CLOEXEC);
    const descriptors: readonly (readonly [ExecOutcome['how'], number])[] = [
      ['F_SETFD', marked],
      ['its duplicate', own(sys.dup(marked))],
      ['created with the flag', create(checkRun, true)],
      ['created without', create(checkRun, false)],
    ];
    const { inherited } = inheritedByExec(checkRun);
    return descriptors.map(([how, descriptor]) => ({
      how,
      flag: sys.fcntl(descriptor, F_GETFD) & FD_CLOEXEC,
      survived: inherited.get(descriptor) === objectOf(descriptor),
    }));
  },
  judge: (results) => {
    const resultOf = (how: ExecOutcome['how']): ExecOutcome | undefined => results.find((result) => result.how === how);
    return judgeExpected(
      {
        'Open after exec, with F_SETFD': [resultOf('F_SETFD')?.survived, false],
        'its duplicate': [resultOf('its duplicate')?.survived, true],
        'created with the flag': [resultOf('created with the flag')?.survived, false],
        'created without': [resultOf('created without')?.survived, true],
        'flags of the four': [results.map(({ flag }) => flag), [1, 0, 1, 0]],
      },
      'fail',
    );
  },
  proofs: [
    { name: 'closed where the flag is set', observation: resultsOf([false, true, false, true]), verdict: 'pass' },
    { name: 'open in spite of F_SETFD', observation: resultsOf([true, true, false, true]), verdict: 'fail' },
    { name: 'a duplicate that is closed too', observation: resultsOf([false, false, false, true]), verdict: 'fail' },
    {
      name: 'open in spite of the flag at creation',
      observation: resultsOf([false, true, true, true]),
      verdict: 'fail',
    },
    { name: 'closed without the flag', observation: resultsOf([false, true, false, false]), verdict: 'fail' },
    {
      name: 'the flag at creation is not taken',
      observation: resultsOf([false, true, false, true], [1, 0, 0, 0]),
      verdict: 'fail',
    },
    { name: 'nothing was looked at', observation: [], verdict: 'broken' },
  ],
});

interface Flags {
  readonly original: number;
  readonly marked: number;
  readonly dup: number;
  readonly dup2: number;
  readonly dup3: number;
  readonly dupfdCloexec: number;
}

export const perDescriptor = defineProcedure<Flags>({
  id: 'cloexec/per-descriptor',
  guarantee: 'The close-on-exec flag belongs to one descriptor; duplicates have it only if requested.',
  level: 'MUST',
  source: () => ({
    document: 'dup(2), DESCRIPTION',
    quote:
      'The two file descriptors do not share file descriptor flags (the close-on-exec flag). The close-on-exec ' +
      'flag (FD_CLOEXEC; see fcntl(2)) for the duplicate descriptor is off.',
  }),
  subjects: ['fd-table', ...EVERY_TRANSPORT],
  expected:
    'Set on a duplicate: 1 there, 0 on the original. Duplicates of the marked one: 0 by dup() and dup2(), 1 by ' +
    'dup3(O_CLOEXEC) and F_DUPFD_CLOEXEC.',
  procedure:
    'Clear the flag of a descriptor, duplicate it, set the flag of the duplicate; duplicate that in four ways; ' +
    'F_GETFD of all.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own, path, subject } = checkRun;
    const { F_GETFD, F_SETFD, F_DUPFD_CLOEXEC, FD_CLOEXEC, O_CLOEXEC, O_RDWR, O_CREAT } = sys.constants;
    const original =
      subject === 'fd-table' ? own(sys.open(path('file'), O_RDWR | O_CREAT, 0o600)) : endsOf(checkRun).a.out;
    sys.fcntl(original, F_SETFD, 0);
    const marked = own(sys.dup(original));
    sys.fcntl(marked, F_SETFD, FD_CLOEXEC);
    const flagOf = (descriptor: number): number => sys.fcntl(descriptor, F_GETFD) & FD_CLOEXEC;
    const target = own(sys.dup(marked));
    sys.fcntl(target, F_SETFD, FD_CLOEXEC);
    sys.dup2(marked, target);
    const dup2 = flagOf(target);
    sys.dup3(marked, target, O_CLOEXEC);
    return {
      original: flagOf(original),
      marked: flagOf(marked),
      dup: flagOf(own(sys.dup(marked))),
      dup2,
      dup3: flagOf(target),
      dupfdCloexec: flagOf(own(sys.fcntl(marked, F_DUPFD_CLOEXEC))),
    };
  },
  judge: ({ original, marked, dup, dup2, dup3, dupfdCloexec }) =>
    judgeExpected(
      {
        'FD_CLOEXEC of the original': [original, 0],
        'dup() of the marked one': [dup, 0],
        'dup2()': [dup2, 0],
        'dup3(O_CLOEXEC)': [dup3, 1],
        F_DUPFD_CLOEXEC: [dupfdCloexec, 1],
      },
      'fail',
      { 'The marked one has the flag': [marked, 1] },
    ),
  proofs: [
    { name: 'of one alone', observation: flags({}), verdict: 'pass' },
    { name: 'the original has it too', observation: flags({ original: 1 }), verdict: 'fail' },
    { name: 'dup() keeps it', observation: flags({ dup: 1 }), verdict: 'fail' },
    { name: 'dup2() keeps it', observation: flags({ dup2: 1 }), verdict: 'fail' },
    { name: 'dup3() forgets it', observation: flags({ dup3: 0 }), verdict: 'fail' },
    { name: 'F_DUPFD_CLOEXEC forgets it', observation: flags({ dupfdCloexec: 0 }), verdict: 'fail' },
    { name: 'it was never set', observation: flags({ marked: 0 }), verdict: 'broken' },
  ],
});

interface UsedByChild {
  readonly flagInChild: number;
  readonly written: number;
  readonly received: string;
}

export const notOnFork = defineProcedure<UsedByChild>({
  id: 'cloexec/not-on-fork',
  guarantee: 'fork() alone closes nothing: a child that does not exec uses a close-on-exec descriptor as before.',
  level: 'MUST',
  source: () => ({
    document: 'fork(2), DESCRIPTION',
    quote: "The child inherits copies of the parent's set of open file descriptors.",
  }),
  subjects: EVERY_TRANSPORT,
  expected: 'The child sees the flag, writes 3 bytes, and they arrive.',
  procedure:
    "Set FD_CLOEXEC on one end, fork; the child asks F_GETFD and writes 'yes'; the parent reads at the other end.",
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { F_GETFD, F_SETFD, FD_CLOEXEC } = sys.constants;
    const { a, b } = endsOf(checkRun);
    sys.fcntl(a.out, F_SETFD, FD_CLOEXEC);
    const program = sys.forkProgram([
      { op: 'fcntl', fd: a.out, command: F_GETFD, as: 'flag' },
      { op: 'write', fd: a.out, data: 'yes', as: 'write' },
    ]);
    checkRun.defer(() => program.end());
    program.wait();
    const written = program.outcome('write').value;
    if (written > 0) arrive(sys, b.in);
    return {
      flagInChild: program.outcome('flag').value,
      written,
      received: written > 0 ? sys.read(b.in, 16).toString() : '',
    };
  },
  judge: ({ flagInChild, written, received }) =>
    judgeExpected({ 'Written by the child': [written, 3], received: [received, 'yes'] }, 'fail', {
      'The child ran, and saw the flag': [flagInChild, 1],
    }),
  proofs: [
    { name: 'used after fork', observation: { flagInChild: 1, written: 3, received: 'yes' }, verdict: 'pass' },
    { name: 'closed by fork', observation: { flagInChild: 1, written: -1, received: '' }, verdict: 'fail' },
    { name: 'something else arrives', observation: { flagInChild: 1, written: 3, received: 'y' }, verdict: 'fail' },
    {
      name: 'the child is told something else',
      observation: { flagInChild: 1, written: 2, received: 'yes' },
      verdict: 'fail',
    },
    { name: 'the flag was not set', observation: { flagInChild: 0, written: 3, received: 'yes' }, verdict: 'broken' },
  ],
});

/** A new descriptor of the subject's kind, by the call that makes one in practice: accept4(), socketpair(), open(). */
function create(checkRun: CheckRun, closeOnExec: boolean): number {
  const { sys, own, path, subject } = checkRun;
  const { SOCK_CLOEXEC, O_CLOEXEC, O_RDONLY, O_NONBLOCK } = sys.constants;
  const name = closeOnExec ? 'marked' : 'unmarked';
  const [socketFlag, openFlag] = closeOnExec ? [SOCK_CLOEXEC, O_CLOEXEC] : [0, 0];
  switch (subject) {
    case 'pipe':
      return sys.pipe2(openFlag).map(own)[0] as number;
    case 'fifo': {
      const fifo = path(name);
      sys.mkfifo(fifo, 0o600);
      return own(sys.open(fifo, O_RDONLY | O_NONBLOCK | openFlag));
    }
    case 'unix-dgram':
      return own(socketFor(checkRun, socketFlag));
    case 'unix-stream':
    case 'unix-seqpacket':
    case 'tcp-loopback': {
      const { listener, address, client } = listenFor(checkRun, 1, name);
      sys.connect(client(SOCK_CLOEXEC), address);
      return own(sys.accept4(listener, socketFlag));
    }
    default:
      return sys.socketpair(sys.constants.AF_UNIX, socketTypeOf(checkRun) | socketFlag).map(own)[0] as number;
  }
}

function resultsOf(
  [marked, duplicate, withFlag, without]: readonly [boolean, boolean, boolean, boolean],
  flagsOf: readonly [number, number, number, number] = [1, 0, 1, 0],
): readonly ExecOutcome[] {
  return [
    { how: 'F_SETFD', flag: flagsOf[0], survived: marked },
    { how: 'its duplicate', flag: flagsOf[1], survived: duplicate },
    { how: 'created with the flag', flag: flagsOf[2], survived: withFlag },
    { how: 'created without', flag: flagsOf[3], survived: without },
  ];
}

function flags(but: Partial<Flags>): Flags {
  return { original: 0, marked: 1, dup: 0, dup2: 0, dup3: 1, dupfdCloexec: 1, ...but };
}
