import { fork, spawn, spawnSync, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { defineProcedure } from '../../harness/define.js';
import type { Burst } from './children/burst-sender.js';
import type { Phase } from './children/lingering.js';
import { judgeExpected } from './procedures/expectations.js';
import { encode, NODE_IPC, serializationOf, shellWrite, thrownBy } from './procedures/node-ipc-channel.js';
import { outputOf } from './procedures/process-state.js';

const PHASES = [
  'no listener',
  'a listener of message',
  'no listener any more',
  'a listener of disconnect',
  'a listener of message, channel.unref()',
  'no listener, channel.ref()',
];
const OUTCOMES: readonly Phase['outcome'][] = ['ends', 'stays', 'ends', 'stays', 'ends', 'stays'];

export const listenerKeepsAlive = defineProcedure<readonly Phase[]>({
  id: 'node-ipc-ref/listener-keeps-alive',
  promise:
    "The channel keeps a child alive while it listens for 'message' or 'disconnect', and not otherwise; " +
    'channel.ref() and channel.unref() overrule that.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, child_process, options.stdio',
    quote:
      'the child is launched with the IPC channel unreferenced (using unref()) until the child registers an ' +
      "event handler for the 'disconnect' event or the 'message' event. This allows the child to exit normally " +
      'without the process being held open by the open IPC channel.',
  }),
  subjects: NODE_IPC,
  expected:
    'It stays with a listener and with channel.ref(); it ends without, when the listener is removed, and after ' +
    'channel.unref().',
  procedure:
    "In a child with a channel: change one thing, then see whether the event loop runs empty ('beforeExit') or " +
    'an unreferenced timer goes on firing.',
  quick: true,
  observe: async (trial) => {
    const child = trial.child(new URL('./children/lingering.js', import.meta.url), {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      serialization: serializationOf(trial.subject),
    });
    return JSON.parse(await outputOf(child)) as readonly Phase[];
  },
  judge: (seen) =>
    judgeExpected(
      Object.fromEntries(seen.map(({ name, outcome }, at) => [name, [outcome, OUTCOMES[at] ?? 'ends']])),
      'fail',
      { Phases: [seen.map(({ name }) => name), PHASES] },
    ),
  proofs: [
    { name: 'as documented', observation: phases(), verdict: 'pass' },
    ...PHASES.map((name, at) => ({
      name: `the contrary with ${name}`,
      observation: phases(at),
      verdict: 'fail' as const,
    })),
    { name: 'a phase is missing', observation: phases().slice(0, 5), verdict: 'broken' },
  ],
});

function phases(contrary = -1): readonly Phase[] {
  return PHASES.map((name, at) => ({
    name,
    outcome: (OUTCOMES[at] === 'stays') === (at === contrary) ? 'ends' : 'stays',
  }));
}

interface Options {
  /** What each call throws; null for nothing. */
  readonly twice: string | null;
  readonly synchronous: string | null;
  readonly forkWithout: string | null;
  /** What a worker thread got over a channel to a child of its own. */
  readonly inWorker: unknown;
}

export const channelOptions = defineProcedure<Options>({
  id: 'node-ipc-env/options',
  promise:
    'A child has one channel at most, a synchronous child none, fork() needs one, and a worker thread can have ' +
    'one too.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, errors, ERR_IPC_ONE_PIPE, ERR_IPC_SYNC_FORK',
    quote:
      'An attempt was made to create a child Node.js process using more than one IPC communication channel. […] ' +
      'An attempt was made to open an IPC communication channel with a synchronously forked Node.js process.',
  }),
  subjects: NODE_IPC,
  expected:
    'ERR_IPC_ONE_PIPE, ERR_IPC_SYNC_FORK, ERR_CHILD_PROCESS_IPC_REQUIRED; the message of its child in the worker.',
  procedure:
    "spawn() with 'ipc' twice in stdio; spawnSync() with 'ipc'; fork() with a stdio without it; spawn() of a " +
    "shell with 'ipc' in a worker thread.",
  quick: false,
  observe: async (trial) => {
    const serialization = serializationOf(trial.subject);
    const stdio: StdioOptions = ['ignore', 'ignore', 'inherit', 'ipc'];
    const twice = thrownBy(() => spawn('true', { stdio: [...stdio, 'ipc'], serialization }));
    const synchronous = thrownBy(() => spawnSync('true', { stdio }));
    const forkWithout = thrownBy(() => fork('unused', { stdio: ['ignore', 'ignore', 'inherit'], serialization }));
    const script = `${shellWrite(encode(serialization, 'from the child of a worker'))}; cat <&3`;
    const worker = new Worker(new URL('./children/forking-worker.js', import.meta.url), {
      workerData: { script, serialization },
    });
    trial.defer(async () => void (await worker.terminate()));
    const ended = once(worker, 'exit');
    const [inWorker] = (await once(worker, 'message')) as [unknown];
    await ended;
    return { twice, synchronous, forkWithout, inWorker };
  },
  judge: ({ twice, synchronous, forkWithout, inWorker }) => {
    if (inWorker === undefined) return { verdict: 'broken', evidence: 'The worker said nothing.' };
    return judgeExpected(
      {
        "'ipc' twice": [twice, 'ERR_IPC_ONE_PIPE'],
        spawnSync: [synchronous, 'ERR_IPC_SYNC_FORK'],
        "fork() without 'ipc'": [forkWithout, 'ERR_CHILD_PROCESS_IPC_REQUIRED'],
        'in a worker': [String(inWorker), 'from the child of a worker'],
      },
      'fail',
    );
  },
  proofs: [
    { name: 'as documented', observation: options(), verdict: 'pass' },
    { name: 'two channels', observation: options({ twice: null }), verdict: 'fail' },
    { name: 'a synchronous one', observation: options({ synchronous: null }), verdict: 'fail' },
    { name: 'fork() without', observation: options({ forkWithout: null }), verdict: 'fail' },
    { name: 'none in a worker', observation: options({ inWorker: 'Error' }), verdict: 'fail' },
    {
      name: 'a silent worker',
      observation: {
        twice: 'ERR_IPC_ONE_PIPE',
        synchronous: 'ERR_IPC_SYNC_FORK',
        forkWithout: null,
      } as unknown as Options,
      verdict: 'broken',
    },
  ],
});

function options(changed: Partial<Options> = {}): Options {
  return {
    twice: 'ERR_IPC_ONE_PIPE',
    synchronous: 'ERR_IPC_SYNC_FORK',
    forkWithout: 'ERR_CHILD_PROCESS_IPC_REQUIRED',
    inWorker: 'from the child of a worker',
    ...changed,
  };
}

interface Latency {
  readonly sent: number;
  readonly arrived: number;
  /** How many had arrived when the last send() had returned. */
  readonly arrivedMeanwhile: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** nodejs/node #30009: on macOS all of them came after the loop. */
export const largeLatency = defineProcedure<Latency>({
  id: 'node-ipc-stream/large-latency',
  promise:
    'How late large messages arrive that a child sends in one turn of its event loop: as they are sent, or ' +
    'after the loop.',
  level: 'INFO',
  source: () => ({
    document: 'Node.js 20, child_process, subprocess.send() (text not verified)',
    quote: 'Unspecified: nothing is said of when a message arrives.',
  }),
  subjects: NODE_IPC,
  expected: 'The first few arrive during the loop; the rest waits in the memory of the sender until its next turn.',
  procedure:
    'A child sends n messages of 100,000 characters, each with the time, in one loop; the parent notes when ' +
    'each arrives.',
  quick: false,
  deadlineMs: 30_000,
  observe: async (trial) => {
    const sent = trial.count({ quick: 10, default: 20, thorough: 1000 });
    const child = trial.child(new URL('./children/burst-sender.js', import.meta.url), {
      args: [String(sent), '100000'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: serializationOf(trial.subject),
    });
    const arrivals: { readonly atMs: number; readonly latencyMs: number }[] = [];
    let doneMs = 0;
    child.on('message', (burst: Burst) => {
      const atMs = Number(process.hrtime.bigint()) / 1e6;
      if ('doneMs' in burst) ({ doneMs } = burst);
      else arrivals.push({ atMs, latencyMs: atMs - burst.sentMs });
    });
    await trial.event(child, 'disconnect', 20_000);
    const rounded = (ms = 0): number => Math.round(ms * 100) / 100;
    return {
      sent,
      arrived: arrivals.length,
      arrivedMeanwhile: arrivals.filter(({ atMs }) => atMs < doneMs).length,
      firstMs: rounded(arrivals[0]?.latencyMs),
      lastMs: rounded(arrivals.at(-1)?.latencyMs),
    };
  },
  judge: ({ sent, arrived, arrivedMeanwhile, firstMs, lastMs }) => ({
    verdict: sent >= 10 && arrived === sent ? 'info' : 'broken',
    evidence:
      `${arrived} of ${sent} messages arrived, ${arrivedMeanwhile} of them before the loop that sent them ` +
      `had ended; the first after ${firstMs} ms, the last after ${lastMs} ms.`,
  }),
  proofs: [
    {
      name: 'interleaved',
      observation: { sent: 20, arrived: 20, arrivedMeanwhile: 3, firstMs: 1.2, lastMs: 9.1 },
      verdict: 'info',
    },
    {
      name: 'one is lost',
      observation: { sent: 20, arrived: 19, arrivedMeanwhile: 3, firstMs: 1.2, lastMs: 9.1 },
      verdict: 'broken',
    },
    {
      name: 'just enough',
      observation: { sent: 10, arrived: 10, arrivedMeanwhile: 0, firstMs: 1.2, lastMs: 9.1 },
      verdict: 'info',
    },
    {
      name: 'few',
      observation: { sent: 9, arrived: 9, arrivedMeanwhile: 3, firstMs: 1.2, lastMs: 9.1 },
      verdict: 'broken',
    },
  ],
});
