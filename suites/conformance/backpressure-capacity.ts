import { countUntilError, defineProcedure } from '../../harness/define.js';
import { isMessages, openChannel } from './procedures/channel.js';
import { endsOf } from './procedures/ends.js';
import { forked } from './procedures/forked.js';
import { EVERY_TRANSPORT } from './procedures/subjects.js';
import { withPower } from './procedures/with-power.js';

interface Capacity {
  readonly size: number;
  readonly messages: number;
  readonly bytes: number;
  readonly refusal: string;
}

const SIZES = [1, 16, 256, 4096, 65_536];
/** A TCP connection takes four million messages of one byte: seconds, to learn that only bytes count there. */
const SIZES_TCP = [256, 4096, 65_536];

export const capacityByMessageSize = defineProcedure<readonly Capacity[]>({
  id: 'backpressure/capacity-by-message-size',
  promise: 'How much a channel that nobody reads takes, by the size of the messages.',
  level: 'INFO',
  source: () => ({
    document: 'socket(7), SO_SNDBUF (says no more than that it is the maximum in bytes)',
    quote: 'Unspecified: how many bytes fit, when each message has an overhead that counts too.',
  }),
  subjects: EVERY_TRANSPORT,
  expected:
    'Linux: the kernel’s memory is counted, not the bytes: 212992 bytes of SO_SNDBUF are 278 messages of 1 ' +
    'byte, 167 of 256 bytes (42752 bytes), 44 of 4 KiB on a stream (180224 bytes) and 26 on a datagram socket ' +
    '(106496).',
  procedure:
    'For messages of 1, 16, 256, 4096 and 65536 bytes (over TCP from 256): fill a fresh nonblocking channel ' +
    'until EAGAIN and count.',
  quick: true,
  observe: (trial) => {
    const { sys } = trial;
    return (trial.subject === 'tcp-loopback' ? SIZES_TCP : SIZES).map((size, index) => {
      const { a } = endsOf(trial, { nonblocking: true, index });
      const data = Buffer.alloc(size);
      const { calls, total, errno } = countUntilError(() => sys.write(a.out, data));
      return { size, messages: calls, bytes: total, refusal: errno };
    });
  },
  judge: (seen) => {
    const words = seen
      .map(
        ({ size, messages, bytes, refusal }) =>
          `${messages} of ${size} (${bytes} bytes)${refusal === 'EAGAIN' ? '' : `, then ${refusal}`}`,
      )
      .join(', ');
    if (!seen.some(({ refusal, bytes }) => refusal === 'EAGAIN' && bytes > 0))
      return { verdict: 'broken', evidence: `It was never full: ${words}.` };
    return { verdict: 'info', evidence: `It takes ${words}.` };
  },
  proofs: [
    {
      name: 'a stream',
      observation: [
        { size: 1, messages: 278, bytes: 278, refusal: 'EAGAIN' },
        { size: 4096, messages: 44, bytes: 180_224, refusal: 'EAGAIN' },
      ],
      verdict: 'info',
    },
    {
      name: 'some too large for a message',
      observation: [
        { size: 1, messages: 1, bytes: 1, refusal: 'EAGAIN' },
        { size: 65_536, messages: 0, bytes: 0, refusal: 'EMSGSIZE' },
      ],
      verdict: 'info',
    },
    { name: 'never full', observation: [{ size: 1, messages: 1, bytes: 1, refusal: 'ENOBUFS' }], verdict: 'broken' },
    {
      name: 'nothing went in',
      observation: [{ size: 1, messages: 0, bytes: 0, refusal: 'EAGAIN' }],
      verdict: 'broken',
    },
    { name: 'nothing tried', observation: [], verdict: 'broken' },
  ],
});

interface Woken {
  readonly wait: 'poll' | 'level' | 'edge';
  readonly wanted: number;
  readonly written: number;
  readonly writeError: string | null;
  readonly read: number;
  readonly readError: string | null;
  readonly intact: boolean;
  /** How often the writer found it full, and the reader empty, and waited to be woken. */
  readonly full: number;
  readonly empty: number;
}

/** Messages are read whole. */
const LARGEST_MESSAGE = 2048;
const STALL_MS = 8000;
/** Progress that is slow is no lost wake-up. */
const PATIENCE_MS = 35_000;

export const noLostWakeup = defineProcedure<readonly Woken[]>({
  id: 'backpressure/no-lost-wakeup',
  promise:
    'A writer that waits for room is woken when there is some, and a reader when there is data: by poll, by ' +
    'epoll, and by epoll edge triggered.',
  level: 'MUST',
  source: () => ({
    document: 'epoll(7), Level-triggered and edge-triggered',
    quote:
      'The suggested way to use epoll as an edge-triggered (EPOLLET) interface is as follows: […] with ' +
      'nonblocking file descriptors; and […] by waiting for an event only after read(2) or write(2) return EAGAIN.',
  }),
  subjects: EVERY_TRANSPORT,
  expected:
    'All bytes, in order, and no wait that lasts for ever. Known to have hung elsewhere: libuv on Windows ' +
    '(libuv/libuv#4738).',
  procedure:
    'A writer and a reader in processes of their own move a pattern in pieces of random size through a small ' +
    'nonblocking channel, and wait only after EAGAIN; one run with poll(2), one with epoll, one with epoll edge ' +
    'triggered. Eight seconds without progress are a lost wake-up.',
  quick: false,
  deadlineMs: 120_000,
  observe: async (trial) => {
    const { sys, seed, subject } = trial;
    const bytes = trial.count({ quick: 1 << 19, default: 1 << 20, thorough: 1 << 28 });
    const runs: Woken[] = [];
    for (const [index, wait] of (['poll', 'level', 'edge'] as const).entries()) {
      const { a, b } = endsOf(trial, { nonblocking: true, index });
      if (subject === 'pipe' || subject === 'fifo') sys.fcntl(a.out, sys.constants.F_SETPIPE_SZ, 1);
      else sys.setsockopt(a.out, sys.constants.SOL_SOCKET, sys.constants.SO_SNDBUF, 16_384);
      const largest = isMessages(subject) ? LARGEST_MESSAGE : 8192;
      const same = { seed: seed % 65_536, bytes, to: largest, wait, timeoutMs: STALL_MS };
      const writer = forked(trial, [{ op: 'writePattern', fd: a.out, from: 1, ...same, as: 'write' }]);
      // Only then is it sure to be full once.
      await trial.until('the channel is full', () => (writer.outcome('write').counts['refused'] ?? 0) > 0);
      const reader = forked(trial, [
        { op: 'readPattern', fd: b.in, from: isMessages(subject) ? largest : 1, ...same, as: 'read' },
      ]);
      if (writer.wait(PATIENCE_MS) === null || reader.wait(STALL_MS) === null)
        throw new Error(`The writer and the reader went on for more than ${PATIENCE_MS} ms. This machine is too busy.`);
      const [wrote, read] = [writer.outcome('write'), reader.outcome('read')];
      runs.push({
        wait,
        wanted: bytes,
        written: wrote.counts['bytes'] ?? 0,
        writeError: wrote.error,
        read: read.counts['bytes'] ?? 0,
        readError: read.error,
        intact: read.counts['firstMismatch'] === -1,
        full: wrote.counts['refused'] ?? 0,
        empty: read.counts['refused'] ?? 0,
      });
    }
    return runs;
  },
  judge: (seen) => {
    const words = seen
      .map(({ wait, wanted, written, writeError, read, readError, intact, full, empty }) => {
        const errors = [writeError, readError].filter((error) => error !== null);
        return (
          `${wait}: ${written} of ${wanted} bytes written, ${read} ` +
          `read${intact ? '' : ', not as written'}, ${full} waits for room, ${empty} for ` +
          `data${errors.length === 0 ? '' : `, ${errors.join(' and ')}`}`
        );
      })
      .join('; ');
    const isBad = ({ wanted, written, writeError, read, readError, intact }: Woken): boolean =>
      written !== wanted || writeError !== null || read !== wanted || readError !== null || !intact;
    if (seen.some(isBad)) return { verdict: 'fail', evidence: `${words}.` };
    if (seen.length === 0 || seen.some(({ full }) => full === 0))
      return { verdict: 'broken', evidence: `The writer never had to wait. ${words}.` };
    return withPower(
      { verdict: 'pass', evidence: `${words}.` },
      'lost wake-up',
      seen.reduce((sum, { full, empty }) => sum + full + empty, 0),
      'waits',
    );
  },
  proofs: [
    { name: 'all woken', observation: [woken({}), woken({ wait: 'edge', full: 1 })], verdict: 'pass' },
    {
      name: 'a writer that never woke',
      observation: [woken({}), woken({ wait: 'edge', written: 4096, read: 4096 })],
      verdict: 'fail',
    },
    {
      name: 'the writer’s time ran out at the end',
      observation: [woken({ writeError: 'ETIMEDOUT' })],
      verdict: 'fail',
    },
    { name: 'the reader did not get all', observation: [woken({ read: 4096 })], verdict: 'fail' },
    { name: 'the reader’s time ran out', observation: [woken({ readError: 'ETIMEDOUT' })], verdict: 'fail' },
    { name: 'not all was written, and all was read', observation: [woken({ written: 4096 })], verdict: 'fail' },
    { name: 'bytes out of place', observation: [woken({ intact: false })], verdict: 'fail' },
    { name: 'it was never full', observation: [woken({}), woken({ full: 0 })], verdict: 'broken' },
    { name: 'nothing tried', observation: [], verdict: 'broken' },
  ],
});

function woken(change: Partial<Woken>): Woken {
  return {
    wait: 'level',
    wanted: 2_097_152,
    written: 2_097_152,
    writeError: null,
    read: 2_097_152,
    readError: null,
    intact: true,
    full: 512,
    empty: 70,
    ...change,
  };
}

interface Edges {
  readonly first: number;
  readonly again: number;
  readonly second: number;
}

export const etSecondWrite = defineProcedure<Edges>({
  id: 'epoll/et-second-write',
  promise: 'Whether an edge-triggered reader hears of a second write before it has read the first.',
  level: 'INFO',
  source: () => ({
    document: 'epoll(7), Level-triggered and edge-triggered',
    quote:
      'Since even with edge-triggered epoll, multiple events can be generated upon receipt of multiple chunks of data',
  }),
  subjects: EVERY_TRANSPORT,
  expected:
    'Linux: an event for each write, none without a new one. Pipes gave none for the second from 5.5 to 5.13 ' +
    '(not verified): reading to EAGAIN is the only way that always works.',
  procedure: 'Register the reader with EPOLLIN | EPOLLET. Write, look; look again; write without reading, look.',
  quick: false,
  observe: (trial) => {
    const { sys } = trial;
    const { EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLLIN, EPOLLET } = sys.constants;
    const channel = openChannel(trial, { nonblocking: true });
    const epoll = trial.own(sys.epoll_create1(EPOLL_CLOEXEC));
    sys.epoll_ctl(epoll, EPOLL_CTL_ADD, channel.in, EPOLLIN | EPOLLET);
    const look = (timeoutMs: number): number => sys.epoll_wait(epoll, 4, timeoutMs).length;
    channel.put(Buffer.from('1'));
    const first = look(2000);
    const again = look(0);
    channel.put(Buffer.from('2'));
    // Over the loopback interface the byte may come a moment later; one that does not come costs this long.
    return { first, again, second: look(100) };
  },
  judge: ({ first, again, second }) => {
    if (first !== 1) return { verdict: 'broken', evidence: `The first write gave ${first} events.` };
    return { verdict: 'info', evidence: `The second write gave ${second} events, a look without a write ${again}.` };
  },
  proofs: [
    { name: 'an event each', observation: { first: 1, again: 0, second: 1 }, verdict: 'info' },
    { name: 'none for the second', observation: { first: 1, again: 0, second: 0 }, verdict: 'info' },
    { name: 'none at all', observation: { first: 0, again: 0, second: 0 }, verdict: 'broken' },
  ],
});
