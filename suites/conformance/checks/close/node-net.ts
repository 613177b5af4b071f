import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { connectTo, listenOn, nextConnection, STREAM_KINDS, type StreamKind } from '../../support/net-servers.js';

interface Destroyed {
  readonly stream: StreamKind;
  readonly error: string | null;
  readonly hadError: boolean;
}

export const unreadDestroy = defineProcedure<readonly Destroyed[]>({
  id: 'close/unread-destroy',
  guarantee: 'Which events a client gets when the server destroys its socket with unread input.',
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
  observe: async (checkRun) => {
    const found: Destroyed[] = [];
    for (const stream of STREAM_KINDS) {
      const listening = await listenOn(checkRun, stream, 's', { pauseOnConnect: true });
      const accepted = nextConnection(listening);
      const client = connectTo(checkRun, listening);
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
