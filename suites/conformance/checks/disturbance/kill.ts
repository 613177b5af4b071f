import { defineProcedure, type Judgement, type CheckRun } from '../../../../harness/define.js';
import { EVERY_CHANNEL, isMessages, unitOf } from '../../support/channel.js';
import { clauseOf } from '../../support/clause-of.js';
import { isNodeIpc, killReceiver, killSender } from '../../support/disturbed-channel.js';
import { judgeExpected } from '../../support/expectations.js';
import { NODE_IPC } from '../../support/node-ipc-channel.js';
import { EVERY_TRANSPORT } from '../../support/subjects.js';
import { ENDLESS, startTransfer } from '../../support/transfer.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

/** When somebody was killed: while the writer slept in a call that found no room, or while data was flowing. */
type Moment = 'blocked' | 'flowing';

interface WriterKilled {
  readonly moment: Moment;
  readonly signal: number | null;
  readonly accepted: number;
  readonly received: number;
  readonly damaged: number;
  /** How it ended for the reader: 'end', or an error. */
  readonly ending: string;
}

/** The reader of a stream sees an end like any other, in the middle of what was written: framing has to tell it. */
export const sigkillWriter = defineProcedure<readonly WriterKilled[]>({
  id: 'disturbance/sigkill-writer',
  guarantee:
    'When the writer is killed, all data accepted from its calls is read undamaged, followed by the end of file.',
  level: 'MUST',
  source: clauseOf('no-loss'),
  subjects: [...EVERY_CHANNEL, ...NODE_IPC],
  expected:
    'The bytes that were accepted, perhaps the beginning of those of the call it was killed in, then the end of ' +
    'file. Datagram sockets and queues tell no end: there the reader is told by an empty message.',
  procedure:
    'A process writes without end. Kill it once while it sleeps in a large write that nobody reads, and then ' +
    'while another process reads, at a few points. Read to the end and compare every byte.',
  quick: true,
  deadlineMs: 30_000,
  observe: async (checkRun) => {
    const { SIGKILL } = checkRun.sys.constants;
    const killed: WriterKilled[] = [];
    const moments = momentsFor(checkRun);
    for (const [index, moment] of moments.entries()) {
      if (isNodeIpc(checkRun.subject)) {
        // Nobody knows how many calls of a program that was killed had returned.
        killed.push({ moment, accepted: 0, ...(await killSender(checkRun, moment)) });
        continue;
      }
      const { peers, writer, reader, writerSleeps, tally } = startTransfer(checkRun, {
        bytes: ENDLESS,
        index,
        ...(moment === 'blocked'
          ? { largestWrite: LARGE, beforeReading: [{ op: 'waitAtLeast', word: READ, value: 1 }] }
          : {}),
      });
      const isBlocked = moment === 'blocked' && (await writerSleeps());
      if (!isBlocked) await checkRun.until('something is read', () => tally().received >= threshold(checkRun, index));
      checkRun.sys.kill(writer.pid, SIGKILL);
      const ended = writer.wait();
      peers.board.store(READ, 1);
      peers.sayEnd();
      const hasEnded = reader.wait() !== null;
      const { accepted, received, damaged, readerError } = tally();
      killed.push({
        moment: isBlocked ? 'blocked' : 'flowing',
        signal: ended?.signal ?? null,
        accepted,
        received,
        damaged,
        ending: hasEnded ? (readerError ?? 'end') : 'none',
      });
    }
    return killed;
  },
  judge: (killed, subject) =>
    withRateBound(
      judgeExpected(
        {
          [`Accepted ${isMessages(subject) || isNodeIpc(subject) ? 'messages' : 'bytes'} that did not arrive ` +
          `(of ${list(killed, ({ accepted, received }) => `${accepted}, received ${received}`)})`]: [
            killed.map(({ accepted, received }) => Math.max(0, accepted - received)),
            killed.map(() => 0),
          ],
          damaged: [killed.map(({ damaged }) => damaged), killed.map(() => 0)],
          'how it ended': [killed.map(({ ending }) => ending), killed.map(() => 'end')],
        },
        'fail',
        {
          'Writers were killed that had written something, one of them blocked': [
            killed.some(({ moment }) => moment === 'blocked') &&
              killed.every(({ signal, received }) => signal === 9 && received > 0),
            true,
          ],
        },
      ),
      'loss of what was accepted',
      killed.reduce((sum, { accepted }) => sum + accepted, 0),
      unitOf(subject),
    ),
  proofs: [
    {
      name: 'a prefix, then the end',
      observation: [cut({ moment: 'blocked', accepted: 0, received: 219_264 }), cut({})],
      verdict: 'pass',
    },
    { name: 'a byte lost', observation: [cut({ moment: 'blocked' }), cut({ received: 99_999 })], verdict: 'fail' },
    { name: 'damaged', observation: [cut({ moment: 'blocked', damaged: 1 })], verdict: 'fail' },
    {
      name: 'an error instead of the end',
      observation: [cut({ moment: 'blocked', ending: 'ECONNRESET' })],
      verdict: 'fail',
    },
    { name: 'no end', observation: [cut({ moment: 'blocked' }), cut({ ending: 'none' })], verdict: 'fail' },
    { name: 'never blocked', observation: [cut({})], verdict: 'broken' },
    { name: 'not killed', observation: [cut({ moment: 'blocked' }), cut({ signal: null })], verdict: 'broken' },
    { name: 'nothing read', observation: [cut({ moment: 'blocked', accepted: 0, received: 0 })], verdict: 'broken' },
    { name: 'nobody killed', observation: [], verdict: 'broken' },
  ],
});

interface ReaderKilled {
  readonly moment: Moment;
  readonly signal: number | null;
  readonly accepted: number;
  /** What the writer's last call came to; 'none' when it did not return. */
  readonly error: string;
}

export const sigkillReader = defineProcedure<readonly ReaderKilled[]>({
  id: 'disturbance/sigkill-reader',
  guarantee: 'When the reader is killed, the writer gets an error, even if it is blocked in a write.',
  level: 'MUST',
  source: (subject) => {
    if (isNodeIpc(subject)) {
      return {
        document: "Node.js 20, process, Event: 'disconnect' — the nearest text: of the parent's side less is said",
        quote: "the 'disconnect' event will be emitted when the IPC channel is closed.",
      };
    }
    return subject.endsWith('-dgram')
      ? {
          document:
            'unix(7), ERRORS, ECONNREFUSED — the nearest text: of the end of a datagram receiver nothing is said',
          quote: 'The remote address specified by connect(2) was not a listening socket.',
        }
      : {
          document: 'write(2), ERRORS, EPIPE',
          quote: 'fd is connected to a pipe or socket whose reading end is closed.',
        };
  },
  subjects: [...EVERY_TRANSPORT, ...NODE_IPC],
  expected:
    'EPIPE, or ECONNRESET where the reader left unread data behind; ECONNREFUSED from datagram sockets. A ' +
    'message queue has no reader that could end: its writer would wait.',
  procedure:
    'A process writes without end, ignoring SIGPIPE. Kill the other one once while it reads nothing and the ' +
    'writer sleeps, and then while it reads, at a few points. Look how the writer ended.',
  quick: true,
  deadlineMs: 30_000,
  observe: async (checkRun) => {
    const { SIGKILL } = checkRun.sys.constants;
    const killed: ReaderKilled[] = [];
    const moments = momentsFor(checkRun);
    for (const [index, moment] of moments.entries()) {
      if (isNodeIpc(checkRun.subject)) {
        killed.push({ moment, ...(await killReceiver(checkRun, moment)) });
        continue;
      }
      const { writer, reader, writerSleeps, tally } = startTransfer(checkRun, {
        bytes: ENDLESS,
        index,
        ...(moment === 'blocked' ? { beforeReading: [{ op: 'waitAtLeast', word: READ, value: 1 }] } : {}),
      });
      const isBlocked = moment === 'blocked' && (await writerSleeps());
      if (!isBlocked) await checkRun.until('something is read', () => tally().received >= threshold(checkRun, index));
      checkRun.sys.kill(reader.pid, SIGKILL);
      const ended = reader.wait();
      const hasEnded = writer.wait(5000) !== null;
      const { accepted, writerError } = tally();
      killed.push({
        moment: isBlocked ? 'blocked' : 'flowing',
        signal: ended?.signal ?? null,
        accepted,
        error: hasEnded ? (writerError ?? 'no error') : 'none',
      });
    }
    return killed;
  },
  judge: (killed, subject) => judgeReaderKilled(killed, subject),
  proofs: [
    { name: 'told', observation: [left({ moment: 'blocked', error: 'ECONNRESET' }), left({})], verdict: 'pass' },
    {
      name: 'told of a refusal',
      observation: [left({ moment: 'blocked', error: 'ECONNREFUSED' })],
      verdict: 'pass',
      subject: 'unix-dgram',
    },
    {
      name: 'told by an event',
      observation: [left({ moment: 'blocked', error: 'disconnect' })],
      verdict: 'pass',
      subject: 'node-ipc-json',
    },
    {
      name: 'told by nothing',
      observation: [left({ moment: 'blocked', error: 'none' })],
      verdict: 'fail',
      subject: 'node-ipc-json',
    },
    { name: 'waits for ever', observation: [left({ moment: 'blocked', error: 'none' })], verdict: 'fail' },
    {
      name: 'a datagram writer waits for ever',
      observation: [left({ moment: 'blocked', error: 'none' })],
      verdict: 'fail',
      subject: 'unix-dgram',
    },
    { name: 'another error', observation: [left({ moment: 'blocked' }), left({ error: 'EINVAL' })], verdict: 'fail' },
    { name: 'refused on a stream', observation: [left({ moment: 'blocked', error: 'ECONNREFUSED' })], verdict: 'fail' },
    { name: 'never blocked', observation: [left({})], verdict: 'broken' },
    { name: 'not killed', observation: [left({ moment: 'blocked' }), left({ signal: null })], verdict: 'broken' },
    { name: 'nothing written', observation: [left({ moment: 'blocked', accepted: 0 })], verdict: 'broken' },
    { name: 'nobody killed', observation: [], verdict: 'broken' },
  ],
});

/** Word of the board: the reader may begin. */
const READ = 0;
/** More than goes into any buffer on the way. */
const LARGE = 16 * 2 ** 20;

/** A Node child takes as long to start as a hundred of the others. */
const momentsFor = (checkRun: CheckRun): readonly Moment[] => [
  'blocked',
  ...Array.from(
    {
      length: isNodeIpc(checkRun.subject)
        ? checkRun.count({ quick: 1, default: 1, thorough: 20 })
        : checkRun.count({ quick: 1, default: 3, thorough: 60 }),
    },
    () => 'flowing' as const,
  ),
];

/** Some bytes, or messages, in: another number for each round. */
const threshold = ({ seed, subject }: CheckRun, index: number): number =>
  (1 + ((seed + 37 * index) % 500)) * (isMessages(subject) ? 1 : 500);

const list = <T>(items: readonly T[], words: (item: T) => string): string => items.map(words).join('; ');

function judgeReaderKilled(killed: readonly ReaderKilled[], subject: string): Judgement {
  const errors = isNodeIpc(subject)
    ? ['disconnect']
    : subject.endsWith('-dgram')
      ? ['ECONNREFUSED']
      : ['EPIPE', 'ECONNRESET'];
  return judgeExpected(
    {
      [`The writer got an error (${list(killed, ({ moment, error }) => `${moment}: ${error}`)})`]: [
        killed.every(({ error }) => errors.includes(error)),
        true,
      ],
    },
    'fail',
    {
      'Readers were killed after something was written, one of them while the writer was blocked': [
        killed.some(({ moment }) => moment === 'blocked') &&
          killed.every(({ signal, accepted }) => signal === 9 && accepted > 0),
        true,
      ],
    },
  );
}

// Functions: the proofs above are made while this module is being read.
function cut(changed: Partial<WriterKilled>): WriterKilled {
  return { moment: 'flowing', signal: 9, accepted: 100_000, received: 100_000, damaged: 0, ending: 'end', ...changed };
}

function left(changed: Partial<ReaderKilled>): ReaderKilled {
  return { moment: 'flowing', signal: 9, accepted: 100_000, error: 'EPIPE', ...changed };
}
