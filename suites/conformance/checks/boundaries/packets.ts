import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { received, receives } from '../../support/outcomes.js';

interface Packets {
  readonly ofLarge: readonly number[];
  readonly short: readonly string[];
  readonly zero: number;
  readonly afterZero: string;
  /** One-byte packets, until EAGAIN, and the pages of the pipe. */
  readonly capacity: number;
  readonly pages: number;
  readonly refusal: string;
}

export const oDirectPackets = defineProcedure<Packets>({
  id: 'boundaries/o-direct-packets',
  guarantee:
    'A pipe with O_DIRECT keeps packets: what is larger than PIPE_BUF is split, a short read drops the rest, an ' +
    'empty packet does not exist.',
  level: 'MUST',
  source: () => ({
    document: 'pipe(2), DESCRIPTION, O_DIRECT',
    quote:
      'Create a pipe that performs I/O in "packet" mode. Each write(2) to the pipe is dealt with as a separate ' +
      'packet, and read(2)s from the pipe will read one packet at a time.',
  }),
  subjects: ['pipe'],
  expected:
    'Linux: 5000 bytes are read as 4096 and 904; of 8 bytes a read of 3 leaves nothing; 0 bytes are nothing; a ' +
    'packet takes a page however small (16 by default). No other system has it.',
  procedure:
    'pipe2(O_DIRECT | O_NONBLOCK). Write 5000 bytes and read with large buffers; write 8 bytes and read 3, then ' +
    'more; write 0 bytes and read; write single bytes until EAGAIN.',
  quick: false,
  observe: ({ sys, own }) => {
    const { O_DIRECT, O_NONBLOCK, O_CLOEXEC, F_GETPIPE_SZ, _SC_PAGESIZE } = sys.constants;
    const [reading, writing] = sys.pipe2(O_DIRECT | O_NONBLOCK | O_CLOEXEC);
    own(reading);
    own(writing);
    const read = (size: number) => (): Buffer => sys.read(reading, size);
    sys.write(writing, Buffer.alloc(5000, 'x'));
    const ofLarge = [read(10_000)().length, read(10_000)().length];
    sys.write(writing, 'abcdefgh');
    const short = [received(read(3)), received(read(10))];
    const zero = sys.write(writing, '');
    const afterZero = received(read(10));
    let capacity = 0;
    const limit = sys.fcntl(writing, F_GETPIPE_SZ) + 1;
    const refusal = receives(limit, () => {
      sys.write(writing, 'x');
      capacity += 1;
      return Buffer.from('taken');
    }).find((outcome) => outcome !== 'taken');
    return {
      ofLarge,
      short,
      zero,
      afterZero,
      capacity,
      pages: (limit - 1) / sys.sysconf(_SC_PAGESIZE),
      refusal: refusal ?? 'never',
    };
  },
  judge: ({ ofLarge, short, zero, afterZero, capacity, pages, refusal }) =>
    judgeExpected(
      {
        'Of 5000 bytes the reads give': [ofLarge, [4096, 904]],
        'of 8 a read of 3 and the next one': [short, ['abc', 'EAGAIN']],
        [`after a write of 0 bytes, which returns ${zero}, a read gives`]: [afterZero, 'EAGAIN'],
        [`packets of one byte until ${refusal}, in a pipe of ${pages} pages`]: [capacity, pages],
      },
      'fail',
      { 'The pipe is full in the end': [refusal, 'EAGAIN'] },
    ),
  proofs: [
    { name: 'packets', observation: packets({}), verdict: 'pass' },
    { name: 'not split', observation: packets({ ofLarge: [5000, 0] }), verdict: 'fail' },
    { name: 'the rest stays', observation: packets({ short: ['abc', 'defgh'] }), verdict: 'fail' },
    { name: 'an empty packet', observation: packets({ afterZero: 'EOF' }), verdict: 'fail' },
    { name: 'merged in a page', observation: packets({ capacity: 65_536 }), verdict: 'fail' },
    { name: 'never full', observation: packets({ refusal: 'never' }), verdict: 'broken' },
  ],
});

function packets(change: Partial<Packets>): Packets {
  return {
    ofLarge: [4096, 904],
    short: ['abc', 'EAGAIN'],
    zero: 0,
    afterZero: 'EAGAIN',
    capacity: 16,
    pages: 16,
    refusal: 'EAGAIN',
    ...change,
  };
}
