import { defineProcedure } from '../../../../harness/define.js';
import { connectedEnds } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { receives } from '../../support/outcomes.js';

interface OneOfTwo {
  readonly closed: readonly string[];
  readonly other: readonly string[];
}

export const noHalfClose = defineProcedure<OneOfTwo>({
  id: 'half-close/two-pipes',
  guarantee:
    'Closing one of two pipes half-closes the connection: that direction ends, and the other continues to work.',
  level: 'MUST',
  source: () => ({
    document: 'pipe(7), I/O on pipes and FIFOs',
    quote:
      'If all file descriptors referring to the write end of a pipe have been closed, then an attempt to ' +
      'read(2) from the pipe will see end-of-file (read(2) will return 0).',
  }),
  subjects: ['pipe', 'fifo'],
  expected: "'last' and the end of file on the closed one; 'reply', then EAGAIN, on the other.",
  procedure:
    "Two pipes, one each way. Write 'last', close that write end; read the other side twice, answer, and read " +
    'the answer and once more.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = connectedEnds(checkRun);
    sys.write(a.out, 'last');
    sys.close(a.out);
    const closed = receives(2, () => sys.read(b.in, 64));
    sys.write(b.out, 'reply');
    return { closed, other: receives(2, () => sys.read(a.in, 64)) };
  },
  judge: ({ closed, other }) =>
    judgeExpected(
      { 'The closed direction': [closed, ['last', 'EOF']], 'The other one': [other, ['reply', 'EAGAIN']] },
      'fail',
      {
        Reads: [
          [closed.length, other.length],
          [2, 2],
        ],
      },
    ),
  proofs: [
    {
      name: 'one direction ends',
      observation: { closed: ['last', 'EOF'], other: ['reply', 'EAGAIN'] },
      verdict: 'pass',
    },
    { name: 'no end', observation: { closed: ['last', 'EAGAIN'], other: ['reply', 'EAGAIN'] }, verdict: 'fail' },
    {
      name: 'the other one ends too',
      observation: { closed: ['last', 'EOF'], other: ['reply', 'EOF'] },
      verdict: 'fail',
    },
    { name: 'not read', observation: { closed: [], other: [] }, verdict: 'broken' },
  ],
});
