import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import type { Server } from 'node:net';
import { ReadStream } from 'node:tty';
import { defineProcedure } from '../../../../harness/define.js';
import type { HandleKind } from '../../children/handle-receiver.js';
import { judgeExpected } from '../../support/expectations.js';
import { NODE_IPC, thrownBy } from '../../support/node-ipc-channel.js';
import { needLoopback } from '../../support/need-loopback.js';
import { connectTo, listenOn, nextConnection } from '../../support/net-servers.js';
import { startReceiver } from '../../support/receiver.js';

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
  id: 'handles/dgram-pipe-tty',
  guarantee:
    'A datagram socket, a server and a socket over a path can be sent to a child; what is no handle is refused.',
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
    'for the rest. Terminals: handles/terminal. Windows: no datagram sockets.',
  procedure:
    'Send a bound udp4 socket, close it in the parent and send a datagram to its port; send a server and a ' +
    'connection over a path; try {}, 1 and process.',
  quick: false,
  observe: async (checkRun) => {
    needLoopback(checkRun);
    const { child, give, report } = startReceiver(checkRun);
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

    const listening = await listenOn(checkRun, 'unix', 's', { pauseOnConnect: true });
    connectTo(checkRun, listening);
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
  id: 'handles/terminal',
  guarantee: 'What becomes of a terminal, a net.Socket that is not over a socket, when it is sent to a child.',
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
  observe: async (checkRun) => {
    const { child, give, report } = startReceiver(checkRun);
    await report();
    const stream = new ReadStream(openTerminal());
    checkRun.defer(() => void stream.destroy());
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
        return checkRun.skip('No pseudo-terminal can be opened', error);
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
