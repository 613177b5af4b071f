import { constants } from 'node:buffer';
import { freemem } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { defineProcedure } from '../../harness/define.js';
import { judgeExpected } from './procedures/expectations.js';
import { echoChild, listen, nameOf, NODE_IPC, serializationOf } from './procedures/node-ipc-channel.js';
import { withPower } from './procedures/with-power.js';

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
  id: 'node-ipc-ordering/bursts',
  promise: 'Messages arrive in the order in which they were sent, each once and intact, in bursts of any size.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, child_process, subprocess.send() — the nearest text: nothing is said of their order',
    quote: "When the child process is a Node.js instance, these messages can be received via the 'message' event.",
  }),
  subjects: NODE_IPC,
  expected: 'First in, first out.',
  procedure:
    'Send 4,000 numbered messages (thorough: 100,000) of 0 to 4 KiB and some of 64 KiB in bursts of 1 to 200 to ' +
    'a child that sends every byte back; compare each with the one sent at its place.',
  quick: false,
  deadlineMs: 60_000,
  observe: async (trial) => {
    const sent = trial.count({ quick: 1000, default: 4000, thorough: 100_000 });
    const child = echoChild(trial, serializationOf(trial.subject));
    const { errors } = listen(child);
    let received = 0;
    let firstWrong: number | null = null;
    child.on('message', (message) => {
      if (!isNumbered(message, received, trial.seed)) firstWrong ??= received;
      received += 1;
    });
    let queued = 0;
    for (let number = 0; number < sent;) {
      const end = Math.min(sent, number + 1 + (scramble(number, trial.seed) % 200));
      for (; number < end; number += 1) if (!child.send({ number, text: textOf(number, trial.seed) })) queued += 1;
      await nextTurn();
    }
    await trial.until('all are back', () => received >= sent || errors.length > 0, 50_000);
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
    const { verdict, evidence } = withPower(judged, 'loss or disorder', received);
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

interface Large {
  readonly characters: number;
  /** 'intact', 'damaged', or what send() threw. */
  readonly outcome: string;
  readonly ms: number;
}

export const largeMessages = defineProcedure<readonly Large[]>({
  id: 'node-ipc-limit/large',
  promise: 'A text of any length arrives intact, or send() throws and the channel goes on.',
  level: 'MUST',
  source: () => ({
    document: "Node.js 20, child_process, Event: 'message' — the nearest text: no limit is named",
    quote: "The 'message' event is triggered when a child process uses process.send() to send messages.",
  }),
  subjects: NODE_IPC,
  expected:
    "Intact. At the longest text that V8 can hold (2^29 - 24 characters) 'json' throws RangeError: its " +
    'quotation marks do not fit any more.',
  procedure:
    'Send texts of 1 KiB, 64 KiB, 1 MiB and 8 MiB (thorough: also 64 MiB, 256 MiB and the longest that V8 can ' +
    'hold) one after the other to a child that sends every byte back; compare.',
  quick: false,
  deadlineMs: 120_000,
  observe: async (trial) => {
    const longest = trial.count({ quick: 1 << 20, default: 1 << 23, thorough: constants.MAX_STRING_LENGTH });
    const sizes = [1 << 10, 1 << 16, 1 << 20, 1 << 23, 1 << 26, 1 << 28, constants.MAX_STRING_LENGTH].filter(
      (size) => size <= longest,
    );
    const child = echoChild(trial, serializationOf(trial.subject));
    const heard = listen(child);
    const seen: Large[] = [];
    // Sent, queued, received and put together again: several copies live at once.
    for (const characters of sizes.filter((size) => size * COPIES < freemem())) {
      const text = 'x'.repeat(characters - 1) + 'y';
      const startedMs = performance.now();
      let outcome: string;
      try {
        child.send(text);
        await trial.until(
          `${characters} characters are back`,
          () => heard.messages.length + heard.errors.length > 0,
          60_000,
        );
        outcome = heard.errors[0] ?? (heard.messages[0] === text ? 'intact' : 'damaged');
      } catch (error) {
        outcome = `threw ${nameOf(error)}`;
      }
      heard.messages.length = 0;
      seen.push({ characters, outcome, ms: Math.round(performance.now() - startedMs) });
    }
    child.send('still here');
    await trial.until('the channel goes on', () => heard.messages.length + heard.errors.length > 0);
    seen.push({
      characters: 10,
      outcome: heard.messages[0] === 'still here' ? 'intact' : (heard.errors[0] ?? 'damaged'),
      ms: 0,
    });
    return seen;
  },
  judge: (seen) => {
    if (seen.length < 4) return { verdict: 'broken', evidence: `Only ${seen.length} texts were sent.` };
    const words = seen
      .map(({ characters, outcome, ms }) => `${characters} characters ${outcome} (${ms} ms)`)
      .join('; ');
    // What is refused has to be refused where it is sent, and only where nothing longer could arrive.
    const fine = seen.every(
      ({ characters, outcome }) =>
        outcome === 'intact' || (outcome === 'threw RangeError' && characters > LONGEST_IN_DOUBT),
    );
    return { verdict: fine ? 'pass' : 'fail', evidence: `${words}.` };
  },
  proofs: [
    { name: 'intact', observation: large(), verdict: 'pass' },
    {
      name: 'the longest is refused',
      observation: [...large(), { characters: 536_870_888, outcome: 'threw RangeError', ms: 1 }],
      verdict: 'pass',
    },
    {
      name: 'one is damaged',
      observation: [...large(), { characters: 1 << 20, outcome: 'damaged', ms: 1 }],
      verdict: 'fail',
    },
    {
      name: 'a short one is refused',
      observation: [...large(), { characters: 1 << 20, outcome: 'threw RangeError', ms: 1 }],
      verdict: 'fail',
    },
    {
      name: 'a long one that has room is refused',
      observation: [...large(), { characters: 1 << 28, outcome: 'threw RangeError', ms: 1 }],
      verdict: 'fail',
    },
    {
      name: 'refused in another way',
      observation: [...large(), { characters: 536_870_888, outcome: 'threw ERR_BUFFER_OUT_OF_BOUNDS', ms: 1 }],
      verdict: 'fail',
    },
    {
      name: 'the channel is dead after it',
      observation: [...large(), { characters: 10, outcome: 'EPIPE', ms: 0 }],
      verdict: 'fail',
    },
    { name: 'few', observation: large().slice(1), verdict: 'broken' },
  ],
});

const COPIES = 8;
const LONGEST_IN_DOUBT = 1 << 28;

function large(): readonly Large[] {
  return [1 << 10, 1 << 16, 1 << 20, 10].map((characters) => ({ characters, outcome: 'intact', ms: 1 }));
}
