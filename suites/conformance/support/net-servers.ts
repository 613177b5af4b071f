import { connect, createServer, type AddressInfo, type Server, type ServerOpts, type Socket } from 'node:net';
import { once } from 'node:events';
import type { CheckRun } from '../../../harness/define.js';
import { needLoopback } from './need-loopback.js';

/** The two kinds of stream that node:net makes: over a path, and over a port of the loopback interface. */
export type StreamKind = 'unix' | 'tcp';
export const STREAM_KINDS: readonly StreamKind[] = ['unix', 'tcp'];

export interface ListeningServer {
  readonly server: Server;
  /** What net.connect() takes. */
  readonly to: { readonly path: string } | { readonly host: string; readonly port: number };
}

/** A server that listens, closed after the run like everything that connects to it. */
export async function listenOn(
  checkRun: CheckRun,
  kind: StreamKind,
  name: string,
  options: ServerOpts = {},
): Promise<ListeningServer> {
  if (kind === 'tcp') needLoopback(checkRun);
  const server = createServer(options);
  checkRun.defer(() => void server.close());
  server.on('connection', (socket) => putAway(checkRun, socket));
  server.listen(kind === 'unix' ? { path: checkRun.path(name) } : { host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address() as AddressInfo | string;
  return { server, to: typeof address === 'string' ? { path: address } : { host: '127.0.0.1', port: address.port } };
}

/** A client of it, connecting. Its errors are the business of whoever listens for them. */
export function connectTo(
  checkRun: CheckRun,
  { to }: Pick<ListeningServer, 'to'>,
  options: { readonly allowHalfOpen?: boolean } = {},
): Socket {
  const socket = connect({ ...to, ...options });
  putAway(checkRun, socket);
  return socket;
}

export const nextConnection = async ({ server }: ListeningServer): Promise<Socket> =>
  ((await once(server, 'connection')) as [Socket])[0];

/** Everything a socket reads to its end. */
export async function textOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += (chunk as Buffer).toString('latin1');
  return text;
}

function putAway(checkRun: CheckRun, socket: Socket): void {
  socket.on('error', () => undefined);
  checkRun.defer(() => void socket.destroy());
}
