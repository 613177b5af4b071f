import { defineTransport } from '../../harness/define.js';

export default defineTransport({
  name: 'socketpair-stream',
  summary: 'socketpair(2), SOCK_STREAM: an unnamed pair of connected Unix sockets that the two processes inherit.',
  platforms: ['linux'],
  guarantees: {
    // socket(2): "Provides sequenced, reliable, two-way, connection-based byte streams."
    framing: 'stream',
    ordered: true,
    reliable: true,
    // recv(2): "When a stream socket peer has performed an orderly shutdown, the return value will be 0".
    eof: true,
    duplex: true,
    // Nothing is promised: POSIX speaks of PIPE_BUF for pipes and FIFOs alone, and Linux cuts a large send into several
    // buffers.
    atomicWriteBytes: null,
    maxMessageBytes: null,
    // send(2): "When the message does not fit into the send buffer of the socket, send() normally blocks".
    backpressure: 'blocks',
  },
  arrange(tools) {
    const [initiator, responder] = tools.socketpair('stream');
    return {
      initiator: { spec: 'fd:{0}', descriptors: [initiator] },
      responder: { spec: 'fd:{0}', descriptors: [responder] },
    };
  },
  coreDrivers: ['native', 'addon'],
});
