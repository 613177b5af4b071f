import { defineTransport } from '../../harness/define.js';
import { openNodeIpc, type MessageCoding } from './node-ipc/endpoint.js';

export default defineTransport({
  name: 'node-ipc-json',
  summary:
    "Node's channel to a forked child, serialization 'json': each message travels as base64 text in a JSON " +
    'string (4/3 of its bytes).',
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
    // None of its own: what bounds a message is the longest string of V8, through JSON.
    maxMessageBytes: null,
    // "subprocess.send() will return false [...] when the backlog of unsent messages exceeds a threshold": a word,
    // never a refusal.
    backpressure: 'advises',
  },
  // No `arrange`: the initiator peer forks the responder, and the channel is born with it.
  js: {
    topology: 'forked',
    open: async (context) => openNodeIpc(context, 'json', coding),
  },
});

const coding: MessageCoding = {
  // JSON has no bytes. A Buffer would become {"type":"Buffer","data":[…]}, up to four characters a byte; base64 is what
  // programs use instead.
  encode: (message) => message.toString('base64'),
  decode: (value) => (typeof value === 'string' ? Buffer.from(value, 'base64') : null),
};
