import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { makeFifo } from '../../support/fifo.js';
import { polled, received } from '../../support/outcomes.js';

interface Reopened {
  readonly first: readonly string[];
  readonly again: readonly string[];
}

/** A reader that stays can serve one writer after the other; one that stops at the first end of file cannot. */
export const reopenAfterEof = defineProcedure<Reopened>({
  id: 'lifecycle/reopen-after-eof',
  guarantee:
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
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { O_RDONLY, O_WRONLY, O_NONBLOCK } = sys.constants;
    const fifo = makeFifo(checkRun);
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
