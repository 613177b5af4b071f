import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { makeFifo } from '../../support/fifo.js';
import { received, sent } from '../../support/outcomes.js';

interface AllClosed {
  readonly written: number | string;
  readonly allClosed: string;
  readonly writerStayed: string;
}

export const lossAllClosed = defineProcedure<AllClosed>({
  id: 'loss/all-closed',
  guarantee: 'A FIFO discards unread data once both ends are closed, although the file still exists.',
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
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { O_RDONLY, O_WRONLY, O_NONBLOCK } = sys.constants;
    const fifo = makeFifo(checkRun);
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
