import { defineProcedure } from '../../../../harness/define.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { EVERY_TRANSPORT } from '../../support/subjects.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

interface Chain {
  readonly hops: number;
  /** The last value each side had, which is the same: one wrote it, the other read it. And its error. */
  readonly first: readonly [value: number, error: string];
  readonly second: readonly [value: number, error: string];
  readonly isDone: boolean;
}

export const valueChain = defineProcedure<Chain>({
  id: 'ordering/value-chain',
  guarantee: 'A number that two processes send each other, one more at each hop, ends as the number of hops.',
  level: 'MUST',
  source: (subject) =>
    subject === 'pipe' || subject === 'fifo'
      ? {
          document: 'pipe(7), DESCRIPTION (a pair of pipes, one for each direction)',
          quote: 'Data written to the write end of a pipe can be read from the read end of the pipe.',
        }
      : subject.endsWith('dgram')
        ? {
            document: 'unix(7), DESCRIPTION',
            quote: "UNIX domain datagram sockets are always reliable and don't reorder datagrams",
          }
        : subject.endsWith('seqpacket')
          ? {
              document: 'socket(2), DESCRIPTION, SOCK_SEQPACKET',
              quote:
                'Provides a sequenced, reliable, two-way connection-based data transmission path for datagrams ' +
                'of fixed maximum length',
            }
          : {
              document: 'socket(2), DESCRIPTION, SOCK_STREAM',
              quote: 'Provides sequenced, reliable, two-way, connection-based byte streams.',
            },
  subjects: EVERY_TRANSPORT,
  expected: 'The number itself: a loss would be a standstill, a repetition too large a number.',
  procedure: 'Two children over one pair: read an integer, add one, write it, until it is the number of hops.',
  quick: true,
  deadlineMs: 120_000,
  observe: (checkRun) => {
    const { sys, count, defer } = checkRun;
    const hops = count({ quick: 500, default: 4000, thorough: 1_000_000 });
    const { a, b } = endsOf(checkRun);
    const sides = [a, b].map((end, side) => {
      const child = sys.forkProgram([
        {
          op: 'pingPong',
          as: 'play',
          read: end.in,
          write: end.out,
          until: hops,
          ...(side === 0 ? { first: true } : {}),
        },
      ]);
      defer(() => child.end());
      return child;
    });
    const untilMs = performance.now() + count({ quick: 8000, default: 20_000, thorough: 110_000 }) * checkRun.slowdown;
    const ended = sides.map((side) => side.wait(Math.max(0, Math.round(untilMs - performance.now()))));
    const [first, second] = sides.map((side) => {
      const { value, error } = side.outcome('play');
      return [value, error ?? 'none'] as const;
    }) as [Chain['first'], Chain['second']];
    return {
      hops,
      first,
      second,
      isDone: ended.every((status) => status !== null),
    };
  },
  judge: ({ hops, first, second, isDone }) =>
    withRateBound(
      judgeExpected(
        {
          [`After ${hops} hops the number is, on both sides`]: [
            [first[0], second[0]],
            [hops, hops],
          ],
          errors: [
            [first[1], second[1]],
            ['none', 'none'],
          ],
          'both sides got through': [isDone, true],
        },
        'fail',
        { 'There were enough hops': [hops >= 100, true] },
      ),
      'loss or repetition',
      first[0],
      'hops',
    ),
  proofs: [
    { name: 'as many as hops', observation: chain({}), verdict: 'pass' },
    {
      name: 'just enough',
      observation: chain({ hops: 100, first: [100, 'none'], second: [100, 'none'] }),
      verdict: 'pass',
    },
    { name: 'too far', observation: chain({ first: [4001, 'none'] }), verdict: 'fail' },
    { name: 'a side that missed some', observation: chain({ second: [3997, 'none'] }), verdict: 'fail' },
    { name: 'an error', observation: chain({ first: [4000, 'ENODATA'] }), verdict: 'fail' },
    { name: 'an error of the other', observation: chain({ second: [4000, 'EPIPE'] }), verdict: 'fail' },
    { name: 'a standstill', observation: chain({ isDone: false }), verdict: 'fail' },
    { name: 'too few', observation: chain({ hops: 2, first: [2, 'none'], second: [2, 'none'] }), verdict: 'broken' },
  ],
});

function chain(change: Partial<Chain>): Chain {
  return { hops: 4000, first: [4000, 'none'], second: [4000, 'none'], isDone: true, ...change };
}
