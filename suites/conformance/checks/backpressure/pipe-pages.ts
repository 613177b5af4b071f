import { countUntilError, defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { polled } from '../../support/outcomes.js';

interface Freed {
  readonly filled: number;
  /** One-byte reads until the full pipe was writable again; -1 when it was empty before. */
  readonly reads: number;
}

export const pageGranularWritable = defineProcedure<Freed>({
  id: 'backpressure/page-granular-writable',
  guarantee: 'How much of a full pipe must be read before it is writable again.',
  level: 'INFO',
  source: () => ({
    document: 'pipe(7) and poll(2) (silent)',
    quote: 'Unspecified: how much of a full pipe must be read before it polls writable.',
  }),
  subjects: ['pipe', 'fifo'],
  expected:
    'Linux: a whole page, 4096 reads of one byte (PowerDNS/pdns#8196): a reader of small pieces keeps its ' +
    'writer asleep.',
  procedure: 'Fill with writes of PIPE_BUF bytes; read one byte at a time until poll(2) says POLLOUT.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = checkRun.pair({ nonblocking: true });
    const filled = countUntilError(() => sys.write(a.out, Buffer.alloc(sys.constants.PIPE_BUF))).total;
    for (let reads = 1; reads <= filled; reads += 1) {
      sys.read(b.in, 1);
      if (polled(sys, a.out) === 'OUT') return { filled, reads };
    }
    return { filled, reads: -1 };
  },
  judge: ({ filled, reads }) =>
    judgeExpected({ [`Of ${filled} bytes there were read, until it was writable again`]: [reads, 4096] }, 'info', {
      'It was filled': [filled > 0, true],
    }),
  proofs: [
    { name: 'a page', observation: { filled: 65_536, reads: 4096 }, verdict: 'info' },
    { name: 'a byte', observation: { filled: 1, reads: 1 }, verdict: 'info', unusual: true },
    { name: 'nothing went in', observation: { filled: 0, reads: -1 }, verdict: 'broken' },
  ],
});
