import { once } from 'node:events';
import type { Socket } from 'node:net';
import { defineProcedure, type Judgement, type Source, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { NODE_IPC } from '../../support/node-ipc-channel.js';
import { connectTo, listenOn, nextConnection, STREAM_KINDS, type StreamKind } from '../../support/net-servers.js';
import { startReceiver } from '../../support/receiver.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

interface PassedData {
  readonly stream: StreamKind;
  readonly sockets: number;
  readonly sentBytes: number;
  readonly arrivedBytes: number;
}

const BYTES_EACH = 10;
const BUFFERED: Source = {
  document: 'Node.js 20, child_process, subprocess.send()',
  quote: 'Any data that is received and buffered in the socket will not be sent to the child.',
};

const passedData = (...arrivedBytes: readonly number[]): readonly PassedData[] =>
  STREAM_KINDS.slice(0, arrivedBytes.length).map((stream, at) => ({
    stream,
    sockets: 20,
    sentBytes: 200,
    arrivedBytes: arrivedBytes[at] ?? 0,
  }));

const FEW = { stream: 'tcp', sockets: 9, sentBytes: 90, arrivedBytes: 90 } as const;
const TOO_LITTLE = [
  { name: 'few sockets', observation: [...passedData(200), FEW], verdict: 'broken' },
  { name: 'not all was written', observation: [...passedData(200), { ...FEW, sockets: 10 }], verdict: 'broken' },
  {
    name: 'just enough',
    observation: [...passedData(200), { stream: 'tcp', sockets: 10, sentBytes: 100, arrivedBytes: 100 }],
    verdict: 'pass',
  },
] as const;

/**
 * The sender goes on reading the socket until the child has acknowledged it, and throws away what it reads
 * (`handle.onread = nop`); a socket that waits behind another handle is read into a buffer that is not sent.
 * nodejs/node #8353, #6951.
 */
export const dataLossOnPass = defineProcedure<readonly PassedData[]>({
  id: 'handles/data-loss-on-pass',
  guarantee:
    'What a client writes at once reaches the child to which its connection is passed as soon as it is accepted.',
  level: 'SHOULD',
  source: () => BUFFERED,
  subjects: NODE_IPC,
  expected:
    'All of it, as the program has read nothing. Node 20: all but a few bytes are lost, without an error. The ' +
    'cure is pauseOnConnect: handles/pause-on-connect.',
  procedure:
    'n clients connect, over a path and over a port, and write 10 bytes each at once; the server passes each ' +
    'socket to a child from its connection listener. When the child has all, the clients end; it says how many ' +
    'bytes came.',
  quick: true,
  observe: (checkRun) => passAtOnce(checkRun, false),
  judge: (runs) => judgePassed(runs, 'deviation'),
  proofs: [
    { name: 'all of it', observation: passedData(200, 200), verdict: 'pass' },
    { name: 'Node 20', observation: passedData(0, 10), verdict: 'deviation' },
    { name: 'one byte too few', observation: passedData(200, 199), verdict: 'deviation' },
    { name: 'bytes that nobody sent', observation: passedData(201, 200), verdict: 'deviation' },
    { name: 'one kind alone', observation: passedData(200), verdict: 'broken' },
    ...TOO_LITTLE,
  ],
});

export const pauseOnConnect = defineProcedure<readonly PassedData[]>({
  id: 'handles/pause-on-connect',
  guarantee: 'With pauseOnConnect everything a client wrote before its connection was passed arrives in the child.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, net, net.createServer()',
    quote:
      'This allows connections to be passed between processes without any data being read by the original process.',
  }),
  subjects: NODE_IPC,
  expected: 'All of it.',
  procedure: 'As handles/data-loss-on-pass, with pauseOnConnect.',
  quick: true,
  observe: (checkRun) => passAtOnce(checkRun, true),
  judge: (runs) => judgePassed(runs, 'fail'),
  proofs: [
    { name: 'all of it', observation: passedData(200, 200), verdict: 'pass' },
    { name: 'as without', observation: passedData(0, 10), verdict: 'fail' },
    { name: 'one byte too few', observation: passedData(200, 199), verdict: 'fail' },
    { name: 'one kind alone', observation: passedData(200), verdict: 'broken' },
    ...TOO_LITTLE,
  ],
});

async function passAtOnce(checkRun: CheckRun, pauses: boolean): Promise<readonly PassedData[]> {
  const { give, report } = startReceiver(checkRun);
  const sockets = checkRun.count({ quick: 10, default: 50, thorough: 500 });
  const runs: PassedData[] = [];
  for (const stream of STREAM_KINDS) {
    const listening = await listenOn(checkRun, stream, 's', { pauseOnConnect: pauses });
    let passed = 0;
    const all = new Promise<void>((resolve) => {
      listening.server.on('connection', (socket: Socket) => {
        // The callback comes when the message is written; the child's report comes after all of them.
        void give({ order: 'converse', label: stream }, socket);
        passed += 1;
        if (passed === sockets) resolve();
      });
    });
    const clients = Array.from({ length: sockets }, () => connectTo(checkRun, listening));
    for (const client of clients) client.write('0123456789');
    await all;
    await report();
    for (const client of clients) client.end();
    const { heard } = await report({ ended: sockets * (runs.length + 1) });
    const sentBytes = clients.reduce((sum, client) => sum + client.bytesWritten, 0);
    runs.push({ stream, sockets, sentBytes, arrivedBytes: heard[stream]?.length ?? 0 });
  }
  return runs;
}

function judgePassed(runs: readonly PassedData[], otherwise: 'fail' | 'deviation'): Judgement {
  const words = runs
    .map(({ stream, sentBytes, arrivedBytes }) => `${arrivedBytes} of ${sentBytes} bytes (${stream})`)
    .join(', ');
  const enough = runs.filter(({ sockets, sentBytes }) => sockets >= 10 && sentBytes === sockets * BYTES_EACH);
  if (enough.length < STREAM_KINDS.length) return { verdict: 'broken', evidence: `Too little was passed: ${words}.` };
  const verdict = runs.every(({ sentBytes, arrivedBytes }) => arrivedBytes === sentBytes) ? 'pass' : otherwise;
  return withRateBound(
    { verdict, evidence: `Arrived in the child: ${words}.` },
    'loss',
    runs.reduce((sum, { sockets }) => sum + sockets, 0),
    'connections',
  );
}

interface Buffered {
  readonly stream: StreamKind;
  /** What the parent's stream held when the socket was passed. */
  readonly bufferedBytes: number;
  readonly childHeard: string;
}

export const buffered = defineProcedure<readonly Buffered[]>({
  id: 'handles/buffered',
  guarantee:
    'What the parent had read into its buffer stays behind when it passes a socket; what comes later reaches ' +
    'the child.',
  level: 'MUST',
  source: () => BUFFERED,
  subjects: NODE_IPC,
  expected: "'late' alone, without an error at either end: whoever passes a socket sends along what it has read of it.",
  procedure:
    "A client writes 'soon'; the parent waits until its socket holds these 4 bytes, passes it to a child, and " +
    "the client writes 'late' when the child has it.",
  quick: false,
  observe: async (checkRun) => {
    const { give, report } = startReceiver(checkRun);
    const found: Buffered[] = [];
    for (const stream of STREAM_KINDS) {
      const listening = await listenOn(checkRun, stream, 's');
      const client = connectTo(checkRun, listening);
      client.write('soon');
      const socket = await nextConnection(listening);
      if (socket.readableLength === 0) await once(socket, 'readable');
      const bufferedBytes = socket.readableLength;
      await give({ order: 'converse', label: stream }, socket);
      await report();
      client.end('late');
      const { heard } = await report({ ended: found.length + 1 });
      found.push({ stream, bufferedBytes, childHeard: heard[stream] ?? '' });
    }
    return found;
  },
  judge: (found) =>
    judgeExpected(
      Object.fromEntries(found.map(({ stream, childHeard }) => [`${stream}, the child read`, [childHeard, 'late']])),
      'fail',
      {
        'Sockets with 4 bytes in the buffer of the parent': [
          found.filter(({ bufferedBytes }) => bufferedBytes === 4).length,
          2,
        ],
      },
    ),
  proofs: [
    { name: 'the later bytes alone', observation: bufferedRuns({}), verdict: 'pass' },
    { name: 'the later bytes are lost too', observation: bufferedRuns({ childHeard: '' }), verdict: 'fail' },
    { name: 'the buffer is sent after all', observation: bufferedRuns({ childHeard: 'soonlate' }), verdict: 'fail' },
    { name: 'nothing was buffered', observation: bufferedRuns({ bufferedBytes: 0 }), verdict: 'broken' },
  ],
});

function bufferedRuns(last: Partial<Buffered>): readonly Buffered[] {
  return [
    { stream: 'unix', bufferedBytes: 4, childHeard: 'late' },
    { stream: 'tcp', bufferedBytes: 4, childHeard: 'late', ...last },
  ];
}
