import { createHash } from 'node:crypto';
import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import {
  encode,
  listen,
  NODE_IPC,
  serializationOf,
  shellChild,
  shellWrite,
  untilEnded,
} from '../../support/node-ipc-channel.js';

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

interface Echo {
  readonly sent: readonly string[];
  readonly back: readonly string[];
  readonly errors: readonly string[];
  /** How the shell ended after the parent's disconnect(): 0 when it read the end of the channel. */
  readonly status: number | null;
}

export const jsonNativeEcho = defineProcedure<Echo>({
  id: 'protocol/json-native-echo',
  guarantee:
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
  observe: async (checkRun) => {
    const child = shellChild(checkRun, 'while IFS= read -r line <&3; do printf "%s\\n" "$line" >&3; done', 'json');
    const ended = untilEnded(checkRun, child);
    const heard = listen(child);
    const messages = [
      42,
      null,
      true,
      '',
      'two\nlines \\ "quoted"',
      'aé€😀',
      { nested: [{ a: [1] }] },
      'x'.repeat(checkRun.count({ quick: 500, default: 5000, thorough: 200_000 })),
    ];
    for (const message of messages) child.send(message as string);
    await checkRun.until(
      'everything has come back',
      () => heard.messages.length + heard.errors.length >= messages.length,
    );
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
  id: 'protocol/unterminated-tail',
  guarantee: 'A message that breaks off because the child is gone is reported.',
  level: 'SHOULD',
  source: () => NOT_SUPPORTED,
  subjects: NODE_IPC,
  expected: "An 'error' event before 'disconnect'. Known: dropped in silence.",
  procedure: 'A shell writes one whole message and all but the last byte of a second one, and ends.',
  quick: false,
  observe: async (checkRun) => {
    const serialization = serializationOf(checkRun.subject);
    const second = encode(serialization, { n: 2 });
    const child = shellChild(
      checkRun,
      [shellWrite(encode(serialization, { n: 1 })), shellWrite(second.subarray(0, -1))].join('; '),
      serialization,
    );
    const ended = untilEnded(checkRun, child);
    const heard = listen(child);
    await ended;
    await checkRun.until('the channel has ended', () => heard.disconnects > 0);
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
