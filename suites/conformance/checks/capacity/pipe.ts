import { countUntilError, defineProcedure } from '../../../../harness/define.js';

interface Capacity {
  readonly nominal: number;
  readonly bySize: readonly { readonly size: number; readonly bytes: number; readonly refusal: string }[];
}

export const capacityDefault = defineProcedure<Capacity>({
  id: 'capacity/default',
  guarantee: 'How many bytes a pipe takes, by the size of the writes.',
  level: 'INFO',
  source: () => ({
    document: 'fcntl(2), Changing the capacity of a pipe',
    quote:
      'Note that because of the way the pages of the pipe buffer are employed when data is written to the pipe, ' +
      'the number of bytes that can be written may be less than the nominal size, depending on the size of the writes.',
  }),
  subjects: ['pipe', 'fifo'],
  expected:
    'Linux: 65536 in writes of 1 and 4096 bytes, 32784 in writes of 2049, 45066 in writes of 4097. macOS: ' +
    '16384, growing to 65536. POSIX promises PIPE_BUF alone.',
  procedure: 'For writes of 1, 2049, 4096 and 4097 bytes: fill a fresh pipe without blocking and count.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const bySize = [1, 2049, 4096, 4097].map((size, index) => {
      const { a } = checkRun.pair({ nonblocking: true, index });
      const data = Buffer.alloc(size);
      const { total, errno } = countUntilError(() => sys.write(a.out, data));
      return { size, bytes: total, refusal: errno };
    });
    const { a } = checkRun.pair({ index: bySize.length });
    return { nominal: sys.fcntl(a.out, sys.constants.F_GETPIPE_SZ), bySize };
  },
  judge: ({ nominal, bySize }) => {
    if (bySize.length === 0 || bySize.some(({ bytes, refusal }) => bytes === 0 || refusal !== 'EAGAIN')) {
      const filled = bySize.map(({ size, bytes, refusal }) => `${bytes} bytes in writes of ${size}, then ${refusal}`);
      return {
        verdict: 'broken',
        evidence: `Not every pipe was filled until EAGAIN: ${filled.join('; ')}.`,
      };
    }
    return {
      verdict: 'info',
      evidence:
        `Of ${nominal} bytes it ` +
        `takes ${bySize.map(({ size, bytes }) => `${bytes} in writes of ${size}`).join(', ')}.`,
    };
  },
  proofs: [
    {
      name: 'slots wasted',
      observation: {
        nominal: 65_536,
        bySize: [
          { size: 1, bytes: 65_536, refusal: 'EAGAIN' },
          { size: 2049, bytes: 32_784, refusal: 'EAGAIN' },
        ],
      },
      verdict: 'info',
    },
    { name: 'nothing tried', observation: { nominal: 65_536, bySize: [] }, verdict: 'broken' },
    {
      name: 'nothing went in',
      observation: {
        nominal: 65_536,
        bySize: [
          { size: 1, bytes: 1, refusal: 'EAGAIN' },
          { size: 2049, bytes: 0, refusal: 'EAGAIN' },
        ],
      },
      verdict: 'broken',
    },
    {
      name: 'it ended otherwise',
      observation: {
        nominal: 65_536,
        bySize: [
          { size: 1, bytes: 1, refusal: 'EAGAIN' },
          { size: 2049, bytes: 1, refusal: 'EPIPE' },
        ],
      },
      verdict: 'broken',
    },
  ],
});
