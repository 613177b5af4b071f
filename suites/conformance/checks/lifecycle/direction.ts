import { defineProcedure } from '../../../../harness/define.js';
import { connectedEnds } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { received, sent } from '../../support/outcomes.js';

interface Direction {
  readonly writeToReadEnd: number | string;
  readonly readFromWriteEnd: string;
  readonly rightWay: string;
}

export const direction = defineProcedure<Direction>({
  id: 'lifecycle/direction',
  guarantee: 'A pipe works in one direction: the read end refuses writes, and the write end refuses reads.',
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
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = connectedEnds(checkRun);
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
