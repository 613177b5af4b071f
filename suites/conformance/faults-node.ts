import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { countUntilError, defineProcedure, errnoOf, type Trial } from '../../harness/define.js';
import { judgeExpected } from './procedures/expectations.js';
import { connectTo, listenOn, nextConnection } from './procedures/net-servers.js';
import { nameOf, NODE_IPC, serializationOf } from './procedures/node-ipc-channel.js';
import { exitOf, processState } from './procedures/process-state.js';
import { WITH_END_OF_FILE } from './procedures/subjects.js';

interface Orphaned {
  /** What happened to the child after its parent had been killed, in order. */
  readonly events: readonly string[];
  /** It had a parent, and then another one. */
  readonly orphaned: boolean;
}

const isNode = (subject: string): boolean => subject.startsWith('node-');
const CONNECTED = WITH_END_OF_FILE.filter((name) => name !== 'tcp-loopback');

export const parentDies = defineProcedure<Orphaned>({
  id: 'fault/parent-dies',
  promise: 'A child whose parent is killed sees the end of what connects them, and nothing before it.',
  level: 'MUST',
  source: (subject) => {
    if (isNode(subject))
      return {
        document: "Node.js 20, process, Event: 'disconnect'",
        quote:
          'If the Node.js process is spawned with an IPC channel (see the Child Process and Cluster ' +
          "documentation), the 'disconnect' event will be emitted when the IPC channel is closed.",
      };
    return subject === 'pipe' || subject === 'fifo'
      ? {
          document: 'pipe(7), I/O on pipes and FIFOs',
          quote:
            'If all file descriptors referring to the write end of a pipe have been closed, then an attempt to ' +
            'read(2) from the pipe will see end-of-file (read(2) will return 0).',
        }
      : {
          document: 'recv(2), RETURN VALUE',
          quote:
            'When a stream socket peer has performed an orderly shutdown, the return value will be 0 (the ' +
            'traditional "end-of-file" return).',
        };
  },
  subjects: [...NODE_IPC, ...CONNECTED],
  expected: "A read returns 0. A Node child: 'disconnect', and as it has nothing else to do, a normal exit.",
  procedure:
    'A process connects itself with a child and is killed by SIGKILL; the child reads, or listens, and says ' +
    'what happens to it.',
  quick: true,
  observe: (trial) => (isNode(trial.subject) ? orphanNode(trial) : orphanProgram(trial)),
  judge: ({ events, orphaned }, subject) =>
    judgeExpected({ 'what the child saw': [events, isNode(subject) ? ['disconnect', 'exit 0'] : ['EOF']] }, 'fail', {
      'Its parent was gone': [orphaned, true],
    }),
  proofs: [
    {
      name: 'disconnected',
      observation: { events: ['disconnect', 'exit 0'], orphaned: true },
      verdict: 'pass',
      subject: 'node-ipc-json',
    },
    {
      name: 'it stays',
      observation: { events: ['disconnect'], orphaned: true },
      verdict: 'fail',
      subject: 'node-ipc-json',
    },
    {
      name: 'it is ended by an error',
      observation: { events: ['exit 1'], orphaned: true },
      verdict: 'fail',
      subject: 'node-ipc-advanced',
    },
    {
      name: 'the end',
      observation: { events: ['EOF'], orphaned: true },
      verdict: 'pass',
      subject: 'socketpair-stream',
    },
    {
      name: 'an error',
      observation: { events: ['ECONNRESET'], orphaned: true },
      verdict: 'fail',
      subject: 'socketpair-stream',
    },
    {
      name: 'a Node event for a read',
      observation: { events: ['disconnect', 'exit 0'], orphaned: true },
      verdict: 'fail',
      subject: 'pipe',
    },
    { name: 'the parent lives', observation: { events: ['EOF'], orphaned: false }, verdict: 'broken', subject: 'pipe' },
  ],
});

async function orphanNode(trial: Trial): Promise<Orphaned> {
  const orphan = fileURLToPath(new URL('./children/orphan.js', import.meta.url));
  const parent = trial.child(new URL('./children/mortal-parent.js', import.meta.url), {
    args: [orphan, serializationOf(trial.subject)],
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let ended = false;
  parent.stdout?.on('data', (chunk: Buffer) => void (text += chunk.toString())).on('end', () => (ended = true));
  await trial.until('the child is there', () => text.includes('\n'));
  const pid = Number(/ready (\d+)/.exec(text)?.[1]);
  trial.defer(() => (ended ? undefined : endIfAlive(pid)));
  const gone = exitOf(parent);
  parent.kill('SIGKILL');
  await gone;
  // Its stdout has an end when the last one that holds it has ended.
  await trial.until('the child has ended too', () => ended).catch(() => undefined);
  return { events: text.trim().split('\n').slice(1), orphaned: parent.signalCode === 'SIGKILL' };
}

function endIfAlive(pid: number): void {
  // 0 and -1 are not processes but many, this one among them.
  if (!(pid > 1)) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // As it should be: it has ended by itself.
  }
}

async function orphanProgram(trial: Trial): Promise<Orphaned> {
  const { sys } = trial;
  const { a, b } = trial.pair();
  const descriptors = [...new Set([a.in, a.out, b.in, b.out])];
  const parentsOwn = [...new Set([a.in, a.out])];
  const program = sys.forkProgram(
    [
      {
        op: 'fork',
        as: 'child',
        body: [
          ...parentsOwn.map((fd) => ({ op: 'close', fd }) as const),
          { op: 'store', word: 0, value: 1 },
          { op: 'read', fd: b.in, bytes: 1, as: 'read' },
          // Its descriptors are closed before it is gone: only when it has been waited for does its child have another
          // parent.
          { op: 'store', word: 1, value: 1 },
          { op: 'waitAtLeast', word: 2, value: 1 },
          { op: 'getppid', as: 'parent' },
          { op: 'store', word: 3, value: 1 },
        ],
      },
      ...[...new Set([b.in, b.out])].map((fd) => ({ op: 'close', fd }) as const),
      { op: 'store', word: 4, value: 1 },
      { op: 'pause' },
    ],
    { outlivesParent: true },
  );
  trial.defer(() => program.end());
  for (const descriptor of descriptors) sys.close(descriptor);
  // Both of them: the child is there, and its parent has written down which one it is.
  for (const word of [0, 4])
    if (!program.board.waitAtLeast(word, 1, 5000))
      throw new Error('The child of the child did not start within 5000 ms.');
  const child = program.outcome('child').value;
  let ended = false;
  trial.defer(() => (ended ? undefined : endIfAlive(child)));
  sys.kill(program.pid, sys.constants.SIGKILL);
  program.wait();
  const seen = program.board.waitAtLeast(1, 1, 5000);
  program.board.store(2, 1);
  const isOver = seen && program.board.waitAtLeast(3, 1, 5000);
  await trial.until('the child has ended', () => !isOver || (ended = [null, 'Z'].includes(processState(child))));
  const read = program.outcome('read');
  return {
    events: seen ? [read.error ?? (read.value === 0 ? 'EOF' : `${read.value} bytes`)] : [],
    orphaned: isOver && program.outcome('parent').value !== program.pid,
  };
}

interface StillBorn {
  readonly program: 'does not exist' | 'ends at once';
  readonly error: string | null;
  readonly exit: number | null;
  readonly closed: boolean;
  readonly connected: boolean;
  /** What the callback of send() after all that was told. */
  readonly send: string | null;
}

export const childDiesBeforeConnect = defineProcedure<readonly StillBorn[]>({
  id: 'fault/child-dies-before-connect',
  promise:
    'A child that cannot be started, or that ends before it looks at its channel, is told of by an event, and ' +
    'its channel is closed.',
  level: 'MUST',
  source: () => ({
    document: "Node.js 20, child_process, Event: 'close'",
    quote:
      "The 'close' event will always emit after 'exit' was already emitted, or 'error' if the child failed to spawn.",
  }),
  subjects: NODE_IPC,
  expected: "'error' ENOENT or 'exit' 1, then 'close'; not connected any more; ERR_IPC_CHANNEL_CLOSED for send().",
  procedure: "spawn() with 'ipc' of a program that does not exist, and of /bin/false; wait for 'close'; send.",
  quick: false,
  observe: (trial) =>
    Promise.all([
      startStillBorn(trial, 'does not exist', trial.path('nobody')),
      startStillBorn(trial, 'ends at once', 'false'),
    ]),
  judge: (found) =>
    judgeExpected(
      Object.fromEntries(
        found.map(({ program, error, exit, closed, connected, send }) => [
          `program ${program} ('error', 'exit', 'close', connected, send())`,
          [
            [error, exit, closed, connected, send],
            [...(program === 'ends at once' ? [null, 1] : ['ENOENT', null]), true, false, 'ERR_IPC_CHANNEL_CLOSED'],
          ],
        ]),
      ),
      'fail',
      { 'Programs tried': [found.map(({ program }) => program), ['does not exist', 'ends at once']] },
    ),
  proofs: [
    { name: 'told, and closed', observation: stillBorn({}), verdict: 'pass' },
    { name: 'an error for a program that ran', observation: stillBorn({ error: 'EPIPE' }), verdict: 'fail' },
    { name: 'no exit', observation: stillBorn({ exit: null }), verdict: 'fail' },
    { name: 'no close', observation: stillBorn({ closed: false }), verdict: 'fail' },
    { name: 'still connected', observation: stillBorn({ connected: true }), verdict: 'fail' },
    { name: 'send() succeeds', observation: stillBorn({ send: null }), verdict: 'fail' },
    { name: 'one program', observation: stillBorn({}).slice(1), verdict: 'broken' },
  ],
});

function stillBorn(last: Partial<StillBorn>): readonly StillBorn[] {
  const ends = { closed: true, connected: false, send: 'ERR_IPC_CHANNEL_CLOSED' } as const;
  return [
    { program: 'does not exist', error: 'ENOENT', exit: null, ...ends },
    { program: 'ends at once', error: null, exit: 1, ...ends, ...last },
  ];
}

async function startStillBorn(trial: Trial, program: StillBorn['program'], file: string): Promise<StillBorn> {
  const child = trial.spawn(file, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    serialization: serializationOf(trial.subject),
  });
  child.stdout?.resume();
  let error: string | null = null;
  let exit: number | null = null;
  child.on('error', (problem) => (error = nameOf(problem)));
  child.on('exit', (status) => (exit = status));
  const closed = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), 5000 * trial.patience);
    child.once('close', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
  const { connected } = child;
  const send = await new Promise<string | null>(
    (resolve) => void child.send('late', (problem) => resolve(problem === null ? null : nameOf(problem))),
  );
  return { program, error, exit, closed, connected, send };
}

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
  id: 'fault/peer-never-reads',
  promise: 'A sender whose peer never reads is refused, or told that it is too much, before its memory fills.',
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
  observe: (trial) => {
    if (trial.subject === 'node-net') return floodSocket(trial);
    return isNode(trial.subject) ? floodChild(trial) : floodDescriptor(trial);
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

const moreOf = (trial: Trial): number => trial.count({ quick: 500, default: 2000, thorough: 100_000 });

function floodDescriptor(trial: Trial): Unread {
  const { sys } = trial;
  const { a } = trial.pair({ nonblocking: true });
  const message = Buffer.alloc(MESSAGE_BYTES, 'x');
  const before = process.memoryUsage.rss();
  const { calls, errno } = countUntilError(() => sys.write(a.out, message));
  const triedMore = moreOf(trial);
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
function floodChild(trial: Trial): Unread {
  const child = trial.spawn('/bin/sh', {
    args: ['-c', 'read line'],
    stdio: ['pipe', 'ignore', 'inherit', 'ipc'],
    serialization: serializationOf(trial.subject),
  });
  const text = 'x'.repeat(MESSAGE_BYTES);
  return floodNode(
    trial,
    () => child.send(text),
    () => child.connected,
  );
}

async function floodSocket(trial: Trial): Promise<Unread> {
  const listening = await listenOn(trial, 'unix', 's', { pauseOnConnect: true });
  const accepted = nextConnection(listening);
  const client = connectTo(trial, listening);
  await Promise.all([accepted, once(client, 'connect')]);
  const chunk = Buffer.alloc(MESSAGE_BYTES, 'x');
  return floodNode(
    trial,
    () => client.write(chunk),
    () => !client.destroyed,
  );
}

function floodNode(trial: Trial, send: () => boolean, isOpen: () => boolean): Unread {
  const before = process.memoryUsage.rss();
  let takenUntilTold = -1;
  for (let taken = 1; taken <= MOST && takenUntilTold === -1; taken += 1) if (!send()) takenUntilTold = taken;
  const triedMore = moreOf(trial);
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
