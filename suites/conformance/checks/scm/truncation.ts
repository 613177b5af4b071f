import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { objectOf } from '../../support/open-descriptors.js';
import { passDescriptors, tracer } from '../../support/passing.js';
import { UNIX } from '../../support/subjects.js';

interface Unasked {
  readonly via: 'read' | 'recvmsg without room';
  readonly data: string;
  /** Of 253 copies of a pipe's writing end, once the sender has closed its own. */
  readonly copies: 'gone' | 'held';
  /** recvmsg() alone tells. */
  readonly truncated: boolean | null;
}

export const noControlBuffer = defineProcedure<readonly Unasked[]>({
  id: 'scm/no-control-buffer',
  guarantee:
    'A receiver that leaves no room for descriptors gets the data and leaks nothing: what was passed is closed.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), SCM_RIGHTS',
    quote:
      'If the buffer used to receive the ancillary data containing file descriptors is too small (or is ' +
      'absent), then the ancillary data is truncated (or discarded) and the excess file descriptors are ' +
      'automatically closed in the receiving process.',
  }),
  subjects: UNIX,
  expected: 'The data as sent, and all 253 closed; recvmsg() sets MSG_CTRUNC, read() has nothing to say it with.',
  procedure:
    "Send 'data' with a pipe's writing end 253 times, close that; read(2) the message; is the pipe at its end? " +
    'Once more with recvmsg() and a msg_controllen of 0.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { MSG_CTRUNC, MSG_DONTWAIT } = sys.constants;
    const { a, b } = checkRun.pair();
    const send = (): ReturnType<typeof tracer> => {
      const pipe = tracer(checkRun);
      passDescriptors(sys, a.out, Array<number>(253).fill(pipe.writing), 'data');
      sys.close(pipe.writing);
      return pipe;
    };
    const forRead = send();
    const read = sys.read(b.in, 64).toString();
    const forMessage = send();
    const message = sys.recvmsg(b.in, { sizes: 64 }, MSG_DONTWAIT);
    return [
      { via: 'read', data: read, copies: forRead.state(), truncated: null },
      {
        via: 'recvmsg without room',
        data: message.data.toString(),
        copies: forMessage.state(),
        truncated: (message.flags & MSG_CTRUNC) !== 0,
      },
    ];
  },
  judge: (seen) => {
    const [read, message] = seen;
    return judgeExpected(
      {
        'read(2) gave': [read?.data, 'data'],
        'the copies are': [read?.copies, 'gone'],
        'recvmsg() gave': [message?.data, 'data'],
        'the copies then are': [message?.copies, 'gone'],
        MSG_CTRUNC: [message?.truncated, true],
      },
      'fail',
    );
  },
  proofs: [
    { name: 'closed, and the data is there', observation: unasked({}, {}), verdict: 'pass' },
    { name: 'read loses the data', observation: unasked({ data: '' }, {}), verdict: 'fail' },
    { name: 'read leaks', observation: unasked({ copies: 'held' }, {}), verdict: 'fail' },
    { name: 'recvmsg loses the data', observation: unasked({}, { data: '' }), verdict: 'fail' },
    { name: 'recvmsg leaks', observation: unasked({}, { copies: 'held' }), verdict: 'fail' },
    { name: 'recvmsg does not say so', observation: unasked({}, { truncated: false }), verdict: 'fail' },
    { name: 'nothing was received', observation: [], verdict: 'broken' },
  ],
});

interface Cut {
  readonly room: 'CMSG_SPACE(12)' | 'CMSG_LEN(4)' | 'CMSG_SPACE(4)';
  readonly truncated: boolean;
  /** Which of the three arrived, in order. */
  readonly arrived: readonly string[];
  /** Of the three, once the receiver has closed what it was given. */
  readonly stillHeld: number;
}

const ORDINALS = ['first', 'second', 'third'] as const;

/**
 * CMSG_SPACE() rounds up to the machine's word: on 64 bits its room for one descriptor is room for two, and a receiver
 * that looks at one leaks one with each message. macOS leaks what did not fit: python/cpython #80931, oven-sh/bun
 * #37427.
 */
export const truncatedControl = defineProcedure<readonly Cut[]>({
  id: 'scm/truncated-control',
  guarantee: 'Of the descriptors that do not fit the first ones arrive, MSG_CTRUNC is set and the others are closed.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), SCM_RIGHTS, and Ancillary messages',
    quote:
      'If the space allocated for receiving incoming ancillary data is too small then the ancillary data is ' +
      'truncated to the number of headers that will fit in the supplied buffer (or, in the case of an ' +
      'SCM_RIGHTS file descriptor list, the list of file descriptors may be truncated).',
  }),
  subjects: UNIX,
  expected:
    'Room of CMSG_LEN(4): the first. CMSG_SPACE(4): the first two on 64 bits, where it is padded. Both with ' +
    'MSG_CTRUNC; nothing stays open.',
  procedure:
    'Three times: send the writing ends of three pipes in one message, close them; receive with room of ' +
    'CMSG_SPACE(12), CMSG_LEN(4), CMSG_SPACE(4); close what came; which pipes are at their end?',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { MSG_CTRUNC, MSG_DONTWAIT } = sys.constants;
    const { a, b } = checkRun.pair();
    const cut = (room: Cut['room'], controlBytes: number): Cut => {
      const pipes = [tracer(checkRun), tracer(checkRun), tracer(checkRun)];
      const objects = pipes.map(({ writing }) => objectOf(writing));
      passDescriptors(
        sys,
        a.out,
        pipes.map(({ writing }) => writing),
      );
      for (const { writing } of pipes) sys.close(writing);
      const { fds, flags } = sys.recvmsg(b.in, { sizes: 64, controlBytes }, MSG_DONTWAIT);
      const arrived = fds.map((descriptor) => ORDINALS[objects.indexOf(objectOf(descriptor))] ?? 'another');
      for (const descriptor of fds) sys.close(descriptor);
      return {
        room,
        truncated: (flags & MSG_CTRUNC) !== 0,
        arrived,
        stillHeld: pipes.filter(({ state }) => state() === 'held').length,
      };
    };
    return [
      cut('CMSG_SPACE(12)', sys.CMSG_SPACE(12)),
      cut('CMSG_LEN(4)', sys.CMSG_LEN(4)),
      cut('CMSG_SPACE(4)', sys.CMSG_SPACE(4)),
    ];
  },
  judge: (seen) => {
    const [whole, one, padded] = seen;
    // 32-bit machines pad to four bytes: there one fits.
    const firstOnes = padded?.arrived.every((ordinal, place) => ordinal === ORDINALS[place]) ?? false;
    return judgeExpected(
      {
        'With room of CMSG_LEN(4) arrived': [one?.arrived, ['first']],
        MSG_CTRUNC: [one?.truncated, true],
        'still open': [one?.stillHeld, 0],
        [`with CMSG_SPACE(4) ${padded?.arrived.length}, the first ones`]: [firstOnes, true],
        'MSG_CTRUNC then': [padded?.truncated, true],
        'still open then': [padded?.stillHeld, 0],
      },
      'fail',
      { 'With room for three all arrive': [whole?.arrived, ORDINALS], 'and nothing is cut': [whole?.truncated, false] },
    );
  },
  proofs: [
    { name: 'cut and closed', observation: cuts({}, {}), verdict: 'pass' },
    { name: 'cut and closed, on 32 bits', observation: cuts({}, { arrived: ['first'] }), verdict: 'pass' },
    { name: 'none arrives', observation: cuts({ arrived: [] }, {}), verdict: 'fail' },
    { name: 'no MSG_CTRUNC', observation: cuts({ truncated: false }, {}), verdict: 'fail' },
    { name: 'the extras leak', observation: cuts({ stillHeld: 2 }, {}), verdict: 'fail' },
    { name: 'the last ones arrive', observation: cuts({}, { arrived: ['second', 'third'] }), verdict: 'fail' },
    { name: 'one is left out', observation: cuts({}, { arrived: ['first', 'third'] }), verdict: 'fail' },
    { name: 'no MSG_CTRUNC in the padded room', observation: cuts({}, { truncated: false }), verdict: 'fail' },
    { name: 'the extra leaks in the padded room', observation: cuts({}, { stillHeld: 1 }), verdict: 'fail' },
    {
      name: 'not even all of three arrive',
      observation: cuts({}, {}, { arrived: ['first', 'second'] }),
      verdict: 'broken',
    },
    { name: 'cut although there was room', observation: cuts({}, {}, { truncated: true }), verdict: 'broken' },
    { name: 'nothing was received', observation: [], verdict: 'broken' },
  ],
});

interface Full {
  readonly bytes: number;
  readonly descriptors: number;
  readonly truncated: boolean;
  /** A second receive, after the limit was raised again. */
  readonly afterwards: string;
  readonly copy: 'gone' | 'held';
}

/**
 * A receiver at its limit is told by MSG_CTRUNC alone that something is lost, and nobody can send it again: the sender
 * was told that all is well.
 */
export const receiverEmfile = defineProcedure<Full>({
  id: 'scm/receiver-emfile',
  guarantee: 'What a receiver gets when it may not open more descriptors.',
  level: 'INFO',
  source: () => ({
    document: 'unix(7), SCM_RIGHTS',
    quote:
      'If the number of file descriptors received in the ancillary data would cause the process to exceed its ' +
      'RLIMIT_NOFILE resource limit (see getrlimit(2)), the excess file descriptors are automatically closed in ' +
      'the receiving process.',
  }),
  subjects: UNIX,
  expected:
    'Linux: the data, no descriptor, MSG_CTRUNC; the descriptor is closed and does not come back when the limit ' +
    'is raised. FreeBSD: EMSGSIZE.',
  procedure:
    "Send a pipe's writing end and close it. A child lowers its RLIMIT_NOFILE to 1, receives, raises it again, " +
    'receives again. Is the pipe at its end while the child lives?',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { RLIMIT_NOFILE, MSG_CTRUNC, MSG_DONTWAIT } = sys.constants;
    const { a, b } = checkRun.pair();
    const { soft, hard } = sys.getrlimit(RLIMIT_NOFILE);
    const pipe = tracer(checkRun);
    passDescriptors(sys, a.out, [pipe.writing]);
    sys.close(pipe.writing);
    const controlBytes = sys.CMSG_SPACE(4);
    const board = sys.createBoard();
    const receiver = sys.forkProgram(
      [
        { op: 'setrlimit', resource: RLIMIT_NOFILE, soft: 1, hard },
        { op: 'recvmsg', fd: b.in, bytes: 16, controlBytes, flags: MSG_DONTWAIT, as: 'full' },
        { op: 'setrlimit', resource: RLIMIT_NOFILE, soft, hard },
        { op: 'recvmsg', fd: b.in, bytes: 16, controlBytes, flags: MSG_DONTWAIT, as: 'raised' },
        { op: 'store', word: 0, value: 1 },
        { op: 'waitAtLeast', word: 1, value: 1 },
      ],
      { board },
    );
    checkRun.defer(() => receiver.end());
    board.waitAtLeast(0, 1, 5000);
    const copy = pipe.state();
    board.store(1, 1);
    receiver.wait();
    const { value, counts } = receiver.outcome('full');
    return {
      bytes: value,
      descriptors: counts['fds'] ?? -1,
      truncated: ((counts['flags'] ?? 0) & MSG_CTRUNC) !== 0,
      afterwards: receiver.outcome('raised').error ?? 'ok',
      copy,
    };
  },
  judge: ({ bytes, descriptors, truncated, afterwards, copy }) =>
    judgeExpected(
      {
        'Descriptors that arrived': [descriptors, 0],
        MSG_CTRUNC: [truncated, true],
        'the next receive': [afterwards, 'EAGAIN'],
        'the descriptor is': [copy, 'gone'],
      },
      'info',
      { 'Bytes that arrived': [bytes, 1] },
    ),
  proofs: [
    {
      name: 'lost for good',
      observation: { bytes: 1, descriptors: 0, truncated: true, afterwards: 'EAGAIN', copy: 'gone' },
      verdict: 'info',
    },
    {
      name: 'kept for later',
      observation: { bytes: 1, descriptors: 0, truncated: true, afterwards: 'ok', copy: 'held' },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'no message came',
      observation: { bytes: -1, descriptors: -1, truncated: false, afterwards: 'EAGAIN', copy: 'held' },
      verdict: 'broken',
    },
  ],
});

function unasked(read: Partial<Unasked>, message: Partial<Unasked>): readonly Unasked[] {
  return [
    { via: 'read', data: 'data', copies: 'gone', truncated: null, ...read },
    { via: 'recvmsg without room', data: 'data', copies: 'gone', truncated: true, ...message },
  ];
}

function cuts(one: Partial<Cut>, padded: Partial<Cut>, whole: Partial<Cut> = {}): readonly Cut[] {
  return [
    { room: 'CMSG_SPACE(12)', truncated: false, arrived: ORDINALS, stillHeld: 0, ...whole },
    { room: 'CMSG_LEN(4)', truncated: true, arrived: ['first'], stillHeld: 0, ...one },
    { room: 'CMSG_SPACE(4)', truncated: true, arrived: ['first', 'second'], stillHeld: 0, ...padded },
  ];
}
