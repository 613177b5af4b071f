import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import {
  connectTo,
  listenOn,
  nextConnection,
  STREAM_KINDS,
  textOf,
  type StreamKind,
} from '../../support/net-servers.js';

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
  id: 'backpressure/write-false-drain',
  guarantee:
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
  observe: async (checkRun) => {
    const found: Drained[] = [];
    for (const stream of STREAM_KINDS) {
      const listening = await listenOn(checkRun, stream, 's', { pauseOnConnect: true });
      const accepted = nextConnection(listening);
      const client = connectTo(checkRun, listening);
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
