import { defineProcedure } from '../../../../harness/define.js';
import { isMessages } from '../../support/channel.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { arrive, received, receives } from '../../support/outcomes.js';
import { UNIX } from '../../support/subjects.js';

interface Peeks {
  readonly peeked: readonly string[];
  readonly short: string;
  readonly read: string;
  readonly left: string;
}

export const peek = defineProcedure<Peeks>({
  id: 'boundaries/peek',
  guarantee: 'MSG_PEEK returns the next data without removing any of it, even if a message does not fit.',
  level: 'MUST',
  source: () => ({
    document: 'recv(2), The flags argument, MSG_PEEK',
    quote:
      'This flag causes the receive operation to return data from the beginning of the receive queue without ' +
      'removing that data from the queue. Thus, a subsequent receive call will return the same data.',
  }),
  subjects: [...UNIX, 'tcp-loopback'],
  expected: 'The same bytes twice, their beginning with a short buffer, and all of them by the receive that follows.',
  procedure: 'Send four bytes; peek twice, peek with room for two, receive, receive again.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = endsOf(checkRun, { nonblocking: true });
    const { MSG_PEEK } = sys.constants;
    sys.send(a.out, 'abcd');
    arrive(sys, b.in);
    return {
      peeked: receives(2, () => sys.recv(b.in, 10, MSG_PEEK)),
      short: received(() => sys.recv(b.in, 2, MSG_PEEK)),
      read: received(() => sys.recv(b.in, 10)),
      left: received(() => sys.recv(b.in, 10)),
    };
  },
  judge: ({ peeked, short, read, left }) =>
    judgeExpected(
      {
        'Peeked twice': [peeked, ['abcd', 'abcd']],
        'with room for two': [short, 'ab'],
        'then received': [read, 'abcd'],
        'and after that': [left, 'EAGAIN'],
      },
      'fail',
      {
        'The first peek found something': [peeked[0] !== undefined && peeked[0] !== 'EAGAIN', true],
      },
    ),
  proofs: [
    {
      name: 'looked at only',
      observation: { peeked: ['abcd', 'abcd'], short: 'ab', read: 'abcd', left: 'EAGAIN' },
      verdict: 'pass',
    },
    {
      name: 'taken by the first peek',
      observation: { peeked: ['abcd', 'EAGAIN'], short: 'ab', read: 'abcd', left: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: 'a short peek shows the end',
      observation: { peeked: ['abcd', 'abcd'], short: 'cd', read: 'abcd', left: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: 'cut by a short peek',
      observation: { peeked: ['abcd', 'abcd'], short: 'ab', read: 'cd', left: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: 'received twice',
      observation: { peeked: ['abcd', 'abcd'], short: 'ab', read: 'abcd', left: 'abcd' },
      verdict: 'fail',
    },
    {
      name: 'nothing was there',
      observation: { peeked: ['EAGAIN', 'EAGAIN'], short: 'EAGAIN', read: 'EAGAIN', left: 'EAGAIN' },
      verdict: 'broken',
    },
    {
      name: 'nothing was seen',
      observation: { peeked: [], short: 'EAGAIN', read: 'EAGAIN', left: 'EAGAIN' },
      verdict: 'broken',
    },
  ],
});

interface PeekOffset {
  /** Peek, peek, receive, peek: two bytes each. */
  readonly steps: readonly string[];
  /** SO_PEEK_OFF before, and at the end. */
  readonly before: number;
  readonly after: number;
}

export const peekOffset = defineProcedure<PeekOffset>({
  id: 'boundaries/peek-offset',
  guarantee: 'With SO_PEEK_OFF a peek begins at that offset and moves it on; a receive moves it back.',
  level: 'MUST',
  source: (subject) =>
    isMessages(subject)
      ? {
          document: 'socket(7), SO_PEEK_OFF',
          quote:
            'When the option is set to a value greater than or equal to zero, then the next peek at data queued ' +
            'in the socket will occur at the byte offset specified by the option value.',
        }
      : { document: 'socket(7), SO_PEEK_OFF', quote: 'recv(fd, buf, 2, MSG_PEEK);  // Peeks "cc"; offset set to 6' },
  subjects: UNIX,
  expected:
    'Linux: the page’s own example, cc dd aa ee. On message sockets the offset counts through the queue: peeks ' +
    'go from one message to the next, and the receive takes the first. Only Linux has the option.',
  procedure:
    'Queue aabbccddeeff (message sockets: six messages of two bytes), set SO_PEEK_OFF to 4; peek 2, peek 2, ' +
    'receive 2, peek 2.',
  quick: false,
  observe: (checkRun) => {
    const { sys, subject } = checkRun;
    const { SOL_SOCKET, SO_PEEK_OFF, MSG_PEEK } = sys.constants;
    const { a, b } = checkRun.pair({ nonblocking: true });
    for (const piece of isMessages(subject) ? ['aa', 'bb', 'cc', 'dd', 'ee', 'ff'] : ['aabbccddeeff'])
      sys.send(a.out, piece);
    const offset = (): number => sys.getsockopt(b.in, SOL_SOCKET, SO_PEEK_OFF);
    const before = offset();
    sys.setsockopt(b.in, SOL_SOCKET, SO_PEEK_OFF, 4);
    const steps = [MSG_PEEK, MSG_PEEK, 0, MSG_PEEK].map((flags) => received(() => sys.recv(b.in, 2, flags)));
    return { steps, before, after: offset() };
  },
  judge: ({ steps, before, after }) =>
    judgeExpected(
      {
        'Peek, peek, receive, peek at offset 4': [steps, ['cc', 'dd', 'aa', 'ee']],
        'the offset afterwards': [after, 8],
      },
      'fail',
      { 'The offset of a new socket': [before, -1] },
    ),
  proofs: [
    {
      name: 'as in the manual',
      observation: { steps: ['cc', 'dd', 'aa', 'ee'], before: -1, after: 8 },
      verdict: 'pass',
    },
    { name: 'from the front', observation: { steps: ['aa', 'aa', 'aa', 'bb'], before: -1, after: 8 }, verdict: 'fail' },
    {
      name: 'an offset that stays',
      observation: { steps: ['cc', 'dd', 'aa', 'ee'], before: -1, after: 4 },
      verdict: 'fail',
    },
    {
      name: 'on from the start',
      observation: { steps: ['cc', 'dd', 'aa', 'ee'], before: 0, after: 8 },
      verdict: 'broken',
    },
  ],
});
