import { fileURLToPath } from 'node:url';
import { defineProcedure } from '../../harness/define.js';
import { judgeExpected } from './procedures/expectations.js';
import { encode, frame, NODE_IPC, serializationOf, shellWrite } from './procedures/node-ipc-channel.js';
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
} from './procedures/node-ipc-survival.js';

// What bytes that are no message do to the process that reads them: a channel is no border between a program and what
// it does not trust. Node documents neither direction. Each of these parents listens to 'error'.
const SILENT = {
  document:
    "Node.js 20, child_process, options.stdio, 'ipc' — the nearest text: what the reader does with bytes that " +
    'are no message is not said',
  quote:
    'Accessing the IPC channel fd in any way other than process.send() or using the IPC channel with a child ' +
    'process that is not a Node.js instance is not supported.',
};

/** nodejs/node#10131, #9477. */
export const badJson = defineProcedure<readonly Survival[]>({
  id: 'node-ipc-protocol/bad-json',
  promise: "A line from a child that is no JSON is an 'error' event of its ChildProcess, and the parent lives.",
  level: 'SHOULD',
  source: () => SILENT,
  subjects: ['node-ipc-json'],
  expected: "An 'error' event. Known: an uncaught SyntaxError ends the parent with status 1 (nodejs/node#10131).",
  procedure:
    "A shell writes a good message and, when that has been heard, 'not json' (thorough: in a second run an " +
    "empty line); then the same to a parent with a listener of 'uncaughtException', and a good message after it.",
  quick: true,
  observe: (trial) => {
    const lines = [
      ["'not json'", 'not json\n'],
      ['an empty line', '\n'],
    ] as const;
    return Promise.all(
      lines
        .slice(0, trial.count({ quick: 1, default: 1, thorough: 2 }))
        .map(([name, line]) => survivalOf(trial, 'json', name, Buffer.from(line))),
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
  id: 'node-ipc-protocol/unsolicited-ack',
  promise: 'An acknowledgement of a handle that was never sent does no harm.',
  level: 'SHOULD',
  source: () => SILENT,
  subjects: NODE_IPC,
  expected: "Ignored, or an 'error' event. Known: ERR_INTERNAL_ASSERTION ends the parent with status 1.",
  procedure:
    "A shell writes a good message and, when that has been heard, {cmd: 'NODE_HANDLE_ACK'} (thorough: in a " +
    "second run {cmd: 'NODE_HANDLE_NACK'}); then the same to a parent with a listener of 'uncaughtException', " +
    'and a good message after it.',
  quick: true,
  observe: (trial) => {
    const serialization = serializationOf(trial.subject);
    const commands = ['NODE_HANDLE_ACK', 'NODE_HANDLE_NACK'].slice(
      0,
      trial.count({ quick: 1, default: 1, thorough: 2 }),
    );
    return Promise.all(commands.map((cmd) => survivalOf(trial, serialization, cmd, encode(serialization, { cmd }))));
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
  id: 'node-ipc-protocol/malformed-advanced',
  promise: "A frame that is none is an 'error' event of the ChildProcess, and the parent lives.",
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
  observe: (trial) => {
    const frames = [
      ['the length 0x80000000', Buffer.from([0x80, 0, 0, 0])],
      ["a frame of 'oops'", frame(Buffer.from('oops'))],
    ] as const;
    return Promise.all(
      frames
        .slice(0, trial.count({ quick: 1, default: 1, thorough: 2 }))
        .map(([name, bytes]) => survivalOf(trial, 'advanced', name, bytes)),
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
  id: 'node-ipc-protocol/mode-mismatch',
  promise: 'A child that speaks the other coding is reported.',
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
  observe: async (trial) => {
    const serialization = serializationOf(trial.subject);
    const spoken =
      serialization === 'advanced'
        ? ([['a line of JSON', encode('json', { n: 1 })]] as const)
        : ([
            ['a frame of 9 bytes', encode('advanced', 'hello')],
            ['a frame of 10 bytes', encode('advanced', 'hello!')],
          ] as const);
    return Promise.all(
      spoken.map(async ([child, bytes]) => {
        const run = await runParent(trial, shellOrders(shellWrite(bytes), serialization));
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

interface RawWrites {
  readonly messages: readonly unknown[];
  readonly errorEvents: readonly string[];
  readonly status: number | null;
  readonly fatal: string | null;
}

export const rawWriteCorrupts = defineProcedure<RawWrites>({
  id: 'node-ipc-atomicity/raw-write-corrupts',
  promise: 'What a child writes to the descriptor of its channel past process.send() is read as part of the messages.',
  level: 'INFO',
  source: () => SILENT,
  subjects: NODE_IPC,
  expected:
    "A whole message is taken for one of the child's. One stray byte: 'json' ends the parent with a " +
    "SyntaxError; 'advanced' takes it for a length and hears nothing more, without an error.",
  procedure:
    "A Node child sends 'before', writes a whole message 'forged' to descriptor 3, then the byte 'x', sends " +
    "'after' and ends when that is written. The parent runs in a process of its own.",
  quick: false,
  observe: async (trial) => {
    const serialization = serializationOf(trial.subject);
    const program = fileURLToPath(new URL('./children/node-ipc-raw-writer.js', import.meta.url));
    const run = await runParent(trial, {
      file: process.execPath,
      args: [program, encode(serialization, 'forged').toString('base64')],
      serialization,
      catches: false,
    });
    return { messages: messagesOf(run), errorEvents: namesOf(run, 'error'), status: run.status, fatal: run.fatal };
  },
  judge: ({ messages, errorEvents, status, fatal }, subject) => {
    const [usualDeath, usualStatus] = ({ json: ['SyntaxError', 1], advanced: [null, 0] } as const)[
      serializationOf(subject)
    ];
    return judgeExpected(
      {
        'heard after that': [messages.slice(1).map(String), ['forged']],
        'the parent died of': [fatal?.replace(/:.*/, '') ?? null, usualDeath],
        'exit status': [status, usualStatus],
        "'error' events": [errorEvents, []],
      },
      'info',
      { 'heard first': [messages.slice(0, 1).map(String), ['before']] },
    );
  },
  proofs: [
    {
      name: 'the parent dies',
      observation: { messages: ['before', 'forged'], errorEvents: [], status: 1, fatal: 'SyntaxError: …' },
      verdict: 'info',
      subject: 'node-ipc-json',
    },
    {
      name: 'the parent hears nothing more',
      observation: { messages: ['before', 'forged'], errorEvents: [], status: 0, fatal: null },
      verdict: 'info',
      subject: 'node-ipc-advanced',
    },
    {
      name: 'nothing was heard',
      observation: { messages: [], errorEvents: [], status: 0, fatal: null },
      verdict: 'broken',
    },
  ],
});
