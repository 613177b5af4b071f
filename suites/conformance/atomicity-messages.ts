import { defineProcedure, type Judgement, type Proof, type Trial } from '../../harness/define.js';
import { clauseOf } from './procedures/clause-of.js';
import { startCrew } from './procedures/crew.js';
import { judgeExpected } from './procedures/expectations.js';
import { stampsOf, turnsIn, viaOf } from './procedures/stamped.js';
import { withPower } from './procedures/with-power.js';

const WRITERS = 4;
/** A scheduler may let one writer after the other finish. */
const ATTEMPTS = 5;

/** Messages of several writers to one end, in one range of sizes. */
interface Mixed {
  readonly largest: number;
  readonly attempts: number;
  readonly sent: number;
  readonly received: number;
  /** Not whole, or not one that was sent. */
  readonly damaged: number;
  /** How often the next message was another writer's: more than there are writers shows that they took turns. */
  readonly turns: number;
}

export const wholeMessages = defineProcedure<readonly Mixed[]>({
  id: 'atomicity/whole-messages',
  promise: 'Messages of several processes on one socket arrive whole, up to the largest that it takes.',
  level: 'MUST',
  source: clauseOf('boundaries'),
  subjects: ['socketpair-dgram', 'socketpair-seqpacket', 'unix-dgram', 'unix-seqpacket'],
  expected: 'Every message whole, with nothing of others inside.',
  procedure: `${WRITERS} processes send messages to one end, up to 512 bytes and up to SO_SNDBUF - 32 bytes, each filled by its writer, number and size; the other end checks every byte.`,
  quick: true,
  deadlineMs: 60_000,
  observe: (trial) => [mix(trial, 0, trial.count({ quick: 100, default: 500, thorough: 50_000 }), () => 512), mix(trial, 1, trial.count({ quick: 5, default: 20, thorough: 2000 }), largestOf(trial))],
  judge: judgeMixed,
  proofs: proofsOfMixed(),
});

export const queueAtomicity = defineProcedure<readonly Mixed[]>({
  id: 'mq/atomicity',
  promise: 'Messages of several processes in one message queue arrive whole.',
  level: 'MUST',
  source: clauseOf('boundaries'),
  subjects: ['posix-mq'],
  expected: 'Every message whole.',
  procedure: `${WRITERS} processes send messages to one queue, up to 512 bytes and up to its mq_msgsize, each filled by its writer, number and size; one receives and checks every byte.`,
  quick: false,
  deadlineMs: 60_000,
  observe: (trial) => [mix(trial, 0, trial.count({ quick: 100, default: 500, thorough: 50_000 }), () => 512), mix(trial, 1, trial.count({ quick: 50, default: 200, thorough: 20_000 }), largestOf(trial))],
  judge: judgeMixed,
  proofs: proofsOfMixed(),
});

/** Again where the writers did not take turns; what every attempt gave is added up. */
function mix(trial: Trial, index: number, messagesEach: number, largestFor: (descriptor: number) => number): Mixed {
  let sum: Mixed = { largest: 0, attempts: 0, sent: 0, received: 0, damaged: 0, turns: 0 };
  while (sum.attempts < ATTEMPTS && !tookTurns(sum)) {
    const { largest, sent, received, damaged, turns } = mixOnce(trial, ATTEMPTS * index + sum.attempts, messagesEach, largestFor);
    sum = { largest, attempts: sum.attempts + 1, sent: sum.sent + sent, received: sum.received + received, damaged: sum.damaged + damaged, turns: sum.turns + turns };
  }
  return sum;
}

const tookTurns = ({ attempts, turns }: Mixed): boolean => turns > WRITERS * attempts;

function mixOnce(trial: Trial, index: number, messagesEach: number, largestFor: (descriptor: number) => number): Omit<Mixed, 'attempts'> {
  const crew = startCrew(trial, {
    index,
    keepBytes: 16 * WRITERS * messagesEach + 4096,
    writers: Array.from({ length: WRITERS }, (_, writer) => (out) => [
      { op: 'sendStamped', fd: out, writer, messages: messagesEach, from: 16, to: largestFor(out), ...viaOf(trial), as: 'send' },
    ]),
    readers: [(into) => [{ op: 'recvStamped', fd: into, maxBytes: Math.max(largestFor(into), 8192), keep: true, ...viaOf(trial), as: 'receive' }]],
  });
  const largest = largestFor(crew.channel.out);
  crew.finish();
  const { counts, kept } = crew.readers[0]!.outcome('receive');
  const sent = crew.writers.reduce((sum, writer) => sum + (writer.outcome('send').counts['messages'] ?? 0), 0);
  return { largest, sent, received: counts['messages'] ?? 0, damaged: counts['damaged'] ?? 0, turns: turnsIn(stampsOf(kept)) };
}

const largestOf =
  ({ sys, subject }: Trial) =>
  (out: number): number =>
    subject === 'posix-mq' ? sys.mq_getattr(out).messageBytes : sys.getsockopt(out, sys.constants.SOL_SOCKET, sys.constants.SO_SNDBUF) - 32;

function judgeMixed(seen: readonly Mixed[]): Judgement {
  return withPower(
    judgeExpected(
      {
        [`Messages that arrived, of up to ${seen.map(({ largest }) => largest).join(' and ')} bytes`]: [seen.map(({ received }) => received), seen.map(({ sent }) => sent)],
        'damaged ones': [seen.map(({ damaged }) => damaged), seen.map(() => 0)],
      },
      'fail',
      { 'The writers took turns': [seen.length > 0 && seen.every((each) => each.sent > 0 && tookTurns(each)), true] },
    ),
    'damage or loss',
    seen.reduce((sum, { received }) => sum + received, 0),
  );
}

// Functions: they are called while this module is being read.
function mixed(changed: Partial<Mixed>): Mixed {
  return { largest: 512, attempts: 1, sent: 2000, received: 2000, damaged: 0, turns: 800, ...changed };
}

function proofsOfMixed(): readonly Proof<readonly Mixed[]>[] {
  return [
    { name: 'whole', observation: [mixed({}), mixed({ largest: 212_960, sent: 80, received: 80, turns: 50 })], verdict: 'pass' },
    { name: 'one damaged', observation: [mixed({}), mixed({ damaged: 1 })], verdict: 'fail' },
    { name: 'one split in two', observation: [mixed({ received: 2001 }), mixed({})], verdict: 'fail' },
    { name: 'one after the other', observation: [mixed({}), mixed({ turns: 4 })], verdict: 'broken' },
    { name: 'one after the other, five times', observation: [mixed({ attempts: 5, turns: 20 })], verdict: 'broken' },
    { name: 'nothing sent', observation: [mixed({ sent: 0, received: 0 })], verdict: 'broken' },
    { name: 'nothing at all', observation: [], verdict: 'broken' },
  ];
}
