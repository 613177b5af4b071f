import { constants } from 'node:buffer';
import { freemem } from 'node:os';
import { defineProcedure } from '../../../../harness/define.js';
import { echoChild, listen, nameOf, NODE_IPC, serializationOf } from '../../support/node-ipc-channel.js';

interface Large {
  readonly characters: number;
  /** 'intact', 'damaged', or what send() threw. */
  readonly outcome: string;
  readonly ms: number;
}

export const largeMessages = defineProcedure<readonly Large[]>({
  id: 'limits/large-text',
  guarantee: 'A text of any length arrives intact, or send() throws and the channel continues to work.',
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
  observe: async (checkRun) => {
    const longest = checkRun.count({ quick: 1 << 20, default: 1 << 23, thorough: constants.MAX_STRING_LENGTH });
    const sizes = [1 << 10, 1 << 16, 1 << 20, 1 << 23, 1 << 26, 1 << 28, constants.MAX_STRING_LENGTH].filter(
      (size) => size <= longest,
    );
    const child = echoChild(checkRun, serializationOf(checkRun.subject));
    const heard = listen(child);
    const seen: Large[] = [];
    // Sent, queued, received and put together again: several copies live at once.
    for (const characters of sizes.filter((size) => size * COPIES < freemem())) {
      const text = 'x'.repeat(characters - 1) + 'y';
      const startedMs = performance.now();
      let outcome: string;
      try {
        child.send(text);
        await checkRun.until(
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
    await checkRun.until('the channel goes on', () => heard.messages.length + heard.errors.length > 0);
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
