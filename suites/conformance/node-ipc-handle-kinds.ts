import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { Socket, type Server } from 'node:net';
import { ReadStream } from 'node:tty';
import { defineProcedure } from '../../harness/define.js';
import type { HandleKind } from './children/handle-receiver.js';
import { judgeExpected } from './procedures/expectations.js';
import { NODE_IPC, thrownBy } from './procedures/node-ipc-channel.js';
import { needLoopback } from './procedures/need-loopback.js';
import { connectTo, listenOn, nextConnection } from './procedures/net-servers.js';
import { startReceiver } from './procedures/receiver.js';

const SEND = 'Node.js 20, child_process, subprocess.send()';

interface Kinds {
  readonly datagram: HandleKind;
  readonly childHeard: string;
  /** A net.Server and a net.Socket over a path, which are pipes for libuv. */
  readonly pathServer: HandleKind;
  readonly pathSocket: HandleKind;
  /** What send() throws for an object, a number, an EventEmitter that have no handle. */
  readonly notHandles: readonly (string | null)[];
}

export const otherHandles = defineProcedure<Kinds>({
  id: 'node-ipc-handle/dgram-pipe-tty',
  promise: 'A datagram socket, a server and a socket over a path can be sent to a child; what is no handle is refused.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, child_process, subprocess.send(), Example: sending a server object',
    quote:
      "node:dgram module servers use exactly the same workflow with the exceptions of listening on a 'message' " +
      "event instead of 'connection' and using server.bind() instead of server.listen(). This is, however, only " +
      'supported on Unix platforms.',
  }),
  subjects: NODE_IPC,
  expected:
    'Each as what it was; a datagram sent to the port afterwards is heard by the child. ERR_INVALID_HANDLE_TYPE ' +
    'for the rest. Terminals: node-ipc-handle/terminal. Windows: no datagram sockets.',
  procedure:
    'Send a bound udp4 socket, close it in the parent and send a datagram to its port; send a server and a ' +
    'connection over a path; try {}, 1 and process.',
  quick: false,
  observe: async (trial) => {
    needLoopback(trial);
    const { child, give, report } = startReceiver(trial);
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    await give({ order: 'hear', label: 'datagram' }, socket);
    const datagram = (await report()).kinds.at(-1) ?? null;
    // From here on the child alone can hear it.
    socket.close();
    const client = createSocket('udp4');
    client.send('hello', port, '127.0.0.1');
    const { heard } = await report({ bytes: 5 });
    client.close();

    const listening = await listenOn(trial, 'unix', 's', { pauseOnConnect: true });
    connectTo(trial, listening);
    await give({ order: 'converse', label: 'path' }, await nextConnection(listening));
    const pathSocket = (await report()).kinds.at(-1) ?? null;
    await give({ order: 'serve', word: 'child' }, listening.server);
    const pathServer = (await report()).kinds.at(-1) ?? null;
    const notHandles = [{}, 1, process].map((handle) => thrownBy(() => child.send('x', handle as unknown as Server)));
    return { datagram, childHeard: heard['datagram'] ?? '', pathServer, pathSocket, notHandles };
  },
  judge: ({ datagram, childHeard, pathServer, pathSocket, notHandles }) =>
    judgeExpected(
      {
        'udp4 socket': [datagram, 'dgram.Socket'],
        'what the child heard on it': [childHeard, 'hello'],
        'server over a path': [pathServer, 'net.Server'],
        'connection over a path': [pathSocket, 'net.Socket'],
        '{}, 1, process': [
          notHandles,
          ['ERR_INVALID_HANDLE_TYPE', 'ERR_INVALID_HANDLE_TYPE', 'ERR_INVALID_HANDLE_TYPE'],
        ],
      },
      'fail',
      { 'Objects without a handle that were tried': [notHandles.length, 3] },
    ),
  proofs: [
    { name: 'each as what it was', observation: kinds(), verdict: 'pass' },
    { name: 'no datagram socket', observation: kinds({ datagram: null }), verdict: 'fail' },
    { name: 'a deaf one', observation: kinds({ childHeard: '' }), verdict: 'fail' },
    { name: 'the server is none', observation: kinds({ pathServer: 'something else' }), verdict: 'fail' },
    { name: 'the connection is none', observation: kinds({ pathSocket: null }), verdict: 'fail' },
    {
      name: 'an object is taken',
      observation: kinds({ notHandles: [null, 'ERR_INVALID_HANDLE_TYPE', 'ERR_INVALID_HANDLE_TYPE'] }),
      verdict: 'fail',
    },
    { name: 'not all were tried', observation: kinds({ notHandles: ['ERR_INVALID_HANDLE_TYPE'] }), verdict: 'broken' },
  ],
});

function kinds(changed: Partial<Kinds> = {}): Kinds {
  const refused = 'ERR_INVALID_HANDLE_TYPE';
  return {
    datagram: 'dgram.Socket',
    childHeard: 'hello',
    pathServer: 'net.Server',
    pathSocket: 'net.Socket',
    notHandles: [refused, refused, refused],
    ...changed,
  };
}

interface Terminal {
  /** The child answered before anything was tried. */
  readonly answered: boolean;
  /** What the callback of send() said. */
  readonly sent: string | null;
  readonly received: HandleKind | 'no message';
  /** How the child ended: null when it lives on. */
  readonly ended: string | null;
}

/** tty.ReadStream extends net.Socket, so send() takes it; libuv has no way to pass it, and says so. */
export const terminal = defineProcedure<Terminal>({
  id: 'node-ipc-handle/terminal',
  promise: 'What becomes of a terminal, a net.Socket that is not over a socket, when it is sent to a child.',
  level: 'INFO',
  source: () => ({
    document: `${SEND} (text not verified)`,
    quote:
      'Unspecified: sendHandle is a net.Server, net.Socket or dgram.Socket; nothing is said of a net.Socket ' +
      'that is a terminal.',
  }),
  subjects: NODE_IPC,
  expected: 'Node 20: EBADF in the callback, no message, and the channel goes on.',
  procedure:
    'Open a pseudo-terminal (/dev/ptmx) as a tty.ReadStream and send it to a child; ask the child, over the ' +
    'same channel, what it got.',
  quick: false,
  observe: async (trial) => {
    const { child, give, report } = startReceiver(trial);
    await report();
    const stream = new ReadStream(openTerminal());
    trial.defer(() => void stream.destroy());
    const sent = await give({ order: 'note', label: 0 }, stream);
    try {
      const note = (await report()).notes[0];
      return { answered: true, sent, received: note === undefined ? 'no message' : note[1], ended: null };
    } catch {
      return {
        answered: true,
        sent,
        received: 'no message',
        ended: child.signalCode ?? `exit status ${child.exitCode}`,
      };
    }

    function openTerminal(): number {
      try {
        return openSync('/dev/ptmx', 'r+');
      } catch (error) {
        return trial.skip('No pseudo-terminal can be opened', error);
      }
    }
  },
  judge: ({ answered, sent, received, ended }) =>
    judgeExpected(
      {
        'The callback says': [sent, 'EBADF'],
        'the child gets': [received, 'no message'],
        'the child ends with': [ended, null],
      },
      'info',
      { 'The channel worked before': [answered, true] },
    ),
  proofs: [
    {
      name: 'refused',
      observation: { answered: true, sent: 'EBADF', received: 'no message', ended: null },
      verdict: 'info',
    },
    {
      name: 'the end of the child',
      observation: { answered: true, sent: null, received: 'no message', ended: 'SIGABRT' },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'no channel',
      observation: { answered: false, sent: 'EBADF', received: 'no message', ended: null },
      verdict: 'broken',
    },
  ],
});

interface Closed {
  readonly which: 'never connected' | 'destroyed';
  readonly outcome: string | null;
  readonly received: HandleKind | 'no message';
}

export const closedSocket = defineProcedure<readonly Closed[]>({
  id: 'node-ipc-handle/closed-socket',
  promise:
    'A message with a socket that is not connected any more arrives without the socket, and the sender is told ' +
    'of no error.',
  level: 'MUST',
  source: () => ({
    document: `${SEND}, Example: sending a socket object`,
    quote:
      "Any 'message' handlers in the subprocess should verify that socket exists, as the connection may have " +
      'been closed during the time it takes to send the connection to the child.',
  }),
  subjects: NODE_IPC,
  expected: 'The message, with undefined in place of the handle; null in the callback.',
  procedure:
    'Send a message with a net.Socket that was never connected, and one with a connection that was destroyed; a ' +
    'third one without, and the report.',
  quick: false,
  observe: async (trial) => {
    const { give, report } = startReceiver(trial);
    const listening = await listenOn(trial, 'unix', 's', { pauseOnConnect: true });
    connectTo(trial, listening);
    const destroyed = await nextConnection(listening);
    destroyed.destroy();
    const outcomes = [
      await give({ order: 'note', label: 0 }, new Socket()),
      await give({ order: 'note', label: 1 }, destroyed),
    ];
    const { notes } = await report();
    return (['never connected', 'destroyed'] as const).map((which, label) => {
      const note = notes.find(([number]) => number === label);
      return { which, outcome: outcomes[label] ?? null, received: note === undefined ? 'no message' : note[1] };
    });
  },
  judge: (found) =>
    judgeExpected(
      Object.fromEntries(
        found.flatMap(({ which, outcome, received }) => [
          [`${which}, outcome`, [outcome, null]],
          [`${which}, handle in the child`, [received, null]],
        ]),
      ),
      'fail',
      { 'Sockets sent': [found.length, 2] },
    ),
  proofs: [
    { name: 'messages without handles', observation: closed({}), verdict: 'pass' },
    { name: 'an error', observation: closed({ outcome: 'ERR_SOCKET_CLOSED' }), verdict: 'fail' },
    { name: 'the message is lost', observation: closed({ received: 'no message' }), verdict: 'fail' },
    { name: 'a handle comes', observation: closed({ received: 'net.Socket' }), verdict: 'fail' },
    { name: 'one alone', observation: closed({}).slice(0, 1), verdict: 'broken' },
  ],
});

function closed(last: Partial<Closed>): readonly Closed[] {
  return [
    { which: 'never connected', outcome: null, received: null },
    { which: 'destroyed', outcome: null, received: null, ...last },
  ];
}

interface Connections {
  /** Connections that the parent kept, and that it sent away. */
  readonly kept: number;
  readonly sent: number;
  readonly counted: number;
  readonly countedAfterOneClosed: number;
}

export const connectionsInChildren = defineProcedure<Connections>({
  id: 'node-ipc-handle/get-connections',
  promise: 'getConnections() counts the connections that were sent to children, until they are closed there.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, net, server.getConnections()',
    quote:
      'Asynchronously get the number of concurrent connections on the server. Works when sockets were sent to forks.',
  }),
  subjects: NODE_IPC,
  expected: 'All; one less when the child has closed one.',
  procedure:
    'Accept n connections over a port, send all but one to a child, count; let the child destroy one, count again.',
  quick: false,
  observe: async (trial) => {
    const { give, next, report } = startReceiver(trial);
    const listening = await listenOn(trial, 'tcp', 's', { pauseOnConnect: true });
    const sent = trial.count({ quick: 3, default: 5, thorough: 50 });
    for (let number = 0; number <= sent; number += 1) {
      const accepted = nextConnection(listening);
      connectTo(trial, listening);
      const socket = await accepted;
      if (number > 0) void give({ order: 'converse', label: 'counted' }, socket);
    }
    await report();
    const count = (): Promise<number> =>
      new Promise(
        (resolve, reject) =>
          void listening.server.getConnections((error, connections) =>
            error === null ? resolve(connections) : reject(error),
          ),
      );
    const counted = await count();
    void give({ order: 'drop' });
    await next();
    return { kept: 1, sent, counted, countedAfterOneClosed: await count() };
  },
  judge: ({ kept, sent, counted, countedAfterOneClosed }) =>
    judgeExpected(
      {
        counted: [counted, kept + sent],
        'counted when one of the child was closed': [countedAfterOneClosed, kept + sent - 1],
      },
      'fail',
      { 'At least two were sent': [sent >= 2, true] },
    ),
  proofs: [
    { name: 'all of them', observation: { kept: 1, sent: 3, counted: 4, countedAfterOneClosed: 3 }, verdict: 'pass' },
    { name: 'its own alone', observation: { kept: 1, sent: 3, counted: 1, countedAfterOneClosed: 3 }, verdict: 'fail' },
    { name: 'never less', observation: { kept: 1, sent: 3, counted: 4, countedAfterOneClosed: 4 }, verdict: 'fail' },
    { name: 'just enough', observation: { kept: 1, sent: 2, counted: 3, countedAfterOneClosed: 2 }, verdict: 'pass' },
    {
      name: 'one was sent',
      observation: { kept: 1, sent: 1, counted: 2, countedAfterOneClosed: 1 },
      verdict: 'broken',
    },
  ],
});
