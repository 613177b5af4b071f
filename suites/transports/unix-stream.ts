import { defineTransport } from '../../harness/define.js';

export default defineTransport({
  name: 'unix-stream',
  summary: 'A named Unix domain socket, SOCK_STREAM: the initiator connects by path, the responder accepts.',
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
    const path = tools.path('socket');
    // The harness listens before either peer exists: a client that starts first waits in the backlog instead of
    // failing.
    return {
      initiator: { spec: `connect-unix:stream:${path}`, descriptors: [] },
      responder: { spec: 'accept:{0}', descriptors: [tools.listenUnix(path, 'stream')] },
    };
  },
  coreDrivers: ['native', 'addon'],
});
