import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { encode, frame, NODE_IPC, serializationOf, shellWrite } from '../../support/node-ipc-channel.js';
import {
  died,
  judgeSurvival,
  messagesOf,
  namesOf,
  runParent,
  shellOrders,
  survivalOf,
  survived,
  type Survival,
} from '../../support/node-ipc-survival.js';
import { SILENT } from '../../support/unspecified-errors.js';

/** nodejs/node#10131, #9477. */
export const badJson = defineProcedure<readonly Survival[]>({
  id: 'protocol/bad-json',
  guarantee:
    "A line from a child that is not JSON causes an 'error' event of its ChildProcess, and the " +
    'parent keeps running.',
  level: 'SHOULD',
  source: () => SILENT,
  subjects: ['node-ipc-json'],
  expected: "An 'error' event. Known: an uncaught SyntaxError ends the parent with status 1 (nodejs/node#10131).",
  procedure:
    "A shell writes a good message and, when that has been heard, 'not json' (thorough: in a second run an " +
    "empty line); then the same to a parent with a listener of 'uncaughtException', and a good message after it.",
  quick: true,
  observe: (checkRun) => {
    const lines = [
      ["'not json'", 'not json\n'],
      ['an empty line', '\n'],
    ] as const;
    return Promise.all(
      lines
        .slice(0, checkRun.count({ quick: 1, default: 1, thorough: 2 }))
        .map(([name, line]) => survivalOf(checkRun, 'json', name, Buffer.from(line))),
    );
  },
  judge: (runs) => judgeSurvival(runs, 1),
  proofs: [
    { name: "an 'error' event", observation: [survived()], verdict: 'pass' },
    {
      name: 'the parent dies',
      observation: [died('SyntaxError: Unexpected token', 'SyntaxError', true)],
      verdict: 'deviation',
    },
    {
      name: 'the second line kills',
      observation: [survived(), survived({ fatal: 'SyntaxError', bytes: 'y' })],
      verdict: 'deviation',
    },
    { name: 'ended by itself', observation: [survived({ status: 1 })], verdict: 'deviation' },
    { name: 'swallowed in silence', observation: [survived({ errorEvents: [] })], verdict: 'deviation' },
    { name: 'the channel did not work before', observation: [survived({ heardBefore: false })], verdict: 'broken' },
    { name: 'nothing written', observation: [], verdict: 'broken' },
  ],
});

/**
 * An assertion of Node's own: `assert(ArrayIsArray(target._handleQueue))`. The answer belongs to no handle, and nobody
 * has asked.
 */
export const unsolicitedAck = defineProcedure<readonly Survival[]>({
  id: 'protocol/unsolicited-ack',
  guarantee: 'An acknowledgement of a handle that was never sent does no harm.',
  level: 'SHOULD',
  source: () => SILENT,
  subjects: NODE_IPC,
  expected: "Ignored, or an 'error' event. Known: ERR_INTERNAL_ASSERTION ends the parent with status 1.",
  procedure:
    "A shell writes a good message and, when that has been heard, {cmd: 'NODE_HANDLE_ACK'} (thorough: in a " +
    "second run {cmd: 'NODE_HANDLE_NACK'}); then the same to a parent with a listener of 'uncaughtException', " +
    'and a good message after it.',
  quick: true,
  observe: (checkRun) => {
    const serialization = serializationOf(checkRun.subject);
    const commands = ['NODE_HANDLE_ACK', 'NODE_HANDLE_NACK'].slice(
      0,
      checkRun.count({ quick: 1, default: 1, thorough: 2 }),
    );
    return Promise.all(commands.map((cmd) => survivalOf(checkRun, serialization, cmd, encode(serialization, { cmd }))));
  },
  judge: (runs) => judgeSurvival(runs, null),
  proofs: [
    { name: 'ignored', observation: [survived({ errorEvents: [] })], verdict: 'pass' },
    {
      name: 'the parent dies',
      observation: [died('Error [ERR_INTERNAL_ASSERTION]: This is caused by …', 'ERR_INTERNAL_ASSERTION', true)],
      verdict: 'deviation',
    },
    { name: 'ended by itself', observation: [survived({ status: 1 })], verdict: 'deviation' },
    { name: 'the channel did not work before', observation: [survived({ heardBefore: false })], verdict: 'broken' },
    { name: 'nothing written', observation: [], verdict: 'broken' },
  ],
});

/** nodejs/node#61312. */
export const malformedAdvanced = defineProcedure<readonly Survival[]>({
  id: 'protocol/malformed-advanced',
  guarantee: "An invalid frame causes an 'error' event of the ChildProcess, and the parent keeps running.",
  level: 'SHOULD',
  source: () => SILENT,
  subjects: ['node-ipc-advanced'],
  expected:
    "An 'error' event. Known: an uncaught 'Unable to deserialize cloned data' ends the parent with status 1 " +
    '(nodejs/node#61312).',
  procedure:
    'A shell writes a good message and, when that has been heard, the length 0x80000000 (thorough: in a second ' +
    "run a whole frame with the body 'oops'); then the same to a parent with a listener of 'uncaughtException', " +
    'and a good message after it.',
  quick: false,
  observe: (checkRun) => {
    const frames = [
      ['the length 0x80000000', Buffer.from([0x80, 0, 0, 0])],
      ["a frame of 'oops'", frame(Buffer.from('oops'))],
    ] as const;
    return Promise.all(
      frames
        .slice(0, checkRun.count({ quick: 1, default: 1, thorough: 2 }))
        .map(([name, bytes]) => survivalOf(checkRun, 'advanced', name, bytes)),
    );
  },
  judge: (runs) => judgeSurvival(runs, 1),
  proofs: [
    { name: "an 'error' event", observation: [survived()], verdict: 'pass' },
    {
      name: 'the parent dies',
      observation: [died('Error: Unable to deserialize cloned data.', 'Error', false)],
      verdict: 'deviation',
    },
    { name: 'swallowed in silence', observation: [survived({ errorEvents: [] })], verdict: 'deviation' },
    { name: 'the channel did not work before', observation: [survived({ heardBefore: false })], verdict: 'broken' },
    { name: 'nothing written', observation: [], verdict: 'broken' },
  ],
});

interface Mismatch {
  readonly child: string;
  readonly messages: readonly string[];
  readonly errorEvents: readonly string[];
  readonly status: number | null;
  readonly fatal: string | null;
  /** The parent saw the channel end: it has read all there was. */
  readonly ended: boolean;
}

/**
 * What happens when NODE_CHANNEL_SERIALIZATION_MODE is lost on the way, or not known to a runtime: oven-sh/bun#41791.
 */
export const modeMismatch = defineProcedure<readonly Mismatch[]>({
  id: 'protocol/mode-mismatch',
  guarantee: 'A child that speaks the other coding is reported.',
  level: 'SHOULD',
  source: () => SILENT,
  subjects: NODE_IPC,
  expected:
    "An 'error' event. Known: silence, as the parent takes the bytes for the beginning of something longer. A " +
    'frame whose length has a byte 0x0a ends a parent that reads JSON: it is a newline.',
  procedure:
    'A shell writes one message in the other coding and ends. To the parent that reads JSON two: a frame whose ' +
    'length has no byte 0x0a, and one of 10 bytes.',
  quick: false,
  observe: async (checkRun) => {
    const serialization = serializationOf(checkRun.subject);
    const spoken =
      serialization === 'advanced'
        ? ([['a line of JSON', encode('json', { n: 1 })]] as const)
        : ([
            ['a frame of 9 bytes', encode('advanced', 'hello')],
            ['a frame of 10 bytes', encode('advanced', 'hello!')],
          ] as const);
    return Promise.all(
      spoken.map(async ([child, bytes]) => {
        const run = await runParent(checkRun, shellOrders(shellWrite(bytes), serialization));
        const { status, fatal } = run;
        return {
          child,
          messages: messagesOf(run).map((message) => JSON.stringify(message)),
          errorEvents: namesOf(run, 'error'),
          status,
          fatal,
          ended: run.lines.some(({ event }) => event === 'disconnect'),
        };
      }),
    );
  },
  judge: (runs) => {
    if (runs.length === 0) return { verdict: 'broken', evidence: 'Nothing was written.' };
    const expectations = runs.flatMap(
      ({ child, messages, errorEvents, status, fatal }) =>
        [
          [`after ${child} the parent died of`, [fatal, null]],
          [`after ${child} its exit status`, [status, 0]],
          [`after ${child} 'error' events`, [errorEvents.length, 1]],
          [`after ${child} messages`, [messages, []]],
        ] as const,
    );
    const given = runs.map(
      ({ child, ended, fatal }) => [`all of ${child} was read`, [ended || fatal !== null, true]] as const,
    );
    return judgeExpected(Object.fromEntries(expectations), 'deviation', Object.fromEntries(given));
  },
  proofs: [
    { name: 'reported', observation: [mismatch()], verdict: 'pass' },
    { name: 'silence', observation: [mismatch({ errorEvents: [] })], verdict: 'deviation' },
    {
      name: 'the parent dies before it sees the end',
      observation: [mismatch({ fatal: 'SyntaxError: …', ended: false })],
      verdict: 'deviation',
    },
    { name: 'ended by itself', observation: [mismatch({ status: 1 })], verdict: 'deviation' },
    { name: 'taken for a message', observation: [mismatch({ messages: ['1'] })], verdict: 'deviation' },
    { name: 'never read', observation: [mismatch({ ended: false })], verdict: 'broken' },
    { name: 'nothing written', observation: [], verdict: 'broken' },
  ],
});

function mismatch(change: Partial<Mismatch> = {}): Mismatch {
  return {
    child: 'a line',
    messages: [],
    errorEvents: ['ERR_IPC_BAD_MESSAGE'],
    status: 0,
    fatal: null,
    ended: true,
    ...change,
  };
}
