import { defineProcedure } from '../../harness/define.js';
import { untilBlocked } from './procedures/blocked.js';
import { connectedEnds } from './procedures/connected.js';
import { judgeExpected } from './procedures/expectations.js';
import { makeFifo } from './procedures/fifo.js';
import { outcome, polled, received, sent } from './procedures/outcomes.js';

interface Rendezvous {
  readonly nonblockingWriter: string;
  readonly readerBlocked: boolean;
  readonly readerReleased: string;
  readonly writerBlocked: boolean;
  readonly writerReleased: string;
}

export const openRendezvous = defineProcedure<Rendezvous>({
  id: 'lifecycle/open-rendezvous',
  promise:
    'Opening one end of a FIFO waits for the other; opening it for writing with O_NONBLOCK fails with ENXIO ' +
    'while nobody reads.',
  level: 'MUST',
  source: () => ({
    document: 'fifo(7), DESCRIPTION',
    quote:
      'Normally, opening the FIFO blocks until the other end is opened also. […] opening for write-only fails ' +
      'with ENXIO (no such device or address) unless the other end has already been opened.',
  }),
  subjects: ['fifo'],
  expected: 'ENXIO; a reader that sleeps until a writer opens; a writer that sleeps until a reader opens.',
  procedure:
    'Open with O_WRONLY|O_NONBLOCK. Let a child open with O_RDONLY, see it sleep, open for writing; then the ' +
    'other way round.',
  quick: true,
  observe: async (trial) => {
    const { sys, defer } = trial;
    const { O_RDONLY, O_WRONLY, O_NONBLOCK } = sys.constants;
    const fifo = makeFifo(trial);
    const open = (flags: number): string => outcome(() => sys.close(fifo.open(flags | O_NONBLOCK)));
    const nonblockingWriter = open(O_WRONLY);
    const meet = async (theirs: number, ours: number): Promise<{ blocked: boolean; released: string }> => {
      const child = sys.forkProgram([{ op: 'open', path: fifo.path, flags: theirs, as: 'open' }]);
      defer(() => child.end());
      const blocked = await untilBlocked(trial, child, 0);
      const here = open(ours);
      child.wait(5000);
      const { runs, error } = child.outcome('open');
      return {
        blocked,
        released: here === 'ok' ? (error ?? (runs === 1 ? 'ok' : 'not released')) : `not met: ${here}`,
      };
    };
    const reader = await meet(O_RDONLY, O_WRONLY);
    const writer = await meet(O_WRONLY, O_RDONLY);
    return {
      nonblockingWriter,
      readerBlocked: reader.blocked,
      readerReleased: reader.released,
      writerBlocked: writer.blocked,
      writerReleased: writer.released,
    };
  },
  judge: ({ nonblockingWriter, readerBlocked, readerReleased, writerBlocked, writerReleased }) =>
    judgeExpected(
      {
        'O_WRONLY|O_NONBLOCK without a reader': [nonblockingWriter, 'ENXIO'],
        'A reader sleeps': [readerBlocked, true],
        'until a writer comes': [readerReleased, 'ok'],
        'A writer sleeps': [writerBlocked, true],
        'until a reader comes': [writerReleased, 'ok'],
      },
      'fail',
    ),
  proofs: [
    { name: 'both wait', observation: rendezvous({}), verdict: 'pass' },
    { name: 'a writer alone', observation: rendezvous({ nonblockingWriter: 'ok' }), verdict: 'fail' },
    { name: 'the reader does not wait', observation: rendezvous({ readerBlocked: false }), verdict: 'fail' },
    { name: 'the reader waits on', observation: rendezvous({ readerReleased: 'not released' }), verdict: 'fail' },
    { name: 'the writer does not wait', observation: rendezvous({ writerBlocked: false }), verdict: 'fail' },
    { name: 'the writer waits on', observation: rendezvous({ writerReleased: 'not released' }), verdict: 'fail' },
    { name: 'nothing was opened', observation: {} as Rendezvous, verdict: 'broken' },
  ],
});

interface Reopened {
  readonly first: readonly string[];
  readonly again: readonly string[];
}

/** A reader that stays can serve one writer after the other; one that stops at the first end of file cannot. */
export const reopenAfterEof = defineProcedure<Reopened>({
  id: 'lifecycle/reopen-after-eof',
  promise:
    'The end of file of a FIFO is not final: when another writer opens it the reader waits for data again, and ' +
    'gets it.',
  level: 'MUST',
  source: () => ({
    document: 'POSIX.1-2017 XSH, poll(), POLLHUP',
    quote:
      'Once set, the hangup state of a FIFO shall persist until some process opens the FIFO for writing or ' +
      'until all read-only file descriptors for the FIFO are closed.',
  }),
  subjects: ['fifo'],
  expected: "'one', the end with HUP; with a new writer EAGAIN and no HUP, then 'two'.",
  procedure:
    'One nonblocking reader; a writer opens, writes, closes; another one opens, and writes later. Read and poll ' +
    'after each step.',
  quick: true,
  observe: (trial) => {
    const { sys } = trial;
    const { O_RDONLY, O_WRONLY, O_NONBLOCK } = sys.constants;
    const fifo = makeFifo(trial);
    const reader = fifo.open(O_RDONLY | O_NONBLOCK);
    const read = (): string => received(() => sys.read(reader, 64));
    const writer = fifo.open(O_WRONLY);
    sys.write(writer, 'one');
    sys.close(writer);
    const first = [read(), read(), polled(sys, reader)];
    const second = fifo.open(O_WRONLY);
    const waiting = [read(), polled(sys, reader)];
    sys.write(second, 'two');
    return { first, again: [...waiting, read()] };
  },
  judge: ({ first, again }) =>
    judgeExpected(
      { 'First writer': [first, ['one', 'EOF', 'HUP']], 'Second writer': [again, ['EAGAIN', 'none', 'two']] },
      'fail',
      { 'The first writer was heard': [first[0], 'one'] },
    ),
  proofs: [
    {
      name: 'data again after the end',
      observation: { first: ['one', 'EOF', 'HUP'], again: ['EAGAIN', 'none', 'two'] },
      verdict: 'pass',
    },
    {
      name: 'no end in between',
      observation: { first: ['one', 'EAGAIN', 'none'], again: ['EAGAIN', 'none', 'two'] },
      verdict: 'fail',
    },
    {
      name: 'the end stays',
      observation: { first: ['one', 'EOF', 'HUP'], again: ['EOF', 'HUP', 'EOF'] },
      verdict: 'fail',
    },
    {
      name: 'the hangup stays',
      observation: { first: ['one', 'EOF', 'HUP'], again: ['EAGAIN', 'HUP', 'two'] },
      verdict: 'fail',
    },
    {
      name: 'nothing was ever read',
      observation: { first: ['EAGAIN', 'EAGAIN', 'none'], again: ['EAGAIN', 'none', 'EAGAIN'] },
      verdict: 'broken',
    },
  ],
});

interface NeverWritten {
  readonly open: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export const rdonlyNeverHadWriter = defineProcedure<NeverWritten>({
  id: 'lifecycle/rdonly-never-had-writer',
  promise: 'A FIFO opened for reading with O_NONBLOCK before any writer came reads as ended, though nothing has ended.',
  level: 'INFO',
  source: () => ({
    document: 'fifo(7), DESCRIPTION',
    quote:
      'A process can open a FIFO in nonblocking mode. In this case, opening for read-only succeeds even if no ' +
      'one has opened on the write side yet',
  }),
  subjects: ['fifo'],
  expected:
    'Linux: read gives 0 in both cases, and only poll tells them apart: nothing before a writer came, HUP after ' +
    'it went. A loop over poll does not spin.',
  procedure: 'Open with O_RDONLY|O_NONBLOCK; read and poll; let a writer open and close; read and poll again.',
  quick: false,
  observe: (trial) => {
    const { sys } = trial;
    const { O_RDONLY, O_WRONLY, O_NONBLOCK } = sys.constants;
    const fifo = makeFifo(trial);
    let reader = -1;
    const open = outcome(() => (reader = fifo.open(O_RDONLY | O_NONBLOCK)));
    const look = (): readonly string[] => [received(() => sys.read(reader, 64)), polled(sys, reader)];
    const before = look();
    sys.close(fifo.open(O_WRONLY));
    return { open, before, after: look() };
  },
  judge: ({ open, before, after }) =>
    judgeExpected(
      {
        open: [open, 'ok'],
        'Before a writer came': [before, ['EOF', 'none']],
        'After it went': [after, ['EOF', 'HUP']],
      },
      'info',
    ),
  proofs: [
    {
      name: 'as on Linux',
      observation: { open: 'ok', before: ['EOF', 'none'], after: ['EOF', 'HUP'] },
      verdict: 'info',
    },
    {
      name: 'EAGAIN before a writer came',
      observation: { open: 'ok', before: ['EAGAIN', 'none'], after: ['EOF', 'HUP'] },
      verdict: 'info',
      unusual: true,
    },
    { name: 'not looked at', observation: { open: 'ok' } as NeverWritten, verdict: 'broken' },
  ],
});

interface AllClosed {
  readonly written: number | string;
  readonly allClosed: string;
  readonly writerStayed: string;
}

export const lossAllClosed = defineProcedure<AllClosed>({
  id: 'loss/all-closed',
  promise:
    'A FIFO keeps nothing once both ends are closed: unread data is discarded, although the file is still there.',
  level: 'MUST',
  source: () => ({
    document: 'POSIX.1-2017 XSH, close(), DESCRIPTION',
    quote:
      'When all file descriptors associated with a pipe or FIFO special file are closed, any data remaining in ' +
      'the pipe or FIFO shall be discarded.',
  }),
  subjects: ['fifo'],
  expected:
    "Nothing after all were closed. The control: as long as one writer stays, 'kept' is read by a reader that " +
    'opens later.',
  procedure:
    'Write 5 bytes, close both ends, open for reading and read. Then the same, with the writer left open while ' +
    'the reader closes and opens again.',
  quick: true,
  observe: (trial) => {
    const { sys } = trial;
    const { O_RDONLY, O_WRONLY, O_NONBLOCK } = sys.constants;
    const fifo = makeFifo(trial);
    const reader = (): number => fifo.open(O_RDONLY | O_NONBLOCK);
    const readOnce = (descriptor: number): string => received(() => sys.read(descriptor, 64));
    const opened = (): { reader: number; writer: number } => ({
      reader: reader(),
      writer: fifo.open(O_WRONLY),
    });

    const first = opened();
    const written = sent(() => sys.write(first.writer, 'gone!'));
    sys.close(first.writer);
    sys.close(first.reader);
    const late = reader();
    const allClosed = readOnce(late);
    sys.close(late);

    const second = opened();
    sys.write(second.writer, 'kept');
    sys.close(second.reader);
    return { written, allClosed, writerStayed: readOnce(reader()) };
  },
  judge: ({ written, allClosed, writerStayed }) =>
    judgeExpected({ 'Read after all were closed': [allClosed, 'EOF'] }, 'fail', {
      'Bytes written': [written, 5],
      'Read while a writer stayed': [writerStayed, 'kept'],
    }),
  proofs: [
    { name: 'discarded', observation: { written: 5, allClosed: 'EOF', writerStayed: 'kept' }, verdict: 'pass' },
    { name: 'still there', observation: { written: 5, allClosed: 'gone!', writerStayed: 'kept' }, verdict: 'fail' },
    {
      name: 'nothing was written',
      observation: { written: 'EAGAIN', allClosed: 'EOF', writerStayed: 'kept' },
      verdict: 'broken',
    },
    {
      name: 'the control lost its data too',
      observation: { written: 5, allClosed: 'EOF', writerStayed: 'EOF' },
      verdict: 'broken',
    },
  ],
});

interface BothWays {
  readonly open: string;
  readonly itself: string;
  readonly afterWriters: readonly string[];
}

/** Why daemons that read a FIFO open it so: they never see an end, and never have to open it again. */
export const oRdwr = defineProcedure<BothWays>({
  id: 'lifecycle/o-rdwr',
  promise: 'A FIFO opened with O_RDWR needs nobody else, reads its own bytes, and never sees an end of file.',
  level: 'INFO',
  source: () => ({
    document: 'fifo(7), DESCRIPTION',
    quote:
      'Under Linux, opening a FIFO for read and write will succeed both in blocking and nonblocking mode. POSIX ' +
      'leaves this behavior undefined.',
  }),
  subjects: ['fifo'],
  expected: 'Linux, macOS: succeeds; its own bytes come back; EAGAIN, and no HUP, after every other writer has gone.',
  procedure:
    'Open with O_RDWR (blocking); write and read; let a writer open and close; read without blocking, and poll.',
  quick: false,
  observe: (trial) => {
    const { sys } = trial;
    const { O_RDWR, O_WRONLY, O_NONBLOCK, F_SETFL } = sys.constants;
    const fifo = makeFifo(trial);
    let both = -1;
    const open = outcome(() => (both = fifo.open(O_RDWR)));
    sys.write(both, 'itself');
    const itself = received(() => sys.read(both, 64));
    sys.close(fifo.open(O_WRONLY));
    sys.fcntl(both, F_SETFL, O_NONBLOCK);
    return { open, itself, afterWriters: [received(() => sys.read(both, 64)), polled(sys, both)] };
  },
  judge: ({ open, itself, afterWriters }) =>
    judgeExpected(
      {
        open: [open, 'ok'],
        'It reads what it wrote': [itself, 'itself'],
        'After the last other writer': [afterWriters, ['EAGAIN', 'OUT']],
      },
      'info',
    ),
  proofs: [
    {
      name: 'as on Linux',
      observation: { open: 'ok', itself: 'itself', afterWriters: ['EAGAIN', 'OUT'] },
      verdict: 'info',
    },
    {
      name: 'an end of file',
      observation: { open: 'ok', itself: 'itself', afterWriters: ['EOF', 'HUP'] },
      verdict: 'info',
      unusual: true,
    },
    { name: 'not opened', observation: {} as BothWays, verdict: 'broken' },
  ],
});

interface Direction {
  readonly writeToReadEnd: number | string;
  readonly readFromWriteEnd: string;
  readonly rightWay: string;
}

export const direction = defineProcedure<Direction>({
  id: 'lifecycle/direction',
  promise: 'A pipe goes one way: the read end refuses a write, the write end a read.',
  level: 'INFO',
  source: () => ({
    document: 'pipe(7), Portability notes',
    quote:
      'On some systems (but not Linux), pipes are bidirectional: data can be transmitted in both directions ' +
      'between the pipe ends. POSIX.1 requires only unidirectional pipes.',
  }),
  subjects: ['pipe', 'fifo'],
  expected: 'Linux: EBADF for both. Where pipes are bidirectional both succeed or give EAGAIN.',
  procedure: 'Write to the read end and read from the write end; then send one byte the right way.',
  quick: false,
  observe: (trial) => {
    const { sys } = trial;
    const { a, b } = connectedEnds(trial);
    const writeToReadEnd = sent(() => sys.write(b.in, 'x'));
    const readFromWriteEnd = received(() => sys.read(a.out, 64));
    sys.write(a.out, 'right');
    return { writeToReadEnd, readFromWriteEnd, rightWay: received(() => sys.read(b.in, 64)) };
  },
  judge: ({ writeToReadEnd, readFromWriteEnd, rightWay }) =>
    judgeExpected(
      { 'Write to the read end': [writeToReadEnd, 'EBADF'], 'Read from the write end': [readFromWriteEnd, 'EBADF'] },
      'info',
      { 'The right way': [rightWay, 'right'] },
    ),
  proofs: [
    {
      name: 'one way',
      observation: { writeToReadEnd: 'EBADF', readFromWriteEnd: 'EBADF', rightWay: 'right' },
      verdict: 'info',
    },
    {
      name: 'both ways',
      observation: { writeToReadEnd: 1, readFromWriteEnd: 'EAGAIN', rightWay: 'right' },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'not even the right way',
      observation: { writeToReadEnd: 'EBADF', readFromWriteEnd: 'EBADF', rightWay: 'EAGAIN' },
      verdict: 'broken',
    },
  ],
});

// A function, as the proofs above are made while this module is being read.
function rendezvous(changed: Partial<Rendezvous>): Rendezvous {
  return {
    nonblockingWriter: 'ENXIO',
    readerBlocked: true,
    readerReleased: 'ok',
    writerBlocked: true,
    writerReleased: 'ok',
    ...changed,
  };
}
