import { setImmediate as nextTurn } from 'node:timers/promises';
import { defineProcedure } from '../../../../harness/define.js';
import { listenForEnds, startPeer } from '../../support/disturbed-channel.js';
import { judgeExpected } from '../../support/expectations.js';
import { nameOf, NODE_IPC } from '../../support/node-ipc-channel.js';
import { numberedMessage } from '../../support/numbered-messages.js';
import { stop } from '../../support/process-state.js';

interface Unsent {
  readonly killed: boolean;
  /** Messages that were not, or not wholly, written when the child was killed. */
  readonly unsent: number;
  /** What their callbacks were told: success, an error, or nothing as they were never called. */
  readonly toldOfSuccess: number;
  readonly toldOfErrors: number;
  readonly neverCalled: number;
  readonly errors: readonly string[];
}

/**
 * Node hears of the failed write, and does not look: the `oncomplete` of a write to the channel calls back with null
 * whatever its status (lib/internal/child_process.js, since nodejs/node#2620). So a callback without an error proves
 * nothing about a peer that is gone.
 */
export const callbackOfKilledReader = defineProcedure<Unsent>({
  id: 'disturbance/callback-of-killed-reader',
  guarantee: 'The callback of a message that was not sent because the child had been killed gets an error.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, child_process, subprocess.send()',
    quote: 'The function is called with a single argument: null on success, or an Error object on failure.',
  }),
  subjects: NODE_IPC,
  expected: 'An error for each. Node 20: all are called with null, as if they had been sent.',
  procedure:
    'Stop a Node child; send it much more than the channel takes, each message with a callback; when no more ' +
    'can be written kill it. Count what the callbacks of the rest are told.',
  quick: true,
  observe: async (checkRun) => {
    const child = startPeer(checkRun, 'reader', MESSAGES + 1);
    const ends = listenForEnds(child);
    await checkRun.event(child, 'message');
    await stop(checkRun, child.pid as number);
    const told: (Error | null)[] = [];
    for (let number = 0; number < MESSAGES; number += 1)
      child.send(numberedMessage(number), (error) => void told.push(error));
    // What the kernel took at once has its callback in this turn or the next, and the child makes no more room.
    await nextTurn();
    await nextTurn();
    const written = told.length;
    child.kill('SIGKILL');
    await checkRun.until('the child has ended', () => ends.signal !== undefined && ends.disconnected);
    await nextTurn();
    await nextTurn();
    const later = told.slice(written);
    const failed = later.filter((error) => error !== null);
    return {
      killed: ends.signal === 9,
      unsent: MESSAGES - written,
      toldOfSuccess: later.length - failed.length,
      toldOfErrors: failed.length,
      neverCalled: MESSAGES - told.length,
      errors: [...new Set(failed.map(nameOf))],
    };
  },
  judge: ({ killed, unsent, toldOfSuccess, toldOfErrors, neverCalled, errors }) =>
    judgeExpected(
      {
        [`Callbacks of unsent messages that got an error${errors.map((name) => ` ${name}`).join('')}`]: [
          toldOfErrors,
          unsent,
        ],
        'of success': [toldOfSuccess, 0],
        'never called': [neverCalled, 0],
      },
      'fail',
      { 'The child was killed': [killed, true], 'Something was unsent': [unsent > 0, true] },
    ),
  proofs: [
    { name: 'told of errors', observation: toldOf({}), verdict: 'pass' },
    {
      name: 'told of success',
      observation: toldOf({ toldOfSuccess: 446, toldOfErrors: 0, errors: [] }),
      verdict: 'fail',
    },
    { name: 'one told of success', observation: toldOf({ toldOfSuccess: 1 }), verdict: 'fail' },
    { name: 'not told', observation: toldOf({ neverCalled: 446 }), verdict: 'fail' },
    { name: 'some told of nothing', observation: toldOf({ toldOfErrors: 445 }), verdict: 'fail' },
    { name: 'all was sent', observation: toldOf({ unsent: 0, toldOfErrors: 0, errors: [] }), verdict: 'broken' },
    { name: 'the child lives', observation: toldOf({ killed: false }), verdict: 'broken' },
  ],
});

/** Two MB: nine times what the channel takes. */
const MESSAGES = 500;

// A function: the proofs above are made while this module is being read.
function toldOf(changed: Partial<Unsent>): Unsent {
  return {
    killed: true,
    unsent: 446,
    toldOfSuccess: 0,
    toldOfErrors: 446,
    neverCalled: 0,
    errors: ['EPIPE'],
    ...changed,
  };
}
