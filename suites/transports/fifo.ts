import { defineTransport } from '../../harness/define.js';

export default defineTransport({
  name: 'fifo',
  summary: 'Two FIFOs (named pipes, mkfifo(3)), one for each direction, opened by path.',
  platforms: ['linux'],
  guarantees: {
    // fifo(7): "For details of the semantics of I/O on FIFOs, see pipe(7)."
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
    const toResponder = tools.path('to-responder');
    const toInitiator = tools.path('to-initiator');
    tools.mkfifo(toResponder);
    tools.mkfifo(toInitiator);
    // fifo(7): "Normally, opening the FIFO blocks until the other end is opened also." Both peers must therefore open
    // the two FIFOs in the same order; both starting with their read end would wait for each other for ever.
    return {
      initiator: { spec: `fifo:${toInitiator}:${toResponder}:write-first`, descriptors: [] },
      responder: { spec: `fifo:${toResponder}:${toInitiator}:read-first`, descriptors: [] },
    };
  },
  coreDrivers: ['native', 'addon'],
});
