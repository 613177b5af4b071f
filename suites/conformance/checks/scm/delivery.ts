import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { objectOf, openDescriptorsOf } from '../../support/open-descriptors.js';
import { arrive, received } from '../../support/outcomes.js';
import { passDescriptors, receiveDescriptors } from '../../support/passing.js';
import { UNIX } from '../../support/subjects.js';

const SAME_DESCRIPTION = {
  document: 'unix(7), SCM_RIGHTS',
  quote:
    'what is being passed is a reference to an open file description (see open(2)), and in the receiving ' +
    'process it is likely that a different file descriptor number will be used. Semantically, this operation is ' +
    'equivalent to duplicating (dup(2)) a file descriptor into the file descriptor table of another process.',
};

interface Passed {
  readonly arrived: number;
  /** Of the pipe, the file and the socket: does the sender hold the same object? */
  readonly same: readonly boolean[];
  /** What the sender reads at the other end of what the receiver wrote to. */
  readonly viaPipe: string;
  readonly viaSocket: string;
  /** The sender's offset in the file after the receiver moved its own to 3. */
  readonly offset: number;
}

export const basic = defineProcedure<Passed>({
  id: 'scm/basic',
  guarantee:
    'A passed pipe, file and socket work in the process that receives them, and are those of the sender: one ' +
    'object, one file offset.',
  level: 'MUST',
  source: () => SAME_DESCRIPTION,
  subjects: UNIX,
  expected:
    'Three descriptors of the same three objects; what is written through them comes out at the sender; the ' +
    'file offset is shared.',
  procedure:
    'A child opens a pipe, a file and a socket pair and sends one end of each. The parent compares them with ' +
    "the child's in /proc, writes the seed into both, moves the file's offset to 3; the child reads, and asks " +
    'for its offset.',
  quick: true,
  observe: (checkRun) => {
    const { sys, path, seed } = checkRun;
    const { O_RDWR, O_CREAT, O_NONBLOCK, AF_UNIX, SOCK_STREAM, SOCK_NONBLOCK, SEEK_SET, SEEK_CUR } = sys.constants;
    const { a, b } = checkRun.pair();
    const nonce = `nonce ${seed}`;
    const board = sys.createBoard();
    const sender = sys.forkProgram(
      [
        // Nonblocking: what did not come through does not keep the sender waiting.
        { op: 'pipe2', flags: O_NONBLOCK, into: ['pipe out', 'pipe in'] },
        { op: 'open', path: path('file'), flags: O_RDWR | O_CREAT, mode: 0o600, as: 'file' },
        { op: 'socketpair', domain: AF_UNIX, type: SOCK_STREAM | SOCK_NONBLOCK, into: ['near', 'far'] },
        { op: 'sendmsg', fd: a.out, data: 'x', rights: ['pipe in', 'file', 'far'] },
        { op: 'waitAtLeast', word: 0, value: 1 },
        { op: 'read', fd: 'pipe out', bytes: 64, keep: true, as: 'via pipe' },
        { op: 'read', fd: 'near', bytes: 64, keep: true, as: 'via socket' },
        { op: 'lseek', fd: 'file', offset: 0, whence: SEEK_CUR, as: 'offset' },
      ],
      { board },
    );
    checkRun.defer(() => sender.end());
    arrive(sys, b.in);
    const { fds } = receiveDescriptors(checkRun, b.in, { descriptors: 3 });
    const [pipe, file, socket] = fds;
    if (pipe === undefined || file === undefined || socket === undefined)
      return { arrived: fds.length, same: [], viaPipe: '', viaSocket: '', offset: -1 };
    const ofSender = new Set(openDescriptorsOf(sender.pid).values());
    const same = fds.map((descriptor) => ofSender.has(objectOf(descriptor)));
    sys.write(pipe, nonce);
    sys.write(socket, nonce);
    sys.lseek(file, 3, SEEK_SET);
    board.store(0, 1);
    sender.wait();
    const kept = (as: string): string => {
      const text = sender.outcome(as).kept[0]?.toString() ?? '';
      return text === nonce ? 'the nonce' : text;
    };
    return {
      arrived: fds.length,
      same,
      viaPipe: kept('via pipe'),
      viaSocket: kept('via socket'),
      offset: sender.outcome('offset').value,
    };
  },
  judge: ({ arrived, same, viaPipe, viaSocket, offset }) =>
    judgeExpected(
      {
        'Descriptors that arrived': [arrived, 3],
        "each is the sender's": [same, [true, true, true]],
        'through the pipe came': [viaPipe, 'the nonce'],
        'through the socket': [viaSocket, 'the nonce'],
        "the sender's offset": [offset, 3],
      },
      'fail',
      { 'Something arrived': [arrived > 0, true] },
    ),
  proofs: [
    { name: 'three that work', observation: passed({}), verdict: 'pass' },
    { name: 'two of three', observation: passed({ arrived: 2 }), verdict: 'fail' },
    { name: 'another file', observation: passed({ same: [true, false, true] }), verdict: 'fail' },
    { name: 'another pipe', observation: passed({ viaPipe: '' }), verdict: 'fail' },
    { name: 'another socket', observation: passed({ viaSocket: 'other text' }), verdict: 'fail' },
    { name: 'an offset of its own', observation: passed({ offset: 0 }), verdict: 'fail' },
    { name: 'nothing arrived', observation: passed({ arrived: 0, same: [] }), verdict: 'broken' },
  ],
});

interface Survivor {
  readonly senderEnded: boolean;
  readonly arrived: number;
  readonly reads: readonly string[];
}

/**
 * Some versions of macOS lose it: nodejs/node #7512, libuv/libuv #2476. libuv keeps its copy open until the peer has
 * answered.
 */
export const closeInFlight = defineProcedure<Survivor>({
  id: 'scm/close-in-flight',
  guarantee: 'A descriptor stays open while it is in flight: the sender may close it, and end, before it is received.',
  level: 'MUST',
  source: () => SAME_DESCRIPTION,
  subjects: UNIX,
  expected: "One descriptor, received after the sender is gone, from which 'kept' is read and then the end.",
  procedure:
    "A child writes 'kept' into a pipe, sends its reading end, closes everything and ends. Only when it has " +
    "been waited for, and this process's copy of its socket is closed, the parent receives and reads twice.",
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = checkRun.pair();
    const sender = sys.forkProgram([
      { op: 'pipe2', into: ['out', 'in'] },
      { op: 'write', fd: 'in', data: 'kept' },
      { op: 'sendmsg', fd: a.out, data: 'x', rights: ['out'], as: 'send' },
      { op: 'close', fd: 'out' },
      { op: 'close', fd: 'in' },
      { op: 'close', fd: a.out },
    ]);
    checkRun.defer(() => sender.end());
    sys.close(a.out);
    const ended = sender.wait();
    const { fds } = receiveDescriptors(checkRun, b.in);
    const [reading] = fds;
    return {
      senderEnded: ended?.exitCode === 0 && sender.outcome('send').value === 1,
      arrived: fds.length,
      reads:
        reading === undefined ? [] : [received(() => sys.read(reading, 16)), received(() => sys.read(reading, 16))],
    };
  },
  judge: ({ senderEnded, arrived, reads }) =>
    judgeExpected({ 'Descriptors that arrived': [arrived, 1], 'read from it': [reads, ['kept', 'EOF']] }, 'fail', {
      'The sender sent it and ended': [senderEnded, true],
    }),
  proofs: [
    {
      name: 'it was kept open',
      observation: { senderEnded: true, arrived: 1, reads: ['kept', 'EOF'] },
      verdict: 'pass',
    },
    { name: 'none arrives', observation: { senderEnded: true, arrived: 0, reads: [] }, verdict: 'fail' },
    {
      name: 'it arrives twice',
      observation: { senderEnded: true, arrived: 2, reads: ['kept', 'EOF'] },
      verdict: 'fail',
    },
    {
      name: 'what was in it is lost',
      observation: { senderEnded: true, arrived: 1, reads: ['EOF', 'EOF'] },
      verdict: 'fail',
    },
    {
      name: 'the sender still runs',
      observation: { senderEnded: false, arrived: 1, reads: ['kept', 'EOF'] },
      verdict: 'broken',
    },
  ],
});

interface Order {
  readonly messages: number;
  readonly arrived: number;
  /** Messages whose descriptor is that of another message. */
  readonly exchanged: number;
  /** Of one message with three descriptors: their numbers in the order of arrival. */
  readonly within: readonly number[];
}

export const order = defineProcedure<Order>({
  id: 'scm/order',
  guarantee: 'Each message brings its own descriptors, in the order of the messages and of the array.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), SCM_RIGHTS',
    quote:
      'Send or receive a set of open file descriptors from another process. The data portion contains an ' +
      'integer array of the file descriptors.',
  }),
  subjects: UNIX,
  expected: 'The nth message brings the nth file; three in one message arrive as 0, 1, 2.',
  procedure:
    'Send memory files named by a number, eight messages at a time with their number as data, and compare ' +
    'numbers and names of what arrives (default 64 messages, thorough 4000). Then three in one message.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = checkRun.pair();
    const numbered = (number: number): number => sys.memfd_create(`number ${number}`, sys.constants.MFD_CLOEXEC);
    const numberOf = (descriptor: number): number => Number(/number (\d+)/.exec(objectOf(descriptor))?.[1] ?? -1);
    const total = checkRun.count({ quick: 16, default: 64, thorough: 4000 });
    let arrived = 0;
    let exchanged = 0;
    // As many at a time as a datagram queue takes: net.unix.max_dgram_qlen is 10 by default.
    for (let first = 0; first < total; first += 8) {
      for (let number = first; number < first + 8; number += 1) {
        const file = numbered(number);
        passDescriptors(sys, a.out, [file], `${number}`);
        sys.close(file);
      }
      for (let number = first; number < first + 8; number += 1) {
        const { data, fds } = sys.recvmsg(
          b.in,
          { sizes: 16, controlBytes: sys.CMSG_SPACE(32) },
          sys.constants.MSG_DONTWAIT,
        );
        arrived += fds.length;
        if (fds.length !== 1 || numberOf(fds[0] as number) !== number || data.toString() !== `${number}`)
          exchanged += 1;
        for (const descriptor of fds) sys.close(descriptor);
      }
    }
    const three = [0, 1, 2].map(numbered);
    passDescriptors(sys, a.out, three);
    for (const descriptor of three) sys.close(descriptor);
    return {
      messages: total,
      arrived,
      exchanged,
      within: receiveDescriptors(checkRun, b.in, { descriptors: 3 }).fds.map(numberOf),
    };
  },
  judge: ({ messages, arrived, exchanged, within }) =>
    judgeExpected(
      {
        [`Descriptors that came with ${messages} messages`]: [arrived, messages],
        'of another message': [exchanged, 0],
        'three of one message': [within, [0, 1, 2]],
      },
      'fail',
      { 'At least 16 messages': [messages >= 16, true] },
    ),
  proofs: [
    { name: 'in order', observation: { messages: 16, arrived: 16, exchanged: 0, within: [0, 1, 2] }, verdict: 'pass' },
    {
      name: 'one is missing',
      observation: { messages: 64, arrived: 63, exchanged: 0, within: [0, 1, 2] },
      verdict: 'fail',
    },
    {
      name: 'two are exchanged',
      observation: { messages: 64, arrived: 64, exchanged: 2, within: [0, 1, 2] },
      verdict: 'fail',
    },
    {
      name: 'another order within a message',
      observation: { messages: 64, arrived: 64, exchanged: 0, within: [1, 0, 2] },
      verdict: 'fail',
    },
    {
      name: 'too few messages',
      observation: { messages: 15, arrived: 15, exchanged: 0, within: [0, 1, 2] },
      verdict: 'broken',
    },
  ],
});

function passed(but: Partial<Passed>): Passed {
  return { arrived: 3, same: [true, true, true], viaPipe: 'the nonce', viaSocket: 'the nonce', offset: 3, ...but };
}
