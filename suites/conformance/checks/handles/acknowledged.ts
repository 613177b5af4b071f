import type { Server, Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { connectTo, listenOn, nextConnection } from '../../support/net-servers.js';
import { encode, NODE_IPC, serializationOf, shellWrite } from '../../support/node-ipc-channel.js';

// A message with a handle waits for its acknowledgement, NODE_HANDLE_ACK, and everything sent after it waits too. Here
// the child is a shell that reads all and acknowledges only when it is told to.

interface Held {
  readonly heldMs: number;
  /** Came to the child before it acknowledged anything. */
  readonly handleArrived: boolean;
  readonly laterArrived: boolean;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly connected: boolean;
  /** Came when it had acknowledged. */
  readonly arrivedAfterwards: boolean;
}

export const unacknowledgedBlocks = defineProcedure<Held>({
  id: 'handles/unacked-blocks-forever',
  guarantee: 'A child that does not acknowledge a handle does not hold up later messages without a word.',
  level: 'SHOULD',
  source: () => ({
    document:
      'Node.js 20, child_process, subprocess.send() — the nearest text: that a handle holds back what is sent ' +
      'after it is not said',
    quote:
      "If no callback function is provided and the message cannot be sent, an 'error' event will be emitted by " +
      'the ChildProcess object.',
  }),
  subjects: NODE_IPC,
  expected:
    'After a while an error, a warning, or the message. Node 20: nothing, for ever: no timer is set, the ' +
    'channel stays connected.',
  procedure:
    "Send a server, then 'later', to a shell that reads the channel and acknowledges nothing. Wait; then let it " +
    "acknowledge, which must bring 'later', or nothing was shown.",
  quick: false,
  deadlineMs: 30_000,
  observe: async (checkRun) => {
    const heldMs = checkRun.count({ quick: 50, default: 100, thorough: 10_000 });
    const child = startUnwilling(checkRun, { cmd: 'NODE_HANDLE_ACK' });
    const { server } = await listenOn(checkRun, 'unix', 's');
    const { warnings, errors } = listenForTrouble(checkRun, child.emitter);
    child.send('with', server);
    child.send('later');
    await child.until(() => child.occurrences('with') > 0);
    await delay(heldMs);
    const before = {
      handleArrived: child.occurrences('with') === 1,
      laterArrived: child.occurrences('later') > 0,
      errors: [...errors],
      warnings: [...warnings],
      connected: child.emitter.connected,
    };
    child.answer();
    await child.until(() => child.occurrences('later') > 0);
    await child.end();
    return { heldMs, ...before, arrivedAfterwards: child.occurrences('later') === 1 };
  },
  judge: ({ heldMs, handleArrived, laterArrived, errors, warnings, connected, arrivedAfterwards }) => {
    if (!handleArrived || !arrivedAfterwards)
      return {
        verdict: 'broken',
        evidence: `The handle came: ${handleArrived}; 'later' came after the acknowledgement: ${arrivedAfterwards}.`,
      };
    const said = [...errors, ...warnings];
    if (laterArrived || said.length > 0 || !connected)
      return {
        verdict: 'pass',
        evidence: `Within ${heldMs} ms: ${laterArrived ? "'later' arrived" : `${said.join(', ') || 'disconnected'}`}.`,
      };
    return {
      verdict: 'deviation',
      evidence:
        `'later' was held for ${heldMs} ms without an error or a warning, the channel connected, and came ` +
        'as soon as the handle was acknowledged.',
    };
  },
  proofs: [
    { name: 'not held', observation: held({ laterArrived: true }), verdict: 'pass' },
    { name: 'an error', observation: held({ errors: ['ETIMEDOUT'] }), verdict: 'pass' },
    { name: 'a warning', observation: held({ warnings: ['SentHandleNotReceivedWarning'] }), verdict: 'pass' },
    { name: 'the channel is closed', observation: held({ connected: false }), verdict: 'pass' },
    { name: 'held in silence', observation: held(), verdict: 'deviation' },
    { name: 'the handle never came', observation: held({ handleArrived: false }), verdict: 'broken' },
    { name: "'later' never came", observation: held({ arrivedAfterwards: false }), verdict: 'broken' },
  ],
});

function held(changed: Partial<Held> = {}): Held {
  return {
    heldMs: 100,
    handleArrived: true,
    laterArrived: false,
    errors: [],
    warnings: [],
    connected: true,
    arrivedAfterwards: true,
    ...changed,
  };
}

interface Refused {
  /** How often the message with the handle came; the child refused it each time. */
  readonly transmissions: number;
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
  readonly laterArrived: boolean;
}

export const refusedSocket = defineProcedure<Refused>({
  id: 'handles/nack-retransmit',
  guarantee:
    'A socket that the child says it did not receive is sent three more times; then its loss is a warning, and ' +
    'later messages go on.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, lib/internal/child_process.js, setupChannel(): not documented elsewhere',
    quote:
      'Observed: const MAX_HANDLE_RETRANSMISSIONS = 3; then a SentHandleNotReceivedWarning, "Handle did not ' +
      'reach the receiving process correctly".',
  }),
  subjects: NODE_IPC,
  expected: '4 transmissions, one SentHandleNotReceivedWarning, then the later message.',
  procedure:
    "Send a connected socket, then 'later', to a shell that answers each message with a handle with " +
    "NODE_HANDLE_NACK, until 'later' comes.",
  quick: false,
  observe: async (checkRun) => {
    const listening = await listenOn(checkRun, 'unix', 's', { pauseOnConnect: true });
    connectTo(checkRun, listening);
    return refuse(checkRun, await nextConnection(listening));
  },
  judge: ({ transmissions, warnings, errors, laterArrived }) =>
    judgeExpected(
      {
        transmissions: [transmissions, 4],
        warnings: [warnings, ['SentHandleNotReceivedWarning']],
        errors: [errors, []],
        'the later message came': [laterArrived, true],
      },
      'fail',
      { 'The handle came at all': [transmissions > 0, true] },
    ),
  proofs: [
    { name: 'three more times', observation: refused(), verdict: 'pass' },
    { name: 'once', observation: refused({ transmissions: 1 }), verdict: 'fail' },
    { name: 'no warning', observation: refused({ warnings: [] }), verdict: 'fail' },
    { name: 'an error', observation: refused({ errors: ['EPIPE'] }), verdict: 'fail' },
    { name: 'nothing goes on', observation: refused({ laterArrived: false }), verdict: 'fail' },
    { name: 'never sent', observation: refused({ transmissions: 0 }), verdict: 'broken' },
  ],
});

/**
 * Only net.Socket is kept until it is acknowledged (`postSend` of its conversion); a server is forgotten when it is
 * written.
 */
export const refusedServer = defineProcedure<Refused>({
  id: 'handles/nack-server',
  guarantee: 'A server that the child reports as not received is sent again, or an error reports its loss.',
  level: 'SHOULD',
  source: () => ({
    document: 'Node.js 20, child_process, subprocess.send() — the nearest text',
    quote: 'The function is called with a single argument: null on success, or an Error object on failure.',
  }),
  subjects: NODE_IPC,
  expected:
    'As for a socket. Node 20: sent once; no warning, no error; null in the callback; the message is lost with ' +
    'its handle.',
  procedure: 'As handles/nack-retransmit, with a server.',
  quick: false,
  observe: async (checkRun) => refuse(checkRun, (await listenOn(checkRun, 'unix', 's')).server),
  judge: ({ transmissions, warnings, errors, laterArrived }) => {
    if (transmissions === 0 || !laterArrived)
      return {
        verdict: 'broken',
        evidence: `The message with the handle came ${transmissions} times; the later one came: ${laterArrived}.`,
      };
    const told = [...warnings, ...errors];
    return {
      verdict: transmissions > 1 || told.length > 0 ? 'pass' : 'deviation',
      evidence: `Sent ${transmissions} times; told: ${told.join(', ') || 'nothing'}.`,
    };
  },
  proofs: [
    { name: 'sent again', observation: refused({ transmissions: 2, warnings: [] }), verdict: 'pass' },
    { name: 'a warning', observation: refused({ transmissions: 1 }), verdict: 'pass' },
    {
      name: 'an error',
      observation: refused({ transmissions: 1, warnings: [], errors: ['ERR_IPC'] }),
      verdict: 'pass',
    },
    { name: 'lost in silence', observation: refused({ transmissions: 1, warnings: [] }), verdict: 'deviation' },
    { name: 'never sent', observation: refused({ transmissions: 0 }), verdict: 'broken' },
    { name: 'the channel stands still', observation: refused({ laterArrived: false }), verdict: 'broken' },
  ],
});

function refused(changed: Partial<Refused> = {}): Refused {
  return { transmissions: 4, warnings: ['SentHandleNotReceivedWarning'], errors: [], laterArrived: true, ...changed };
}

const ENOUGH = 10;

// Counted by the text of the message: a message that is sent again is put into another NODE_HANDLE. An answer too many
// would end this process (ERR_INTERNAL_ASSERTION, see protocol/unsolicited-ack), so each transmission is
// answered once.
async function refuse(checkRun: CheckRun, handle: Server | Socket): Promise<Refused> {
  const child = startUnwilling(checkRun, { cmd: 'NODE_HANDLE_NACK' });
  const { warnings, errors } = listenForTrouble(checkRun, child.emitter);
  child.send('with', handle);
  child.send('later');
  for (let answered = 0; answered < ENOUGH && child.occurrences('later') === 0; answered += 1) {
    await child.until(() => child.occurrences('with') > answered || child.occurrences('later') > 0);
    if (child.occurrences('later') === 0) child.answer();
  }
  await child.until(() => child.occurrences('later') > 0 || child.occurrences('with') >= ENOUGH);
  await child.end();
  return { transmissions: child.occurrences('with'), warnings, errors, laterArrived: child.occurrences('later') > 0 };
}

interface Unwilling {
  readonly emitter: ReturnType<CheckRun['spawn']>;
  send(message: string, handle?: Server | Socket): void;
  /** How often a word is among the bytes that came over the channel. */
  occurrences(word: string): number;
  until(isSo: () => boolean): Promise<void>;
  /** Makes it send its answer. */
  answer(): void;
  end(): Promise<void>;
}

/** A shell that prints all that comes over the channel and sends one and the same answer whenever it is told to. */
function startUnwilling(checkRun: CheckRun, reply: { readonly cmd: string }): Unwilling {
  const serialization = serializationOf(checkRun.subject);
  const script = `cat <&3 & while read -r go; do ${shellWrite(encode(serialization, reply))}; done; exec 3>&-; wait`;
  const child = checkRun.spawn('/bin/sh', {
    args: ['-c', script],
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
    serialization,
  });
  let bytes = '';
  child.stdout?.on('data', (chunk: Buffer) => void (bytes += chunk.toString('latin1')));
  return {
    emitter: child,
    send: (message, handle) => void child.send(message, handle, { keepOpen: false }, () => undefined),
    occurrences: (word) => bytes.split(word).length - 1,
    until: (isSo) => checkRun.until('the child has been sent what it waits for', isSo),
    answer: () => void child.stdin?.write('go\n'),
    end: async () => {
      const gone = once(child, 'exit');
      child.stdin?.end();
      child.disconnect();
      await gone;
    },
  };
}

function listenForTrouble(
  checkRun: CheckRun,
  child: Unwilling['emitter'],
): { readonly warnings: string[]; readonly errors: string[] } {
  const [warnings, errors]: [string[], string[]] = [[], []];
  const warned = (warning: Error): void => void warnings.push(warning.name);
  process.on('warning', warned);
  checkRun.defer(() => void process.off('warning', warned));
  child.on('error', (error: NodeJS.ErrnoException) => void errors.push(error.code ?? error.name));
  return { warnings, errors };
}
