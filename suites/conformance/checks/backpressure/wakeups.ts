import { defineProcedure } from '../../../../harness/define.js';
import { isMessages } from '../../support/channel.js';
import { endsOf } from '../../support/two-ends.js';
import { forked } from '../../support/forked-child.js';
import { EVERY_TRANSPORT } from '../../support/subjects.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

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
  guarantee:
    'A writer that waits for room wakes up when there is room, and a reader when there is data, with ' +
    'poll, epoll and edge-triggered epoll.',
  level: 'MUST',
  source: () => ({
    document: 'epoll(7), Level-triggered and edge-triggered',
    quote:
      'The suggested way to use epoll as an edge-triggered (EPOLLET) interface is as follows: […] with ' +
      'nonblocking file descriptors; and […] by waiting for an event only after read(2) or write(2) return EAGAIN.',
  }),
  subjects: EVERY_TRANSPORT,
  expected:
    'All bytes arrive in order, and no wait lasts forever. Known to have hung elsewhere: libuv on ' +
    'Windows (libuv/libuv#4738).',
  procedure:
    'A writer and a reader in processes of their own move a pattern in pieces of random size through a small ' +
    'nonblocking channel, and wait only after EAGAIN; one run with poll(2), one with epoll, one with epoll edge ' +
    'triggered. Eight seconds without progress are a lost wake-up.',
  quick: false,
  deadlineMs: 120_000,
  observe: async (checkRun) => {
    const { sys, seed, subject } = checkRun;
    const bytes = checkRun.count({ quick: 1 << 19, default: 1 << 20, thorough: 1 << 28 });
    const runs: Woken[] = [];
    for (const [index, wait] of (['poll', 'level', 'edge'] as const).entries()) {
      const { a, b } = endsOf(checkRun, { nonblocking: true, index });
      if (subject === 'pipe' || subject === 'fifo') sys.fcntl(a.out, sys.constants.F_SETPIPE_SZ, 1);
      else sys.setsockopt(a.out, sys.constants.SOL_SOCKET, sys.constants.SO_SNDBUF, 16_384);
      const largest = isMessages(subject) ? LARGEST_MESSAGE : 8192;
      const same = { seed: seed % 65_536, bytes, to: largest, wait, timeoutMs: STALL_MS };
      const writer = forked(checkRun, [{ op: 'writePattern', fd: a.out, from: 1, ...same, as: 'write' }]);
      // Only then is it sure to be full once.
      await checkRun.until('the channel is full', () => (writer.outcome('write').counts['refused'] ?? 0) > 0);
      const reader = forked(checkRun, [
        { op: 'readPattern', fd: b.in, from: isMessages(subject) ? largest : 1, ...same, as: 'read' },
      ]);
      if (writer.wait(PATIENCE_MS) === null || reader.wait(STALL_MS) === null)
        throw new Error(
          `The writer and the reader went on for more than ${PATIENCE_MS} ms. The machine is too busy for ` +
            'this check.',
        );
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
    return withRateBound(
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
