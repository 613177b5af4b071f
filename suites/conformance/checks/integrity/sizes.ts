import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import {
  EVERY_CHANNEL,
  firstDifference,
  isMessages,
  numbered,
  openChannel,
  type Channel,
} from '../../support/channel.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { arrive, outcome } from '../../support/outcomes.js';
import { EVERY_TRANSPORT } from '../../support/subjects.js';

/** 'intact', the name of an error, or what was wrong with what arrived. */
type Sweep = readonly (readonly [sizeBytes: number, result: string])[];

/** 219264: what one nonblocking send of 1 MiB to a Unix stream socket takes with Linux's default buffers. */
const EDGES = [1, 512, 4096, 16_384, 32_768, 65_536, 131_072, 219_264, 1_048_576] as const;

export const sizeSweep = defineProcedure<Sweep>({
  id: 'integrity/size-sweep',
  guarantee:
    'A message or a piece of a stream of any size arrives as it was sent, or is refused as a whole with an error.',
  level: 'MUST',
  source: (subject) => {
    if (subject === 'posix-mq')
      return {
        document: 'mq_send(3), ERRORS, EMSGSIZE',
        quote: 'msg_len was greater than the mq_msgsize attribute of the message queue.',
      };
    if (subject === 'pipe' || subject === 'fifo')
      return {
        document: 'pipe(7), DESCRIPTION',
        quote: 'Data written to the write end of a pipe can be read from the read end of the pipe.',
      };
    if (subject.endsWith('stream') || subject === 'tcp-loopback')
      return {
        document: 'socket(2), DESCRIPTION',
        quote: 'The communications protocols which implement a SOCK_STREAM ensure that data is not lost or duplicated.',
      };
    return {
      document: 'send(2), DESCRIPTION',
      quote:
        'If the message is too long to pass atomically through the underlying protocol, the error EMSGSIZE is ' +
        'returned, and the message is not transmitted.',
    };
  },
  subjects: EVERY_CHANNEL,
  expected:
    'Streams: every size. Message transports: every size up to the largest, EMSGSIZE above it (Linux: from ' +
    'SO_SNDBUF - 31 for sockets, 8193 for queues).',
  procedure:
    `Sizes of one byte less, exact and one more than ${EDGES.join(', ')} and the subject’s own limits; ` +
    'message transports also 0. Each is sent, in as many calls as a stream takes, received and compared byte by byte.',
  quick: false,
  observe: (checkRun) => {
    const channel = openChannel(checkRun, { nonblocking: true });
    const messages = isMessages(checkRun.subject);
    const edges = [...EDGES, ...ownLimits(checkRun, channel)].flatMap((edge) => [edge - 1, edge, edge + 1]);
    const sizes = [...new Set(edges)].filter((size) => size > 0 || messages).sort((a, b) => a - b);
    return sizes.map(
      (size) => [size, messages ? oneMessage(channel, size) : throughStream(checkRun, channel, size)] as const,
    );
  },
  judge: (seen, subject) => {
    const refused = seen.filter(([, result]) => result === 'EMSGSIZE').map(([size]) => size);
    const intact = seen.filter(([, result]) => result === 'intact').map(([size]) => size);
    const largest = Math.max(0, ...intact);
    return judgeExpected(
      {
        [`Of ${seen.length} sizes ${intact.length} arrived intact, up to ${largest} bytes, and ${refused.length} ` +
        'were refused; anything else']: [
          seen
            .filter(([, result]) => result !== 'intact' && result !== 'EMSGSIZE')
            .map(([size, result]) => `${size}: ${result}`),
          [],
        ],
        'refused, and smaller than one that arrived': [refused.filter((size) => size < largest), []],
        'refused by a stream': [isMessages(subject) ? 0 : refused.length, 0],
      },
      'fail',
      { 'Some sizes arrived': [intact.length > 0, true], 'Enough sizes were tried': [seen.length >= 20, true] },
    );
  },
  proofs: [
    { name: 'a stream takes all', observation: sweep({}), verdict: 'pass' },
    { name: 'as few sizes as are enough', observation: sweep({}).slice(0, 20), verdict: 'pass' },
    { name: 'a stream that refuses', observation: sweep({ 20: 'EMSGSIZE' }), verdict: 'fail' },
    { name: 'messages have a limit', observation: sweep({ 20: 'EMSGSIZE' }), verdict: 'pass', subject: 'unix-dgram' },
    {
      name: 'a hole below the limit',
      observation: sweep({ 4: 'EMSGSIZE', 20: 'EMSGSIZE' }),
      verdict: 'fail',
      subject: 'unix-dgram',
    },
    { name: 'cut', observation: sweep({ 5: '511 bytes arrived' }), verdict: 'fail', subject: 'unix-dgram' },
    { name: 'another error', observation: sweep({ 5: 'ENOBUFS' }), verdict: 'fail', subject: 'unix-dgram' },
    {
      name: 'nothing arrived',
      observation: sweep({}).map(([size]) => [size, 'EMSGSIZE'] as const),
      verdict: 'broken',
      subject: 'unix-dgram',
    },
    { name: 'hardly a size', observation: sweep({}).slice(0, 19), verdict: 'broken' },
  ],
});

/** Sizes 1 to 21, intact but for those named. */
function sweep(results: Readonly<Record<number, string>>): Sweep {
  return Array.from({ length: 21 }, (_, at) => [at + 1, results[at] ?? 'intact'] as const);
}

/** SO_SNDBUF, and the largest message that it allows on Linux; of a queue its own size. A pipe has none. */
function ownLimits({ sys, subject }: CheckRun, channel: Channel): number[] {
  if (subject === 'posix-mq') return [sys.mq_getattr(channel.out).messageBytes];
  if (subject === 'pipe' || subject === 'fifo') return [];
  const buffer = sys.getsockopt(channel.out, sys.constants.SOL_SOCKET, sys.constants.SO_SNDBUF);
  return [buffer - 32, buffer];
}

function oneMessage(channel: Channel, size: number): string {
  const refusal = outcome(() => channel.put(numbered(size, size)));
  if (refusal !== 'ok') return refusal;
  let bytes = Buffer.alloc(0);
  const missing = outcome(() => (bytes = Buffer.from(channel.take(size + 1))));
  return missing === 'ok' ? compared(bytes, size) : `not received: ${missing}`;
}

/**
 * Sends what there is room for and receives what is there, until all has arrived: more than fits needs both by turns.
 */
function throughStream({ sys }: CheckRun, channel: Channel, size: number): string {
  const data = numbered(size, size);
  const pieces: Buffer[] = [];
  for (let [sent, arrived] = [0, 0]; arrived < size;) {
    const refusal = sent < size ? outcome(() => (sent += channel.put(data.subarray(sent)))) : 'ok';
    if (refusal !== 'ok' && refusal !== 'EAGAIN') return refusal;
    arrive(sys, channel.in);
    const piece = channel.take(1 << 20);
    if (piece.length === 0) return `end of file after ${arrived} bytes`;
    arrived += piece.length;
    pieces.push(piece);
  }
  return compared(Buffer.concat(pieces), size);
}

/** Each size begins at another place of the sequence, so that what is left over from the one before is noticed. */
function compared(bytes: Buffer, size: number): string {
  if (bytes.length !== size) return `${bytes.length} bytes arrived`;
  const at = firstDifference(bytes, size);
  return at < 0 ? 'intact' : `other bytes from ${at}`;
}

interface Gathered {
  readonly call: 'writev' | 'sendmsg';
  readonly pieces: number;
  readonly bytes: number;
  readonly written: number;
  /** What each read gave, in bytes, of two such calls one after the other. */
  readonly reads: readonly number[];
  readonly firstDifference: number;
}

export const iovScatter = defineProcedure<readonly Gathered[]>({
  id: 'integrity/iov-scatter',
  guarantee:
    'The pieces written by one call arrive joined (as one message on message transports), whatever ' +
    'the sizes of the pieces they are read into.',
  level: 'MUST',
  source: () => ({
    document: 'readv(2), DESCRIPTION',
    quote:
      'Buffers are processed in array order. This means that readv() completely fills iov[0] before proceeding ' +
      'to iov[1], and so on. […] Similarly, writev() writes out the entire contents of iov[0] before proceeding ' +
      'to iov[1], and so on.',
  }),
  subjects: EVERY_TRANSPORT,
  expected: 'The same bytes; of message sockets two reads of exactly what each call wrote, whatever the pieces.',
  procedure:
    'Twice writev(), or sendmsg(), of 1, 2, 16 and IOV_MAX pieces of 0 to 8 bytes, every ninth of them empty; ' +
    'read with readv() into IOV_MAX pieces of 1 to 13 bytes. writev() alone on pipes.',
  quick: false,
  observe: (checkRun) => {
    const { sys, subject } = checkRun;
    const { a, b } = endsOf(checkRun, { nonblocking: true });
    const most = sys.sysconf(sys.constants._SC_IOV_MAX);
    const cuts = Array.from({ length: most }, (_, at) => 1 + (at % 13));
    const calls = subject === 'pipe' || subject === 'fifo' ? (['writev'] as const) : (['writev', 'sendmsg'] as const);
    return calls.flatMap((call) =>
      [1, 2, 16, most].map((pieces) => {
        const sizes = Array.from({ length: pieces }, (_, at) => (at * 4 + 1) % 9);
        const bytes = sizes.reduce((sum, size) => sum + size);
        const from = pieces * 4;
        let written = 0;
        for (const start of [from, from + bytes]) {
          let at = start;
          const data = sizes.map((size) => numbered((at += size) - size, size));
          written += call === 'writev' ? sys.writev(a.out, data) : sys.sendmsg(a.out, { data });
        }
        const reads: number[] = [];
        const got: Buffer[] = [];
        for (let left = 2 * bytes; left > 0 && sys.poll([{ fd: b.in, events: sys.constants.POLLIN }], 1000)[0] !== 0;) {
          const parts = sys.readv(b.in, cuts);
          got.push(...parts);
          const read = parts.reduce((sum, part) => sum + part.length, 0);
          reads.push(read);
          if (read === 0) break;
          left -= read;
        }
        return { call, pieces, bytes, written, reads, firstDifference: firstDifference(Buffer.concat(got), from) };
      }),
    );
  },
  judge: (seen, subject) =>
    judgeExpected(
      {
        [`Bytes of two calls each (${seen.map(({ call, pieces }) => `${call} of ${pieces}`).join(', ')}) that ` +
        'were written']: [seen.map(({ written }) => written), seen.map(({ bytes }) => 2 * bytes)],
        'that were read': isMessages(subject)
          ? [seen.map(({ reads }) => reads), seen.map(({ bytes }) => [bytes, bytes])]
          : [seen.map(({ reads }) => reads.reduce((sum, read) => sum + read, 0)), seen.map(({ bytes }) => 2 * bytes)],
        'first byte that differs': [seen.map(({ firstDifference: difference }) => difference), seen.map(() => -1)],
      },
      'fail',
      { 'Calls with several pieces were made': [seen.some(({ pieces, bytes }) => pieces > 1 && bytes > 1), true] },
    ),
  proofs: [
    { name: 'joined', observation: gathered({}), verdict: 'pass' },
    { name: 'a stream read at once', observation: gathered({ reads: [120] }), verdict: 'pass' },
    { name: 'one message each', observation: gathered({}), verdict: 'pass', subject: 'unix-dgram' },
    { name: 'two messages in one', observation: gathered({ reads: [120] }), verdict: 'fail', subject: 'unix-dgram' },
    {
      name: 'a message for each piece',
      observation: gathered({ reads: [30, 30, 30, 30] }),
      verdict: 'fail',
      subject: 'unix-dgram',
    },
    { name: 'not all written', observation: gathered({ written: 100 }), verdict: 'fail' },
    { name: 'not all read', observation: gathered({ reads: [60] }), verdict: 'fail' },
    { name: 'pieces exchanged', observation: gathered({ firstDifference: 1 }), verdict: 'fail' },
    { name: 'nothing was written', observation: [], verdict: 'broken' },
    { name: 'one piece', observation: gathered({ pieces: 1 }), verdict: 'broken' },
    { name: 'two pieces', observation: gathered({ pieces: 2 }), verdict: 'pass' },
  ],
});

function gathered(change: Partial<Gathered>): Gathered[] {
  return [{ call: 'writev', pieces: 16, bytes: 60, written: 120, reads: [60, 60], firstDifference: -1, ...change }];
}
