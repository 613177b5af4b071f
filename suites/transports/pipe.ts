import { defineTransport } from '../../harness/define.js';

export default defineTransport({
  name: 'pipe',
  summary: 'Two pipe(2)s, one for each direction.',
  platforms: ['linux'],
  guarantees: {
    // pipe(7): "The communication channel provided by a pipe is a byte stream: there is no concept of message
    // boundaries."
    framing: 'stream',
    ordered: true,
    reliable: true,
    // pipe(7): "If all file descriptors referring to the write end of a pipe have been closed, then an attempt to
    // read(2) from the pipe will see end-of-file".
    eof: true,
    // pipe(7): "a unidirectional interprocess communication channel"; each direction has its own.
    duplex: false,
    // pipe(7): "O_NONBLOCK disabled, n <= PIPE_BUF: All n bytes are written atomically"; "On Linux, PIPE_BUF is 4096
    // bytes."
    atomicWriteBytes: 4096,
    maxMessageBytes: null,
    // pipe(7): "If a process attempts to write to a full pipe (see below), then write(2) blocks until sufficient data
    // has been read".
    backpressure: 'blocks',
  },
  arrange(tools) {
    const [readByResponder, writtenByInitiator] = tools.pipe();
    const [readByInitiator, writtenByResponder] = tools.pipe();
    return {
      initiator: { spec: 'fds:{0},{1}', descriptors: [readByInitiator, writtenByInitiator] },
      responder: { spec: 'fds:{0},{1}', descriptors: [readByResponder, writtenByResponder] },
    };
  },
  coreDrivers: ['native', 'addon'],
});
