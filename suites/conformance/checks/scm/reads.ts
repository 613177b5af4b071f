import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { objectOf } from '../../support/open-descriptors.js';
import { passDescriptors, receiveDescriptors, tracer } from '../../support/passing.js';
import { UNIX } from '../../support/subjects.js';

interface Peeked {
  readonly peeks: number;
  /** Descriptors that the peeks installed, all different ones of the passed pipe. */
  readonly installed: number;
  readonly byReceive: number;
}

/** A receiver that peeks at the size of a message first, and at its control data with it, collects descriptors. */
export const peekDuplicates = defineProcedure<Peeked>({
  id: 'scm/peek-duplicates',
  guarantee: 'What a receiver gets that looks at a message with MSG_PEEK several times before it takes it.',
  level: 'INFO',
  source: () => ({
    document: 'recv(2), The flags argument, MSG_PEEK, which says nothing of descriptors',
    quote:
      'This flag causes the receive operation to return data from the beginning of the receive queue without ' +
      'removing that data from the queue. Thus, a subsequent receive call will return the same data.',
  }),
  subjects: UNIX,
  expected: 'Linux: each peek installs one more descriptor of the same pipe, and the receive another.',
  procedure:
    "Send a pipe's writing end, recvmsg() five times with MSG_PEEK and once without; count the different " +
    'descriptors of that pipe.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = checkRun.pair();
    const pipe = tracer(checkRun);
    const object = objectOf(pipe.writing);
    passDescriptors(sys, a.out, [pipe.writing]);
    const peeks = Array.from({ length: 5 }, () =>
      receiveDescriptors(checkRun, b.in, { flags: sys.constants.MSG_PEEK }),
    );
    const installed = new Set(peeks.flatMap(({ fds }) => fds).filter((descriptor) => objectOf(descriptor) === object));
    return {
      peeks: peeks.filter(({ bytes }) => bytes === 1).length,
      installed: installed.size,
      byReceive: receiveDescriptors(checkRun, b.in).fds.length,
    };
  },
  judge: ({ peeks, installed, byReceive }) =>
    judgeExpected({ 'Descriptors installed by five peeks': [installed, 5], 'by the receive': [byReceive, 1] }, 'info', {
      'Peeks that found the message': [peeks, 5],
    }),
  proofs: [
    { name: 'one each', observation: { peeks: 5, installed: 5, byReceive: 1 }, verdict: 'info' },
    { name: 'none by peeks', observation: { peeks: 5, installed: 0, byReceive: 1 }, verdict: 'info', unusual: true },
    {
      name: 'the message was not seen five times',
      observation: { peeks: 1, installed: 1, byReceive: 0 },
      verdict: 'broken',
    },
  ],
});

interface Chunk {
  readonly data: string;
  readonly descriptors: number;
}

export const partialRead = defineProcedure<readonly Chunk[]>({
  id: 'scm/partial-read',
  guarantee:
    'When a message with a descriptor is read in two pieces the descriptor comes with the first one, and only ' +
    'with that.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), Ancillary messages — the nearest text: which of several reads gets it is not said',
    quote: 'When receiving from a stream socket, ancillary data forms a kind of barrier for the received data.',
  }),
  subjects: ['socketpair-stream', 'unix-stream'],
  expected: "'ab' with one descriptor, then 'cdef' with none.",
  procedure:
    "Send 'abcdef' with a descriptor; recvmsg() of 2 bytes and then of up to 64, both with room for descriptors.",
  quick: false,
  observe: (checkRun) => {
    const { a, b } = checkRun.pair();
    passDescriptors(checkRun.sys, a.out, [tracer(checkRun).writing], 'abcdef');
    return [2, 64].map((size) => {
      const { data, fds } = receiveDescriptors(checkRun, b.in, { size });
      return { data: data.toString(), descriptors: fds.length };
    });
  },
  judge: (chunks) =>
    judgeExpected(
      {
        'Descriptors of the first piece': [chunks[0]?.descriptors, 1],
        'of the second': [chunks[1]?.descriptors, 0],
        'the pieces': [chunks.map(({ data }) => data), ['ab', 'cdef']],
      },
      'fail',
    ),
  proofs: [
    {
      name: 'with the first piece',
      observation: [
        { data: 'ab', descriptors: 1 },
        { data: 'cdef', descriptors: 0 },
      ],
      verdict: 'pass',
    },
    {
      name: 'not with the first piece',
      observation: [
        { data: 'ab', descriptors: 0 },
        { data: 'cdef', descriptors: 0 },
      ],
      verdict: 'fail',
    },
    {
      name: 'with both',
      observation: [
        { data: 'ab', descriptors: 1 },
        { data: 'cdef', descriptors: 1 },
      ],
      verdict: 'fail',
    },
    {
      name: 'data is lost',
      observation: [
        { data: 'ab', descriptors: 1 },
        { data: '', descriptors: 0 },
      ],
      verdict: 'fail',
    },
    { name: 'nothing was read', observation: [], verdict: 'broken' },
  ],
});

interface Received {
  /** FD_CLOEXEC of the descriptor as it was sent. */
  readonly ofSender: number;
  readonly plain: number;
  readonly asked: number;
}

/** libuv/libuv #5082. macOS has no such flag: there the descriptor is open to a fork between recvmsg() and fcntl(). */
export const cloexec = defineProcedure<Received>({
  id: 'scm/cloexec',
  guarantee:
    'A received descriptor is close-on-exec if the receiver asked for it with MSG_CMSG_CLOEXEC, and not ' +
    'otherwise, whatever it was at the sender.',
  level: 'MUST',
  source: () => ({
    document: 'recv(2), The flags argument, MSG_CMSG_CLOEXEC',
    quote:
      'Set the close-on-exec flag for the file descriptor received via a UNIX domain file descriptor using the ' +
      'SCM_RIGHTS operation (described in unix(7)).',
  }),
  subjects: UNIX,
  expected: 'Sent with the flag: 0 without MSG_CMSG_CLOEXEC, 1 with it.',
  procedure: 'Send a close-on-exec descriptor twice; receive it without MSG_CMSG_CLOEXEC and with it; F_GETFD of both.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { F_GETFD, FD_CLOEXEC, MSG_CMSG_CLOEXEC } = sys.constants;
    const { a, b } = checkRun.pair();
    const { writing } = tracer(checkRun);
    const flagOf = (descriptor: number): number => sys.fcntl(descriptor, F_GETFD) & FD_CLOEXEC;
    const receive = (flags: number): number => {
      passDescriptors(sys, a.out, [writing]);
      const [descriptor] = receiveDescriptors(checkRun, b.in, { flags }).fds;
      return descriptor === undefined ? -1 : flagOf(descriptor);
    };
    return { ofSender: flagOf(writing), plain: receive(0), asked: receive(MSG_CMSG_CLOEXEC) };
  },
  judge: ({ ofSender, plain, asked }) =>
    judgeExpected({ 'FD_CLOEXEC as received': [plain, 0], 'with MSG_CMSG_CLOEXEC': [asked, 1] }, 'fail', {
      'At the sender': [ofSender, 1],
      'both arrived': [plain >= 0 && asked >= 0, true],
    }),
  proofs: [
    { name: 'as asked', observation: { ofSender: 1, plain: 0, asked: 1 }, verdict: 'pass' },
    { name: 'it travels', observation: { ofSender: 1, plain: 1, asked: 1 }, verdict: 'fail' },
    { name: 'the flag is ignored', observation: { ofSender: 1, plain: 0, asked: 0 }, verdict: 'fail' },
    { name: 'it was not set at the sender', observation: { ofSender: 0, plain: 0, asked: 1 }, verdict: 'broken' },
    { name: 'the first did not arrive', observation: { ofSender: 1, plain: -1, asked: 1 }, verdict: 'broken' },
    { name: 'the second did not arrive', observation: { ofSender: 1, plain: 0, asked: -1 }, verdict: 'broken' },
  ],
});

interface Travelled {
  readonly sent: readonly boolean[];
  readonly received: readonly boolean[];
  /** The sender's flag after the receiver cleared its own. */
  readonly afterClearing: boolean;
}

export const nonblockTravels = defineProcedure<Travelled>({
  id: 'scm/nonblock-travels',
  guarantee:
    'A passed descriptor is nonblocking if it was so at the sender, and what the receiver changes the sender has too.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), SCM_RIGHTS; of dup(2) the manual says: they share file offset and file status flags',
    quote:
      'Semantically, this operation is equivalent to duplicating (dup(2)) a file descriptor into the file ' +
      'descriptor table of another process.',
  }),
  subjects: UNIX,
  expected:
    'Blocking stays blocking, nonblocking stays nonblocking; cleared by the receiver it is cleared for the sender.',
  procedure:
    'Send a blocking and a nonblocking descriptor; F_GETFL of what arrives; clear O_NONBLOCK of the second one; ' +
    'F_GETFL of the original.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const { F_GETFL, F_SETFL, O_CLOEXEC, O_NONBLOCK } = sys.constants;
    const { a, b } = checkRun.pair();
    const isNonblocking = (descriptor: number): boolean => (sys.fcntl(descriptor, F_GETFL) & O_NONBLOCK) !== 0;
    const originals = [0, O_NONBLOCK].map((flag) => sys.pipe2(O_CLOEXEC | flag).map(own)[0] as number);
    const sent = originals.map(isNonblocking);
    passDescriptors(sys, a.out, originals);
    const { fds } = receiveDescriptors(checkRun, b.in, { descriptors: 2 });
    const received = fds.map(isNonblocking);
    if (fds[1] !== undefined) sys.fcntl(fds[1], F_SETFL, 0);
    return { sent, received, afterClearing: isNonblocking(originals[1] as number) };
  },
  judge: ({ sent, received, afterClearing }) =>
    judgeExpected(
      {
        'O_NONBLOCK of the two that arrived': [received, [false, true]],
        "the sender's after the receiver cleared it": [afterClearing, false],
      },
      'fail',
      { 'as they were sent': [sent, [false, true]], 'both arrived': [received.length, 2] },
    ),
  proofs: [
    {
      name: 'it travels',
      observation: { sent: [false, true], received: [false, true], afterClearing: false },
      verdict: 'pass',
    },
    {
      name: 'both arrive blocking',
      observation: { sent: [false, true], received: [false, false], afterClearing: false },
      verdict: 'fail',
    },
    {
      name: 'the sender keeps its own',
      observation: { sent: [false, true], received: [false, true], afterClearing: true },
      verdict: 'fail',
    },
    {
      name: 'both were blocking',
      observation: { sent: [false, false], received: [false, true], afterClearing: false },
      verdict: 'broken',
    },
    {
      name: 'one did not arrive',
      observation: { sent: [false, true], received: [false], afterClearing: false },
      verdict: 'broken',
    },
  ],
});
