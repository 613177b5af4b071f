import { Socket as DatagramSocket } from 'node:dgram';
import { Server, Socket } from 'node:net';

// A child that is sent handles, and told with each what to do with it. It answers a report, and nothing else.
export type Order =
  /** Writes down what came, and closes it. */
  | { readonly order: 'note'; readonly label: number }
  /** A server: everybody who connects gets the word, then the end. */
  | { readonly order: 'serve'; readonly word: string }
  /** A socket: writes the word, if there is one, and keeps what it reads under the label. */
  | { readonly order: 'converse'; readonly label: string; readonly word?: string }
  /** A datagram socket: keeps the text of each datagram under the label. */
  | { readonly order: 'hear'; readonly label: string }
  /** Destroys the socket that came last. */
  | { readonly order: 'drop' }
  /** Answers as soon as that many sockets have seen their end and that many bytes have come. */
  | { readonly order: 'report'; readonly ended?: number; readonly bytes?: number };

export interface Report {
  /** In the order in which they came: the label and what came with it. */
  readonly notes: readonly (readonly [label: number, kind: HandleKind])[];
  /** What came with every other order. */
  readonly kinds: readonly HandleKind[];
  readonly heard: Readonly<Record<string, string>>;
  readonly ended: number;
}

export type HandleKind = 'net.Server' | 'net.Socket' | 'dgram.Socket' | 'something else' | null;

const notes: [number, HandleKind][] = [];
const kinds: HandleKind[] = [];
const heard: Record<string, string> = {};
const sockets: Socket[] = [];
let ended = 0;
let bytes = 0;
let asked: { readonly ended: number; readonly bytes: number } | null = null;

process.on('message', (order: Order, handle: unknown) => {
  switch (order.order) {
    case 'note':
      notes.push([order.label, kindOf(handle)]);
      if (handle instanceof Server || handle instanceof DatagramSocket) handle.close();
      else if (handle instanceof Socket) handle.destroy();
      break;
    case 'serve':
      kinds.push(kindOf(handle));
      if (handle instanceof Server) handle.on('connection', (socket) => socket.end(order.word));
      break;
    case 'converse':
      kinds.push(kindOf(handle));
      if (handle instanceof Socket) converse(handle, order.label, order.word);
      break;
    case 'hear':
      kinds.push(kindOf(handle));
      if (handle instanceof DatagramSocket) handle.on('message', (datagram) => keep(order.label, datagram));
      break;
    case 'drop':
      // Answered when it is closed, which is when the parent is told so too.
      sockets
        .pop()
        ?.on('close', () => process.send?.('dropped'))
        .destroy();
      break;
    case 'report':
      asked = { ended: order.ended ?? 0, bytes: order.bytes ?? 0 };
      break;
  }
  answer();
});
process.on('disconnect', () => process.exit(0));
// A parent that was killed while this program was loaded: then the event has been.
if (!process.connected) process.exit(0);

function converse(socket: Socket, label: string, word: string | undefined): void {
  sockets.push(socket);
  heard[label] ??= '';
  socket.on('data', (chunk) => keep(label, chunk));
  socket.on('error', () => undefined);
  socket.on('end', () => {
    ended += 1;
    answer();
  });
  if (word !== undefined) socket.write(word);
}

function keep(label: string, chunk: Buffer): void {
  heard[label] = (heard[label] ?? '') + chunk.toString('latin1');
  bytes += chunk.length;
  answer();
}

function answer(): void {
  if (asked === null || ended < asked.ended || bytes < asked.bytes) return;
  asked = null;
  process.send?.({ notes, kinds, heard, ended } satisfies Report);
}

function kindOf(handle: unknown): HandleKind {
  if (handle === undefined) return null;
  if (handle instanceof Server) return 'net.Server';
  if (handle instanceof Socket) return 'net.Socket';
  return handle instanceof DatagramSocket ? 'dgram.Socket' : 'something else';
}
