import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { defineProcedure, type Trial } from '../../harness/define.js';
import { judgeExpected } from './procedures/expectations.js';
import {
  connectTo,
  listenOn,
  nextConnection,
  STREAM_KINDS,
  textOf,
  type StreamKind,
} from './procedures/net-servers.js';

interface Drained {
  readonly stream: StreamKind;
  readonly chunkBytes: number;
  readonly highWaterMark: number;
  /** Writes until one returned false; -1 when none did. */
  readonly writesUntilFalse: number;
  /** Held by the stream at the last write() that returned false. */
  readonly bufferedBytes: number;
  readonly drained: boolean;
  readonly needsDrainAfterwards: boolean;
  readonly writtenBytes: number;
  readonly readBytes: number;
}

const CHUNK = 1000;
/** For a 'drain' that must come: its lack is the finding, so there is time for it on any machine. */
const DRAIN_MS = 60_000;
const MAX_WRITES = 200_000;

export const writeFalseDrain = defineProcedure<readonly Drained[]>({
  id: 'node-net/write-false-drain',
  promise:
    "write() returns false when the peer does not read; a writer that then waits for 'drain' buffers little, " +
    'and loses nothing.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, net, socket.write()',
    quote:
      'Returns true if the entire data was flushed successfully to the kernel buffer. Returns false if all or ' +
      "part of the data was queued in user memory. 'drain' will be emitted when the buffer is again free.",
  }),
  subjects: ['node-net'],
  expected:
    "false once the kernel's buffers and the high-water mark are full; no more than that mark and one chunk in " +
    "memory; 'drain' when the peer has read.",
  procedure:
    'Over a path and over a port: write chunks of 1,000 bytes to a peer that is paused until write() returns ' +
    "false; then resume it, wait for 'drain', end, and compare the bytes.",
  quick: true,
  observe: async (trial) => {
    const found: Drained[] = [];
    for (const stream of STREAM_KINDS) {
      const listening = await listenOn(trial, stream, 's', { pauseOnConnect: true });
      const accepted = nextConnection(listening);
      const client = connectTo(trial, listening);
      const [peer] = await Promise.all([accepted, once(client, 'connect')]);
      found.push({ stream, ...(await fillAndDrain(client, peer)) });
    }
    return found;
  },
  judge: (found) =>
    judgeExpected(
      Object.fromEntries(
        found.flatMap(
          ({
            stream,
            chunkBytes,
            highWaterMark,
            writesUntilFalse,
            bufferedBytes,
            drained,
            needsDrainAfterwards,
            writtenBytes,
            readBytes,
          }) => [
            [`${stream}, write() returned false`, [writesUntilFalse > 0, true]],
            [
              `${stream}, ${bufferedBytes} bytes in memory after ${writtenBytes}, within the mark and a chunk`,
              [bufferedBytes <= highWaterMark + chunkBytes, true],
            ],
            [
              `${stream}, 'drain' came when the peer read, and another one is needed`,
              [
                [drained, needsDrainAfterwards],
                [true, false],
              ],
            ],
            [`${stream}, bytes read`, [readBytes, writtenBytes]],
          ],
        ),
      ),
      'fail',
      {
        'Kinds of stream': [found.map(({ stream }) => stream), [...STREAM_KINDS]],
        'Something was written': [found.every(({ writtenBytes }) => writtenBytes > 0), true],
      },
    ),
  proofs: [
    { name: 'as documented', observation: drains({}), verdict: 'pass' },
    { name: 'never false', observation: drains({ writesUntilFalse: -1 }), verdict: 'fail' },
    { name: 'false of no write', observation: drains({ writesUntilFalse: 0 }), verdict: 'fail' },
    { name: 'as much as may be in memory', observation: drains({ bufferedBytes: 17_384 }), verdict: 'pass' },
    { name: 'much in memory', observation: drains({ bufferedBytes: 17_385 }), verdict: 'fail' },
    { name: 'never drained', observation: drains({ drained: false }), verdict: 'fail' },
    { name: 'drained and still full', observation: drains({ needsDrainAfterwards: true }), verdict: 'fail' },
    { name: 'bytes are lost', observation: drains({ readBytes: 234_999 }), verdict: 'fail' },
    { name: 'one kind', observation: drains({}).slice(0, 1), verdict: 'broken' },
    { name: 'nothing written', observation: drains({ writtenBytes: 0, readBytes: 0 }), verdict: 'broken' },
  ],
});

function drains(last: Partial<Drained>): readonly Drained[] {
  const run: Omit<Drained, 'stream'> = {
    chunkBytes: 1000,
    highWaterMark: 16384,
    writesUntilFalse: 235,
    bufferedBytes: 17_000,
    drained: true,
    needsDrainAfterwards: false,
    writtenBytes: 235_000,
    readBytes: 235_000,
  };
  return [
    { stream: 'unix', ...run },
    { stream: 'tcp', ...run, ...last },
  ];
}

async function fillAndDrain(client: Socket, peer: Socket): Promise<Omit<Drained, 'stream'>> {
  let drained = false;
  client.on('drain', () => (drained = true));
  const chunk = Buffer.alloc(CHUNK, 'x');
  let writes = 0;
  let bufferedBytes = -1;
  // Until it stays full: what TCP moves from one end's buffer to the other's is room again in a later turn.
  do {
    drained = false;
    while (writes < MAX_WRITES && bufferedBytes === -1) {
      if (!client.write(chunk)) bufferedBytes = client.writableLength;
      writes += 1;
    }
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    if (drained) bufferedBytes = -1;
  } while (drained && writes < MAX_WRITES);
  const read = textOf(peer);
  if (client.writableNeedDrain) await Promise.race([once(client, 'drain'), delay(DRAIN_MS, undefined, { ref: false })]);
  const after = { drained, needsDrainAfterwards: client.writableNeedDrain };
  client.end();
  const { length } = await read;
  return {
    chunkBytes: CHUNK,
    highWaterMark: client.writableHighWaterMark,
    writesUntilFalse: bufferedBytes === -1 ? -1 : writes,
    bufferedBytes,
    ...after,
    writtenBytes: writes * CHUNK,
    readBytes: length,
  };
}

interface Destroyed {
  readonly stream: StreamKind;
  readonly error: string | null;
  readonly hadError: boolean;
}

export const unreadDestroy = defineProcedure<readonly Destroyed[]>({
  id: 'node-net/unread-destroy',
  promise: 'What a client hears when the server destroys its socket with input that it has not read.',
  level: 'INFO',
  source: () => ({
    document: "Node.js 20, net, Event: 'close'",
    quote: 'The argument hadError is a boolean which says if the socket was closed due to a transmission error.',
  }),
  subjects: ['node-net'],
  expected: "Linux: 'error' ECONNRESET, then 'close' with an error, also over a path.",
  procedure:
    'Over a path and over a port: the client writes; the server, which is paused, destroys its socket when the ' +
    'bytes have been written.',
  quick: false,
  observe: async (trial) => {
    const found: Destroyed[] = [];
    for (const stream of STREAM_KINDS) {
      const listening = await listenOn(trial, stream, 's', { pauseOnConnect: true });
      const accepted = nextConnection(listening);
      const client = connectTo(trial, listening);
      const peer = await accepted;
      const written = new Promise<void>((resolve) => void client.write('unread', () => resolve()));
      let error: string | null = null;
      client.on('error', (problem: NodeJS.ErrnoException) => (error = problem.code ?? problem.name));
      const closed = new Promise<boolean>((resolve) => void client.once('close', resolve));
      client.resume();
      await written;
      peer.destroy();
      found.push({ stream, hadError: await closed, error });
    }
    return found;
  },
  judge: (found) =>
    judgeExpected(
      Object.fromEntries(
        found.map(({ stream, error, hadError }) => [
          `${stream}: 'error', and 'close' with an error`,
          [
            [error, hadError],
            ['ECONNRESET', true],
          ],
        ]),
      ),
      'info',
      { 'Kinds of stream': [found.map(({ stream }) => stream), [...STREAM_KINDS]] },
    ),
  proofs: [
    {
      name: 'a reset',
      observation: [
        { stream: 'unix', error: 'ECONNRESET', hadError: true },
        { stream: 'tcp', error: 'ECONNRESET', hadError: true },
      ],
      verdict: 'info',
    },
    {
      name: 'a quiet end',
      observation: [
        { stream: 'unix', error: null, hadError: false },
        { stream: 'tcp', error: 'ECONNRESET', hadError: true },
      ],
      verdict: 'info',
      unusual: true,
    },
    { name: 'one kind', observation: [{ stream: 'unix', error: 'ECONNRESET', hadError: true }], verdict: 'broken' },
  ],
});

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
  id: 'node-net/allow-half-open',
  promise:
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
  observe: (trial) =>
    Promise.all(
      STREAM_KINDS.flatMap((stream) =>
        [true, false].map((allowHalfOpen) => askAndAnswer(trial, stream, allowHalfOpen)),
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

async function askAndAnswer(trial: Trial, stream: StreamKind, allowHalfOpen: boolean): Promise<HalfOpen> {
  const listening = await listenOn(trial, stream, `s${allowHalfOpen}`, { allowHalfOpen });
  const accepted = nextConnection(listening);
  const client = connectTo(trial, listening);
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
