import { defineProcedure, type Judgement } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { receiveFromChildren, sendToChild, type SentThenEnded } from '../../support/send-then-exit.js';
import { NODE_IPC } from '../../support/node-ipc-channel.js';

const DISCONNECT = 'Node.js 20, child_process, subprocess.disconnect()';

/** Both directions twice: a short message, which shows that the channel works, and a large one after it. */
export const flushOnDisconnect = defineProcedure<readonly SentThenEnded[]>({
  id: 'disconnect/flush',
  guarantee: 'What was sent before disconnect() arrives, whatever its size, in both directions.',
  level: 'SHOULD',
  source: () => ({
    document: DISCONNECT,
    quote:
      'Closes the IPC channel between parent and child, allowing the child to exit gracefully once there are no ' +
      'other connections keeping it alive.',
  }),
  subjects: NODE_IPC,
  expected:
    'Everything. Observed: what the kernel takes at once, as in exit/send-then-exit; the rest of a ' +
    'message is dropped with what has arrived of it, and nobody is told. The cure: disconnect in the callback ' +
    'of send().',
  procedure:
    'The child sends one short, or one large, message and disconnects while the parent is busy; the parent ' +
    'sends to a stopped child and disconnects, then lets it go on.',
  quick: true,
  observe: async (checkRun) => {
    const characters = checkRun.count({ quick: 1_000_000, default: 1_000_000, thorough: 10_000_000 });
    // Started first: it has to be listening before the children below keep this thread busy.
    const told = await sendToChild(checkRun, { messages: 1, characters }, 'at once');
    return [
      ...(await receiveFromChildren(
        checkRun,
        [
          { messages: 1, characters: 1000 },
          { messages: 1, characters },
        ],
        { when: 'at once', how: 'disconnect' },
        true,
      )),
      told,
    ];
  },
  judge: (words) => judgeDisconnected(words, 'deviation'),
  proofs: [
    {
      name: 'all of it',
      observation: disconnects(['child', 1000, 1], ['child', 1_000_000, 1], ['parent', 1_000_000, 1]),
      verdict: 'pass',
    },
    {
      name: "the child's is lost",
      observation: disconnects(['child', 1000, 1], ['child', 1_000_000, 0], ['parent', 1_000_000, 1]),
      verdict: 'deviation',
    },
    {
      name: "the parent's is lost",
      observation: disconnects(['child', 1000, 1], ['child', 1_000_000, 1], ['parent', 1_000_000, 0]),
      verdict: 'deviation',
    },
    {
      name: 'nothing came at all',
      observation: disconnects(['child', 1000, 0], ['child', 1_000_000, 0], ['parent', 1_000_000, 0]),
      verdict: 'broken',
    },
    {
      name: 'nothing large was sent',
      observation: disconnects(['child', 1000, 1], ['child', 1000, 1], ['parent', 1000, 1]),
      verdict: 'broken',
    },
    {
      name: 'a child failed',
      observation: disconnects(['child', 1000, 1], ['child', 1_000_000, 1], ['parent', 1_000_000, 1]).map((each) => ({
        ...each,
        status: 1,
      })),
      verdict: 'broken',
    },
    { name: 'one direction', observation: disconnects(['child', 1000, 1], ['child', 1_000_000, 1]), verdict: 'broken' },
  ],
});

export const callbackThenDisconnect = defineProcedure<readonly SentThenEnded[]>({
  id: 'disconnect/callback-then-disconnect',
  guarantee:
    'What was sent before a callback of send() was called arrives, though the callback disconnects, in both ' +
    'directions.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, child_process, subprocess.send()',
    quote:
      'The optional callback is a function that is invoked after the message is sent but before the child may ' +
      'have received it.',
  }),
  subjects: NODE_IPC,
  expected: 'Everything.',
  procedure: 'As disconnect/flush, with disconnect() in the callback of send() and receivers that read as it comes.',
  quick: false,
  observe: async (checkRun) => {
    const characters = checkRun.count({ quick: 1_000_000, default: 1_000_000, thorough: 10_000_000 });
    const [heard, told] = await Promise.all([
      receiveFromChildren(
        checkRun,
        [{ messages: 1, characters }],
        { when: 'in the callback', how: 'disconnect' },
        false,
      ),
      sendToChild(checkRun, { messages: 1, characters }, 'in the callback'),
    ]);
    return [...heard, told];
  },
  judge: (words) => judgeDisconnected(words, 'fail'),
  proofs: [
    { name: 'all of it', observation: disconnects(['child', 1_000_000, 1], ['parent', 1_000_000, 1]), verdict: 'pass' },
    {
      name: "the parent's is lost",
      observation: disconnects(['child', 1_000_000, 1], ['parent', 1_000_000, 0]),
      verdict: 'fail',
    },
    {
      name: "the child's is lost",
      observation: disconnects(['child', 1_000_000, 0], ['parent', 1_000_000, 1]),
      verdict: 'fail',
    },
    {
      name: 'nothing large was sent',
      observation: disconnects(['child', 1000, 1], ['parent', 1000, 1]),
      verdict: 'broken',
    },
    {
      name: 'a child failed',
      observation: disconnects(['child', 1_000_000, 1], ['parent', 1_000_000, 1]).map((each) => ({
        ...each,
        status: 1,
      })),
      verdict: 'broken',
    },
  ],
});

function judgeDisconnected(words: readonly SentThenEnded[], otherwise: 'fail' | 'deviation'): Judgement {
  return judgeExpected(
    Object.fromEntries(
      words.map((each) => [
        `${each.characters} characters from the ${each.from}, arrived`,
        [each.arrived, each.messages],
      ]),
    ),
    otherwise,
    {
      'Ends that sent a large message': [
        [...new Set(words.filter(({ characters }) => characters >= 1_000_000).map(({ from }) => from))].sort(),
        ['child', 'parent'],
      ],
      'Children that ended with 0': [words.filter(({ status }) => status === 0).length, words.length],
      'Something arrived': [words.some(({ arrived }) => arrived > 0), true],
    },
  );
}

type Sent = readonly [from: SentThenEnded['from'], characters: number, arrived: number];

function disconnects(...batches: readonly Sent[]): readonly SentThenEnded[] {
  return batches.map(([from, characters, arrived]) => ({
    from,
    messages: 1,
    characters,
    arrived,
    errors: [],
    status: 0,
  }));
}
