import { once } from 'node:events';
import { linkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { defineProcedure, type Trial } from '../../harness/define.js';
import type { HandleKind } from './children/handle-receiver.js';
import { judgeExpected } from './procedures/expectations.js';
import { NODE_IPC } from './procedures/node-ipc-channel.js';
import {
  connectTo,
  listenOn,
  nextConnection,
  STREAM_KINDS,
  textOf,
  type ListeningServer,
  type StreamKind,
} from './procedures/net-servers.js';
import { stop } from './procedures/process-state.js';
import { startReceiver } from './procedures/receiver.js';
import { withPower } from './procedures/with-power.js';

const SEND = 'Node.js 20, child_process, subprocess.send()';
const HANDLE = {
  document: SEND,
  quote:
    'The child will receive the object as the second argument passed to the callback function registered on the ' +
    "'message' event.",
};

interface Order {
  readonly sent: readonly (readonly [number, HandleKind])[];
  readonly received: readonly (readonly [number, HandleKind])[];
}

/**
 * A handle that has not been acknowledged holds back what is sent after it (nodejs/node `_handleQueue`): that must not
 * change the order.
 */
export const orderWithHandles = defineProcedure<Order>({
  id: 'node-ipc-ordering/with-handles',
  promise:
    'Messages with and without handles arrive in the order in which they were sent, each handle with its own message.',
  level: 'MUST',
  source: () => ({ ...HANDLE, document: `${SEND} — the nearest text: nothing is said of their order` }),
  subjects: NODE_IPC,
  expected: 'The order of sending; a server with every third message.',
  procedure:
    'In one turn of the event loop: send n numbers, a listening server with every third. The child writes down ' +
    'number and handle of each message.',
  quick: true,
  observe: async (trial) => {
    const { give, report } = startReceiver(trial);
    const { server } = await listenOn(trial, 'unix', 's');
    const messages = trial.count({ quick: 30, default: 60, thorough: 3000 });
    const sent = Array.from(
      { length: messages },
      (_, label) => [label, label % 3 === 1 ? 'net.Server' : null] as const,
    );
    for (const [label, kind] of sent) void give({ order: 'note', label }, kind === null ? undefined : server);
    return { sent, received: (await report()).notes };
  },
  judge: ({ sent, received }) => {
    const handles = sent.filter(([, kind]) => kind !== null).length;
    if (handles < 5) return { verdict: 'broken', evidence: `Only ${handles} handles were sent.` };
    const wrong = sent.findIndex(([label, kind], at) => received[at]?.[0] !== label || received[at]?.[1] !== kind);
    if (wrong !== -1)
      return {
        verdict: 'fail',
        evidence:
          `Message ${wrong} of ${sent.length} was sent with ${sent[wrong]?.[1] ?? 'no handle'}; ` +
          `number ${wrong} to arrive was ${received[wrong]?.[0] ?? 'nothing'} ` +
          `with ${received[wrong]?.[1] ?? 'no handle'}.`,
      };
    const verdict = received.length === sent.length ? 'pass' : 'fail';
    return withPower(
      {
        verdict,
        evidence:
          `${received.length} messages of ${sent.length} arrived in order, ${handles} of them with ` + 'their handles.',
      },
      'loss or disorder',
      received.length,
    );
  },
  proofs: [
    { name: 'in order', observation: { sent: numbered(15), received: numbered(15) }, verdict: 'pass' },
    {
      name: 'the first one after a handle overtakes it',
      observation: {
        sent: numbered(15),
        received: [[0, null], [2, null], [1, 'net.Server'], ...numbered(15).slice(3)],
      },
      verdict: 'fail',
    },
    {
      name: 'a handle is not there',
      observation: {
        sent: numbered(15),
        received: numbered(15).map(([label, kind]) => [label, label === 13 ? null : kind]),
      },
      verdict: 'fail',
    },
    { name: 'the last one is lost', observation: { sent: numbered(15), received: numbered(14) }, verdict: 'fail' },
    {
      name: 'one comes twice',
      observation: { sent: numbered(15), received: [...numbered(15), [14, null]] },
      verdict: 'fail',
    },
    { name: 'too few handles', observation: { sent: numbered(12), received: numbered(12) }, verdict: 'broken' },
  ],
});

function numbered(messages: number): readonly (readonly [number, HandleKind])[] {
  return Array.from({ length: messages }, (_, label) => [label, label % 3 === 1 ? 'net.Server' : null] as const);
}

interface Shared {
  readonly stream: StreamKind;
  readonly kind: HandleKind;
  /** Who answered while the child was stopped. */
  readonly stopped: readonly string[];
  /** Who answered after the parent had closed its server. */
  readonly closed: readonly string[];
}

export const sharedServer = defineProcedure<readonly Shared[]>({
  id: 'node-ipc-handle/server',
  promise:
    'A server that is sent to a child listens in both: the parent answers where the child does not, and the ' +
    'child when the parent has closed its own.',
  level: 'MUST',
  source: () => ({
    document: `${SEND}, Example: sending a server object`,
    quote:
      'Once the server is now shared between the parent and child, some connections can be handled by the ' +
      'parent and some by the child.',
  }),
  subjects: NODE_IPC,
  expected:
    "Every connection is answered, by the one that can. Over a path the parent's close() removes the file: the " +
    'child is found by a second link to it alone.',
  procedure:
    'Send a listening server (over a path, over a port) to a child. Connect while the child is stopped, then ' +
    'again after the parent has closed its server.',
  quick: true,
  observe: async (trial) => {
    const { child, give, report } = startReceiver(trial);
    const clients = trial.count({ quick: 2, default: 4, thorough: 100 });
    const found: Shared[] = [];
    for (const stream of STREAM_KINDS) {
      const listening = await listenOn(trial, stream, 's');
      listening.server.on('connection', (socket) => socket.end('parent'));
      await give({ order: 'serve', word: 'child' }, listening.server);
      const kind = (await report()).kinds.at(-1) ?? null;
      await stop(trial, child.pid as number);
      const stopped = await answers(trial, listening, clients);
      child.kill('SIGCONT');
      const again = stream === 'unix' ? { to: { path: trial.path('link') } } : listening;
      if (stream === 'unix') linkSync(trial.path('s'), trial.path('link'));
      listening.server.close();
      await once(listening.server, 'close');
      found.push({ stream, kind, stopped, closed: await answers(trial, again, clients) });
    }
    return found;
  },
  judge: (found) => {
    if (found.length < 2) return { verdict: 'broken', evidence: `Only ${found.length} of 2 servers were sent.` };
    return judgeExpected(
      Object.fromEntries(
        found.flatMap(({ stream, kind, stopped, closed }) => [
          [`${stream}, what the child got`, [kind, 'net.Server']],
          [`${stream}, who answered while the child was stopped`, [stopped, ['parent']]],
          [`${stream}, who answered after the close of the parent`, [closed, ['child']]],
        ]),
      ),
      'fail',
    );
  },
  proofs: [
    { name: 'the parent, then the child', observation: shared(), verdict: 'pass' },
    { name: 'no server came', observation: shared({ kind: null }), verdict: 'fail' },
    { name: 'the parent gave it away', observation: shared({ stopped: [] }), verdict: 'fail' },
    { name: 'one of them was not answered', observation: shared({ stopped: ['parent', ''] }), verdict: 'fail' },
    { name: 'nobody answers after the close', observation: shared({ closed: [''] }), verdict: 'fail' },
    { name: 'one of two', observation: shared().slice(0, 1), verdict: 'broken' },
  ],
});

function shared(last: Partial<Shared> = {}): readonly Shared[] {
  const ends = { kind: 'net.Server', stopped: ['parent'], closed: ['child'] } as const;
  return [
    { stream: 'unix', ...ends },
    { stream: 'tcp', ...ends, ...last },
  ];
}

/** Everything that several clients were told, each thing once. */
async function answers(trial: Trial, at: Pick<ListeningServer, 'to'>, clients: number): Promise<readonly string[]> {
  return [...new Set(await Promise.all(Array.from({ length: clients }, () => textOf(connectTo(trial, at)))))];
}

interface Passed {
  readonly stream: StreamKind;
  readonly keepOpen: boolean;
  readonly kind: HandleKind;
  /** What the parent's own socket says of a write after the child has it: null when it says nothing. */
  readonly parentWrite: string | null;
  readonly clientHeard: string;
  readonly childHeard: string;
}

export const passedSocket = defineProcedure<readonly Passed[]>({
  id: 'node-ipc-handle/socket',
  promise:
    "A connected socket that is sent to a child is the child's: it reads and writes there, and no longer in the " +
    'parent, unless keepOpen was asked for.',
  level: 'MUST',
  source: () => ({
    document: SEND,
    quote:
      'keepOpen <boolean> A value that can be used when passing instances of net.Socket. When true, the socket ' +
      'is kept open in the sending process. Default: false.',
  }),
  subjects: NODE_IPC,
  expected:
    "The child reads 'ping' and the client 'child'. Without keepOpen a write of the parent fails " +
    "(ERR_SOCKET_CLOSED); with it the client reads 'parent' too.",
  procedure:
    'A paused connection, over a path and over a port, is sent to a child, with keepOpen and without; the child ' +
    'writes; the client writes; then the parent writes, and all close.',
  quick: true,
  observe: async (trial) => {
    const { give, report } = startReceiver(trial);
    const found: Passed[] = [];
    for (const stream of STREAM_KINDS) {
      const listening = await listenOn(trial, stream, 's', { pauseOnConnect: true });
      for (const keepOpen of [false, true]) {
        const label = `${stream}${keepOpen}`;
        const client = connectTo(trial, listening);
        const socket = await nextConnection(listening);
        await give({ order: 'converse', label, word: 'child' }, socket, { keepOpen });
        await heardBy(client, 'child');
        client.write('ping');
        const { kinds } = await report({ bytes: 4 * (found.length + 1) });
        const parentWrite = await writeOutcome(socket, 'parent');
        socket.destroy();
        // Both ends of the conversation over: the child ends its own when it reads the end of the client's.
        client.end();
        const rest = textOf(client);
        const { heard } = await report({ ended: found.length + 1 });
        found.push({
          stream,
          keepOpen,
          kind: kinds.at(-1) ?? null,
          parentWrite,
          clientHeard: `child${await rest}`,
          childHeard: heard[label] ?? '',
        });
      }
    }
    return found;
  },
  judge: (found) => {
    if (found.length < 4) return { verdict: 'broken', evidence: `Only ${found.length} of 4 sockets were sent.` };
    return judgeExpected(
      Object.fromEntries(
        found.map(({ stream, keepOpen, kind, parentWrite, clientHeard, childHeard }) => [
          `${stream}${keepOpen ? ', keepOpen' : ''} (what the child got, what it read, what the client read, ` +
            'could the parent write)',
          [
            [kind, childHeard, clientHeard, parentWrite === null],
            ['net.Socket', 'ping', keepOpen ? 'childparent' : 'child', keepOpen],
          ],
        ]),
      ),
      'fail',
    );
  },
  proofs: [
    { name: 'moved and kept', observation: passed(), verdict: 'pass' },
    { name: 'nothing came with the message', observation: passed({ kind: null }), verdict: 'fail' },
    { name: 'the child reads nothing', observation: passed({ childHeard: '' }), verdict: 'fail' },
    {
      name: 'the client hears both although keepOpen was not asked for',
      observation: passed({ clientHeard: 'childparent' }),
      verdict: 'fail',
    },
    { name: 'a write of the parent disappears', observation: passed({ parentWrite: null }), verdict: 'fail' },
    {
      name: 'keepOpen does not keep it',
      observation: passed().map((each) => ({ ...each, clientHeard: 'child' })),
      verdict: 'fail',
    },
    { name: 'three of four', observation: passed().slice(0, 3), verdict: 'broken' },
  ],
});

function passed(last: Partial<Passed> = {}): readonly Passed[] {
  const both = (stream: StreamKind): readonly Passed[] => [
    { stream, keepOpen: true, kind: 'net.Socket', parentWrite: null, clientHeard: 'childparent', childHeard: 'ping' },
    {
      stream,
      keepOpen: false,
      kind: 'net.Socket',
      parentWrite: 'ERR_SOCKET_CLOSED',
      clientHeard: 'child',
      childHeard: 'ping',
      ...last,
    },
  ];
  return [...both('unix'), ...both('tcp')];
}

async function heardBy(client: Socket, word: string): Promise<void> {
  let text = '';
  while (text.length < word.length) {
    const [chunk] = (await once(client, 'data')) as [Buffer];
    text += chunk.toString();
  }
  client.pause();
}

/** null, or the name of the error: in either case when it is certain. */
const writeOutcome = (socket: Socket, text: string): Promise<string | null> =>
  new Promise(
    (resolve) =>
      void socket.write(text, (error) =>
        resolve(error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : null),
      ),
  );
