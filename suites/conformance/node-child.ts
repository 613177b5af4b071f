import { defineProcedure } from '../../harness/define.js';
import type { Lonely } from './children/lonely-parent.js';
import type { Ending } from './children/ending-sender.js';
import { judgeExpected } from './procedures/expectations.js';
import { blockUntilEnded, exitOf, outputOf } from './procedures/process-state.js';
import { withPower } from './procedures/with-power.js';

interface Ends {
  readonly version: string;
  readonly children: readonly Lonely[];
}

const WHO = ['nobody', 'child', 'parent'] as const;

/** nodejs/node #19433, #65646: `await once(child, 'close')` waits for ever. */
export const closeAfterDisconnect = defineProcedure<Ends>({
  id: 'node-child/close-after-parent-disconnect',
  promise:
    "'close' comes after a child has ended and its stdio is closed, also when the parent has called disconnect().",
  level: 'SHOULD',
  source: () => ({
    document: "Node.js 20, child_process, Event: 'close'",
    quote:
      "The 'close' event is emitted after a process has ended and the stdio streams of a child process have " +
      'been closed.',
  }),
  subjects: ['node-child'],
  expected:
    "'close' in all three cases. Node 20: never when the parent disconnected; the end of its channel is waited " +
    'for, and is not noticed.',
  procedure:
    'A parent in a process of its own starts shells with a channel, which exit: with the channel open, after ' +
    "closing it, and after the parent's disconnect(). When the parent's event loop is empty, it says which " +
    'events came.',
  quick: true,
  observe: async (trial) => {
    const parent = trial.child(new URL('./children/lonely-parent.js', import.meta.url), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return { version: process.version, children: JSON.parse(await outputOf(parent)) as readonly Lonely[] };
  },
  judge: ({ version, children }) => {
    const ended = children.filter(({ events }) => events.includes('exit') && events.includes('end of stdout')).length;
    if (ended < WHO.length)
      return { verdict: 'broken', evidence: `Only ${ended} of ${WHO.length} children ended and closed their stdout.` };
    // Sorted: 'exit' and the ends of stdout and channel come in any order.
    const words = children
      .map(({ disconnects, events }) => {
        const by = disconnects === 'nobody' ? 'no disconnect' : `disconnect by the ${disconnects}`;
        return `${by}: ${[...events].sort().join(', ')}`;
      })
      .join('; ');
    return {
      verdict: children.every(({ events }) => events.includes('close')) ? 'pass' : 'deviation',
      evidence: `Node ${version}, all events that ever came: ${words}.`,
    };
  },
  proofs: [
    { name: 'always', observation: lastChild({}), verdict: 'pass' },
    {
      name: "not after the parent's disconnect",
      observation: lastChild({ events: ['disconnect', 'exit', 'end of stdout'] }),
      verdict: 'deviation',
    },
    {
      name: 'a child that did not end',
      observation: lastChild({ events: ['disconnect', 'end of stdout'] }),
      verdict: 'broken',
    },
    {
      name: 'a stdout that was not closed',
      observation: lastChild({ events: ['disconnect', 'exit'] }),
      verdict: 'broken',
    },
    {
      name: 'two cases',
      observation: { ...lastChild({}), children: lastChild({}).children.slice(1) },
      verdict: 'broken',
    },
  ],
});

function lastChild(last: Partial<Lonely>): Ends {
  return {
    version: 'v20.20.2',
    children: WHO.map((disconnects) => ({
      disconnects,
      events: ['disconnect', 'exit', 'end of stdout', 'close'],
      ...(disconnects === 'parent' ? last : {}),
    })),
  };
}

interface BeforeMessages {
  readonly sent: number;
  readonly arrived: number;
  /** Had arrived when 'exit' was emitted. */
  readonly arrivedBeforeExit: number;
  /** The child had ended before the parent looked at anything. */
  readonly endedBefore: boolean;
}

/**
 * Bun lost 5 of 10: oven-sh/bun #37849. The number is below what the kernel takes at once; more than that:
 * node-ipc-exit/many-small-then-exit.
 */
export const exitBeforeMessages = defineProcedure<BeforeMessages>({
  id: 'node-child/exit-before-messages',
  promise:
    'Messages that are in the hands of the kernel when a child exits arrive, though the parent hears of them ' +
    'after the exit.',
  level: 'MUST',
  source: () => ({
    document: "Node.js 20, child_process, Event: 'message'",
    quote: "The 'message' event is triggered when a child process uses process.send() to send messages.",
  }),
  subjects: ['node-child'],
  expected: 'All of them.',
  procedure:
    'A child sends 100 messages and calls process.exit() while its parent is busy; then the parent counts, ' +
    "until 'exit' and 'disconnect' have come.",
  quick: false,
  observe: async (trial) => {
    const ending: Ending = { messages: 100, characters: 1, when: 'at once', how: 'exit' };
    const child = trial.child(new URL('./children/ending-sender.js', import.meta.url), {
      args: [JSON.stringify(ending)],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let arrived = 0;
    child.on('message', () => (arrived += 1));
    const atExit = exitOf(child).then(() => arrived);
    const disconnected = new Promise((resolve) => void child.once('disconnect', resolve));
    const endedBefore = blockUntilEnded(child.pid as number, 5000 * trial.patience);
    await disconnected;
    return { sent: ending.messages, arrivedBeforeExit: await atExit, arrived, endedBefore };
  },
  judge: ({ sent, arrived, arrivedBeforeExit, endedBefore }) => {
    const judged = judgeExpected({ 'messages that arrived': [arrived, sent] }, 'fail', {
      'At least 50 were sent': [sent >= 50, true],
      'The child had ended before': [endedBefore, true],
    });
    return withPower(
      { ...judged, evidence: `${judged.evidence.slice(0, -1)}; of them before 'exit': ${arrivedBeforeExit}.` },
      'loss',
      arrived,
    );
  },
  proofs: [
    {
      name: 'all',
      observation: { sent: 100, arrived: 100, arrivedBeforeExit: 100, endedBefore: true },
      verdict: 'pass',
    },
    { name: 'half', observation: { sent: 100, arrived: 50, arrivedBeforeExit: 0, endedBefore: true }, verdict: 'fail' },
    {
      name: 'just enough',
      observation: { sent: 50, arrived: 50, arrivedBeforeExit: 0, endedBefore: true },
      verdict: 'pass',
    },
    {
      name: 'few',
      observation: { sent: 49, arrived: 49, arrivedBeforeExit: 49, endedBefore: true },
      verdict: 'broken',
    },
    {
      name: 'it still lived',
      observation: { sent: 100, arrived: 100, arrivedBeforeExit: 100, endedBefore: false },
      verdict: 'broken',
    },
  ],
});
