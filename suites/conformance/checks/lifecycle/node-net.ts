import { once } from 'node:events';
import { existsSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { listenOn } from '../../support/net-servers.js';

interface FullBacklog {
  readonly backlog: number;
  readonly clients: number;
  readonly connected: number;
  readonly errors: readonly string[];
}

/**
 * A connect over a path cannot be under way as one over TCP can: the kernel says EAGAIN at once. mio #1560, asio #1365,
 * curl #18748.
 */
export const fullBacklog = defineProcedure<FullBacklog>({
  id: 'lifecycle/backlog-eagain',
  guarantee: 'What net.connect() over a path reports when the server does not accept and its backlog is full.',
  level: 'INFO',
  source: () => ({
    document: 'connect(2), ERRORS, EAGAIN',
    quote:
      'For nonblocking UNIX domain sockets, the socket is nonblocking, and the connection cannot be completed ' +
      'immediately.',
  }),
  subjects: ['node-net'],
  expected: "Linux: backlog + 1 clients connect; each further one has an 'error' EAGAIN at once, where TCP would wait.",
  procedure: 'A listener with backlog 1 that never accepts; 6 clients connect.',
  quick: true,
  observe: async (checkRun) => {
    const { sys } = checkRun;
    const { AF_UNIX, SOCK_STREAM, SOCK_CLOEXEC } = sys.constants;
    const path = checkRun.path('s');
    const listener = checkRun.own(sys.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC));
    sys.bind(listener, path);
    sys.listen(listener, 1);
    const clients = 6;
    const outcomes = await Promise.all(Array.from({ length: clients }, () => connectOutcome(checkRun, path)));
    return {
      backlog: 1,
      clients,
      connected: outcomes.filter((outcome) => outcome === null).length,
      errors: outcomes.filter((outcome) => outcome !== null),
    };
  },
  judge: ({ backlog, clients, connected, errors }) =>
    judgeExpected(
      {
        [`of ${clients} clients connect with a backlog of ${backlog}`]: [connected, backlog + 1],
        'errors of the others': [[...new Set(errors)], ['EAGAIN']],
      },
      'info',
      {
        'More clients than the backlog holds': [clients > backlog + 1, true],
        'Clients that got an answer': [connected + errors.length, clients],
      },
    ),
  proofs: [
    {
      name: 'Linux',
      observation: { backlog: 1, clients: 6, connected: 2, errors: ['EAGAIN', 'EAGAIN', 'EAGAIN', 'EAGAIN'] },
      verdict: 'info',
    },
    {
      name: 'refused',
      observation: {
        backlog: 1,
        clients: 6,
        connected: 1,
        errors: ['ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED'],
      },
      verdict: 'info',
      unusual: true,
    },
    { name: 'too few clients', observation: { backlog: 1, clients: 2, connected: 2, errors: [] }, verdict: 'broken' },
    {
      name: 'no answer for some',
      observation: { backlog: 1, clients: 6, connected: 2, errors: ['EAGAIN'] },
      verdict: 'broken',
    },
  ],
});

interface OthersSocket {
  readonly version: string;
  /** The second server's file was there before the first server closed. */
  readonly existed: boolean;
  readonly exists: boolean;
  /** Of a client of the second server afterwards: null when it connects. */
  readonly connect: string | null;
}

export const unlinkOfOthersSocket = defineProcedure<OthersSocket>({
  id: 'lifecycle/unlink-of-others-socket',
  guarantee: 'A server that closes removes its own socket file, not one that another server has put in its place.',
  level: 'SHOULD',
  source: () => ({
    document: 'Node.js 20, net, Identifying paths for IPC connections',
    quote:
      'If a Node.js API abstraction creates the Unix domain socket, it will unlink the Unix domain socket as ' +
      'well. […] But if a user creates the Unix domain socket outside of these abstractions, the user will need ' +
      'to remove it.',
  }),
  subjects: ['node-net'],
  expected:
    'The second file stays. Node 20 (libuv 1.46): it is unlinked by its path, so that nobody finds the second ' +
    'server any more: what a restart without a pause does.',
  procedure:
    'A server listens on a path; the file is unlinked, as a starting server does to remove a stale one; a ' +
    'second server listens there; the first closes; look, and connect.',
  quick: true,
  observe: async (checkRun) => {
    const path = checkRun.path('s');
    const first = await listenOn(checkRun, 'unix', 's');
    unlinkSync(path);
    const second = await listenOn(checkRun, 'unix', 's');
    const existed = existsSync(path);
    await closed(first.server);
    return {
      version: process.version,
      existed,
      exists: existsSync(path),
      connect: await connectOutcome(checkRun, (second.to as { readonly path: string }).path),
    };
  },
  judge: ({ version, existed, exists, connect: outcome }) => {
    if (!existed) return { verdict: 'broken', evidence: 'The second server had no file to lose.' };
    return {
      verdict: exists && outcome === null ? 'pass' : 'deviation',
      evidence:
        `Node ${version}: after the first server's close the file ${exists ? 'is still there' : 'is gone'}; ` +
        `a client of the second: ${outcome ?? 'connects'}.`,
    };
  },
  proofs: [
    {
      name: 'it stays',
      observation: { version: 'v20.20.2', existed: true, exists: true, connect: null },
      verdict: 'pass',
    },
    {
      name: 'it is gone',
      observation: { version: 'v20.20.2', existed: true, exists: false, connect: 'ENOENT' },
      verdict: 'deviation',
    },
    {
      name: 'a file that leads nowhere',
      observation: { version: 'v20.20.2', existed: true, exists: true, connect: 'ECONNREFUSED' },
      verdict: 'deviation',
    },
    {
      name: 'it was never there',
      observation: { version: 'v20.20.2', existed: false, exists: false, connect: 'ENOENT' },
      verdict: 'broken',
    },
  ],
});

interface SocketFile {
  readonly whileListening: boolean;
  readonly afterClose: boolean;
  /** A second process listened there, and was killed. */
  readonly whileOtherListened: boolean;
  readonly afterKill: boolean;
  /** What connect() and listen() on the file that was left say. */
  readonly connect: string | null;
  readonly listen: string | null;
}

export const fileRemovedOnClose = defineProcedure<SocketFile>({
  id: 'lifecycle/file-removed-on-close',
  guarantee:
    'close() removes the socket file; the file of a server that was killed stays, and refuses clients and servers.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, net, Identifying paths for IPC connections',
    quote:
      'The same applies when a Node.js API creates a Unix domain socket but the program then crashes. In short, ' +
      'a Unix domain socket will be visible in the file system and will persist until unlinked.',
  }),
  subjects: ['node-net'],
  expected: 'Gone after close(); there after SIGKILL: ECONNREFUSED for a client, EADDRINUSE for a server.',
  procedure:
    'Listen and close; let another process listen on the same path and kill it with SIGKILL; look after each step.',
  quick: false,
  observe: async (checkRun) => {
    const path = checkRun.path('s');
    const { server } = await listenOn(checkRun, 'unix', 's');
    const whileListening = existsSync(path);
    await closed(server);
    const afterClose = existsSync(path);
    const other = checkRun.child(new URL('../../children/listening.js', import.meta.url), { args: [path] });
    if (other.stdout !== null) await once(other.stdout, 'data');
    const whileOtherListened = existsSync(path);
    const gone = checkRun.event(other, 'exit');
    other.kill('SIGKILL');
    await gone;
    return {
      whileListening,
      afterClose,
      whileOtherListened,
      afterKill: existsSync(path),
      connect: await connectOutcome(checkRun, path),
      listen: await listenOutcome(checkRun, path),
    };
  },
  judge: ({ whileListening, afterClose, whileOtherListened, afterKill, connect: client, listen }) =>
    judgeExpected(
      {
        'there after close()': [afterClose, false],
        'there after SIGKILL': [afterKill, true],
        'a client then': [client, 'ECONNREFUSED'],
        'a server then': [listen, 'EADDRINUSE'],
      },
      'fail',
      {
        'There while the server listened': [whileListening, true],
        'There while the other process listened': [whileOtherListened, true],
      },
    ),
  proofs: [
    { name: 'as documented', observation: socketFile({}), verdict: 'pass' },
    { name: 'left by close()', observation: socketFile({ afterClose: true }), verdict: 'fail' },
    { name: 'removed after a crash', observation: socketFile({ afterKill: false }), verdict: 'fail' },
    { name: 'a client connects', observation: socketFile({ connect: null }), verdict: 'fail' },
    { name: 'a server listens', observation: socketFile({ listen: null }), verdict: 'fail' },
    { name: 'never there', observation: socketFile({ whileListening: false }), verdict: 'broken' },
    { name: 'the other one never listened', observation: socketFile({ whileOtherListened: false }), verdict: 'broken' },
  ],
});

function socketFile(changed: Partial<SocketFile>): SocketFile {
  return {
    whileListening: true,
    afterClose: false,
    whileOtherListened: true,
    afterKill: true,
    connect: 'ECONNREFUSED',
    listen: 'EADDRINUSE',
    ...changed,
  };
}

const closed = (server: Server): Promise<void> => new Promise((resolve) => void server.close(() => resolve()));

/** null when it connects. */
function connectOutcome(checkRun: CheckRun, path: string): Promise<string | null> {
  const socket = connect(path);
  checkRun.defer(() => void socket.destroy());
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(null));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.name));
  });
}

/** null when it listens. */
function listenOutcome(checkRun: CheckRun, path: string): Promise<string | null> {
  const server = createServer();
  checkRun.defer(() => void server.close());
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.name));
    server.listen(path, () => resolve(null));
  });
}
