import { defineTransport } from '../../harness/define.js';

export default defineTransport({
  name: 'tcp-loopback',
  summary: 'TCP over 127.0.0.1 with TCP_NODELAY at both ends.',
  platforms: ['linux'],
  guarantees: {
    // socket(2): SOCK_STREAM: "Provides sequenced, reliable, two-way, connection-based byte streams."
    framing: 'stream',
    ordered: true,
    reliable: true,
    // recv(2): "When a stream socket peer has performed an orderly shutdown, the return value will be 0".
    eof: true,
    duplex: true,
    // Nothing is promised: POSIX speaks of PIPE_BUF for pipes and FIFOs alone, and TCP cuts a stream where it likes.
    atomicWriteBytes: null,
    maxMessageBytes: null,
    // send(2): "When the message does not fit into the send buffer of the socket, send() normally blocks".
    backpressure: 'blocks',
  },
  reference: 'A network protocol over the loopback device: what a program pays for not using a local transport.',
  arrange(tools) {
    // The harness listens before either peer exists: a client that starts first waits in the backlog instead of
    // failing.
    const { descriptor, port } = tools.listenTcp();
    return {
      initiator: { spec: `connect-tcp:${port}`, descriptors: [] },
      responder: { spec: 'accept-tcp:{0}', descriptors: [descriptor] },
    };
  },
  coreDrivers: ['native', 'addon'],
});
