import { defineProcedure, errnoOf } from '../../../../harness/define.js';
import { connectedEnds } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { arrive, polled, received } from '../../support/outcomes.js';
import { EVERY_TRANSPORT, WITH_END_OF_FILE } from '../../support/subjects.js';

interface Flags {
  readonly idle: string;
  readonly withData: string;
  readonly drained: string;
  readonly writer: string;
}

type FlagsInOrder = readonly [idle: string, withData: string, drained: string, writer: string];
const OF_A_PIPE: FlagsInOrder = ['none', 'IN|HUP', 'HUP', 'OUT|ERR'];
const OF_A_DATAGRAM_SOCKET: FlagsInOrder = ['OUT', 'IN|OUT', 'OUT', 'OUT'];
const OF_A_UNIX_SOCKET: FlagsInOrder = ['OUT', 'IN|OUT|HUP|RDHUP', 'IN|OUT|HUP|RDHUP', 'IN|OUT|HUP|RDHUP'];
const USUAL: Readonly<Record<string, FlagsInOrder>> = {
  pipe: OF_A_PIPE,
  fifo: OF_A_PIPE,
  'socketpair-dgram': OF_A_DATAGRAM_SOCKET,
  'unix-dgram': OF_A_DATAGRAM_SOCKET,
  'tcp-loopback': ['OUT', 'IN|OUT|RDHUP', 'IN|OUT|RDHUP', 'IN|OUT|RDHUP'],
};

export const eofPollFlags = defineProcedure<Flags>({
  id: 'readiness/eof-poll-flags',
  guarantee:
    'What poll(2) says of an end whose peer has gone: with data left, without, and of the end that would write.',
  level: 'INFO',
  source: () => ({
    document: 'POSIX.1-2017 XSH, poll(), POLLHUP',
    quote: 'This event and POLLOUT are mutually-exclusive; a stream can never be writable if a hangup has occurred.',
  }),
  subjects: EVERY_TRANSPORT,
  expected:
    'Linux: a pipe shows HUP without IN; a Unix socket IN|OUT|HUP|RDHUP, OUT and HUP together against POSIX; ' +
    'TCP IN|OUT|RDHUP without HUP; a datagram socket nothing at all.',
  procedure:
    'Poll for everything: before anything has happened, after the peer has sent and closed, after reading that, ' +
    'and at the writing end of a peer that has closed.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = connectedEnds(checkRun);
    const idle = polled(sys, b.in);
    sys.write(a.out, 'data');
    for (const descriptor of new Set([a.in, a.out])) sys.close(descriptor);
    // Over TCP the end comes after the data; the others have both at once.
    arrive(sys, b.in, checkRun.subject === 'tcp-loopback' ? sys.constants.POLLRDHUP : sys.constants.POLLIN);
    const withData = polled(sys, b.in);
    sys.read(b.in, 64);
    return { idle, withData, drained: polled(sys, b.in), writer: polled(sys, b.out) };
  },
  judge: ({ idle, withData, drained, writer }, subject) => {
    const [usualIdle, usualData, usualDrained, usualWriter] = USUAL[subject] ?? OF_A_UNIX_SOCKET;
    return judgeExpected(
      {
        Before: [idle, usualIdle],
        'Closed, with data': [withData, usualData],
        'Closed, all read': [drained, usualDrained],
        'To write to': [writer, usualWriter],
      },
      'info',
      { 'The data was there to read': [withData?.split('|').includes('IN') ?? false, true] },
    );
  },
  proofs: [
    {
      name: 'a socketpair',
      observation: {
        idle: 'OUT',
        withData: 'IN|OUT|HUP|RDHUP',
        drained: 'IN|OUT|HUP|RDHUP',
        writer: 'IN|OUT|HUP|RDHUP',
      },
      verdict: 'info',
    },
    {
      name: 'a pipe',
      observation: { idle: 'none', withData: 'IN|HUP', drained: 'HUP', writer: 'OUT|ERR' },
      verdict: 'info',
      subject: 'pipe',
    },
    {
      name: 'a datagram socket',
      observation: { idle: 'OUT', withData: 'IN|OUT', drained: 'OUT', writer: 'OUT' },
      verdict: 'info',
      subject: 'unix-dgram',
    },
    {
      name: 'TCP',
      observation: { idle: 'OUT', withData: 'IN|OUT|RDHUP', drained: 'IN|OUT|RDHUP', writer: 'IN|OUT|RDHUP' },
      verdict: 'info',
      subject: 'tcp-loopback',
    },
    {
      name: 'as POSIX has it',
      observation: { idle: 'OUT', withData: 'IN|HUP', drained: 'IN|HUP', writer: 'HUP' },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'no data',
      observation: { idle: 'OUT', withData: 'HUP', drained: 'HUP', writer: 'HUP' },
      verdict: 'broken',
    },
    { name: 'not polled', observation: { withData: 'IN' } as Flags, verdict: 'broken' },
  ],
});

interface Invisible {
  readonly received: string;
  readonly polled: string;
  readonly error: number;
  readonly ownSend: string;
}

export const peerClosedInvisible = defineProcedure<Invisible>({
  id: 'readiness/peer-closed-invisible',
  guarantee: 'A datagram socket that only receives cannot find out that its peer has closed.',
  level: 'INFO',
  source: () => ({
    document: 'Linux, tools/testing/selftests/net/af_unix/unix_connreset.c',
    quote: 'SOCK_DGRAM does not return ECONNRESET when the peer closes.',
  }),
  subjects: ['socketpair-dgram', 'unix-dgram'],
  expected: 'Linux: EAGAIN, poll OUT, SO_ERROR 0; only a send tells, with ECONNREFUSED.',
  procedure: 'Close one end; at the other: receive, poll, SO_ERROR, send.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = connectedEnds(checkRun);
    sys.close(b.in);
    return {
      received: received(() => sys.read(a.in, 64)),
      polled: polled(sys, a.in),
      error: sys.getsockopt(a.in, sys.constants.SOL_SOCKET, sys.constants.SO_ERROR),
      ownSend: errnoOf(() => sys.write(a.out, 'x')) ?? 'ok',
    };
  },
  judge: (seen) =>
    judgeExpected(
      {
        recv: [seen.received, 'EAGAIN'],
        poll: [seen.polled, 'OUT'],
        SO_ERROR: [seen.error, 0],
        send: [seen.ownSend, 'ECONNREFUSED'],
      },
      'info',
      {
        'The peer had gone': [seen.ownSend !== 'ok', true],
      },
    ),
  proofs: [
    {
      name: 'invisible',
      observation: { received: 'EAGAIN', polled: 'OUT', error: 0, ownSend: 'ECONNREFUSED' },
      verdict: 'info',
    },
    {
      name: 'told by an end of file',
      observation: { received: 'EOF', polled: 'IN|OUT|HUP', error: 0, ownSend: 'EPIPE' },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'the peer was still there',
      observation: { received: 'EAGAIN', polled: 'OUT', error: 0, ownSend: 'ok' },
      verdict: 'broken',
    },
  ],
});

interface ClosedInEpoll {
  readonly whileDup: number;
  readonly namesClosed: boolean;
  readonly remove: string;
  readonly afterDup: number;
}

/**
 * The interest list holds open files, not descriptors: such an entry can neither be used nor removed by its number any
 * more.
 */
export const closeWithDup = defineProcedure<ClosedInEpoll>({
  id: 'readiness/close-with-dup',
  guarantee:
    'A descriptor that was closed still gives epoll events while a duplicate of it is open, and can no longer ' +
    'be removed.',
  level: 'INFO',
  source: () => ({
    document: 'epoll(7), Questions and answers',
    quote:
      'This means that even after a file descriptor that is part of an interest list has been closed, events ' +
      'may be reported for that file descriptor if other file descriptors referring to the same underlying file ' +
      'description remain open.',
  }),
  subjects: [...WITH_END_OF_FILE, 'socketpair-dgram', 'unix-dgram'],
  expected:
    'Linux: one event, with the number that was closed; EBADF for EPOLL_CTL_DEL; none once the duplicate is ' +
    'closed too.',
  procedure:
    'Add a descriptor to an epoll, duplicate it, close the first; the peer writes; wait. Remove it by its old ' +
    'number; close the duplicate; wait again.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLLIN } = sys.constants;
    const { a, b } = connectedEnds(checkRun);
    const epoll = own(sys.epoll_create1(0));
    sys.epoll_ctl(epoll, EPOLL_CTL_ADD, b.in, EPOLLIN);
    const duplicate = own(sys.dup(b.in));
    sys.close(b.in);
    sys.write(a.out, 'data');
    const events = sys.epoll_wait(epoll, 8, 3000);
    const remove = errnoOf(() => sys.epoll_ctl(epoll, EPOLL_CTL_DEL, b.in)) ?? 'ok';
    sys.close(duplicate);
    return {
      whileDup: events.length,
      namesClosed: events[0]?.data === b.in,
      remove,
      afterDup: sys.epoll_wait(epoll, 8, 0).length,
    };
  },
  judge: ({ whileDup, namesClosed, remove, afterDup }) =>
    judgeExpected(
      {
        'Events while the duplicate is open': [whileDup, 1],
        'They name the closed descriptor': [namesClosed, true],
        EPOLL_CTL_DEL: [remove, 'EBADF'],
        'Events after that': [afterDup, 0],
      },
      'info',
    ),
  proofs: [
    {
      name: 'the event comes',
      observation: { whileDup: 1, namesClosed: true, remove: 'EBADF', afterDup: 0 },
      verdict: 'info',
    },
    {
      name: 'it does not',
      observation: { whileDup: 0, namesClosed: false, remove: 'EBADF', afterDup: 0 },
      verdict: 'info',
      unusual: true,
    },
    { name: 'not waited for', observation: {} as ClosedInEpoll, verdict: 'broken' },
  ],
});
