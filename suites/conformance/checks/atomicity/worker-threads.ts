import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { NODE_IPC, serializationOf } from '../../support/node-ipc-channel.js';

/** Types of process.send, process.channel and process.disconnect, and the value of process.connected. */
interface Known {
  readonly send: string;
  readonly connected: string;
  readonly channel: string;
  readonly disconnect: string;
}

interface Threads {
  readonly inMain: Known;
  readonly inWorker: Known;
}

export const workerThreads = defineProcedure<Threads>({
  id: 'atomicity/worker-threads',
  guarantee: 'The channel of a process belongs to its main thread: several threads cannot write to it at once.',
  level: 'INFO',
  source: () => ({
    document: 'Node.js 20, worker_threads, Class: Worker',
    quote: 'IPC channels from parent processes are not accessible.',
  }),
  subjects: NODE_IPC,
  expected: 'process.send, process.disconnect and process.channel are undefined in a worker thread.',
  procedure:
    'A Node child with a channel starts a worker thread; both say the types of process.send, .disconnect and ' +
    '.channel and the value of .connected.',
  quick: false,
  observe: async (checkRun) => {
    const child = checkRun.child(new URL('../../children/node-ipc-worker.js', import.meta.url), {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: serializationOf(checkRun.subject),
    });
    const [threads] = await checkRun.event(child, 'message');
    return threads as Threads;
  },
  judge: ({ inMain, inWorker }) =>
    judgeExpected(
      {
        'in the worker: process.send': [inWorker.send, 'undefined'],
        'process.disconnect': [inWorker.disconnect, 'undefined'],
        'process.channel': [inWorker.channel, 'undefined'],
        'process.connected': [inWorker.connected, 'undefined'],
      },
      'info',
      {
        'process.send in the main thread': [inMain.send, 'function'],
        'process.connected there': [inMain.connected, 'true'],
      },
    ),
  proofs: [
    {
      name: 'not in the worker',
      observation: { inMain: known('function', 'true'), inWorker: known('undefined', 'undefined') },
      verdict: 'info',
    },
    {
      name: 'no channel at all',
      observation: { inMain: known('undefined', 'undefined'), inWorker: known('undefined', 'undefined') },
      verdict: 'broken',
    },
    {
      name: 'not connected',
      observation: { inMain: known('function', 'false'), inWorker: known('undefined', 'undefined') },
      verdict: 'broken',
    },
  ],
});

function known(type: string, connected: string): Known {
  return { send: type, disconnect: type, channel: type, connected };
}
