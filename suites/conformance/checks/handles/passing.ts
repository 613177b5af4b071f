import { once } from 'node:events';
import { linkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import type { HandleKind } from '../../children/handle-receiver.js';
import { judgeExpected } from '../../support/expectations.js';
import { NODE_IPC } from '../../support/node-ipc-channel.js';
import {
  connectTo,
  listenOn,
  nextConnection,
  STREAM_KINDS,
  textOf,
  type ListeningServer,
  type StreamKind,
} from '../../support/net-servers.js';
import { stop } from '../../support/process-state.js';
import { startReceiver } from '../../support/receiver.js';

const SEND = 'Node.js 20, child_process, subprocess.send()';

interface Shared {
  readonly stream: StreamKind;
  readonly kind: HandleKind;
  /** Who answered while the child was stopped. */
  readonly stopped: readonly string[];
  /** Who answered after the parent had closed its server. */
  readonly closed: readonly string[];
}

export const sharedServer = defineProcedure<readonly Shared[]>({
  id: 'handles/server',
  guarantee:
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
  observe: async (checkRun) => {
    const { child, give, report } = startReceiver(checkRun);
    const clients = checkRun.count({ quick: 2, default: 4, thorough: 100 });
    const found: Shared[] = [];
    for (const stream of STREAM_KINDS) {
      const listening = await listenOn(checkRun, stream, 's');
      listening.server.on('connection', (socket) => socket.end('parent'));
      await give({ order: 'serve', word: 'child' }, listening.server);
      const kind = (await report()).kinds.at(-1) ?? null;
      await stop(checkRun, child.pid as number);
      const stopped = await answers(checkRun, listening, clients);
      child.kill('SIGCONT');
      const again = stream === 'unix' ? { to: { path: checkRun.path('link') } } : listening;
      if (stream === 'unix') linkSync(checkRun.path('s'), checkRun.path('link'));
      listening.server.close();
      await once(listening.server, 'close');
      found.push({ stream, kind, stopped, closed: await answers(checkRun, again, clients) });
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
async function answers(
  checkRun: CheckRun,
  at: Pick<ListeningServer, 'to'>,
  clients: number,
): Promise<readonly string[]> {
  return [...new Set(await Promise.all(Array.from({ length: clients }, () => textOf(connectTo(checkRun, at)))))];
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
  id: 'handles/socket',
  guarantee:
    'A connected socket that is sent to a child belongs to the child: only the child can use it, ' +
    'unless keepOpen was set.',
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
  observe: async (checkRun) => {
    const { give, report } = startReceiver(checkRun);
    const found: Passed[] = [];
    for (const stream of STREAM_KINDS) {
      const listening = await listenOn(checkRun, stream, 's', { pauseOnConnect: true });
      for (const keepOpen of [false, true]) {
        const label = `${stream}${keepOpen}`;
        const client = connectTo(checkRun, listening);
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
