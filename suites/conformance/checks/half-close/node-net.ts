import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import {
  connectTo,
  listenOn,
  nextConnection,
  STREAM_KINDS,
  textOf,
  type StreamKind,
} from '../../support/net-servers.js';

interface HalfOpen {
  readonly stream: StreamKind;
  readonly allowHalfOpen: boolean;
  readonly serverRead: string;
  readonly clientRead: string;
}

/**
 * Longer than the 50 ms after which libuv closes a named pipe of Windows whose other end has said nothing
 * (`eof_timeout`).
 */
const ANSWER_AFTER_MS = 60;

export const halfOpen = defineProcedure<readonly HalfOpen[]>({
  id: 'half-close/allow-half-open',
  guarantee:
    'With allowHalfOpen a server can still answer when its client has ended; without it the answer finds the ' +
    'socket closed.',
  level: 'MUST',
  source: () => ({
    document: "Node.js 20, net, Event: 'end'",
    quote:
      'However, if allowHalfOpen is set to true, the socket will not automatically end() its writable side, ' +
      'allowing the user to write arbitrary amounts of data. The user must call end() explicitly to close the ' +
      'connection (i.e. sending a FIN packet back).',
  }),
  subjects: ['node-net'],
  expected: "'answer' with it, nothing without. Windows: answers later than 50 ms are lost over a path.",
  procedure:
    "Over a path and over a port, with allowHalfOpen and without: client.end('question'); the server answers 60 " +
    "ms after 'end'.",
  quick: false,
  observe: (checkRun) =>
    Promise.all(
      STREAM_KINDS.flatMap((stream) =>
        [true, false].map((allowHalfOpen) => askAndAnswer(checkRun, stream, allowHalfOpen)),
      ),
    ),
  judge: (found) =>
    judgeExpected(
      Object.fromEntries(
        found.map(({ stream, allowHalfOpen, clientRead }) => [
          `${stream}${allowHalfOpen ? ', allowHalfOpen' : ''}, the client read`,
          [clientRead || null, allowHalfOpen ? 'answer' : null],
        ]),
      ),
      'fail',
      { 'Servers that read the question': [found.filter(({ serverRead }) => serverRead === 'question').length, 4] },
    ),
  proofs: [
    { name: 'as documented', observation: halfOpens({}), verdict: 'pass' },
    { name: 'no answer', observation: halfOpens({ clientRead: '' }), verdict: 'fail' },
    {
      name: 'an answer without it',
      observation: halfOpens({}).map((each) => ({ ...each, clientRead: 'answer' })),
      verdict: 'fail',
    },
    { name: 'no question', observation: halfOpens({ serverRead: '' }), verdict: 'broken' },
    { name: 'not all four', observation: halfOpens({}).slice(1), verdict: 'broken' },
  ],
});

function halfOpens(last: Partial<HalfOpen>): readonly HalfOpen[] {
  const without = { allowHalfOpen: false, serverRead: 'question', clientRead: '' } as const;
  const allowed = { allowHalfOpen: true, serverRead: 'question', clientRead: 'answer' } as const;
  return [
    { stream: 'unix', ...without },
    { stream: 'tcp', ...without },
    { stream: 'unix', ...allowed },
    { stream: 'tcp', ...allowed, ...last },
  ];
}

async function askAndAnswer(checkRun: CheckRun, stream: StreamKind, allowHalfOpen: boolean): Promise<HalfOpen> {
  const listening = await listenOn(checkRun, stream, `s${allowHalfOpen}`, { allowHalfOpen });
  const accepted = nextConnection(listening);
  const client = connectTo(checkRun, listening);
  const clientRead = textOf(client);
  client.end('question');
  const socket = await accepted;
  let serverRead = '';
  socket.on('data', (chunk) => void (serverRead += chunk.toString()));
  await once(socket, 'end');
  await delay(ANSWER_AFTER_MS);
  if (socket.writable) socket.end('answer');
  return { stream, allowHalfOpen, serverRead, clientRead: await clientRead };
}
