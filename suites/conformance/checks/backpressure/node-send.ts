import { setImmediate as nextTurn } from 'node:timers/promises';
import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { echoChild, listen, NODE_IPC, serializationOf, stopped } from '../../support/node-ipc-channel.js';
import { sendWithRoom } from '../../support/send-with-room.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

const SEND = 'Node.js 20, child_process, subprocess.send()';

const CHARACTERS = 1000;

/** Further turns of the event loop, after which what could happen without the peer has happened. */
const TURNS = 20;

interface Backlog {
  /** Number of the message for which send() returned false first; null when it never did. */
  readonly firstFalse: number | null;
  readonly sent: number;
  /** How often send() returned true after that. */
  readonly trueAfterwards: number;
  readonly connected: boolean;
  readonly received: number;
  readonly inOrder: boolean;
  /** Messages whose callback had not come when the child was let go on: they were kept in memory. */
  readonly waiting: number;
  readonly errors: readonly string[];
}

export const sendReturnsFalse = defineProcedure<Backlog>({
  id: 'backpressure/send-returns-false',
  guarantee: 'send() returns false once too much waits to be written; what it returned false for is sent all the same.',
  level: 'MUST',
  source: () => ({
    document: SEND,
    quote:
      'subprocess.send() will return false if the channel has closed or when the backlog of unsent messages ' +
      'exceeds a threshold that makes it unwise to send more. Otherwise, the method returns true.',
  }),
  subjects: NODE_IPC,
  expected:
    'false after what the socket takes and 128 KiB more; still connected; all arrive, in order, when the child ' +
    'reads again. It is advice alone: memory has no bound.',
  procedure:
    'SIGSTOP the child, send texts of 1,000 characters until false and then as many again and 500 (thorough: ' +
    '100,000) more; SIGCONT; count what the child sends back.',
  quick: true,
  deadlineMs: 60_000,
  observe: async (checkRun) => {
    const child = echoChild(checkRun, serializationOf(checkRun.subject));
    const heard = listen(child);
    await stopped(checkRun, child);
    let written = 0;
    let sent = 0;
    let firstFalse: number | null = null;
    let trueAfterwards = 0;
    const send = (): boolean => child.send(numbered(sent++), () => (written += 1));
    for (let tries = 0; firstFalse === null && tries < 100_000; tries += 1) if (!send()) firstFalse = sent;
    for (let more = sent + checkRun.count({ quick: 500, default: 500, thorough: 100_000 }); more > 0; more -= 1)
      if (send()) trueAfterwards += 1;
    // The advice has to hold in later turns of the event loop too.
    for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
    if (send()) trueAfterwards += 1;
    const { connected } = child;
    await nextTurn();
    const waiting = sent - written;
    child.kill('SIGCONT');
    await checkRun.until('all are back', () => heard.messages.length >= sent || heard.errors.length > 0, 50_000);
    return {
      firstFalse,
      sent,
      trueAfterwards,
      connected,
      received: heard.messages.length,
      inOrder: areNumbered(heard.messages),
      waiting,
      errors: heard.errors,
    };
  },
  judge: ({ firstFalse, sent, trueAfterwards, connected, received, inOrder, waiting, errors }) => {
    if (sent < 100) return { verdict: 'broken', evidence: `Only ${sent} messages were sent.` };
    const judged = judgeExpected(
      {
        'it returned false': [firstFalse !== null, true],
        'true after that': [trueAfterwards, 0],
        connected: [connected, true],
        'arrived later': [received, sent],
        'in order': [inOrder, true],
        errors: [errors, []],
      },
      'fail',
    );
    const { verdict, evidence } = withRateBound(judged, 'loss or disorder', received);
    return {
      verdict,
      evidence:
        `${evidence} First false at message ${firstFalse ?? 'none'} of ${CHARACTERS} characters; ${waiting} ` +
        `of ${sent} were kept in memory.`,
    };
  },
  proofs: [
    { name: 'advice that is kept', observation: backlog(), verdict: 'pass' },
    { name: 'never false', observation: backlog({ firstFalse: null }), verdict: 'fail' },
    { name: 'true again with nobody reading', observation: backlog({ trueAfterwards: 1 }), verdict: 'fail' },
    { name: 'disconnected', observation: backlog({ connected: false }), verdict: 'fail' },
    { name: 'what was refused is lost', observation: backlog({ received: 222 }), verdict: 'fail' },
    { name: 'out of order', observation: backlog({ inOrder: false }), verdict: 'fail' },
    { name: 'an error', observation: backlog({ errors: ['EPIPE'] }), verdict: 'fail' },
    { name: 'just enough', observation: backlog({ sent: 100, received: 100 }), verdict: 'pass' },
    { name: 'few', observation: backlog({ sent: 99, received: 99 }), verdict: 'broken' },
  ],
});

function backlog(change: Partial<Backlog> = {}): Backlog {
  return {
    firstFalse: 223,
    sent: 947,
    trueAfterwards: 0,
    connected: true,
    received: 947,
    inOrder: true,
    waiting: 852,
    errors: [],
    ...change,
  };
}

const numbered = (number: number): string => String(number).padEnd(CHARACTERS, '.');

const areNumbered = (messages: readonly unknown[]): boolean =>
  messages.every((message, index) => message === numbered(index));

interface Bounded {
  readonly wanted: number;
  /** Messages given to send() while nobody read; and some turns of the event loop later. */
  readonly sentWhileStopped: number;
  readonly sentLater: number;
  readonly waits: number;
  readonly received: number;
  readonly inOrder: boolean;
  readonly errors: readonly string[];
}

/** nodejs/node#7657 asked for this in the documentation. */
export const boundedHelper = defineProcedure<Bounded>({
  id: 'backpressure/bounded-helper',
  guarantee:
    'A sender that waits for the callback whenever send() returns false keeps a bounded amount in memory, and ' +
    'loses and reorders nothing.',
  level: 'SHOULD',
  source: () => ({ document: SEND, quote: 'The callback function can be used to implement flow control.' }),
  subjects: NODE_IPC,
  expected: 'It stops after the first false until the child reads; then all arrive, in order.',
  procedure:
    'SIGSTOP the child, send 2,000 texts of 1,000 characters (thorough: 50,000) through ' +
    'support/send-with-room.ts; look how many were sent, and again 20 turns later; SIGCONT; count what the ' +
    'child sends back.',
  quick: false,
  deadlineMs: 60_000,
  observe: async (checkRun) => {
    const wanted = checkRun.count({ quick: 1000, default: 2000, thorough: 50_000 });
    const child = echoChild(checkRun, serializationOf(checkRun.subject));
    const heard = listen(child);
    await stopped(checkRun, child);
    let sent = 0;
    let waits = 0;
    const sending = (async () => {
      while (sent < wanted) {
        const room = sendWithRoom(child, numbered(sent++));
        if (room === undefined) continue;
        waits += 1;
        await room;
      }
    })();
    await checkRun.until('it waits or is through', () => waits > 0 || sent >= wanted);
    const sentWhileStopped = sent;
    for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
    const sentLater = sent;
    child.kill('SIGCONT');
    await sending;
    await checkRun.until('all are back', () => heard.messages.length >= wanted || heard.errors.length > 0, 50_000);
    return {
      wanted,
      sentWhileStopped,
      sentLater,
      waits,
      received: heard.messages.length,
      inOrder: areNumbered(heard.messages),
      errors: heard.errors,
    };
  },
  judge: ({ wanted, sentWhileStopped, sentLater, waits, received, inOrder, errors }) =>
    withRateBound(
      judgeExpected(
        {
          'sent while nobody read': [sentLater, sentWhileStopped],
          arrived: [received, wanted],
          'in order': [inOrder, true],
          errors: [errors, []],
        },
        'deviation',
        { 'it had to wait': [waits > 0 && sentWhileStopped < wanted, true] },
      ),
      'loss or disorder',
      received,
    ),
  proofs: [
    { name: 'it stops', observation: bounded(), verdict: 'pass' },
    { name: 'it goes on', observation: bounded({ sentLater: 400 }), verdict: 'deviation' },
    { name: 'one is lost', observation: bounded({ received: 1999 }), verdict: 'deviation' },
    { name: 'out of order', observation: bounded({ inOrder: false }), verdict: 'deviation' },
    { name: 'an error', observation: bounded({ errors: ['EPIPE'] }), verdict: 'deviation' },
    { name: 'never had to wait', observation: bounded({ waits: 0 }), verdict: 'broken' },
    {
      name: 'all were sent at once',
      observation: bounded({ sentWhileStopped: 2000, sentLater: 2000 }),
      verdict: 'broken',
    },
  ],
});

function bounded(change: Partial<Bounded> = {}): Bounded {
  return {
    wanted: 2000,
    sentWhileStopped: 223,
    sentLater: 223,
    waits: 10,
    received: 2000,
    inOrder: true,
    errors: [],
    ...change,
  };
}
