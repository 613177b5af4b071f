import { defineProcedure, errnoOf, type Syscalls } from '../../../../harness/define.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { EVERY_TRANSPORT } from '../../support/subjects.js';

interface SharedFlag {
  readonly before: boolean;
  /** The child's F_SETFL. */
  readonly setByChild: number;
  readonly ofParent: boolean;
  readonly ofDuplicate: boolean;
  /** FD_CLOEXEC, which the child set as well and which belongs to its descriptor alone. */
  readonly closeOnExecOfParent: number;
}

/** Why a program that sets O_NONBLOCK on its stdin or stdout changes its parent's and its siblings' too. */
export const sharedDescription = defineProcedure<SharedFlag>({
  id: 'nonblocking/shared-description',
  guarantee: 'O_NONBLOCK belongs to the open file description: what a child sets, its parent and every duplicate have.',
  level: 'MUST',
  source: () => ({
    document: 'fcntl(2), File status flags',
    quote:
      'Duplicated file descriptors (made with dup(2), fcntl(F_DUPFD), fork(2), etc.) refer to the same open ' +
      'file description, and thus share the same file status flags.',
  }),
  subjects: ['fd-table', ...EVERY_TRANSPORT],
  expected:
    'Set for the parent and for a duplicate made before. FD_CLOEXEC, set by the child too, is not set for the parent.',
  procedure:
    'Duplicate a blocking descriptor, fork; the child sets O_NONBLOCK and FD_CLOEXEC on it and ends; F_GETFL ' +
    'and F_GETFD of both in the parent.',
  quick: true,
  observe: (checkRun) => {
    const { sys, own, path, subject } = checkRun;
    const { F_GETFD, F_SETFD, F_SETFL, FD_CLOEXEC, O_NONBLOCK, O_RDWR, O_CREAT } = sys.constants;
    const descriptor =
      subject === 'fd-table' ? own(sys.open(path('file'), O_RDWR | O_CREAT, 0o600)) : endsOf(checkRun).a.out;
    sys.fcntl(descriptor, F_SETFD, 0);
    const duplicate = own(sys.dup(descriptor));
    const before = isNonblocking(sys, descriptor);
    const program = sys.forkProgram([
      { op: 'fcntl', fd: descriptor, command: F_SETFL, argument: O_NONBLOCK, as: 'set' },
      { op: 'fcntl', fd: descriptor, command: F_SETFD, argument: FD_CLOEXEC },
    ]);
    checkRun.defer(() => program.end());
    program.wait();
    return {
      before,
      setByChild: program.outcome('set').value,
      ofParent: isNonblocking(sys, descriptor),
      ofDuplicate: isNonblocking(sys, duplicate),
      closeOnExecOfParent: sys.fcntl(descriptor, F_GETFD) & FD_CLOEXEC,
    };
  },
  judge: ({ before, setByChild, ofParent, ofDuplicate, closeOnExecOfParent }) =>
    judgeExpected(
      {
        'O_NONBLOCK in the parent': [ofParent, true],
        'of the duplicate': [ofDuplicate, true],
        'FD_CLOEXEC in the parent': [closeOnExecOfParent, 0],
      },
      'fail',
      { 'Nonblocking before': [before, false], "the child's F_SETFL": [setByChild, 0] },
    ),
  proofs: [
    {
      name: 'shared',
      observation: { before: false, setByChild: 0, ofParent: true, ofDuplicate: true, closeOnExecOfParent: 0 },
      verdict: 'pass',
    },
    {
      name: 'not in the parent',
      observation: { before: false, setByChild: 0, ofParent: false, ofDuplicate: true, closeOnExecOfParent: 0 },
      verdict: 'fail',
    },
    {
      name: 'not of the duplicate',
      observation: { before: false, setByChild: 0, ofParent: true, ofDuplicate: false, closeOnExecOfParent: 0 },
      verdict: 'fail',
    },
    {
      name: 'close-on-exec is shared as well',
      observation: { before: false, setByChild: 0, ofParent: true, ofDuplicate: true, closeOnExecOfParent: 1 },
      verdict: 'fail',
    },
    {
      name: 'it was nonblocking already',
      observation: { before: true, setByChild: 0, ofParent: true, ofDuplicate: true, closeOnExecOfParent: 0 },
      verdict: 'broken',
    },
    {
      name: 'the child failed to set it',
      observation: { before: false, setByChild: -1, ofParent: false, ofDuplicate: false, closeOnExecOfParent: 0 },
      verdict: 'broken',
    },
  ],
});

interface TwoEnds {
  readonly here: boolean;
  readonly there: boolean;
  /** Of a read with nothing to read, at the end that was set. */
  readonly readHere: string | null;
}

export const notSharedAcrossEnds = defineProcedure<TwoEnds>({
  id: 'nonblocking/not-shared-across-ends',
  guarantee: 'O_NONBLOCK set on one end leaves the other end as it was.',
  level: 'MUST',
  source: () => ({
    document: 'fcntl(2), File status flags',
    quote:
      'Each open file description has certain associated status flags, initialized by open(2) and possibly ' +
      'modified by fcntl().',
  }),
  subjects: EVERY_TRANSPORT,
  expected: 'Set here: a read with nothing to read is EAGAIN. Not set there.',
  procedure: 'F_SETFL O_NONBLOCK on the reading end of a pair; F_GETFL of both; read here.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { F_SETFL, O_NONBLOCK } = sys.constants;
    const { a, b } = endsOf(checkRun);
    sys.fcntl(b.in, F_SETFL, O_NONBLOCK);
    const here = isNonblocking(sys, b.in);
    return {
      here,
      there: isNonblocking(sys, a.out),
      readHere: here ? errnoOf(() => sys.read(b.in, 1)) : 'not read: it would block',
    };
  },
  judge: ({ here, there, readHere }) =>
    judgeExpected({ 'O_NONBLOCK at the other end': [there, false], 'read at this end': [readHere, 'EAGAIN'] }, 'fail', {
      'O_NONBLOCK at this end': [here, true],
    }),
  proofs: [
    { name: 'here alone', observation: { here: true, there: false, readHere: 'EAGAIN' }, verdict: 'pass' },
    { name: 'there too', observation: { here: true, there: true, readHere: 'EAGAIN' }, verdict: 'fail' },
    {
      name: 'the read says that all is over',
      observation: { here: true, there: false, readHere: null },
      verdict: 'fail',
    },
    {
      name: 'it was not set at all',
      observation: { here: false, there: false, readHere: 'not read: it would block' },
      verdict: 'broken',
    },
  ],
});

const isNonblocking = (sys: Syscalls, descriptor: number): boolean =>
  (sys.fcntl(descriptor, sys.constants.F_GETFL) & sys.constants.O_NONBLOCK) !== 0;
