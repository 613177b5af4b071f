export function clauseOfFull(subject: string): { document: string; quote: string } {
  if (subject === 'pipe' || subject === 'fifo') {
    return {
      document: 'pipe(7), I/O on pipes and FIFOs, and PIPE_BUF',
      quote:
        'If a process attempts to write to a full pipe (see below), then write(2) blocks until sufficient data ' +
        'has been read from the pipe to allow the write to complete. […] ' +
        'If the pipe is full, then write(2) fails, with errno set to EAGAIN.',
    };
  }
  if (subject === 'posix-mq') {
    return {
      document: 'mq_send(3), DESCRIPTION',
      quote:
        'by default, mq_send() blocks until sufficient space becomes available to allow the message to be ' +
        'queued, or until the call is interrupted by a signal handler. ' +
        'If the O_NONBLOCK flag is enabled for the message queue description, then the call instead fails ' +
        'immediately with the error EAGAIN.',
    };
  }
  return {
    document: 'send(2), DESCRIPTION',
    quote:
      'When the message does not fit into the send buffer of the socket, send() normally blocks, unless the ' +
      'socket has been placed in nonblocking I/O mode. ' +
      'In nonblocking mode it would fail with the error EAGAIN or EWOULDBLOCK in this case.',
  };
}
