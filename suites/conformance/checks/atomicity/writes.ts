import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { contended, ODD_READS, tearAll, type Interleaving } from '../../support/interleaving.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

/** Odd sizes among them: multiples of a page cannot be cut at the edge of one. A record of one byte cannot be torn. */
const UP_TO_PIPE_BUF = [7, 511, 512, 513, 2049, 4095, 4096];
const BEYOND_PIPE_BUF = [4097, 8192, 65_536, 262_144];
const OF_STREAMS = [100, 4096, 32_768, 36_544, 36_545, 36_864, 65_536];
/** What a pipe of the usual capacity holds: a reader that empties it makes room for whole pages alone. */
const WHOLE_PAGES = 65_536;
/** Two pages: several writers fill it many times over with little. */
const SMALL_PIPE = 8192;
/** Otherwise it grows with what is written, and each writer may be done before another begins. */
const TCP_SEND_BUFFER = 131_072;

export const leqPipeBuf = defineProcedure<readonly Interleaving[]>({
  id: 'atomicity/le-pipe-buf',
  guarantee: 'A write of PIPE_BUF bytes or less to a pipe is never interleaved with others.',
  level: 'MUST',
  source: () => ({
    document: 'POSIX.1-2017 XSH, write(), DESCRIPTION; pipe(7), PIPE_BUF',
    quote:
      'Write requests of {PIPE_BUF} bytes or less shall not be interleaved with data from other processes doing ' +
      'writes on the same pipe.',
  }),
  subjects: ['pipe', 'fifo'],
  expected: 'No torn record, at any size up to 4096.',
  procedure:
    `Four processes write records of ${UP_TO_PIPE_BUF.join(', ')} bytes, each with its own value, to one ` +
    `pipe of ${SMALL_PIPE} bytes; when all of them sleep or are done one reads ${ODD_READS} bytes at a time and ` +
    'looks for runs of one value that are no multiple of the record.',
  quick: true,
  deadlineMs: 60_000,
  observe: (checkRun) => {
    const { F_SETPIPE_SZ } = checkRun.sys.constants;
    const volume = checkRun.count({ quick: 64, default: 128, thorough: 4096 }) * 1024;
    return tearAll(
      checkRun,
      UP_TO_PIPE_BUF.map((bytes) => ({ bytes, recordsEach: Math.min(Math.ceil(volume / bytes), volume / 16) })),
      ({ out }) => checkRun.sys.fcntl(out, F_SETPIPE_SZ, SMALL_PIPE),
    );
  },
  judge: (seen) =>
    withRateBound(
      judgeExpected(
        { [`Interleaving of ${inWords(seen)}`]: [seen.map((one) => one.torn), seen.map(() => 0)] },
        'fail',
        {
          'The writers wrote concurrently': [contended(seen), true],
        },
      ),
      'tear',
      seen.reduce((sum, { records }) => sum + records, 0),
      'records',
    ),
  proofs: [
    { name: 'whole', observation: [torn({ bytes: 511 }), torn({ bytes: 4096 })], verdict: 'pass' },
    { name: 'one torn', observation: [torn({ bytes: 511 }), torn({ bytes: 4096, torn: 1 })], verdict: 'fail' },
    { name: 'nothing written', observation: [torn({ records: 0, readBytes: 0 })], verdict: 'broken' },
    { name: 'not all was read', observation: [torn({ readBytes: 4096 })], verdict: 'broken' },
    { name: 'one after the other', observation: [torn({}), torn({ together: 1 })], verdict: 'broken' },
    { name: 'two of them at once', observation: [torn({ together: 2 })], verdict: 'pass' },
    { name: 'nothing at all', observation: [], verdict: 'broken' },
  ],
});

export const gtPipeBuf = defineProcedure<readonly Interleaving[]>({
  id: 'atomicity/gt-pipe-buf',
  guarantee: 'A write of more than PIPE_BUF bytes to a pipe may be interleaved with data of other writers.',
  level: 'INFO',
  source: () => ({
    document: 'POSIX.1-2017 XSH, write(), DESCRIPTION; pipe(7), PIPE_BUF',
    quote:
      'Writes of greater than {PIPE_BUF} bytes may have data interleaved, on arbitrary boundaries, with writes ' +
      'by other processes, whether or not the O_NONBLOCK flag of the file status flags is set.',
  }),
  subjects: ['pipe', 'fifo'],
  expected:
    'Linux: 4097 and 262144 tear. 8192 and 65536 tear where the reader takes 60,001 bytes at a time and not ' +
    'where it takes whole pages: a test with such sizes and such a reader passes.',
  procedure:
    `As atomicity/le-pipe-buf, with ${BEYOND_PIPE_BUF.join(', ')} bytes and a pipe of the usual capacity; ` +
    `then again with a reader that reads ${WHOLE_PAGES} bytes at a time.`,
  quick: false,
  deadlineMs: 60_000,
  observe: (checkRun) => {
    const volume = checkRun.count({ quick: 512, default: 1024, thorough: 65_536 }) * 1024;
    return tearAll(
      checkRun,
      [ODD_READS, WHOLE_PAGES].flatMap((readSize) =>
        BEYOND_PIPE_BUF.map((bytes) => ({ bytes, readSize, recordsEach: Math.ceil(volume / bytes) })),
      ),
    );
  },
  judge: measured,
  proofs: proofsOfMeasured(),
});

/**
 * A record that fits into one buffer of the kernel goes in as one piece, so several writers seem to work until a record
 * grows: 32 KiB and what is left of a page beside the bookkeeping (unix_stream_sendmsg() in net/unix/af_unix.c,
 * undocumented). Six of them are the 219,264 bytes that a send buffer of 212,992 takes.
 */
export const multiWriter = defineProcedure<readonly Interleaving[]>({
  id: 'atomicity/multi-writer',
  guarantee: 'Records of several processes that write to one stream socket may be interleaved.',
  level: 'INFO',
  source: () => ({
    document: 'POSIX.1-2017 XSH, send()',
    quote: 'Unspecified: whether the bytes of one send on a stream socket stay together while others send on it.',
  }),
  subjects: ['socketpair-stream', 'unix-stream', 'tcp-loopback'],
  expected:
    'Linux, unix sockets: none up to 36,544 bytes, the most that one buffer of the kernel holds, and many from ' +
    '36,545 on: it works in the test and tears in production.',
  procedure:
    `Four processes write records of ${OF_STREAMS.join(', ')} bytes, each with its own value, to one end; ` +
    'when all of them sleep or are done one process reads the other end and counts runs of one value that are ' +
    'no multiple of the record. TCP with SO_SNDBUF set to 131072.',
  quick: true,
  deadlineMs: 60_000,
  observe: (checkRun) => {
    const { SOL_SOCKET, SO_SNDBUF } = checkRun.sys.constants;
    const volume = checkRun.count({ quick: 1024, default: 2048, thorough: 65_536 }) * 1024;
    return tearAll(
      checkRun,
      OF_STREAMS.map((bytes) => ({ bytes, recordsEach: Math.min(Math.ceil(volume / bytes), volume / 512) })),
      ({ out }) => {
        if (checkRun.subject === 'tcp-loopback') checkRun.sys.setsockopt(out, SOL_SOCKET, SO_SNDBUF, TCP_SEND_BUFFER);
      },
    );
  },
  judge: measured,
  proofs: proofsOfMeasured(),
});

function measured(seen: readonly Interleaving[]): ReturnType<typeof judgeExpected> {
  if (!contended(seen))
    return {
      verdict: 'broken',
      evidence: `The writers did not write concurrently, so the result is unknown: ${inWords(seen)}.`,
    };
  const byReader = [...new Set(seen.map(({ readSize }) => readSize))].map((readSize) => {
    const records = seen
      .filter((each) => each.readSize === readSize)
      .map((each) => `${each.bytes} bytes: ${each.torn} in ${each.records} records`);
    return `read ${readSize} bytes at a time, ${records.join(', ')}`;
  });
  return { verdict: 'info', evidence: `Runs of one writer that are not whole records: ${byReader.join('; ')}.` };
}

const inWords = (seen: readonly Interleaving[]): string =>
  seen
    .map(({ bytes, records, together }) => `${records} records of ${bytes} bytes (${together} writers at once)`)
    .join(', ');

// Functions: the proofs above are made while this module is being read.
function torn(changed: Partial<Interleaving>): Interleaving {
  const { bytes, records } = { bytes: 4096, records: 400, ...changed };
  return { bytes, readSize: ODD_READS, records, readBytes: bytes * records, together: 4, torn: 0, ...changed };
}

function proofsOfMeasured() {
  return [
    { name: 'torn', observation: [torn({ bytes: 4097, torn: 520 }), torn({ bytes: 8192 })], verdict: 'info' },
    {
      name: 'told apart by the reader',
      observation: [torn({ torn: 3 }), torn({ readSize: WHOLE_PAGES, torn: 5 })],
      verdict: 'info',
      says:
        `read ${ODD_READS} bytes at a time, 4096 bytes: 3 in 400 records; read ${WHOLE_PAGES} bytes at a time, ` +
        '4096 bytes: 5 in 400 records.',
    },
    { name: 'whole', observation: [torn({})], verdict: 'info' },
    { name: 'nothing written', observation: [torn({ records: 0, readBytes: 0 })], verdict: 'broken' },
    { name: 'not all was read', observation: [torn({ readBytes: 4096 })], verdict: 'broken' },
    { name: 'one after the other', observation: [torn({ together: 1 })], verdict: 'broken' },
    { name: 'two of them at once', observation: [torn({ together: 2 })], verdict: 'info' },
    { name: 'nothing at all', observation: [], verdict: 'broken' },
  ] as const;
}
