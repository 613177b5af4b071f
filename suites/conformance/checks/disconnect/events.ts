import type { ChildProcess } from 'node:child_process';
import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import type { Disconnection, SeenByChild } from '../../children/disconnecting.js';
import { judgeExpected } from '../../support/expectations.js';
import { nameOf, NODE_IPC, serializationOf } from '../../support/node-ipc-channel.js';
import { exitOf, outputOf } from '../../support/process-state.js';

interface SeenByParent {
  readonly disconnects: number;
  /** Right after its own disconnect(); after the event otherwise. */
  readonly connected: boolean;
  readonly returned: boolean;
  readonly callback: string | null;
  /** Errors that the ChildProcess emitted: of a send() without a callback, then of disconnect(). */
  readonly errors: readonly string[];
}

interface Disconnected extends Disconnection {
  readonly parent: SeenByParent;
  readonly child: SeenByChild;
}

const BY = ['parent', 'child'] as const;

export const disconnectEvents = defineProcedure<readonly Disconnected[]>({
  id: 'disconnect/events',
  guarantee:
    "After a disconnect by either end both have one 'disconnect' event, and send() fails with " +
    "ERR_IPC_CHANNEL_CLOSED: by its callback, or else as an 'error' event.",
  level: 'MUST',
  source: () => ({
    document: "Node.js 20, child_process, Event: 'disconnect'",
    quote:
      "The 'disconnect' event is emitted after calling the subprocess.disconnect() method in parent process or " +
      'process.disconnect() in child process. After disconnecting it is no longer possible to send or receive ' +
      'messages, and the subprocess.connected property is false.',
  }),
  subjects: NODE_IPC,
  expected: 'As promised. In a child the error is emitted by `process`, where it is fatal without a listener.',
  procedure: 'Once the parent disconnects, once the child. Then both send, with a callback and without.',
  quick: true,
  observe: disconnectBoth,
  judge: (runs) =>
    judgeExpected(
      Object.fromEntries(
        runs.flatMap(({ by, parent, child }) =>
          (
            [
              ['parent', parent],
              ['child', child],
            ] as const
          ).map(([end, seen]) => [
            `${end}, disconnected by the ${by} ('disconnect' events, connected, send() returned, its callback, ` +
              `'error' without one)`,
            [
              [seen.disconnects, seen.connected, seen.returned ?? null, seen.callback, seen.errors[0] ?? null],
              [1, false, false, 'ERR_IPC_CHANNEL_CLOSED', 'ERR_IPC_CHANNEL_CLOSED'],
            ],
          ]),
        ),
      ),
      'fail',
      { 'Channels disconnected': [runs.map(({ by }) => by), [...BY]] },
    ),
  proofs: [
    { name: 'as documented', observation: disconnected(), verdict: 'pass' },
    { name: 'no event in the parent', observation: disconnected({ parent: { disconnects: 0 } }), verdict: 'fail' },
    { name: 'two events in the child', observation: disconnected({ child: { disconnects: 2 } }), verdict: 'fail' },
    { name: 'still connected', observation: disconnected({ parent: { connected: true } }), verdict: 'fail' },
    { name: 'send() returns true', observation: disconnected({ child: { returned: true } }), verdict: 'fail' },
    { name: 'a callback without an error', observation: disconnected({ parent: { callback: null } }), verdict: 'fail' },
    { name: 'no error event', observation: disconnected({ child: { errors: [] } }), verdict: 'fail' },
    { name: 'one channel', observation: disconnected().slice(0, 1), verdict: 'broken' },
  ],
});

export const disconnectTwice = defineProcedure<readonly Disconnected[]>({
  id: 'disconnect/double',
  guarantee: "A second disconnect() is an 'error' event with ERR_IPC_DISCONNECTED, in either end.",
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, errors, ERR_IPC_DISCONNECTED',
    quote: 'An attempt was made to disconnect an IPC communication channel that was already disconnected.',
  }),
  subjects: NODE_IPC,
  expected: 'As promised.',
  procedure: 'As disconnect/events; then both ends call disconnect().',
  quick: false,
  observe: disconnectBoth,
  judge: (runs) =>
    judgeExpected(
      Object.fromEntries(
        runs.flatMap(({ by, parent, child }) => [
          [`parent, disconnected by the ${by}`, [parent.errors.slice(1), ['ERR_IPC_DISCONNECTED']]],
          [`child, disconnected by the ${by}`, [child.errors.slice(1), ['ERR_IPC_DISCONNECTED']]],
        ]),
      ),
      'fail',
      { 'Channels disconnected': [runs.map(({ by }) => by), [...BY]] },
    ),
  proofs: [
    { name: 'an error each', observation: disconnected(), verdict: 'pass' },
    {
      name: 'nothing in the parent',
      observation: disconnected({ parent: { errors: ['ERR_IPC_CHANNEL_CLOSED'] } }),
      verdict: 'fail',
    },
    {
      name: 'another error in the child',
      observation: disconnected({ child: { errors: ['ERR_IPC_CHANNEL_CLOSED', 'EPIPE'] } }),
      verdict: 'fail',
    },
    { name: 'one channel', observation: disconnected().slice(0, 1), verdict: 'broken' },
  ],
});

function disconnected(
  last: { readonly parent?: Partial<SeenByParent>; readonly child?: Partial<SeenByChild> } = {},
): readonly Disconnected[] {
  const seen = {
    disconnects: 1,
    connected: false,
    returned: false,
    callback: 'ERR_IPC_CHANNEL_CLOSED',
    errors: ['ERR_IPC_CHANNEL_CLOSED', 'ERR_IPC_DISCONNECTED'],
  };
  return [
    { by: 'parent', parent: seen, child: seen },
    { by: 'child', parent: { ...seen, ...last.parent }, child: { ...seen, ...last.child } },
  ];
}

function disconnectBoth(checkRun: CheckRun): Promise<readonly Disconnected[]> {
  return Promise.all(
    BY.map(async (by) => {
      const child = checkRun.child(new URL('../../children/disconnecting.js', import.meta.url), {
        args: [JSON.stringify({ by } satisfies Disconnection)],
        stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
        serialization: serializationOf(checkRun.subject),
      });
      const said = outputOf(child);
      const parent = await seeFromParent(checkRun, child, by);
      return { by, parent, child: JSON.parse(await said) as SeenByChild };
    }),
  );
}

async function seeFromParent(checkRun: CheckRun, child: ChildProcess, by: Disconnection['by']): Promise<SeenByParent> {
  const errors: string[] = [];
  let disconnectCount = 0;
  const ended = exitOf(child);
  child.on('error', (error) => errors.push(nameOf(error)));
  child.on('disconnect', () => (disconnectCount += 1));
  await checkRun.event(child, 'message');
  if (by === 'parent') child.disconnect();
  else await checkRun.until('the child has disconnected', () => disconnectCount > 0);
  const { connected } = child;
  let returned = true;
  const callback = await new Promise<string | null>((resolve) => {
    returned = child.send('late', (error) => resolve(error === null ? null : nameOf(error)));
  });
  child.send('late');
  // 'error' comes in a later turn. A second disconnect() emits it at once.
  await new Promise((resolve) => void setImmediate(resolve));
  child.disconnect();
  await ended;
  return { disconnects: disconnectCount, connected, returned, callback, errors };
}
