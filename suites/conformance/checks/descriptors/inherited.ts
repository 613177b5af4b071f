import { defineProcedure, type Op } from '../../../../harness/define.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { inheritedByExec } from '../../support/exec-child.js';
import { objectOf } from '../../support/open-descriptors.js';
import { EVERY_TRANSPORT, WITH_END_OF_FILE } from '../../support/subjects.js';

interface ForgottenEnd {
  readonly childSaw: 'nothing' | 'readable' | 'not run';
  /** What read() returned once the child had closed its copy; -1 with an error. */
  readonly readAfterClose: number;
}

/** The one rule of fork with a pair: each process closes the end it does not use. */
export const unusedEndLeak = defineProcedure<ForgottenEnd>({
  id: 'descriptors/unused-end-leak',
  guarantee:
    'A reader that forgot to close its own copy of the writing end never sees end-of-file; once it closes it, ' +
    'it does at once.',
  level: 'MUST',
  source: (subject) =>
    subject === 'pipe' || subject === 'fifo'
      ? {
          document: 'pipe(7), I/O on pipes and FIFOs',
          quote:
            'If all file descriptors referring to the write end of a pipe have been closed, then an attempt to ' +
            'read(2) from the pipe will see end-of-file (read(2) will return 0).',
        }
      : {
          document: 'close(2), DESCRIPTION',
          quote:
            'If fd is the last file descriptor referring to the underlying open file description (see open(2)), ' +
            'the resources associated with the open file description are freed;',
        },
  subjects: WITH_END_OF_FILE,
  expected: 'Nothing to read while the child holds the other end itself; 0 (end-of-file) after its close().',
  procedure:
    'Fork with a pair; the parent closes both ends. Child: poll its reading end, close its copy of the writing ' +
    'end, read.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { POLLIN } = sys.constants;
    const { a, b } = endsOf(checkRun);
    const board = sys.createBoard();
    const program = sys.forkProgram(
      [
        { op: 'waitAtLeast', word: 0, value: 1 },
        { op: 'poll', fd: b.in, events: POLLIN, timeoutMs: 0, as: 'while held' },
        { op: 'close', fd: a.out },
        ...(a.in === a.out ? [] : [{ op: 'close', fd: a.in } satisfies Op]),
        { op: 'poll', fd: b.in, events: POLLIN, timeoutMs: 5000 },
        { op: 'read', fd: b.in, bytes: 16, as: 'read' },
      ],
      { board },
    );
    checkRun.defer(() => program.end());
    for (const descriptor of new Set([a.in, a.out, b.in, b.out])) sys.close(descriptor);
    board.store(0, 1);
    program.wait(6000);
    const { runs, value } = program.outcome('while held');
    return {
      childSaw: runs === 0 ? 'not run' : value === 0 ? 'nothing' : 'readable',
      readAfterClose: program.outcome('read').value,
    };
  },
  judge: ({ childSaw, readAfterClose }) =>
    judgeExpected(
      {
        'The child saw, while it held the other end': [childSaw, 'nothing'],
        'its read after the close': [readAfterClose, 0],
      },
      'fail',
      { 'The child ran': [childSaw !== 'not run', true] },
    ),
  proofs: [
    { name: 'no end before its own close', observation: { childSaw: 'nothing', readAfterClose: 0 }, verdict: 'pass' },
    {
      name: 'an end although somebody can write',
      observation: { childSaw: 'readable', readAfterClose: 0 },
      verdict: 'fail',
    },
    { name: 'no end after the last close', observation: { childSaw: 'nothing', readAfterClose: -1 }, verdict: 'fail' },
    { name: 'the child did not run', observation: { childSaw: 'not run', readAfterClose: -1 }, verdict: 'broken' },
  ],
});

interface Ranges {
  /** Of both ends, in the program executed without any close_range(): the control. */
  readonly survivedWithout: number;
  readonly survivedClosing: number;
  /** After CLOSE_RANGE_CLOEXEC the child has them still, with the flag; the program has not. */
  readonly flagInChild: number;
  readonly survivedMarking: number;
  /** A descriptor below the range: 2. */
  readonly keptBelow: boolean;
}

/** What a launcher can do about descriptors that others opened without close-on-exec. */
export const closeRange = defineProcedure<Ranges>({
  id: 'descriptors/close-range',
  guarantee:
    'close_range() before exec leaves the program nothing but the descriptors below the range, at once or, with ' +
    'CLOSE_RANGE_CLOEXEC, at the exec.',
  level: 'SHOULD',
  source: () => ({
    document: 'close_range(2), DESCRIPTION',
    quote: 'The close_range() system call closes all open file descriptors from first to last (included).',
  }),
  subjects: EVERY_TRANSPORT,
  expected:
    'Both ends survive an exec as they are; none after close_range(3, ~0), none after CLOSE_RANGE_CLOEXEC, ' +
    'until which the child has them. Linux 5.9, the flag 5.11.',
  procedure:
    'Three times fork and exec of a shell with both ends of a pair open and not close-on-exec, and one of them ' +
    'duplicated onto 2: as they are; after close_range(3, ~0U, 0); after close_range(3, ~0U, ' +
    'CLOSE_RANGE_CLOEXEC). Look at /proc/<pid>/fd.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { F_GETFD, F_SETFD, CLOSE_RANGE_CLOEXEC } = sys.constants;
    const { a, b } = endsOf(checkRun);
    const ends = [...new Set([a.in, a.out, b.in, b.out])];
    for (const end of ends) sys.fcntl(end, F_SETFD, 0);
    const range = (flags: number): Op => ({ op: 'close_range', first: 3, last: 0xffff_ffff, flags, as: 'range' });
    const one = ends[0] as number;
    const run = (
      before: readonly Op[],
    ): { readonly survived: number; readonly below: boolean; outcome(as: string): number } => {
      const { program, inherited } = inheritedByExec(checkRun, [{ op: 'dup2', from: one, to: 2 }, ...before]);
      const failed = before.length === 0 ? null : program.outcome('range').error;
      if (failed === 'ENOSYS' || failed === 'EINVAL')
        checkRun.skip(
          'close_range(2) with these flags is not in this kernel',
          Object.assign(new Error(failed), { code: failed }),
        );
      return {
        survived: ends.filter((descriptor) => inherited.get(descriptor) === objectOf(descriptor)).length,
        below: inherited.get(2) === objectOf(one),
        outcome: (as) => program.outcome(as).value,
      };
    };
    const without = run([]);
    const closing = run([range(0)]);
    const marking = run([range(CLOSE_RANGE_CLOEXEC), { op: 'fcntl', fd: one, command: F_GETFD, as: 'flag' }]);
    return {
      survivedWithout: without.survived / ends.length,
      survivedClosing: closing.survived,
      flagInChild: marking.outcome('flag'),
      survivedMarking: marking.survived,
      keptBelow: closing.below && marking.below,
    };
  },
  judge: (seen) =>
    judgeExpected(
      {
        'Ends open in the program after close_range()': [seen.survivedClosing, 0],
        'after CLOSE_RANGE_CLOEXEC': [seen.survivedMarking, 0],
        'the flag before the exec': [seen.flagInChild, 1],
        'what is below the range is kept': [seen.keptBelow, true],
      },
      'deviation',
      { 'Share of the ends that survive without it': [seen.survivedWithout, 1] },
    ),
  proofs: [
    {
      name: 'nothing is left',
      observation: { survivedWithout: 1, survivedClosing: 0, flagInChild: 1, survivedMarking: 0, keptBelow: true },
      verdict: 'pass',
    },
    {
      name: 'one end is left',
      observation: { survivedWithout: 1, survivedClosing: 1, flagInChild: 1, survivedMarking: 0, keptBelow: true },
      verdict: 'deviation',
    },
    {
      name: 'one end is left of those marked',
      observation: { survivedWithout: 1, survivedClosing: 0, flagInChild: 1, survivedMarking: 1, keptBelow: true },
      verdict: 'deviation',
    },
    {
      name: 'the child loses them before exec',
      observation: { survivedWithout: 1, survivedClosing: 0, flagInChild: -1, survivedMarking: 0, keptBelow: true },
      verdict: 'deviation',
    },
    {
      name: 'too much is closed',
      observation: { survivedWithout: 1, survivedClosing: 0, flagInChild: 1, survivedMarking: 0, keptBelow: false },
      verdict: 'deviation',
    },
    {
      name: 'they would not have survived anyway',
      observation: { survivedWithout: 0, survivedClosing: 0, flagInChild: 1, survivedMarking: 0, keptBelow: true },
      verdict: 'broken',
    },
  ],
});
