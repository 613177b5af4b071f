import { nearest, quoted, type Clauses } from './clauses.js';
import { streamSocket } from './sockets.js';

// Documentation of Node.js 20.20.2.
const send = 'Node.js 20, child_process, subprocess.send()';
const message = "Node.js 20, child_process, Event: 'message'";
const received =
  "When the child process is a Node.js instance, these messages can be received via the 'message' event.";
const triggered = "The 'message' event is triggered when a child process uses process.send() to send messages.";
const serialised =
  'The message goes through serialization and parsing. The resulting message might not be the same as what is ' +
  'originally sent.';

export const nodeIpc: Clauses = {
  order: nearest(send, received, 'their order is not specified'),
  'no-loss': nearest(send, received, 'loss is not specified'),
  once: nearest(message, triggered, 'the text does not say that one message triggers it once'),
  integrity: nearest(
    message,
    serialised,
    'bytes in an object that its serialization can express come back as they were',
  ),
  boundaries: quoted(message, triggered),
  end: nearest(
    'Node.js 20, child_process, subprocess.disconnect()',
    "The 'disconnect' event will be emitted when there are no messages in the process of being received.",
    'the text does not say that everything sent arrives before it',
  ),
};

/** node:net over a path, and pipes of child processes, which libuv makes of Unix stream sockets. */
export const nodeStream: Clauses = {
  ...streamSocket,
  boundaries: streamSocket.boundaries,
  end: quoted(
    "Node.js 20, stream, Event: 'end'",
    "The 'end' event is emitted when there is no more data to be consumed from the stream. The 'end' event will " +
      'not be emitted unless the data is completely consumed.',
  ),
};
