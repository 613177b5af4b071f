import { readFileSync } from 'node:fs';
import { defineProcedure, errnoOf } from '../../../../harness/define.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { arrive } from '../../support/outcomes.js';
import { EVERY_TRANSPORT } from '../../support/subjects.js';

interface Offsets {
  readonly moved: number;
  readonly duplicate: number;
  readonly afterWrite: number;
  readonly openedAgain: number;
}

/** A descriptor is a number for an open file description, and the offset is the description's. */
export const dupSharesOffset = defineProcedure<Offsets>({
  id: 'descriptors/dup-shares-offset',
  guarantee: 'A descriptor and its duplicate have one file offset; a second open of the file has its own.',
  level: 'MUST',
  source: () => ({
    document: 'dup(2), DESCRIPTION',
    quote:
      'Since the two file descriptors refer to the same open file description, they share file offset and file ' +
      'status flags; for example, if the file offset is modified by using lseek(2) on one of the file ' +
      'descriptors, the offset is also changed for the other file descriptor.',
  }),
  subjects: ['fd-table'],
  expected:
    'The duplicate stands at 10, and at 13 after 3 bytes were written through the first; the second open stands at 0.',
  procedure:
    'Open a file, dup() the descriptor, open the file again; lseek() the first to 10 and ask the others; write ' +
    '3 bytes and ask the duplicate.',
  quick: true,
  observe: ({ sys, own, path }) => {
    const { O_RDWR, O_CREAT, O_CLOEXEC, SEEK_SET, SEEK_CUR } = sys.constants;
    const file = path('file');
    const first = own(sys.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600));
    const duplicate = own(sys.dup(first));
    const again = own(sys.open(file, O_RDWR | O_CLOEXEC));
    const moved = sys.lseek(first, 10, SEEK_SET);
    const offsetOf = (descriptor: number): number => sys.lseek(descriptor, 0, SEEK_CUR);
    const atFirst = offsetOf(duplicate);
    sys.write(first, 'abc');
    return { moved, duplicate: atFirst, afterWrite: offsetOf(duplicate), openedAgain: offsetOf(again) };
  },
  judge: ({ moved, duplicate, afterWrite, openedAgain }) =>
    judgeExpected(
      {
        'Offset of the duplicate': [duplicate, 10],
        'after 3 bytes were written through the first': [afterWrite, 13],
        'of the second open': [openedAgain, 0],
      },
      'fail',
      { 'Offset that was set': [moved, 10] },
    ),
  proofs: [
    {
      name: 'shared by the duplicate alone',
      observation: { moved: 10, duplicate: 10, afterWrite: 13, openedAgain: 0 },
      verdict: 'pass',
    },
    {
      name: 'a duplicate with an offset of its own',
      observation: { moved: 10, duplicate: 0, afterWrite: 13, openedAgain: 0 },
      verdict: 'fail',
    },
    {
      name: 'a write that moves one alone',
      observation: { moved: 10, duplicate: 10, afterWrite: 10, openedAgain: 0 },
      verdict: 'fail',
    },
    {
      name: 'a second open that shares it',
      observation: { moved: 10, duplicate: 10, afterWrite: 13, openedAgain: 13 },
      verdict: 'fail',
    },
    {
      name: 'the offset was never set',
      observation: { moved: 0, duplicate: 0, afterWrite: 3, openedAgain: 0 },
      verdict: 'broken',
    },
  ],
});

interface Redirection {
  /** dup2() onto 1 in the child, while nobody else had the old target's write end. */
  readonly dup2: number;
  readonly oldTarget: string;
  readonly arrived: string;
  /** dup2(d, d), as the difference to d. */
  readonly ontoItself: number;
  readonly dup3OntoItself: string | null;
  /** dup2() of a descriptor that is not open, and whether its target stayed open. */
  readonly ofNothing: string | null;
  readonly targetKept: boolean;
}

/** What a shell does for `program > somewhere`. */
export const dup2Redirect = defineProcedure<Redirection>({
  id: 'descriptors/dup2-redirect',
  guarantee:
    'dup2() onto descriptor 1 closes the old file, and the output of the next executed program goes ' +
    'to the new one.',
  level: 'MUST',
  source: () => ({
    document: 'dup(2), dup2()',
    quote:
      'If the file descriptor newfd was previously open, it is closed before being reused; the close is ' +
      'performed silently (i.e., any errors during the close are not reported by dup2()).',
  }),
  subjects: ['fd-table', ...EVERY_TRANSPORT],
  expected:
    "'redirected' arrives; the reader of the old target sees its end at the dup2(). dup2(d, d) does nothing, " +
    'dup3(d, d) is EINVAL, dup2() of what is not open is EBADF and closes nothing.',
  procedure:
    'Fork. Child: dup2() a pipe onto 1, close the pipe, dup2() the transport (fd-table: a file) onto 1; the ' +
    "parent looks at the pipe; then exec of sh -c 'echo redirected'.",
  quick: true,
  observe: async (checkRun) => {
    const { sys, own, path, subject } = checkRun;
    const { O_CLOEXEC, O_RDWR, O_CREAT, POLLIN, POLLHUP } = sys.constants;
    const file = path('file');
    const toFile = subject === 'fd-table';
    const ends = toFile ? null : endsOf(checkRun);
    const target = ends?.a.out ?? own(sys.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600));
    const [reading, writing] = sys.pipe2(O_CLOEXEC);
    own(reading);
    own(writing);
    const board = sys.createBoard();
    const program = sys.forkProgram(
      [
        { op: 'dup2', from: writing, to: 1 },
        { op: 'close', fd: writing },
        { op: 'waitAtLeast', word: 0, value: 1 },
        { op: 'dup2', from: target, to: 1, as: 'dup2' },
        { op: 'store', word: 1, value: 1 },
        { op: 'waitAtLeast', word: 0, value: 2 },
        { op: 'exec', path: '/bin/sh', args: ['-c', 'echo redirected'] },
      ],
      { board },
    );
    checkRun.defer(() => program.end());
    sys.close(writing);
    const before = sys.poll([{ fd: reading, events: POLLIN }], 0)[0] as number;
    board.store(0, 1);
    board.waitAtLeast(1, 1, 5000);
    const after = sys.poll([{ fd: reading, events: POLLIN }], 0)[0] as number;
    board.store(0, 2);
    program.wait();
    if (ends !== null) arrive(sys, ends.b.in);
    const arrived = ends === null ? readFileSync(file, 'utf8') : sys.read(ends.b.in, 64).toString();
    const kept = own(sys.dup(target));
    return {
      dup2: program.outcome('dup2').value,
      oldTarget: before !== 0 ? 'closed before' : after === POLLHUP ? 'closed' : after === 0 ? 'open' : `poll ${after}`,
      arrived: arrived.trim(),
      ontoItself: sys.dup2(kept, kept) - kept,
      dup3OntoItself: errnoOf(() => sys.dup3(kept, kept, 0)),
      // Above every possible descriptor: no other thread can open it meanwhile.
      ofNothing: errnoOf(() => sys.dup2(2 ** 31 - 1, kept)),
      targetKept: errnoOf(() => sys.fstat(kept)) === null,
    };
  },
  judge: (seen) =>
    judgeExpected(
      {
        'Old target after dup2()': [seen.oldTarget, 'closed'],
        'at the new one': [seen.arrived, 'redirected'],
        'dup2(d, d) - d': [seen.ontoItself, 0],
        'dup3(d, d)': [seen.dup3OntoItself, 'EINVAL'],
        'dup2() of what is not open': [seen.ofNothing, 'EBADF'],
        'its target stays open': [seen.targetKept, true],
      },
      'fail',
      { 'dup2() in the child': [seen.dup2, 1] },
    ),
  proofs: [
    { name: 'redirected', observation: redirected({}), verdict: 'pass' },
    { name: 'the old target stays open', observation: redirected({ oldTarget: 'open' }), verdict: 'fail' },
    { name: 'the output goes elsewhere', observation: redirected({ arrived: '' }), verdict: 'fail' },
    { name: 'dup2(d, d) gives another number', observation: redirected({ ontoItself: 3 }), verdict: 'fail' },
    { name: 'dup3(d, d) is allowed', observation: redirected({ dup3OntoItself: null }), verdict: 'fail' },
    { name: 'dup2() of nothing is allowed', observation: redirected({ ofNothing: null }), verdict: 'fail' },
    { name: 'dup2() of nothing closes its target', observation: redirected({ targetKept: false }), verdict: 'fail' },
    { name: 'no dup2() happened', observation: redirected({ dup2: -1 }), verdict: 'broken' },
  ],
});

interface ForkedOffsets {
  readonly movedByChild: number;
  readonly ofParent: number;
  /** Of a file that both opened for themselves: the child moved to 7. */
  readonly ownOpenOfChild: number;
  readonly ownOpenOfParent: number;
}

export const forkSharesOffset = defineProcedure<ForkedOffsets>({
  id: 'descriptors/fork-shares-offset',
  guarantee: 'After fork() parent and child have one file offset; a file that the child opens for itself has its own.',
  level: 'MUST',
  source: () => ({
    document: 'fork(2), DESCRIPTION',
    quote:
      'Each file descriptor in the child refers to the same open file description (see open(2)) as the ' +
      'corresponding file descriptor in the parent. This means that the two file descriptors share open file ' +
      'status flags, file offset, and signal-driven I/O attributes',
  }),
  subjects: ['fd-table'],
  expected: 'The parent stands at 3, where the child went; its other descriptor stays at 0.',
  procedure:
    'Open a file twice, fork. Child: lseek() the first to 3, open the file for itself and lseek() that to 7. ' +
    'Parent, once the child has ended: ask both of its own.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own, path } = checkRun;
    const { O_RDWR, O_CREAT, O_CLOEXEC, SEEK_SET, SEEK_CUR } = sys.constants;
    const file = path('file');
    const shared = own(sys.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600));
    const another = own(sys.open(file, O_RDWR | O_CLOEXEC));
    const program = sys.forkProgram([
      { op: 'lseek', fd: shared, offset: 3, whence: SEEK_SET, as: 'move' },
      { op: 'open', path: file, flags: O_RDWR, as: 'its own' },
      { op: 'lseek', fd: 'its own', offset: 7, whence: SEEK_SET, as: 'move its own' },
    ]);
    checkRun.defer(() => program.end());
    program.wait();
    return {
      movedByChild: program.outcome('move').value,
      ofParent: sys.lseek(shared, 0, SEEK_CUR),
      ownOpenOfChild: program.outcome('move its own').value,
      ownOpenOfParent: sys.lseek(another, 0, SEEK_CUR),
    };
  },
  judge: (seen) =>
    judgeExpected(
      { "Parent's offset": [seen.ofParent, 3], 'of what each opened for itself': [seen.ownOpenOfParent, 0] },
      'fail',
      { 'Offset that the child set': [seen.movedByChild, 3], 'in its own': [seen.ownOpenOfChild, 7] },
    ),
  proofs: [
    {
      name: 'the inherited one is shared',
      observation: { movedByChild: 3, ofParent: 3, ownOpenOfChild: 7, ownOpenOfParent: 0 },
      verdict: 'pass',
    },
    {
      name: 'the parent stays where it was',
      observation: { movedByChild: 3, ofParent: 0, ownOpenOfChild: 7, ownOpenOfParent: 0 },
      verdict: 'fail',
    },
    {
      name: 'separate opens share one',
      observation: { movedByChild: 3, ofParent: 3, ownOpenOfChild: 7, ownOpenOfParent: 7 },
      verdict: 'fail',
    },
    {
      name: 'the child did nothing',
      observation: { movedByChild: -1, ofParent: 0, ownOpenOfChild: 7, ownOpenOfParent: 0 },
      verdict: 'broken',
    },
    {
      name: 'the control did not happen',
      observation: { movedByChild: 3, ofParent: 3, ownOpenOfChild: -1, ownOpenOfParent: 0 },
      verdict: 'broken',
    },
  ],
});

function redirected(but: Partial<Redirection>): Redirection {
  return {
    dup2: 1,
    oldTarget: 'closed',
    arrived: 'redirected',
    ontoItself: 0,
    dup3OntoItself: 'EINVAL',
    ofNothing: 'EBADF',
    targetKept: true,
    ...but,
  };
}
