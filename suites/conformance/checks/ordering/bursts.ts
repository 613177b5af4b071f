import { setImmediate as nextTurn } from 'node:timers/promises';
import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { echoChild, listen, NODE_IPC, serializationOf } from '../../support/node-ipc-channel.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

// Many messages, and large ones. The other end is cat(1), which sends back every byte: so each message is written and
// read by Node, and nothing but the kernel stands between.

interface Sequence {
  readonly sent: number;
  readonly received: number;
  /** Place of the first message that is not the one sent at that place; null when there is none. */
  readonly firstWrong: number | null;
  /** How often send() returned false: then messages wait in memory. */
  readonly queued: number;
  readonly errors: readonly string[];
}

export const burstsInOrder = defineProcedure<Sequence>({
  id: 'ordering/bursts',
  guarantee: 'Messages arrive in the order in which they were sent, each once and intact, in bursts of any size.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, child_process, subprocess.send() — the nearest text: their order is not specified',
    quote: "When the child process is a Node.js instance, these messages can be received via the 'message' event.",
  }),
  subjects: NODE_IPC,
  expected: 'First in, first out.',
  procedure:
    'Send 4,000 numbered messages (thorough: 100,000) of 0 to 4 KiB and some of 64 KiB in bursts of 1 to 200 to ' +
    'a child that sends every byte back; compare each with the one sent at its place.',
  quick: false,
  deadlineMs: 60_000,
  observe: async (checkRun) => {
    const sent = checkRun.count({ quick: 1000, default: 4000, thorough: 100_000 });
    const child = echoChild(checkRun, serializationOf(checkRun.subject));
    const { errors } = listen(child);
    let received = 0;
    let firstWrong: number | null = null;
    child.on('message', (message) => {
      if (!isNumbered(message, received, checkRun.seed)) firstWrong ??= received;
      received += 1;
    });
    let queued = 0;
    for (let number = 0; number < sent;) {
      const end = Math.min(sent, number + 1 + (scramble(number, checkRun.seed) % 200));
      for (; number < end; number += 1) if (!child.send({ number, text: textOf(number, checkRun.seed) })) queued += 1;
      await nextTurn();
    }
    await checkRun.until('all are back', () => received >= sent || errors.length > 0, 50_000);
    return { sent, received, firstWrong, queued, errors };
  },
  judge: ({ sent, received, firstWrong, queued, errors }) => {
    if (sent < 100) return { verdict: 'broken', evidence: `Only ${sent} messages were sent.` };
    const judged = judgeExpected(
      {
        received: [received, sent],
        'place of the first that is not the one sent there': [firstWrong, null],
        errors: [errors, []],
      },
      'fail',
    );
    const { verdict, evidence } = withRateBound(judged, 'loss or disorder', received);
    return { verdict, evidence: `${evidence} send() returned false ${queued} times.` };
  },
  proofs: [
    {
      name: 'in order',
      observation: { sent: 1000, received: 1000, firstWrong: null, queued: 100, errors: [] },
      verdict: 'pass',
    },
    {
      name: 'exactly enough',
      observation: { sent: 100, received: 100, firstWrong: null, queued: 0, errors: [] },
      verdict: 'pass',
    },
    {
      name: 'out of order',
      observation: { sent: 1000, received: 1000, firstWrong: 7, queued: 0, errors: [] },
      verdict: 'fail',
    },
    {
      name: 'one twice',
      observation: { sent: 1000, received: 1001, firstWrong: null, queued: 0, errors: [] },
      verdict: 'fail',
    },
    {
      name: 'an error',
      observation: { sent: 1000, received: 1000, firstWrong: null, queued: 0, errors: ['EPIPE'] },
      verdict: 'fail',
    },
    {
      name: 'few',
      observation: { sent: 99, received: 99, firstWrong: null, queued: 0, errors: [] },
      verdict: 'broken',
    },
  ],
});

/** A number that looks like chance and is always the same one. */
const scramble = (number: number, seed: number): number => Math.imul((number + 1) ^ (seed * 0x85eb), 0x9e3779b1) >>> 5;

/** Most are short, one in 500 is longer than a read. */
function textOf(number: number, seed: number): string {
  const chance = scramble(number, seed + 1);
  const characters = chance % 500 === 0 ? 65_536 : chance % (1 << (chance % 13));
  return String.fromCharCode(97 + (number % 26)).repeat(characters);
}

function isNumbered(message: unknown, number: number, seed: number): boolean {
  const { number: got, text } = message as { readonly number?: unknown; readonly text?: unknown };
  return got === number && text === textOf(number, seed);
}
