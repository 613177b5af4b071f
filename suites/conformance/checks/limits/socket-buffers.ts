import { defineProcedure } from '../../../../harness/define.js';

interface Doubling {
  readonly asked: number;
  readonly got: number;
}

/** The kernel keeps as much again for its own bookkeeping, and says so in what it reports. */
export const sockbufDoubling = defineProcedure<readonly Doubling[]>({
  id: 'limits/sockbuf-doubling',
  guarantee: 'SO_SNDBUF reads back as twice what was set.',
  level: 'MUST',
  source: () => ({
    document: 'socket(7), SO_SNDBUF',
    quote:
      'The kernel doubles this value (to allow space for bookkeeping overhead) when it is set using ' +
      'setsockopt(2), and this doubled value is returned by getsockopt(2).',
  }),
  subjects: [
    'socketpair-stream',
    'socketpair-dgram',
    'socketpair-seqpacket',
    'unix-stream',
    'unix-dgram',
    'unix-seqpacket',
  ],
  expected: 'Linux: exactly 2n, for n between the minimum and net.core.wmem_max. Elsewhere n.',
  procedure: 'Set SO_SNDBUF to 16384, 65536 and 100000 on one end of a pair and read it back each time.',
  quick: false,
  observe: ({ sys, pair }) => {
    const { SOL_SOCKET, SO_SNDBUF } = sys.constants;
    const { a } = pair();
    return [16384, 65536, 100_000].map((asked) => {
      sys.setsockopt(a.out, SOL_SOCKET, SO_SNDBUF, asked);
      return { asked, got: sys.getsockopt(a.out, SOL_SOCKET, SO_SNDBUF) };
    });
  },
  judge: (seen) => {
    if (seen.length === 0) return { verdict: 'broken', evidence: 'Nothing was set.' };
    const words = seen.map(({ asked, got }) => `${asked} reads back as ${got}`).join(', ');
    return { verdict: seen.every(({ asked, got }) => got === 2 * asked) ? 'pass' : 'fail', evidence: `${words}.` };
  },
  proofs: [
    {
      name: 'doubled',
      observation: [
        { asked: 16384, got: 32768 },
        { asked: 65536, got: 131072 },
      ],
      verdict: 'pass',
    },
    {
      name: 'one of them as it was',
      observation: [
        { asked: 16384, got: 32768 },
        { asked: 65536, got: 65536 },
      ],
      verdict: 'fail',
    },
    { name: 'nothing seen', observation: [], verdict: 'broken' },
  ],
});
