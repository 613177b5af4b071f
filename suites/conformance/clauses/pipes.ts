import { nearest, quoted, type Clauses } from './clauses.js';

// Linux man-pages 6.03.
const pipe7 = 'pipe(7), DESCRIPTION';
const io = 'pipe(7), I/O on pipes and FIFOs';
const carries = 'Data written to the write end of a pipe can be read from the read end of the pipe.';

/** pipe(2) and mkfifo(3) alike. */
export const pipe: Clauses = {
  order: quoted(
    pipe7,
    'A FIFO (short for First In First Out) has a name within the filesystem […] I/O on pipes and FIFOs has ' +
      'exactly the same semantics.',
  ),
  'no-loss': quoted(pipe7, carries),
  once: nearest(pipe7, carries, 'the text does not say that it can be read twice'),
  integrity: nearest(pipe7, carries, 'it is the data written that can be read'),
  boundaries: quoted(
    io,
    'The communication channel provided by a pipe is a byte stream: there is no concept of message boundaries.',
  ),
  end: quoted(
    io,
    'If all file descriptors referring to the write end of a pipe have been closed, then an attempt to read(2) ' +
      'from the pipe will see end-of-file (read(2) will return 0).',
  ),
};

export const posixQueue: Clauses = {
  order: quoted(
    'mq_send(3), DESCRIPTION',
    'Messages are placed on the queue in decreasing order of priority, with newer messages of the same priority ' +
      'being placed after older messages with the same priority.',
  ),
  'no-loss': quoted(
    'mq_send(3), DESCRIPTION',
    'mq_send() adds the message pointed to by msg_ptr to the message queue referred to by the message queue ' +
      'descriptor mqdes.',
  ),
  once: quoted(
    'mq_receive(3), DESCRIPTION',
    'mq_receive() removes the oldest message with the highest priority from the message queue',
  ),
  integrity: nearest(
    'mq_receive(3), DESCRIPTION',
    'places it in the buffer pointed to by msg_ptr.',
    'it is the message that is placed there',
  ),
  boundaries: nearest(
    'mq_receive(3), DESCRIPTION',
    'places it in the buffer pointed to by msg_ptr.',
    'one message a call',
  ),
  end: nearest(
    'mq_receive(3), DESCRIPTION',
    'If the queue is empty, then, by default, mq_receive() blocks until a message becomes available',
    'no text guarantees an end of file for a queue',
  ),
};
