import { once } from 'node:events';
import { countUntilError, defineProcedure, errnoOf, type CheckRun } from '../../../../harness/define.js';
import { connectTo, listenOn, nextConnection } from '../../support/net-servers.js';
import { NODE_IPC, serializationOf } from '../../support/node-ipc-channel.js';

const isNode = (subject: string): boolean => subject.startsWith('node-');

interface Unread {
  readonly messageBytes: number;
  /** Messages that were taken until the sender was told that it was too much: -1 when it never was. */
  readonly takenUntilTold: number;
  /** 'EAGAIN', or 'false' for what a function of Node returned. */
  readonly told: string | null;
  /** Taken after that, of as many as were tried. */
  readonly triedMore: number;
  readonly takenMore: number;
  readonly growthBytes: number;
}

const MESSAGE_BYTES = 1000;

/** Of a sender that is never told. */
const MOST = 20_000;

export const peerNeverReads = defineProcedure<Unread>({
  id: 'disturbance/peer-never-reads',
  guarantee: 'A sender whose peer never reads is refused or asked to wait before its memory fills.',
  level: 'SHOULD',
  source: (subject) => {
    if (subject === 'node-net')
      return {
        document: 'Node.js 20, net, socket.write()',
        quote: 'Returns false if all or part of the data was queued in user memory.',
      };
    if (isNode(subject))
      return {
        document: 'Node.js 20, child_process, subprocess.send()',
        quote:
          'subprocess.send() will return false if the channel has closed or when the backlog of unsent messages ' +
          'exceeds a threshold that makes it unwise to send more.',
      };
    return subject === 'pipe' || subject === 'fifo'
      ? {
          document: 'pipe(7), Pipe capacity',
          quote:
            'A pipe has a limited capacity. If the pipe is full, then a write(2) will block or fail, depending ' +
            'on whether the O_NONBLOCK flag is set (see below).',
        }
      : {
          document: 'send(2), DESCRIPTION',
          quote:
            'When the message does not fit into the send buffer of the socket, send() normally blocks, unless ' +
            'the socket has been placed in nonblocking I/O mode. In nonblocking mode it would fail with the ' +
            'error EAGAIN or EWOULDBLOCK in this case.',
        };
  },
  subjects: [
    'socketpair-stream',
    'socketpair-dgram',
    'socketpair-seqpacket',
    'unix-stream',
    'unix-dgram',
    'unix-seqpacket',
    'pipe',
    'fifo',
    ...NODE_IPC,
    'node-net',
  ],
  expected:
    'Sockets, pipes: EAGAIN, and nothing is taken after it. Node: false, which is advice: everything is taken ' +
    'after it too, into memory, without a limit.',
  procedure: 'Send messages of 1,000 bytes to a peer that does not read until an error or `false` comes; then n more.',
  quick: true,
  observe: (checkRun) => {
    if (checkRun.subject === 'node-net') return floodSocket(checkRun);
    return isNode(checkRun.subject) ? floodChild(checkRun) : floodDescriptor(checkRun);
  },
  judge: ({ messageBytes, takenUntilTold, told, triedMore, takenMore, growthBytes }, subject) => {
    if (messageBytes * triedMore < 100_000)
      return { verdict: 'broken', evidence: `Only ${triedMore} messages of ${messageBytes} bytes were tried.` };
    const evidence =
      `Told by ${told ?? 'nothing'} after ${takenUntilTold} messages of ${messageBytes} ` +
      `bytes; ${takenMore} of ${triedMore} more were taken, and the memory of the process grew ` +
      `by ${Math.max(0, Math.round(growthBytes / 1e6))} MB.`;
    const isTold = told !== null && takenUntilTold > 0;
    const isBounded = takenMore === 0;
    // Node's own streams promise no more than the advice.
    return { verdict: isTold && (isNode(subject) || isBounded) ? 'pass' : 'deviation', evidence };
  },
  proofs: [
    { name: 'refused', observation: unread({}), verdict: 'pass', subject: 'unix-stream' },
    {
      name: 'advised',
      observation: unread({ told: 'false', takenMore: 2000 }),
      verdict: 'pass',
      subject: 'node-ipc-json',
    },
    {
      name: 'never told',
      observation: unread({ told: null, takenUntilTold: -1, takenMore: 2000 }),
      verdict: 'deviation',
      subject: 'node-ipc-json',
    },
    {
      name: 'told before anything was taken',
      observation: unread({ takenUntilTold: 0 }),
      verdict: 'deviation',
      subject: 'unix-stream',
    },
    {
      name: 'refused, and taken after all',
      observation: unread({ takenMore: 1 }),
      verdict: 'deviation',
      subject: 'unix-stream',
    },
    { name: 'just enough', observation: unread({ triedMore: 100 }), verdict: 'pass', subject: 'unix-stream' },
    {
      name: 'nothing more was tried',
      observation: unread({ triedMore: 99 }),
      verdict: 'broken',
      subject: 'unix-stream',
    },
  ],
});

function unread(changed: Partial<Unread>): Unread {
  return {
    messageBytes: 1000,
    takenUntilTold: 92,
    told: 'EAGAIN',
    triedMore: 2000,
    takenMore: 0,
    growthBytes: 0,
    ...changed,
  };
}

const moreOf = (checkRun: CheckRun): number => checkRun.count({ quick: 500, default: 2000, thorough: 100_000 });

function floodDescriptor(checkRun: CheckRun): Unread {
  const { sys } = checkRun;
  const { a } = checkRun.pair({ nonblocking: true });
  const message = Buffer.alloc(MESSAGE_BYTES, 'x');
  const before = process.memoryUsage.rss();
  const { calls, errno } = countUntilError(() => sys.write(a.out, message));
  const triedMore = moreOf(checkRun);
  let takenMore = 0;
  for (let tried = 0; tried < triedMore; tried += 1)
    if (errnoOf(() => sys.write(a.out, message)) === null) takenMore += 1;
  return {
    messageBytes: MESSAGE_BYTES,
    takenUntilTold: calls,
    told: errno,
    triedMore,
    takenMore,
    growthBytes: process.memoryUsage.rss() - before,
  };
}

/** A shell that waits for a line on its stdin, and so never looks at its channel. */
function floodChild(checkRun: CheckRun): Unread {
  const child = checkRun.spawn('/bin/sh', {
    args: ['-c', 'read line'],
    stdio: ['pipe', 'ignore', 'inherit', 'ipc'],
    serialization: serializationOf(checkRun.subject),
  });
  const text = 'x'.repeat(MESSAGE_BYTES);
  return floodNode(
    checkRun,
    () => child.send(text),
    () => child.connected,
  );
}

async function floodSocket(checkRun: CheckRun): Promise<Unread> {
  const listening = await listenOn(checkRun, 'unix', 's', { pauseOnConnect: true });
  const accepted = nextConnection(listening);
  const client = connectTo(checkRun, listening);
  await Promise.all([accepted, once(client, 'connect')]);
  const chunk = Buffer.alloc(MESSAGE_BYTES, 'x');
  return floodNode(
    checkRun,
    () => client.write(chunk),
    () => !client.destroyed,
  );
}

function floodNode(checkRun: CheckRun, send: () => boolean, isOpen: () => boolean): Unread {
  const before = process.memoryUsage.rss();
  let takenUntilTold = -1;
  for (let taken = 1; taken <= MOST && takenUntilTold === -1; taken += 1) if (!send()) takenUntilTold = taken;
  const triedMore = moreOf(checkRun);
  let takenMore = 0;
  for (let tried = 0; tried < triedMore; tried += 1) {
    send();
    if (isOpen()) takenMore += 1;
  }
  return {
    messageBytes: MESSAGE_BYTES,
    takenUntilTold,
    told: takenUntilTold === -1 ? null : 'false',
    triedMore,
    takenMore,
    growthBytes: process.memoryUsage.rss() - before,
  };
}
