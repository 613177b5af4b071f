import { defineProcedure, type Judgement, type Source } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { receiveFromChildren, kernelTakes, type SentThenEnded } from '../../support/send-then-exit.js';
import { NODE_IPC, serializationOf } from '../../support/node-ipc-channel.js';

const EXIT: Source = {
  document: 'Node.js 20, process, process.exit()',
  quote:
    'Calling process.exit() will force the process to exit as quickly as possible even if there are still ' +
    'asynchronous operations pending that have not yet completed fully, including I/O operations to ' +
    'process.stdout and process.stderr.',
};

/**
 * The most characters that go through, and one more, where the socket takes 219,264 bytes at once. JSON adds two quotes
 * and the end of the line; advanced the length of the frame, the version and the tag of V8's format, and the length of
 * the text in three bytes.
 */
const AT_THE_LIMIT = { json: [219_261, 219_262], advanced: [219_254, 219_255] };

/**
 * nodejs/node #36268, #6767. Not 64 KiB, as is often said: the channel is a socket, and its buffer is counted with the
 * kernel's own bookkeeping.
 */
export const sendThenExit = defineProcedure<readonly SentThenEnded[]>({
  id: 'exit/send-then-exit',
  guarantee: 'A message arrives whatever its size, though its sender calls process.exit() at once after send().',
  level: 'SHOULD',
  source: () => EXIT,
  subjects: NODE_IPC,
  expected:
    `Everything. Observed: ${kernelTakes}; a message that is cut there is lost whole, without an error at ` +
    'either end. The cure: exit in the callback of send().',
  procedure:
    'Children send one message of n characters, some just below and above what Node 20 gets rid of, and call ' +
    'process.exit(); the parent reads nothing until they have ended, and then all.',
  quick: true,
  deadlineMs: 30_000,
  observe: (checkRun) => {
    const limit = AT_THE_LIMIT[serializationOf(checkRun.subject)];
    const sizes = {
      quick: [1000, 1_000_000],
      default: [1000, ...limit, 1_000_000],
      thorough: [1000, 100_000, 146_000, 147_000, ...limit, 1_000_000, 10_000_000],
    }[checkRun.scale];
    return receiveFromChildren(
      checkRun,
      sizes.map((characters) => ({ messages: 1, characters })),
      { when: 'at once', how: 'exit' },
      true,
    );
  },
  judge: (words) => judgeSentThenEnded(words, 'deviation', 1_000_000, 1),
  proofs: [
    { name: 'all sizes', observation: exits([1, 1000, 1], [1, 1_000_000, 1]), verdict: 'pass' },
    { name: 'the large one is lost', observation: exits([1, 1000, 1], [1, 1_000_000, 0]), verdict: 'deviation' },
    { name: 'the small one alone', observation: exits([1, 1000, 1]), verdict: 'broken' },
    { name: 'nothing came at all', observation: exits([1, 1000, 0], [1, 1_000_000, 0]), verdict: 'broken' },
    {
      name: 'a child failed',
      observation: exits([1, 1000, 1], [1, 1_000_000, 1]).map((each) => ({ ...each, status: 1 })),
      verdict: 'broken',
    },
    { name: 'the large one alone', observation: exits([1, 1_000_000, 1]), verdict: 'broken' },
    { name: 'no child', observation: [], verdict: 'broken' },
  ],
});

/** The limit here is not bytes: every message costs the socket buffer several hundred of them. */
export const manySmallThenExit = defineProcedure<readonly SentThenEnded[]>({
  id: 'exit/many-small-then-exit',
  guarantee: 'Many short messages arrive, though their sender calls process.exit() at once after the last send().',
  level: 'SHOULD',
  source: () => EXIT,
  subjects: NODE_IPC,
  expected: `Everything. Observed: ${kernelTakes}.`,
  procedure:
    'Children send k messages of 1 character and call process.exit(); the parent reads nothing until they have ' +
    'ended, and then all.',
  quick: true,
  observe: (checkRun) => {
    const counts = checkRun.scale === 'thorough' ? [100, 171, 172, 278, 279, 1000, 100_000] : [100, 1000];
    return receiveFromChildren(
      checkRun,
      counts.map((messages) => ({ messages, characters: 1 })),
      { when: 'at once', how: 'exit' },
      true,
    );
  },
  judge: (words) => judgeSentThenEnded(words, 'deviation', 1, 1000),
  proofs: [
    { name: 'all of them', observation: exits([100, 1, 100], [1000, 1, 1000]), verdict: 'pass' },
    { name: 'the first 278', observation: exits([100, 1, 100], [1000, 1, 278]), verdict: 'deviation' },
    { name: 'one too many', observation: exits([100, 1, 100], [1000, 1, 1001]), verdict: 'deviation' },
    { name: 'few were sent', observation: exits([100, 1, 100], [999, 1, 999]), verdict: 'broken' },
    { name: 'nothing came at all', observation: exits([100, 1, 0], [1000, 1, 0]), verdict: 'broken' },
    {
      name: 'a child failed',
      observation: exits([100, 1, 100], [1000, 1, 1000]).map((each) => ({ ...each, status: 1 })),
      verdict: 'broken',
    },
  ],
});

export const callbackThenExit = defineProcedure<readonly SentThenEnded[]>({
  id: 'exit/callback-then-exit',
  guarantee: 'What was sent before a callback of send() was called arrives, though the callback calls process.exit().',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, child_process, subprocess.send()',
    quote:
      'The optional callback is a function that is invoked after the message is sent but before the child may ' +
      'have received it.',
  }),
  subjects: NODE_IPC,
  expected: 'Everything: by then it is in the hands of the kernel.',
  procedure:
    'Children send one large message, or 1000 short ones, and call process.exit() in the callback of the last; ' +
    'the parent reads as it comes.',
  quick: true,
  deadlineMs: 30_000,
  observe: (checkRun) => {
    const characters = checkRun.count({ quick: 1_000_000, default: 1_000_000, thorough: 10_000_000 });
    return receiveFromChildren(
      checkRun,
      [
        { messages: 1, characters },
        { messages: 1000, characters: 1 },
      ],
      { when: 'in the callback', how: 'exit' },
      false,
    );
  },
  judge: (words) => judgeSentThenEnded(words, 'fail', 1_000_000, 1),
  proofs: [
    { name: 'all of it', observation: exits([1, 1_000_000, 1], [1000, 1, 1000]), verdict: 'pass' },
    { name: 'the large one is lost', observation: exits([1, 1_000_000, 0], [1000, 1, 1000]), verdict: 'fail' },
    { name: 'some short ones are lost', observation: exits([1, 1_000_000, 1], [1000, 1, 278]), verdict: 'fail' },
    { name: 'no large one was sent', observation: exits([1, 1000, 1], [1000, 1, 1000]), verdict: 'broken' },
    {
      name: 'a child failed',
      observation: exits([1, 1_000_000, 1], [1000, 1, 1000]).map((each) => ({ ...each, status: 1 })),
      verdict: 'broken',
    },
  ],
});

/** `characters` and `messages`: what at least one batch must have been like for the rest to prove anything. */
function judgeSentThenEnded(
  words: readonly SentThenEnded[],
  otherwise: 'fail' | 'deviation',
  characters: number,
  messages: number,
): Judgement {
  return judgeExpected(
    Object.fromEntries(
      words.map((each) => [
        `arrived of ${each.messages} of ${each.characters} characters`,
        [each.arrived, each.messages],
      ]),
    ),
    otherwise,
    {
      'Children that ended with 0': [words.filter(({ status }) => status === 0).length, words.length],
      'At least two batches': [words.length >= 2, true],
      [`A batch of ${messages} of ${characters} characters`]: [
        words.some((each) => each.characters >= characters && each.messages >= messages),
        true,
      ],
      'Something arrived': [words.some(({ arrived }) => arrived > 0), true],
    },
  );
}

function exits(
  ...batches: readonly (readonly [messages: number, characters: number, arrived: number])[]
): readonly SentThenEnded[] {
  return batches.map(([messages, characters, arrived]) => ({
    from: 'child',
    messages,
    characters,
    arrived,
    errors: [],
    status: 0,
  }));
}
