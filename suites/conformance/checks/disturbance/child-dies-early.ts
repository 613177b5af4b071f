import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { nameOf, NODE_IPC, serializationOf } from '../../support/node-ipc-channel.js';

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
  id: 'disturbance/child-dies-before-connect',
  guarantee:
    'A child that cannot be started, or that ends before it reads its channel, is reported by an ' +
    'event, and its channel is closed.',
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
  observe: (checkRun) =>
    Promise.all([
      startStillBorn(checkRun, 'does not exist', checkRun.path('nobody')),
      startStillBorn(checkRun, 'ends at once', 'false'),
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

async function startStillBorn(checkRun: CheckRun, program: StillBorn['program'], file: string): Promise<StillBorn> {
  const child = checkRun.spawn(file, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    serialization: serializationOf(checkRun.subject),
  });
  child.stdout?.resume();
  let error: string | null = null;
  let exit: number | null = null;
  child.on('error', (problem) => (error = nameOf(problem)));
  child.on('exit', (status) => (exit = status));
  const closed = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), 5000 * checkRun.slowdown);
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
