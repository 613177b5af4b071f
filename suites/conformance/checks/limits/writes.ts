import { defineProcedure } from '../../../../harness/define.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { received, sent } from '../../support/outcomes.js';
import { EVERY_TRANSPORT } from '../../support/subjects.js';

interface PipeBuf {
  readonly reading: number;
  readonly writing: number;
}

export const pipeBuf = defineProcedure<PipeBuf>({
  id: 'limits/pipe-buf',
  guarantee: 'At least 512 bytes can be written to a pipe atomically.',
  level: 'MUST',
  source: () => ({
    document: 'pipe(7), PIPE_BUF',
    quote: 'POSIX.1 requires PIPE_BUF to be at least 512 bytes. (On Linux, PIPE_BUF is 4096 bytes.)',
  }),
  subjects: ['pipe', 'fifo'],
  expected: 'Linux 4096, macOS 512; -1 would be no limit.',
  procedure: 'fpathconf(_PC_PIPE_BUF) of both ends.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = checkRun.pair();
    return {
      reading: sys.fpathconf(b.in, sys.constants._PC_PIPE_BUF),
      writing: sys.fpathconf(a.out, sys.constants._PC_PIPE_BUF),
    };
  },
  judge: ({ reading, writing }) => {
    if (reading !== writing)
      return {
        verdict: 'broken',
        evidence: `The two ends of one pipe say ${reading} and ${writing}: the system knows of no one limit.`,
      };
    return { verdict: writing === -1 || writing >= 512 ? 'pass' : 'fail', evidence: `PIPE_BUF is ${writing}.` };
  },
  proofs: [
    { name: 'Linux', observation: { reading: 4096, writing: 4096 }, verdict: 'pass' },
    { name: 'the least', observation: { reading: 512, writing: 512 }, verdict: 'pass' },
    { name: 'no limit', observation: { reading: -1, writing: -1 }, verdict: 'pass' },
    { name: 'less than the least', observation: { reading: 511, writing: 511 }, verdict: 'fail' },
    { name: 'nothing', observation: { reading: 0, writing: 0 }, verdict: 'fail' },
    { name: 'two answers', observation: { reading: 512, writing: 4096 }, verdict: 'broken' },
  ],
});

interface IovMax {
  readonly limit: number;
  /**
   * writev() and sendmsg() of as many pieces as the limit, in bytes or as an error; null where there is no sendmsg().
   */
  readonly atLimit: readonly [number | string, number | string | null];
  readonly above: readonly [number | string, number | string | null];
  readonly left: string;
}

export const iovMax = defineProcedure<IovMax>({
  id: 'limits/iov-max',
  guarantee: 'One call takes IOV_MAX pieces; more are refused, and nothing of them is sent.',
  level: 'MUST',
  source: (subject) =>
    subject === 'pipe' || subject === 'fifo'
      ? {
          document: 'readv(2), ERRORS, EINVAL',
          quote: 'The vector count, iovcnt, is less than zero or greater than the permitted maximum.',
        }
      : {
          document:
            'readv(2), ERRORS, EINVAL; macOS recv(2), ERRORS, EMSGSIZE, in the words of POSIX XSH sendmsg (text ' +
            'of POSIX not verified)',
          quote:
            'The vector count, iovcnt, is less than zero or greater than the permitted maximum. […] ' +
            'The msg_iovlen member of the msghdr structure pointed to by message is less than or equal to 0, or ' +
            'is greater than IOV_MAX.',
        },
  subjects: EVERY_TRANSPORT,
  expected:
    'writev(): EINVAL. sendmsg(): EMSGSIZE. The limit is 1024 on Linux and macOS, 16 at least (_XOPEN_IOV_MAX).',
  procedure:
    'writev() and sendmsg() of sysconf(_SC_IOV_MAX) pieces of one byte, taken by the reader; then of one more; ' +
    'then read.',
  quick: false,
  observe: (checkRun) => {
    const { sys, subject } = checkRun;
    const { a, b } = endsOf(checkRun, { nonblocking: true });
    const limit = sys.sysconf(sys.constants._SC_IOV_MAX);
    const piecesOf = (count: number): Buffer[] => Array.from({ length: count }, () => Buffer.from('x'));
    const hasMessages = subject !== 'pipe' && subject !== 'fifo';
    const both = (count: number): [number | string, number | string | null] => [
      sent(() => sys.writev(a.out, piecesOf(count))),
      hasMessages ? sent(() => sys.sendmsg(a.out, { data: piecesOf(count) })) : null,
    ];
    const atLimit = both(limit);
    // Over TCP they may come one after the other.
    for (let left = hasMessages ? 2 * limit : limit; left > 0 && typeof atLimit[0] === 'number';) {
      if (sys.poll([{ fd: b.in, events: sys.constants.POLLIN }], 3000)[0] === 0) break;
      left -= sys.read(b.in, 2 * limit).length;
    }
    return { limit, atLimit, above: both(limit + 1), left: received(() => sys.read(b.in, 8)) };
  },
  judge: ({ limit, atLimit, above, left }, subject) => {
    const hasMessages = subject !== 'pipe' && subject !== 'fifo';
    return judgeExpected(
      {
        [`writev() and sendmsg() of ${limit} pieces`]: [atLimit, [limit, hasMessages ? limit : null]],
        'of one more': [above, ['EINVAL', hasMessages ? 'EMSGSIZE' : null]],
        'the reader then finds': [left, 'EAGAIN'],
        'The limit is 16 or more': [limit >= 16, true],
      },
      'fail',
      { 'There is a limit': [limit > 0, true] },
    );
  },
  proofs: [
    { name: 'refused', observation: pieces({}), verdict: 'pass' },
    { name: 'the smallest limit', observation: pieces({ limit: 16, atLimit: [16, 16] }), verdict: 'pass' },
    { name: 'too small a limit', observation: pieces({ limit: 15, atLimit: [15, 15] }), verdict: 'fail' },
    {
      name: 'no sendmsg() on a pipe',
      observation: pieces({ atLimit: [1024, null], above: ['EINVAL', null] }),
      verdict: 'pass',
      subject: 'pipe',
    },
    {
      name: 'nor on a FIFO',
      observation: pieces({ atLimit: [1024, null], above: ['EINVAL', null] }),
      verdict: 'pass',
      subject: 'fifo',
    },
    { name: 'refused at the limit', observation: pieces({ atLimit: ['EINVAL', 1024] }), verdict: 'fail' },
    { name: 'taken above it', observation: pieces({ above: [1025, 'EMSGSIZE'] }), verdict: 'fail' },
    { name: 'sendmsg() takes more', observation: pieces({ above: ['EINVAL', 1025] }), verdict: 'fail' },
    { name: 'refused and sent', observation: pieces({ left: 'xxxxxxxx' }), verdict: 'fail' },
    { name: 'a limit of one', observation: pieces({ limit: 1, atLimit: [1, 1] }), verdict: 'fail' },
    { name: 'no limit', observation: pieces({ limit: -1 }), verdict: 'broken' },
    { name: 'a limit of nothing', observation: pieces({ limit: 0 }), verdict: 'broken' },
  ],
});

function pieces(change: Partial<IovMax>): IovMax {
  return { limit: 1024, atLimit: [1024, 1024], above: ['EINVAL', 'EMSGSIZE'], left: 'EAGAIN', ...change };
}
