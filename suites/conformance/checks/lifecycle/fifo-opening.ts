import { defineProcedure } from '../../../../harness/define.js';
import { untilBlocked } from '../../support/until-blocked.js';
import { judgeExpected } from '../../support/expectations.js';
import { makeFifo } from '../../support/fifo.js';
import { outcome, polled, received } from '../../support/outcomes.js';

interface Rendezvous {
  readonly nonblockingWriter: string;
  readonly readerBlocked: boolean;
  readonly readerReleased: string;
  readonly writerBlocked: boolean;
  readonly writerReleased: string;
}

export const openRendezvous = defineProcedure<Rendezvous>({
  id: 'lifecycle/open-rendezvous',
  guarantee:
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
  observe: async (checkRun) => {
    const { sys, defer } = checkRun;
    const { O_RDONLY, O_WRONLY, O_NONBLOCK } = sys.constants;
    const fifo = makeFifo(checkRun);
    const open = (flags: number): string => outcome(() => sys.close(fifo.open(flags | O_NONBLOCK)));
    const nonblockingWriter = open(O_WRONLY);
    const meet = async (theirs: number, ours: number): Promise<{ blocked: boolean; released: string }> => {
      const child = sys.forkProgram([{ op: 'open', path: fifo.path, flags: theirs, as: 'open' }]);
      defer(() => child.end());
      const blocked = await untilBlocked(checkRun, child, 0);
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

interface NeverWritten {
  readonly open: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export const rdonlyNeverHadWriter = defineProcedure<NeverWritten>({
  id: 'lifecycle/rdonly-never-had-writer',
  guarantee: 'A FIFO opened for reading with O_NONBLOCK before a writer opened it reads as end of file.',
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
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { O_RDONLY, O_WRONLY, O_NONBLOCK } = sys.constants;
    const fifo = makeFifo(checkRun);
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

interface BothWays {
  readonly open: string;
  readonly itself: string;
  readonly afterWriters: readonly string[];
}

/** Why daemons that read a FIFO open it so: they never see an end, and never have to open it again. */
export const oRdwr = defineProcedure<BothWays>({
  id: 'lifecycle/o-rdwr',
  guarantee: 'A FIFO opened with O_RDWR needs no other process, reads its own bytes, and never gets an end of file.',
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
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { O_RDWR, O_WRONLY, O_NONBLOCK, F_SETFL } = sys.constants;
    const fifo = makeFifo(checkRun);
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
