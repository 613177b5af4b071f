import { createServer, connect, type Socket } from 'node:net';
import { defineTransport, type Endpoint, type EndpointContext } from '../../harness/define.js';

export default defineTransport({
  name: 'node-net',
  summary: "Node's net.Socket over a Unix domain socket path: a byte stream with the backpressure of Node's streams.",
  platforms: ['linux'],
  guarantees: {
    // Node, net: "The node:net module supports IPC with named pipes on Windows, and Unix domain sockets on other
    // operating systems": SOCK_STREAM, with its promises (see unix-stream).
    framing: 'stream',
    ordered: true,
    reliable: true,
    // Node, net, event 'end': "Emitted when the other end of the socket signals the end of transmission".
    eof: true,
    duplex: true,
    atomicWriteBytes: null,
    maxMessageBytes: null,
    // Node, net, socket.write: "Returns true if the entire data was flushed successfully to the kernel buffer. Returns
    // false if all or part of the data was queued in user memory." Nothing is refused.
    backpressure: 'advises',
  },
  arrange(tools) {
    const path = tools.path('socket');
    // Were the responder to listen by path, an initiator that is faster would get ENOENT. The harness listens before
    // either peer exists, and hands the listening socket over as a descriptor (Node, net, server.listen(handle): "an
    // object with an fd member that is a valid file descriptor").
    return {
      initiator: { spec: path, descriptors: [] },
      responder: { spec: '{0}', descriptors: [tools.listenUnix(path, 'stream')] },
    };
  },
  js: {
    topology: 'spawned',
    open: async (context) => toEndpoint(await openSocket(context)),
  },
});

const openSocket = ({ role, spec }: EndpointContext): Promise<Socket> =>
  new Promise((resolve, reject) => {
    if (role === 'initiator') {
      const socket = connect({ path: spec });
      socket.once('error', reject).once('connect', () => resolve(socket.off('error', reject)));
      return;
    }
    const server = createServer({ pauseOnConnect: true });
    server.once('error', reject);
    server.once('connection', (socket) => {
      server.close();
      resolve(socket);
    });
    server.listen({ fd: Number(spec) });
  });

/** Byte stream: what `onMessage` is handed are the chunks of the socket as they come. */
const toEndpoint = (socket: Socket): Endpoint => {
  let failure: Error | undefined;
  socket.on('error', (error) => (failure = error));
  const untilDrained = (): Promise<void> =>
    new Promise((resolve, reject) => {
      if (socket.closed) return reject(failure ?? closedEarly());
      const settle = (): void => {
        socket.off('drain', settle).off('close', settle);
        if (socket.destroyed) reject(failure ?? closedEarly());
        else resolve();
      };
      socket.on('drain', settle).on('close', settle);
    });
  return {
    // write() keeps the array until the kernel has it, also when it returns true: a sender must not reuse what it has
    // sent.
    send: (message) => (socket.write(message) ? undefined : untilDrained()),
    onMessage: (receive) => void socket.on('data', receive).resume(),
    onEnd: (ended) => {
      let told = false;
      const tell = (): void => {
        if (told) return;
        told = true;
        ended(failure);
      };
      socket.once('end', tell).once('close', tell);
    },
    // end() flushes, then shuts down the write side; 'finish' says that the kernel has taken all of it.
    close: () =>
      new Promise((resolve) => {
        if (socket.writableFinished || socket.destroyed) return resolve();
        socket.once('close', () => resolve());
        socket.end(() => resolve());
      }),
  };
};

const closedEarly = (): Error => new Error('The socket was closed before what was written had been flushed.');
