import { defineProcedure } from '../../../../harness/define.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { forked } from '../../support/forked-child.js';
import { EVERY_TRANSPORT } from '../../support/subjects.js';

const SIGNAL_MS = 1000;
const MESSAGE_MS = 5000;

interface Owner {
  /** Who F_GETOWN of the parent names before and after the child has called F_SETOWN. */
  readonly before: 'parent' | 'child' | 'nobody';
  readonly after: 'parent' | 'child' | 'nobody';
  /** Whether the parent's descriptor has O_ASYNC, which the child set. */
  readonly async: boolean;
  /** Whether the child got a signal for a message after that. */
  readonly signal: boolean;
  /** The owner of the other end. */
  readonly otherEnd: 'parent' | 'child' | 'nobody';
}

export const ownerIsDescription = defineProcedure<Owner>({
  id: 'sigio/owner-is-description',
  guarantee: 'A descriptor that a child inherited has one owner with the parent’s: the last F_SETOWN counts for both.',
  level: 'MUST',
  source: () => ({
    document:
      'fcntl(2), File status flags (says it of O_ASYNC; of the owner it says nothing, and Linux keeps it in the ' +
      'same place)',
    quote:
      'Duplicated file descriptors (made with dup(2), fcntl(F_DUPFD), fork(2), etc.) refer to the same open ' +
      'file description, and thus share the same file status flags.',
  }),
  subjects: EVERY_TRANSPORT,
  expected:
    'The parent sees the child as the owner and O_ASYNC set; the child gets the signal; the other end has no owner.',
  procedure:
    'F_SETOWN to this process, then fork. The child calls F_SETOWN with itself and sets FIOASYNC; look at ' +
    'F_GETOWN and F_GETFL in the parent; write.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { F_SETOWN, F_GETOWN, F_GETFL, O_ASYNC, SIGIO, SIG_BLOCK, FIOASYNC, POLLIN } = sys.constants;
    const { a, b } = endsOf(checkRun);
    sys.fcntl(b.in, F_SETOWN, sys.getpid());
    const board = sys.createBoard(2);
    const ownerOf = (fd: number, child: number): Owner['before'] => {
      const pid = sys.fcntl(fd, F_GETOWN);
      return pid === sys.getpid() ? 'parent' : pid === child ? 'child' : 'nobody';
    };
    const program = forked(
      checkRun,
      [
        { op: 'waitAtLeast', word: 1, value: 1 },
        { op: 'sigprocmask', how: SIG_BLOCK, signals: [SIGIO] },
        { op: 'ownSignals', fd: b.in },
        { op: 'ioctl', fd: b.in, request: FIOASYNC, value: 1 },
        { op: 'store', word: 0, value: 1 },
        { op: 'poll', fd: b.in, events: POLLIN, timeoutMs: MESSAGE_MS },
        { op: 'sigtimedwait', signals: [SIGIO], timeoutMs: SIGNAL_MS, as: 'signal' },
        { op: 'waitAtLeast', word: 1, value: 2 },
      ],
      { board },
    );
    const before = ownerOf(b.in, program.pid);
    board.store(1, 1);
    board.waitAtLeast(0, 1, 5000);
    const after = ownerOf(b.in, program.pid);
    const isAsync = (sys.fcntl(b.in, F_GETFL) & O_ASYNC) !== 0;
    const otherEnd = ownerOf(a.out, program.pid);
    // Were the signal still to come here, it would end this process: that is what the harness is there for.
    sys.write(a.out, 'message');
    board.store(1, 2);
    program.wait(5000);
    return { before, after, async: isAsync, signal: program.outcome('signal').value === SIGIO, otherEnd };
  },
  judge: (seen) =>
    judgeExpected(
      {
        'The owner is then': [seen.after, 'child'],
        'O_ASYNC is set in the parent': [seen.async, true],
        'the child gets the signal': [seen.signal, true],
        'the other end’s owner': [seen.otherEnd, 'nobody'],
      },
      'fail',
      { 'The owner is first': [seen.before, 'parent'] },
    ),
  proofs: [
    { name: 'the child', observation: owner({}), verdict: 'pass' },
    { name: 'still the parent', observation: owner({ after: 'parent' }), verdict: 'fail' },
    { name: 'the flag is not shared', observation: owner({ async: false }), verdict: 'fail' },
    { name: 'no signal', observation: owner({ signal: false }), verdict: 'fail' },
    { name: 'the other end as well', observation: owner({ otherEnd: 'child' }), verdict: 'fail' },
    { name: 'it was never the parent', observation: owner({ before: 'nobody' }), verdict: 'broken' },
  ],
});

function owner(change: Partial<Owner>): Owner {
  return { before: 'parent', after: 'child', async: true, signal: true, otherEnd: 'nobody', ...change };
}

interface Heirless {
  /** F_GETOWN after the owner has ended: 0, or its number still. */
  readonly ownerAfterDeath: 'nobody' | 'the dead';
  readonly inheritedAsync: boolean;
  readonly inherited: boolean;
  readonly owned: boolean;
}

export const pidReuse = defineProcedure<Heirless>({
  id: 'sigio/pid-reuse',
  guarantee: 'What becomes of SIGIO when the owner has ended and its descriptor lives on in another process.',
  level: 'INFO',
  source: () => ({
    document: 'fcntl(2), F_SETOWN (silent)',
    quote: 'Unspecified: who is signalled once the owner of a descriptor has ended.',
  }),
  subjects: EVERY_TRANSPORT,
  expected:
    'Linux: no process. O_ASYNC is inherited, but the signals are not: a process that takes over ' +
    'must call F_SETOWN itself.',
  procedure:
    'A child makes itself the owner, sets FIOASYNC and ends. Another one, forked after that, is sent a message, ' +
    'calls F_SETOWN, and is sent one more.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { F_GETOWN, F_GETFL, O_ASYNC, SIGIO, SIG_BLOCK, FIOASYNC, POLLIN } = sys.constants;
    const { a, b } = endsOf(checkRun);
    const first = forked(checkRun, [
      { op: 'ownSignals', fd: b.in },
      { op: 'ioctl', fd: b.in, request: FIOASYNC, value: 1 },
    ]);
    first.wait(5000);
    const board = sys.createBoard(2);
    const second = forked(
      checkRun,
      [
        { op: 'sigprocmask', how: SIG_BLOCK, signals: [SIGIO] },
        { op: 'store', word: 0, value: 1 },
        { op: 'read', fd: b.in, bytes: 64 },
        { op: 'waitAtLeast', word: 1, value: 1 },
        { op: 'sigtimedwait', signals: [SIGIO], timeoutMs: 0, as: 'inherited' },
        { op: 'ownSignals', fd: b.in },
        { op: 'store', word: 0, value: 2 },
        { op: 'poll', fd: b.in, events: POLLIN, timeoutMs: MESSAGE_MS },
        { op: 'sigtimedwait', signals: [SIGIO], timeoutMs: SIGNAL_MS, as: 'owned' },
      ],
      { board },
    );
    const ownerAfterDeath = sys.fcntl(b.in, F_GETOWN) === 0 ? 'nobody' : 'the dead';
    const inheritedAsync = (sys.fcntl(b.in, F_GETFL) & O_ASYNC) !== 0;
    board.waitAtLeast(0, 1, 5000);
    sys.write(a.out, 'one');
    board.store(1, 1);
    board.waitAtLeast(0, 2, 5000);
    sys.write(a.out, 'two');
    second.wait(5000);
    const came = (as: string): boolean => second.outcome(as).value === SIGIO;
    return { ownerAfterDeath, inheritedAsync, inherited: came('inherited'), owned: came('owned') };
  },
  judge: (seen) =>
    judgeExpected(
      {
        'F_GETOWN then names': [seen.ownerAfterDeath, 'nobody'],
        'O_ASYNC is still set': [seen.inheritedAsync, true],
        'the execChild gets a signal': [seen.inherited, false],
      },
      'info',
      { 'It gets one once it is the owner': [seen.owned, true] },
    ),
  proofs: [
    {
      name: 'nobody',
      observation: { ownerAfterDeath: 'nobody', inheritedAsync: true, inherited: false, owned: true },
      verdict: 'info',
    },
    {
      name: 'the execChild',
      observation: { ownerAfterDeath: 'the dead', inheritedAsync: true, inherited: true, owned: true },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'no signals at all',
      observation: { ownerAfterDeath: 'nobody', inheritedAsync: true, inherited: false, owned: false },
      verdict: 'broken',
    },
  ],
});
