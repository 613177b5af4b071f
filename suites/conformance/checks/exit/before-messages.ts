import { defineProcedure } from '../../../../harness/define.js';
import type { Ending } from '../../children/ending-sender.js';
import { judgeExpected } from '../../support/expectations.js';
import { blockUntilEnded, exitOf } from '../../support/process-state.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

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
 * exit/many-small-then-exit.
 */
export const exitBeforeMessages = defineProcedure<BeforeMessages>({
  id: 'exit/before-messages',
  guarantee:
    'Messages that the kernel had accepted when a child exits arrive, even if the parent receives ' +
    'them after the exit.',
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
  observe: async (checkRun) => {
    const ending: Ending = { messages: 100, characters: 1, when: 'at once', how: 'exit' };
    const child = checkRun.child(new URL('../../children/ending-sender.js', import.meta.url), {
      args: [JSON.stringify(ending)],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let arrived = 0;
    child.on('message', () => (arrived += 1));
    const atExit = exitOf(child).then(() => arrived);
    const disconnected = new Promise((resolve) => void child.once('disconnect', resolve));
    const endedBefore = blockUntilEnded(child.pid as number, 5000 * checkRun.slowdown);
    await disconnected;
    return { sent: ending.messages, arrivedBeforeExit: await atExit, arrived, endedBefore };
  },
  judge: ({ sent, arrived, arrivedBeforeExit, endedBefore }) => {
    const judged = judgeExpected({ 'messages that arrived': [arrived, sent] }, 'fail', {
      'At least 50 were sent': [sent >= 50, true],
      'The child had ended before': [endedBefore, true],
    });
    return withRateBound(
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
