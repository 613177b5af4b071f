import { defineTransport } from '../../harness/define.js';

export default defineTransport({
  name: 'socketpair-dgram',
  summary:
    'socketpair(2), SOCK_DGRAM: an unnamed pair of Unix sockets that keeps message boundaries and ' +
    'has no end of file.',
  platforms: ['linux'],
  guarantees: {
    // unix(7): "SOCK_DGRAM, for a datagram-oriented socket that preserves message boundaries (as on most UNIX
    // implementations, UNIX domain datagram sockets are always reliable and don't reorder datagrams)".
    framing: 'message',
    ordered: true,
    reliable: true,
    // recv(2) promises a return of 0 for stream sockets; here 0 is an empty datagram, and a read goes on waiting when
    // the peer has closed.
    eof: false,
    duplex: true,
    // A datagram is one entry of the receiver's queue, so two writers cannot interleave inside one.
    atomicWriteBytes: 212_960,
    // unix(7): "For datagram sockets, the SO_SNDBUF value imposes an upper limit on the size of outgoing datagrams.
    // This limit is calculated as the doubled (see socket(7)) option value less 32 bytes". The default value is
    // net.core.wmem_default, 212992.
    maxMessageBytes: 212_960,
    // send(2): "When the message does not fit into the send buffer of the socket, send() normally blocks".
    backpressure: 'blocks',
  },
  arrange(tools) {
    const [initiator, responder] = tools.socketpair('dgram');
    return {
      initiator: { spec: 'fd:{0}', descriptors: [initiator] },
      responder: { spec: 'fd:{0}', descriptors: [responder] },
    };
  },
  coreDrivers: ['native', 'addon'],
});
