import { defineTransport } from '../../harness/define.js';

export default defineTransport({
  name: 'unix-dgram',
  summary: 'Two named Unix datagram sockets, each bound to its path and connected to the other.',
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
    // send(2): a full send buffer blocks. Connected both ways, the buffer alone bounds the queue; a receiver that is
    // not connected back holds net.unix.max_dgram_qlen + 1 datagrams, 11 by default.
    backpressure: 'blocks',
  },
  arrange(tools) {
    const [initiator, responder] = tools.boundDatagramPair(tools.path('initiator'), tools.path('responder'), 'both');
    return {
      initiator: { spec: 'fd:{0}', descriptors: [initiator] },
      responder: { spec: 'fd:{0}', descriptors: [responder] },
    };
  },
  coreDrivers: ['native', 'addon'],
});
