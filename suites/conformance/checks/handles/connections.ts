import { Socket } from 'node:net';
import { defineProcedure } from '../../../../harness/define.js';
import type { HandleKind } from '../../children/handle-receiver.js';
import { judgeExpected } from '../../support/expectations.js';
import { NODE_IPC } from '../../support/node-ipc-channel.js';
import { connectTo, listenOn, nextConnection } from '../../support/net-servers.js';
import { startReceiver } from '../../support/receiver.js';

const SEND = 'Node.js 20, child_process, subprocess.send()';

interface Closed {
  readonly which: 'never connected' | 'destroyed';
  readonly outcome: string | null;
  readonly received: HandleKind | 'no message';
}

export const closedSocket = defineProcedure<readonly Closed[]>({
  id: 'handles/closed-socket',
  guarantee:
    'A message with a socket that is no longer connected arrives without the socket, and the sender ' +
    'gets no error.',
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
  observe: async (checkRun) => {
    const { give, report } = startReceiver(checkRun);
    const listening = await listenOn(checkRun, 'unix', 's', { pauseOnConnect: true });
    connectTo(checkRun, listening);
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
  id: 'handles/get-connections',
  guarantee: 'getConnections() counts the connections that were sent to children, until they are closed there.',
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
  observe: async (checkRun) => {
    const { give, next, report } = startReceiver(checkRun);
    const listening = await listenOn(checkRun, 'tcp', 's', { pauseOnConnect: true });
    const sent = checkRun.count({ quick: 3, default: 5, thorough: 50 });
    for (let number = 0; number <= sent; number += 1) {
      const accepted = nextConnection(listening);
      connectTo(checkRun, listening);
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
