import { countUntilError, defineProcedure } from '../../harness/define.js';
import { judgeExpected } from './procedures/expectations.js';
import { polled, sent } from './procedures/outcomes.js';

interface Freed {
  readonly filled: number;
  /** One-byte reads until the full pipe was writable again; -1 when it was empty before. */
  readonly reads: number;
}

export const pageGranularWritable = defineProcedure<Freed>({
  id: 'backpressure/page-granular-writable',
  promise: 'How much of a full pipe must be read before it is writable again.',
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
  observe: (trial) => {
    const { sys } = trial;
    const { a, b } = trial.pair({ nonblocking: true });
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

interface Capacity {
  readonly nominal: number;
  readonly bySize: readonly { readonly size: number; readonly bytes: number; readonly refusal: string }[];
}

export const capacityDefault = defineProcedure<Capacity>({
  id: 'capacity/default',
  promise: 'How many bytes a pipe takes, by the size of the writes.',
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
  observe: (trial) => {
    const { sys } = trial;
    const bySize = [1, 2049, 4096, 4097].map((size, index) => {
      const { a } = trial.pair({ nonblocking: true, index });
      const data = Buffer.alloc(size);
      const { total, errno } = countUntilError(() => sys.write(a.out, data));
      return { size, bytes: total, refusal: errno };
    });
    const { a } = trial.pair({ index: bySize.length });
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

interface Atomic {
  readonly free: number;
  readonly pipeBuf: number;
  /** A write of PIPE_BUF bytes, and what the pipe held after it beyond what it held before. */
  readonly whole: number | string;
  readonly wholeAdded: number;
  /** A write of more than PIPE_BUF bytes. */
  readonly larger: number | string;
  readonly largerAdded: number;
}

const FREE_BYTES = 1096;
const LARGER_BYTES = 5000;

export const lePipeBufAllOrNothing = defineProcedure<Atomic>({
  id: 'nonblocking/le-pipe-buf-all-or-nothing',
  promise:
    'A nonblocking write of up to PIPE_BUF bytes is written whole or not at all; a larger one may be cut, and ' +
    'says how much it wrote.',
  level: 'MUST',
  source: () => ({
    document: 'pipe(7), PIPE_BUF',
    quote:
      'If there is room to write n bytes to the pipe, then write(2) succeeds immediately, writing all n bytes; ' +
      'otherwise write(2) fails, with errno set to EAGAIN. […] ' +
      'If the pipe is full, then write(2) fails, with errno set to EAGAIN. Otherwise, from 1 to n bytes may be written',
  }),
  subjects: ['pipe', 'fifo'],
  expected:
    'With 1096 bytes free: EAGAIN for 4096 bytes and nothing is written; 1 to 5000 bytes, or EAGAIN, for 5000. ' +
    'Linux writes 904: what fits into the last page.',
  procedure: 'Fill all but 1096 bytes, write PIPE_BUF bytes, then 5000; compare FIONREAD before and after.',
  quick: true,
  observe: (trial) => {
    const { sys } = trial;
    const { F_GETPIPE_SZ, FIONREAD, PIPE_BUF } = sys.constants;
    const { a, b } = trial.pair({ nonblocking: true });
    const held = (): number => sys.ioctl(b.in, FIONREAD);
    const capacity = sys.fcntl(a.out, F_GETPIPE_SZ);
    sys.write(a.out, Buffer.alloc(capacity - FREE_BYTES));
    const before = held();
    const whole = sent(() => sys.write(a.out, Buffer.alloc(PIPE_BUF)));
    const between = held();
    const larger = sent(() => sys.write(a.out, Buffer.alloc(LARGER_BYTES)));
    return {
      free: capacity - before,
      pipeBuf: PIPE_BUF,
      whole,
      wholeAdded: between - before,
      larger,
      largerAdded: held() - between,
    };
  },
  judge: ({ free, pipeBuf, whole, wholeAdded, larger, largerAdded }) =>
    judgeExpected(
      {
        [`With ${free} bytes free ${pipeBuf} bytes are`]: [whole, 'EAGAIN'],
        'the pipe then holds more': [wholeAdded, 0],
        [`5000 bytes are written in part, or refused (${larger})`]: [
          larger === 'EAGAIN' || (typeof larger === 'number' && larger >= 1 && larger <= LARGER_BYTES),
          true,
        ],
        'and then': [largerAdded, typeof larger === 'number' ? larger : 0],
      },
      'fail',
      { 'Less than PIPE_BUF was free': [free > 0 && free < pipeBuf, true] },
    ),
  proofs: [
    { name: 'all or nothing', observation: atomic({}), verdict: 'pass' },
    { name: 'the larger one refused too', observation: atomic({ larger: 'EAGAIN', largerAdded: 0 }), verdict: 'pass' },
    { name: 'one byte of it', observation: atomic({ larger: 1, largerAdded: 1 }), verdict: 'pass' },
    { name: 'all of it', observation: atomic({ larger: 5000, largerAdded: 5000 }), verdict: 'pass' },
    { name: 'the small one cut', observation: atomic({ whole: 1096, wholeAdded: 1096 }), verdict: 'fail' },
    { name: 'said to be written, and not', observation: atomic({ whole: 4096 }), verdict: 'fail' },
    { name: 'refused, and written', observation: atomic({ wholeAdded: 1096 }), verdict: 'fail' },
    { name: 'nothing written, and no error', observation: atomic({ larger: 0, largerAdded: 0 }), verdict: 'fail' },
    { name: 'more than there was', observation: atomic({ larger: 5001, largerAdded: 5001 }), verdict: 'fail' },
    { name: 'another error', observation: atomic({ larger: 'ENOSPC', largerAdded: 0 }), verdict: 'fail' },
    { name: 'it wrote less than it says', observation: atomic({ largerAdded: 903 }), verdict: 'fail' },
    {
      name: 'refused, and a part of it written',
      observation: atomic({ larger: 'EAGAIN', largerAdded: 904 }),
      verdict: 'fail',
    },
    { name: 'nothing was free', observation: atomic({ free: 0 }), verdict: 'broken' },
    { name: 'too much was free', observation: atomic({ free: 4096 }), verdict: 'broken' },
  ],
});

function atomic(change: Partial<Atomic>): Atomic {
  return { free: 1096, pipeBuf: 4096, whole: 'EAGAIN', wholeAdded: 0, larger: 904, largerAdded: 904, ...change };
}
