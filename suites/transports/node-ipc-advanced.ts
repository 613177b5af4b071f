import { defineTransport } from '../../harness/define.js';
import { openNodeIpc, type MessageCoding } from './node-ipc/endpoint.js';

export default defineTransport({
  name: 'node-ipc-advanced',
  summary:
    "Node's channel to a forked child, serialization 'advanced': each message travels as a Buffer in V8's " +
    'structured-clone format.',
  platforms: ['linux'],
  guarantees: {
    // Node, child_process: a message sent by one end is one 'message' event at the other.
    framing: 'message',
    // Nothing in Node's documentation says so in words; the channel is one Unix stream socket (unix-stream), written in
    // order of the calls.
    ordered: true,
    reliable: true,
    // 'disconnect': "After disconnecting it is no longer possible to send or receive messages". Only a sender that
    // waits for its callbacks before it disconnects, as this one does, loses nothing.
    eof: true,
    duplex: true,
    atomicWriteBytes: null,
    // None of its own below the 32-bit length that precedes a value.
    maxMessageBytes: null,
    // "subprocess.send() will return false [...] when the backlog of unsent messages exceeds a threshold": a word,
    // never a refusal.
    backpressure: 'advises',
  },
  // No `arrange`: the initiator peer forks the responder, and the channel is born with it.
  js: {
    topology: 'forked',
    open: async (context) => openNodeIpc(context, 'advanced', coding),
  },
});

const coding: MessageCoding = {
  encode: (message) => message,
  decode: (value) => (value instanceof Uint8Array ? value : null),
};
