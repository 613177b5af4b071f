import { defineTransport } from '../../harness/define.js';

export default defineTransport({
  name: 'socketpair-seqpacket',
  summary: 'socketpair(2), SOCK_SEQPACKET: an unnamed pair of connected Unix sockets that keeps message boundaries.',
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
    const [initiator, responder] = tools.socketpair('seqpacket');
    return {
      initiator: { spec: 'fd:{0}', descriptors: [initiator] },
      responder: { spec: 'fd:{0}', descriptors: [responder] },
    };
  },
  coreDrivers: ['native', 'addon'],
});
