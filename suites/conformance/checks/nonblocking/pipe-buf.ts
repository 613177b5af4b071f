import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { sent } from '../../support/outcomes.js';

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
  guarantee:
    'A nonblocking write of up to PIPE_BUF bytes is written completely or not at all; a larger one ' +
    'may be partial, and returns its length.',
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
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { F_GETPIPE_SZ, FIONREAD, PIPE_BUF } = sys.constants;
    const { a, b } = checkRun.pair({ nonblocking: true });
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
