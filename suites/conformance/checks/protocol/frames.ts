import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
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
} from '../../support/node-ipc-channel.js';

interface Refusal {
  /** What the parent wrote back, decoded. */
  readonly answer: string;
  readonly messages: readonly unknown[];
  readonly internalMessages: readonly unknown[];
  readonly errors: readonly string[];
}

export const handleWithoutDescriptor = defineProcedure<Refusal>({
  id: 'protocol/handle-without-fd',
  guarantee:
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
  observe: async (checkRun) => {
    const serialization = serializationOf(checkRun.subject);
    const announcement = encode(serialization, { cmd: 'NODE_HANDLE', type: 'net.Socket', msg: 'lost' });
    const expected = encode(serialization, { cmd: 'NODE_HANDLE_NACK' });
    const script =
      `${shellWrite(announcement)}; head -c ${expected.length} ` +
      `<&3; ${shellWrite(encode(serialization, { after: 1 }))}`;
    const child = shellChild(checkRun, script, serialization);
    const ended = untilEnded(checkRun, child);
    const heard = listen(child);
    const { stdout } = await ended;
    await checkRun.until('the channel has ended', () => heard.disconnects > 0);
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
  id: 'protocol/advanced-frame',
  guarantee: "With 'advanced', a message on the channel is its length, a big-endian uint32, and V8's serialization.",
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
  observe: async (checkRun) => {
    const messages = ['x', 'y'.repeat(300), 'z'.repeat(70_000)];
    const frames = await Promise.all(messages.map((message) => frameOf(checkRun, message)));
    const echo = echoChild(checkRun, 'advanced');
    const heard = listen(echo);
    for (const message of messages) echo.send(message);
    await checkRun.until('all three are back', () => heard.messages.length === messages.length);
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

async function frameOf(checkRun: CheckRun, message: string): Promise<Frame> {
  const serialization: Serialization = 'advanced';
  const child = shellChild(checkRun, 'exec cat <&3', serialization);
  const ended = untilEnded(checkRun, child);
  // Not before it is written: disconnect() drops what is still queued.
  child.send(message, () => child.disconnect());
  const { stdout } = await ended;
  return {
    message: `${message.length} character${message.length === 1 ? '' : 's'}`,
    head: stdout.subarray(0, 6).toString('hex'),
    bytes: stdout.length,
  };
}
