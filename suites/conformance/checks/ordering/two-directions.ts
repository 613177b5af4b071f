import { defineProcedure, type Op, type CheckRun } from '../../../../harness/define.js';
import { isMessages, unitOf } from '../../support/channel.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { EVERY_TRANSPORT } from '../../support/subjects.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

interface Direction {
  readonly sent: number;
  readonly received: number;
  /** Messages or bytes that were not what they had to be at their place. */
  readonly wrong: number;
}

interface BothWays {
  readonly asked: number;
  readonly there: Direction;
  readonly back: Direction;
  readonly isDone: boolean;
}

export const twoDirections = defineProcedure<BothWays>({
  id: 'ordering/two-directions',
  guarantee:
    'Both ends send and receive at full speed at once: neither direction waits for the other, and each keeps ' +
    'its order.',
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
  expected:
    'All arrives in order on both sides. Libraries have deadlocked here: libuv’s test ipc_heavy_traffic_deadlock_bug.',
  procedure:
    'Four children, a writer and a reader at each end of one pair: streams carry bytes that depend on their ' +
    'place, in calls of 1 to 8192; message sockets carry numbered messages of 16 to 1024 bytes.',
  quick: false,
  deadlineMs: 120_000,
  observe: (checkRun) => {
    const { sys, subject, count, defer } = checkRun;
    const messages = isMessages(subject);
    const asked = messages
      ? count({ quick: 500, default: 5000, thorough: 300_000 })
      : count({ quick: 200_000, default: 2_000_000, thorough: 300_000_000 });
    const { a, b } = endsOf(checkRun);
    const start = (ops: readonly Op[]): ReturnType<CheckRun['sys']['forkProgram']> => {
      const child = sys.forkProgram(ops);
      defer(() => child.end());
      return child;
    };
    const both = [
      { out: a.out, into: b.in, seed: checkRun.seed & 0xffff },
      { out: b.out, into: a.in, seed: (checkRun.seed & 0xffff) + 1 },
    ].map(({ out, into, seed }, writer) => ({
      reader: start([
        messages
          ? { op: 'recvStamped', as: 'it', fd: into, messages: asked, maxBytes: 2048, seed }
          : { op: 'readPattern', as: 'it', fd: into, seed, bytes: asked, from: 1, to: 8192 },
      ]),
      writer: start([
        messages
          ? { op: 'sendStamped', as: 'it', fd: out, writer, messages: asked, from: 16, to: 1024, seed }
          : { op: 'writePattern', as: 'it', fd: out, seed, bytes: asked, from: 1, to: 8192 },
      ]),
    }));
    const waitMs = count({ quick: 8000, default: 20_000, thorough: 110_000 }) * checkRun.slowdown;
    const untilMs = performance.now() + waitMs;
    const ended = both
      .flatMap(({ reader, writer }) => [reader, writer])
      .map((program) => program.wait(Math.max(0, Math.round(untilMs - performance.now()))));
    const [there, back] = both.map(({ reader, writer }) => {
      const of = messages ? 'messages' : 'bytes';
      const read = reader.outcome('it').counts;
      const wrong = messages
        ? (read['damaged'] ?? -1) + (read['disordered'] ?? -1)
        : Number(read['firstMismatch'] !== -1);
      return { sent: writer.outcome('it').counts[of] ?? -1, received: read[of] ?? -1, wrong };
    }) as [Direction, Direction];
    return {
      asked,
      there,
      back,
      isDone: ended.every((status) => status !== null),
    };
  },
  judge: ({ asked, there, back, isDone }, subject) =>
    withRateBound(
      judgeExpected(
        {
          [`Of ${asked} each way there were sent`]: [
            [there.sent, back.sent],
            [asked, asked],
          ],
          received: [
            [there.received, back.received],
            [asked, asked],
          ],
          wrong: [
            [there.wrong, back.wrong],
            [0, 0],
          ],
          'all four children got through': [isDone, true],
        },
        'fail',
        { 'There was enough to send': [asked >= 100, true] },
      ),
      'loss or disorder',
      there.received + back.received,
      unitOf(subject),
    ),
  proofs: [
    { name: 'both in order', observation: bothWays({}), verdict: 'pass' },
    {
      name: 'just enough',
      observation: bothWays({
        asked: 100,
        there: { sent: 100, received: 100, wrong: 0 },
        back: { sent: 100, received: 100, wrong: 0 },
      }),
      verdict: 'pass',
    },
    { name: 'a deadlock', observation: bothWays({ isDone: false }), verdict: 'fail' },
    {
      name: 'not all sent',
      observation: bothWays({ there: { sent: 4999, received: 5000, wrong: 0 } }),
      verdict: 'fail',
    },
    {
      name: 'lost on the way back',
      observation: bothWays({ back: { sent: 5000, received: 4999, wrong: 0 } }),
      verdict: 'fail',
    },
    {
      name: 'disordered on the way back',
      observation: bothWays({ back: { sent: 5000, received: 5000, wrong: 1 } }),
      verdict: 'fail',
    },
    {
      name: 'too little',
      observation: bothWays({
        asked: 10,
        there: { sent: 10, received: 10, wrong: 0 },
        back: { sent: 10, received: 10, wrong: 0 },
      }),
      verdict: 'broken',
    },
  ],
});

function bothWays(change: Partial<BothWays>): BothWays {
  return {
    asked: 5000,
    there: { sent: 5000, received: 5000, wrong: 0 },
    back: { sent: 5000, received: 5000, wrong: 0 },
    isDone: true,
    ...change,
  };
}
