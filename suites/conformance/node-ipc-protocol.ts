import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { defineProcedure, type Trial } from '../../harness/define.js';
import { judgeExpected } from './procedures/expectations.js';
import {
  echoChild,
  encode,
  listen,
  NODE_IPC,
  serializationOf,
  shellChild,
  shellWrite,
  untilEnded,
  type Serialization,
} from './procedures/node-ipc-channel.js';

// What stands on the descriptor that Node calls its channel, seen from a child that is no Node. Node says of that:
// "using the IPC channel with a child process that is not a Node.js instance is not supported." So what it writes and
// reads there is held to SHOULD at most.
const NOT_SUPPORTED = {
  document:
    "Node.js 20, child_process, options.stdio, 'ipc' — the nearest text: what stands on the channel is not said",
  quote:
    'Accessing the IPC channel fd in any way other than process.send() or using the IPC channel with a child ' +
    'process that is not a Node.js instance is not supported.',
};

interface Told {
  /** Where the channel was asked for among the child's descriptors. */
  readonly position: number;
  readonly fd: string;
  readonly mode: string;
  /** What is open there: 'socket'. */
  readonly what: string;
}

export const ipcEnvironment = defineProcedure<readonly Told[]>({
  id: 'node-ipc-protocol/env',
  promise:
    'A child finds the number of its channel in NODE_CHANNEL_FD and the coding in NODE_CHANNEL_SERIALIZATION_MODE.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, child_process, child_process.fork()',
    quote:
      'Node.js processes launched with a custom execPath will communicate with the parent process using the ' +
      'file descriptor (fd) identified using the environment variable NODE_CHANNEL_FD on the child process.',
  }),
  subjects: NODE_IPC,
  expected:
    "The position of 'ipc' in stdio; 'json' or 'advanced'; a socket there. The second variable is not documented.",
  procedure:
    "spawn() a shell with 'ipc' at positions 0, 3 and 5 of stdio; it prints both variables and what that " +
    'descriptor is.',
  quick: true,
  observe: async (trial) => {
    // A shell without /proc would print nothing for what is open, which reads as a broken promise.
    if (!existsSync('/proc/self/fd'))
      trial.skip('/proc is not mounted here, and nothing else tells what a descriptor is.', undefined);
    const serialization = serializationOf(trial.subject);
    const script = 'echo "$NODE_CHANNEL_FD $NODE_CHANNEL_SERIALIZATION_MODE $(readlink /proc/$$/fd/$NODE_CHANNEL_FD)"';
    const layouts = [
      ['ipc', 'pipe', 'pipe'],
      ['ignore', 'pipe', 'pipe', 'ipc'],
      ['ignore', 'pipe', 'pipe', 'ignore', 'ignore', 'ipc'],
    ] as const;
    return Promise.all(
      layouts.map(async (stdio) => {
        const { stdout } = await untilEnded(
          trial,
          trial.spawn('/bin/sh', { args: ['-c', script], stdio, serialization }),
        );
        const [fd = '', mode = '', target = ''] = stdout.toString().trim().split(' ');
        return { position: stdio.indexOf('ipc' as never), fd, mode, what: target.replace(/:.*/, '') };
      }),
    );
  },
  judge: (asked, subject) => {
    if (asked.length < 3) return { verdict: 'broken', evidence: `Only ${asked.length} of 3 children were asked.` };
    const expectations = asked.flatMap(
      ({ position, fd, mode, what }) =>
        [
          [`position ${position}, NODE_CHANNEL_FD`, [fd, String(position)]],
          [`position ${position}, NODE_CHANNEL_SERIALIZATION_MODE`, [mode, serializationOf(subject)]],
          [`position ${position}, open there`, [what, 'socket']],
        ] as const,
    );
    return judgeExpected(Object.fromEntries(expectations), 'fail');
  },
  proofs: [
    { name: 'as documented', observation: told('json'), verdict: 'pass', subject: 'node-ipc-json' },
    { name: 'as documented', observation: told('advanced'), verdict: 'pass', subject: 'node-ipc-advanced' },
    { name: 'the coding of somebody else', observation: told('advanced'), verdict: 'fail', subject: 'node-ipc-json' },
    { name: 'another number', observation: told('json', { fd: '3' }), verdict: 'fail' },
    { name: 'nothing open there', observation: told('json', { what: '' }), verdict: 'fail' },
    { name: 'one child alone', observation: told('json').slice(0, 1), verdict: 'broken' },
  ],
});

function told(mode: string, last: Partial<Told> = {}): readonly Told[] {
  return [0, 3, 5].map((position) => ({
    position,
    fd: String(position),
    mode,
    what: 'socket',
    ...(position === 5 ? last : {}),
  }));
}

interface Echo {
  readonly sent: readonly string[];
  readonly back: readonly string[];
  readonly errors: readonly string[];
  /** How the shell ended after the parent's disconnect(): 0 when it read the end of the channel. */
  readonly status: number | null;
}

export const jsonNativeEcho = defineProcedure<Echo>({
  id: 'node-ipc-protocol/json-native-echo',
  promise:
    'A child that is no Node can hold a conversation in lines of JSON, and sees the end of the channel when the ' +
    'parent disconnects.',
  level: 'SHOULD',
  source: () => NOT_SUPPORTED,
  subjects: ['node-ipc-json'],
  expected:
    'Linux, macOS: one line of JSON is one message, either way. Windows: every write has a frame of libuv ' +
    'before it, so such a child does not work there.',
  procedure:
    'A shell reads lines from the channel and prints each back: numbers, null, texts with newlines, quotes, 2- ' +
    'to 4-byte characters, 5,000 characters. Then disconnect().',
  quick: true,
  observe: async (trial) => {
    const child = shellChild(trial, 'while IFS= read -r line <&3; do printf "%s\\n" "$line" >&3; done', 'json');
    const ended = untilEnded(trial, child);
    const heard = listen(child);
    const messages = [
      42,
      null,
      true,
      '',
      'two\nlines \\ "quoted"',
      'aé€😀',
      { nested: [{ a: [1] }] },
      'x'.repeat(trial.count({ quick: 500, default: 5000, thorough: 200_000 })),
    ];
    for (const message of messages) child.send(message as string);
    await trial.until('everything has come back', () => heard.messages.length + heard.errors.length >= messages.length);
    child.disconnect();
    const { status } = await ended;
    return { sent: messages.map(brief), back: heard.messages.map(brief), errors: heard.errors, status };
  },
  judge: ({ sent, back, errors, status }) => {
    if (sent.length < 5) return { verdict: 'broken', evidence: `Only ${sent.length} messages were sent.` };
    return judgeExpected(
      { 'came back': [back, sent], errors: [errors, []], 'exit status of the child': [status, 0] },
      'deviation',
    );
  },
  proofs: [
    {
      name: 'all back',
      observation: { sent: ['1', '2', '3', '4', '5'], back: ['1', '2', '3', '4', '5'], errors: [], status: 0 },
      verdict: 'pass',
    },
    {
      name: 'one is another',
      observation: { sent: ['1', '2', '3', '4', '5'], back: ['1', '2', '3', '4', '4'], errors: [], status: 0 },
      verdict: 'deviation',
    },
    {
      name: 'an error',
      observation: { sent: ['1', '2', '3', '4', '5'], back: ['1', '2', '3', '4', '5'], errors: ['EPIPE'], status: 0 },
      verdict: 'deviation',
    },
    {
      name: 'no end seen',
      observation: { sent: ['1', '2', '3', '4', '5'], back: ['1', '2', '3', '4', '5'], errors: [], status: null },
      verdict: 'deviation',
    },
    {
      name: 'few',
      observation: { sent: ['1', '2', '3', '4'], back: ['1', '2', '3', '4'], errors: [], status: 0 },
      verdict: 'broken',
    },
  ],
});

/** The whole of a short message, the digest of a long one. */
function brief(message: unknown): string {
  const text = JSON.stringify(message);
  return text.length <= 60 ? text : `${text.length} characters, sha1 ${createHash('sha1').update(text).digest('hex')}`;
}

interface Tail {
  readonly messages: readonly unknown[];
  readonly errors: readonly string[];
  readonly disconnects: number;
}

/** Node drops it without a word: the buffer of the unfinished message dies with the channel. */
export const unterminatedTail = defineProcedure<Tail>({
  id: 'node-ipc-protocol/unterminated-tail',
  promise: 'A message that breaks off because the child is gone is reported.',
  level: 'SHOULD',
  source: () => NOT_SUPPORTED,
  subjects: NODE_IPC,
  expected: "An 'error' event before 'disconnect'. Known: dropped in silence.",
  procedure: 'A shell writes one whole message and all but the last byte of a second one, and ends.',
  quick: false,
  observe: async (trial) => {
    const serialization = serializationOf(trial.subject);
    const second = encode(serialization, { n: 2 });
    const child = shellChild(
      trial,
      [shellWrite(encode(serialization, { n: 1 })), shellWrite(second.subarray(0, -1))].join('; '),
      serialization,
    );
    const ended = untilEnded(trial, child);
    const heard = listen(child);
    await ended;
    await trial.until('the channel has ended', () => heard.disconnects > 0);
    return { messages: heard.messages, errors: heard.errors, disconnects: heard.disconnects };
  },
  judge: ({ messages, errors, disconnects }) => {
    const [first] = messages;
    if (JSON.stringify(first) !== '{"n":1}' || disconnects !== 1)
      return {
        verdict: 'broken',
        evidence:
          `The whole message or the end was not seen: ${JSON.stringify(messages)}, ${disconnects} ` +
          `'disconnect' events.`,
      };
    return judgeExpected(
      {
        "'error' events for the message that broke off": [errors.length, 1],
        'messages received': [messages.length, 1],
      },
      'deviation',
    );
  },
  proofs: [
    {
      name: 'reported',
      observation: { messages: [{ n: 1 }], errors: ['ERR_IPC_TRUNCATED'], disconnects: 1 },
      verdict: 'pass',
    },
    {
      name: 'dropped in silence',
      observation: { messages: [{ n: 1 }], errors: [], disconnects: 1 },
      verdict: 'deviation',
    },
    {
      name: 'delivered as if it were whole',
      observation: { messages: [{ n: 1 }, { n: 2 }], errors: ['ERR_IPC_TRUNCATED'], disconnects: 1 },
      verdict: 'deviation',
    },
    { name: 'nothing came', observation: { messages: [], errors: [], disconnects: 1 }, verdict: 'broken' },
    { name: 'no end', observation: { messages: [{ n: 1 }], errors: [], disconnects: 0 }, verdict: 'broken' },
  ],
});

interface Refusal {
  /** What the parent wrote back, decoded. */
  readonly answer: string;
  readonly messages: readonly unknown[];
  readonly internalMessages: readonly unknown[];
  readonly errors: readonly string[];
}

export const handleWithoutDescriptor = defineProcedure<Refusal>({
  id: 'node-ipc-protocol/handle-without-fd',
  promise:
    'A message that announces a handle and comes without a descriptor is answered with NODE_HANDLE_NACK, not ' +
    'delivered.',
  level: 'MUST',
  source: () => ({
    document: 'lib/internal/child_process.js of Node.js 20.20.2, setupChannel()',
    quote:
      'It is possible that the handle is not received because of some error on ancillary data reception such as ' +
      'MSG_CTRUNC. In this case, report the sender about it by sending a NODE_HANDLE_NACK message.',
  }),
  subjects: NODE_IPC,
  expected: "The answer {cmd: 'NODE_HANDLE_NACK'}; no 'message' for it; the channel goes on.",
  procedure:
    "A shell writes {cmd: 'NODE_HANDLE', type: 'net.Socket', msg: 'lost'} without a descriptor, reads the " +
    'answer, then writes a message as usual.',
  quick: false,
  observe: async (trial) => {
    const serialization = serializationOf(trial.subject);
    const announcement = encode(serialization, { cmd: 'NODE_HANDLE', type: 'net.Socket', msg: 'lost' });
    const expected = encode(serialization, { cmd: 'NODE_HANDLE_NACK' });
    const script =
      `${shellWrite(announcement)}; head -c ${expected.length} ` +
      `<&3; ${shellWrite(encode(serialization, { after: 1 }))}`;
    const child = shellChild(trial, script, serialization);
    const ended = untilEnded(trial, child);
    const heard = listen(child);
    const { stdout } = await ended;
    await trial.until('the channel has ended', () => heard.disconnects > 0);
    const answer = stdout.equals(expected) ? 'NODE_HANDLE_NACK' : stdout.toString('latin1');
    return { answer, messages: heard.messages, internalMessages: heard.internalMessages, errors: heard.errors };
  },
  judge: ({ answer, messages, internalMessages, errors }) =>
    judgeExpected(
      {
        answer: [answer, 'NODE_HANDLE_NACK'],
        'messages delivered': [messages.map((message) => JSON.stringify(message)), ['{"after":1}']],
        errors: [errors, []],
      },
      'fail',
      { 'announcements that the parent read': [internalMessages.length, 1] },
    ),
  proofs: [
    { name: 'refused', observation: refusal(), verdict: 'pass' },
    { name: 'acknowledged', observation: refusal({ answer: '{"cmd":"NODE_HANDLE_ACK"}\n' }), verdict: 'fail' },
    {
      name: 'delivered without its handle',
      observation: refusal({ messages: ['lost', { after: 1 }] }),
      verdict: 'fail',
    },
    { name: 'an error', observation: refusal({ errors: ['ERR_INTERNAL_ASSERTION'] }), verdict: 'fail' },
    { name: 'never read', observation: refusal({ internalMessages: [] }), verdict: 'broken' },
  ],
});

function refusal(change: Partial<Refusal> = {}): Refusal {
  return {
    answer: 'NODE_HANDLE_NACK',
    messages: [{ after: 1 }],
    internalMessages: [{ cmd: 'NODE_HANDLE', type: 'net.Socket', msg: 'lost' }],
    errors: [],
    ...change,
  };
}

interface Frames {
  readonly frames: readonly Frame[];
  /** Digest of what came back after the same bytes had been sent back by a program that knows nothing of them. */
  readonly echoed: boolean;
}

interface Frame {
  readonly message: string;
  /** The first six bytes, in hexadecimal. */
  readonly head: string;
  readonly bytes: number;
}

export const advancedFrame = defineProcedure<Frames>({
  id: 'node-ipc-protocol/advanced-frame',
  promise: "With 'advanced', a message on the channel is its length, a big-endian uint32, and V8's serialization.",
  level: 'INFO',
  source: () => ({
    document: 'lib/internal/child_process/serialization.js of Node.js 20.20.2',
    quote:
      'Messages are parsed in either of the following formats: - Newline-delimited JSON, or - V8-serialized ' +
      "buffers, prefixed with their length as a big endian uint32 (aka 'advanced')",
  }),
  subjects: ['node-ipc-advanced'],
  expected: '00 00 00 nn ff 0f …: the length without its own four bytes, then version 15 of the format.',
  procedure:
    'Send texts of 1, 300 and 70,000 characters to a shell that copies the channel to its stdout; then the same ' +
    'to one that sends every byte back.',
  quick: false,
  observe: async (trial) => {
    const messages = ['x', 'y'.repeat(300), 'z'.repeat(70_000)];
    const frames = await Promise.all(messages.map((message) => frameOf(trial, message)));
    const echo = echoChild(trial, 'advanced');
    const heard = listen(echo);
    for (const message of messages) echo.send(message);
    await trial.until('all three are back', () => heard.messages.length === messages.length);
    return { frames, echoed: heard.messages.every((message, index) => message === messages[index]) };
  },
  judge: ({ frames, echoed }) => {
    if (frames.length === 0 || frames.some(({ bytes }) => bytes < 6))
      return { verdict: 'broken', evidence: 'There was no whole frame to look at.' };
    const expectations = frames.flatMap(
      ({ message, head, bytes }) =>
        [
          [`length before ${message}`, [Number.parseInt(head.slice(0, 8), 16), bytes - 4]],
          [`format of ${message}`, [head.slice(8), 'ff0f']],
        ] as const,
    );
    return judgeExpected(
      { ...Object.fromEntries(expectations), 'the same bytes sent back are the same messages': [echoed, true] },
      'info',
    );
  },
  proofs: [
    {
      name: 'as in the source',
      observation: { frames: [{ message: '1 character', head: '00000005ff0f', bytes: 9 }], echoed: true },
      verdict: 'info',
    },
    { name: 'no frames', observation: { frames: [], echoed: true }, verdict: 'broken' },
    {
      name: 'one of two frames cut short',
      observation: {
        frames: [
          { message: '1 character', head: '00000005ff0f', bytes: 9 },
          { message: '2 characters', head: '00000006ff', bytes: 5 },
        ],
        echoed: true,
      },
      verdict: 'broken',
    },
    {
      name: 'the shortest frame',
      observation: { frames: [{ message: 'none', head: '00000002ff0f', bytes: 6 }], echoed: true },
      verdict: 'info',
    },
    {
      name: 'a frame cut short',
      observation: { frames: [{ message: '1 character', head: '00000005ff', bytes: 5 }], echoed: true },
      verdict: 'broken',
    },
  ],
});

async function frameOf(trial: Trial, message: string): Promise<Frame> {
  const serialization: Serialization = 'advanced';
  const child = shellChild(trial, 'exec cat <&3', serialization);
  const ended = untilEnded(trial, child);
  // Not before it is written: disconnect() drops what is still queued.
  child.send(message, () => child.disconnect());
  const { stdout } = await ended;
  return {
    message: `${message.length} character${message.length === 1 ? '' : 's'}`,
    head: stdout.subarray(0, 6).toString('hex'),
    bytes: stdout.length,
  };
}
