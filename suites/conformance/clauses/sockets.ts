import { nearest, quoted, type Clauses } from './clauses.js';

// Linux man-pages 6.03.
const socket2 = 'socket(2), DESCRIPTION';
const unix7 = 'unix(7), DESCRIPTION';
const recv2 = 'recv(2), RETURN VALUE';

const streamIs = 'Provides sequenced, reliable, two-way, connection-based byte streams.';
const streamEnsures =
  'The communications protocols which implement a SOCK_STREAM ensure that data is not lost or duplicated.';
const datagramsAre = "UNIX domain datagram sockets are always reliable and don't reorder datagrams";
const seqpacketIs =
  'Provides a sequenced, reliable, two-way connection-based data transmission path for datagrams of fixed ' +
  'maximum length; ' +
  'a consumer is required to read an entire packet with each input system call.';

export const streamSocket: Clauses = {
  order: quoted(`${socket2}, SOCK_STREAM`, streamIs),
  'no-loss': quoted(socket2, streamEnsures),
  once: quoted(socket2, streamEnsures),
  integrity: nearest(
    `${socket2}, SOCK_STREAM`,
    streamIs,
    'a reliable byte stream is one of the bytes that were written',
  ),
  boundaries: quoted(socket2, 'They do not preserve record boundaries.'),
  end: quoted(
    recv2,
    'When a stream socket peer has performed an orderly shutdown, the return value will be 0 (the traditional ' +
      '"end-of-file" return).',
  ),
};

export const datagramSocket: Clauses = {
  order: quoted(unix7, datagramsAre),
  'no-loss': quoted(unix7, datagramsAre),
  once: nearest(unix7, datagramsAre, 'it says "reliable", but does not mention duplicates'),
  integrity: nearest(unix7, datagramsAre, 'it says "reliable", but does not mention their bytes'),
  boundaries: quoted(unix7, 'SOCK_DGRAM, for a datagram-oriented socket that preserves message boundaries'),
  end: nearest(
    recv2,
    'When such a datagram is received, the return value is 0.',
    'no text guarantees an end of file for a datagram socket',
  ),
};

export const seqpacketSocket: Clauses = {
  order: quoted(
    unix7,
    'SOCK_SEQPACKET, for a sequenced-packet socket that is connection-oriented, preserves message boundaries, ' +
      'and delivers messages in the order that they were sent.',
  ),
  'no-loss': quoted(`${socket2}, SOCK_SEQPACKET`, seqpacketIs),
  once: nearest(
    `${socket2}, SOCK_SEQPACKET`,
    seqpacketIs,
    'it says "sequenced, reliable", but does not mention duplicates',
  ),
  integrity: nearest(`${socket2}, SOCK_SEQPACKET`, seqpacketIs, 'it says "reliable", but does not mention the bytes'),
  boundaries: quoted(
    unix7,
    'SOCK_SEQPACKET, for a sequenced-packet socket that is connection-oriented, preserves message boundaries',
  ),
  end: nearest(
    'read(2), RETURN VALUE',
    'On success, the number of bytes read is returned (zero indicates end of file)',
    'recv(2) says it of stream sockets alone, socket(2) that SOCK_SEQPACKET employs the same system calls',
  ),
};

export const tcpSocket: Clauses = {
  order: quoted('tcp(7), DESCRIPTION', 'TCP guarantees that the data arrives in order and retransmits lost packets.'),
  'no-loss': quoted(
    'tcp(7), DESCRIPTION',
    'TCP guarantees that the data arrives in order and retransmits lost packets.',
  ),
  once: quoted(socket2, streamEnsures),
  integrity: quoted(
    'tcp(7), DESCRIPTION',
    'It generates and checks a per-packet checksum to catch transmission errors.',
  ),
  boundaries: quoted('tcp(7), DESCRIPTION', 'TCP does not preserve record boundaries.'),
  end: streamSocket.end,
};
