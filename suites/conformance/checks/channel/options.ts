import { fork, spawn, spawnSync, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { encode, NODE_IPC, serializationOf, shellWrite, thrownBy } from '../../support/node-ipc-channel.js';

interface Options {
  /** What each call throws; null for nothing. */
  readonly twice: string | null;
  readonly synchronous: string | null;
  readonly forkWithout: string | null;
  /** What a worker thread got over a channel to a child of its own. */
  readonly inWorker: unknown;
}

export const channelOptions = defineProcedure<Options>({
  id: 'channel/options',
  guarantee:
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
  observe: async (checkRun) => {
    const serialization = serializationOf(checkRun.subject);
    const stdio: StdioOptions = ['ignore', 'ignore', 'inherit', 'ipc'];
    const twice = thrownBy(() => spawn('true', { stdio: [...stdio, 'ipc'], serialization }));
    const synchronous = thrownBy(() => spawnSync('true', { stdio }));
    const forkWithout = thrownBy(() => fork('unused', { stdio: ['ignore', 'ignore', 'inherit'], serialization }));
    const script = `${shellWrite(encode(serialization, 'from the child of a worker'))}; cat <&3`;
    const worker = new Worker(new URL('../../children/forking-worker.js', import.meta.url), {
      workerData: { script, serialization },
    });
    checkRun.defer(async () => void (await worker.terminate()));
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
