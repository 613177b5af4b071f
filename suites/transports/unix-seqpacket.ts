import { defineTransport } from '../../harness/define.js';

export default defineTransport({
  name: 'unix-seqpacket',
  summary: 'A named Unix domain socket, SOCK_SEQPACKET: connects by path, keeps message boundaries.',
  platforms: ['linux'],
  guarantees: {
    // unix(7): "SOCK_SEQPACKET, for a sequenced-packet socket that is connection-oriented, preserves message
    // boundaries, and delivers messages in the order that they were sent." socket(2): "sequenced, reliable, two-way
    // connection-based".
    framing: 'message',
    ordered: true,
    reliable: true,
    // recv(2) says so of "a stream socket peer"; connection-oriented seqpacket sockets of Linux behave alike.
    eof: true,
    duplex: true,
    // A packet is one entry of the receiver's queue, so two writers cannot interleave inside one.
    atomicWriteBytes: 212_960,
    // Linux sends a packet as unix(7) says of datagrams: SO_SNDBUF (net.core.wmem_default, 212992) "less 32 bytes used
    // for overhead".
    maxMessageBytes: 212_960,
    // send(2): "When the message does not fit into the send buffer of the socket, send() normally blocks".
    backpressure: 'blocks',
  },
  arrange(tools) {
    const path = tools.path('socket');
    // The harness listens before either peer exists: a client that starts first waits in the backlog instead of
    // failing.
    return {
      initiator: { spec: `connect-unix:seqpacket:${path}`, descriptors: [] },
      responder: { spec: 'accept:{0}', descriptors: [tools.listenUnix(path, 'seqpacket')] },
    };
  },
  coreDrivers: ['native', 'addon'],
});
