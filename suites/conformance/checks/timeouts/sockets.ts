import { countUntilError, defineProcedure } from '../../../../harness/define.js';
import { connectedEnds } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome } from '../../support/outcomes.js';

const SOCKETS = [
  'socketpair-stream',
  'socketpair-dgram',
  'socketpair-seqpacket',
  'unix-stream',
  'unix-dgram',
  'unix-seqpacket',
  'tcp-loopback',
] as const;
const TIMEOUT_MS = 50;
/** Timers of sockets count in ticks of the kernel, of up to 10 ms, and begin inside one. */
const TICK_MS = 10;
/** More than any socket holds: then it is never full. */
const MOST_BYTES = 64 * 1024 * 1024;

const clause = {
  document: 'socket(7), SO_RCVTIMEO and SO_SNDTIMEO',
  quote:
    'if no data has been transferred and the timeout has been reached, then -1 is returned with errno set to ' +
    'EAGAIN or EWOULDBLOCK',
};

interface TimedOut {
  readonly readsBack: number;
  readonly error: string;
  readonly waitedMs: number;
}

interface TimedOutFull extends TimedOut {
  /** Bytes that went in before the socket was full. */
  readonly filled: number;
}

export const soRcvtimeo = defineProcedure<TimedOut>({
  id: 'timeouts/so-rcvtimeo',
  guarantee: 'With SO_RCVTIMEO a blocking receive gives up with EAGAIN after that time, and not before.',
  level: 'MUST',
  source: () => clause,
  subjects: SOCKETS,
  expected:
    `EAGAIN after at least ${TIMEOUT_MS} ms, less one tick of the kernel; the option reads back as it was ` +
    'set, rounded up to a tick.',
  procedure: `Set SO_RCVTIMEO to ${TIMEOUT_MS} ms on one end of an idle connection and receive.`,
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { SO_RCVTIMEO, F_SETFL } = sys.constants;
    const { a } = connectedEnds(checkRun);
    sys.fcntl(a.in, F_SETFL, 0);
    sys.setTimeout(a.in, SO_RCVTIMEO, TIMEOUT_MS);
    return { readsBack: sys.getTimeout(a.in, SO_RCVTIMEO), ...timed(() => sys.recv(a.in, 64)) };
  },
  judge: judgeTimeout,
  proofs: [
    { name: 'EAGAIN in time', observation: { readsBack: 50, error: 'EAGAIN', waitedMs: 52 }, verdict: 'pass' },
    {
      name: 'within the tick, and late',
      observation: { readsBack: 60, error: 'EAGAIN', waitedMs: 40 },
      verdict: 'pass',
    },
    { name: 'another error', observation: { readsBack: 50, error: 'ETIMEDOUT', waitedMs: 52 }, verdict: 'fail' },
    { name: 'at once', observation: { readsBack: 50, error: 'EAGAIN', waitedMs: 39 }, verdict: 'fail' },
    { name: 'not set', observation: { readsBack: 49, error: 'EAGAIN', waitedMs: 52 }, verdict: 'fail' },
    { name: 'set to far more', observation: { readsBack: 61, error: 'EAGAIN', waitedMs: 61 }, verdict: 'fail' },
    { name: 'something was received', observation: { readsBack: 50, error: 'ok', waitedMs: 0 }, verdict: 'broken' },
  ],
});

export const soSndtimeo = defineProcedure<TimedOutFull>({
  id: 'timeouts/so-sndtimeo',
  guarantee:
    'With SO_SNDTIMEO a blocking send into a full socket gives up with EAGAIN after that time, and not before.',
  level: 'MUST',
  source: () => clause,
  subjects: SOCKETS,
  expected: `EAGAIN after at least ${TIMEOUT_MS} ms, less one tick of the kernel.`,
  procedure:
    `Fill one end without blocking, make it blocking, set SO_SNDTIMEO to ${TIMEOUT_MS} ms and send until ` +
    'that fails.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { SO_SNDTIMEO, F_SETFL } = sys.constants;
    const { a } = connectedEnds(checkRun);
    const message = Buffer.alloc(4096);
    let filled = countUntilError(() => sys.write(a.out, message)).total;
    sys.fcntl(a.out, F_SETFL, 0);
    sys.setTimeout(a.out, SO_SNDTIMEO, TIMEOUT_MS);
    const readsBack = sys.getTimeout(a.out, SO_SNDTIMEO);
    // A socket that refuses to wait for space can still have some: TCP gives it out, and a stream takes a part, while a
    // send waits.
    for (;;) {
      const ended = timed(() => (filled += sys.send(a.out, message)));
      if (ended.error !== 'ok' || filled > MOST_BYTES) return { filled, readsBack, ...ended };
    }
  },
  judge: (seen) =>
    seen.filled > 0
      ? judgeTimeout(seen)
      : { verdict: 'broken', evidence: 'The socket took nothing, so it was not filled.' },
  proofs: [
    {
      name: 'EAGAIN in time',
      observation: { filled: 212_992, readsBack: 50, error: 'EAGAIN', waitedMs: 52 },
      verdict: 'pass',
    },
    {
      name: 'one byte fills it',
      observation: { filled: 1, readsBack: 52, error: 'EAGAIN', waitedMs: 52 },
      verdict: 'pass',
    },
    {
      name: 'another error',
      observation: { filled: 212_992, readsBack: 50, error: 'ENOBUFS', waitedMs: 52 },
      verdict: 'fail',
    },
    { name: 'at once', observation: { filled: 212_992, readsBack: 50, error: 'EAGAIN', waitedMs: 0 }, verdict: 'fail' },
    {
      name: 'it was not full',
      observation: { filled: 212_992, readsBack: 50, error: 'ok', waitedMs: 0 },
      verdict: 'broken',
    },
    {
      name: 'nothing went in',
      observation: { filled: 0, readsBack: 50, error: 'EAGAIN', waitedMs: 52 },
      verdict: 'broken',
    },
  ],
});

function judgeTimeout({ readsBack, error, waitedMs }: TimedOut): ReturnType<typeof judgeExpected> {
  return judgeExpected(
    {
      'It ends with': [error, 'EAGAIN'],
      [`not before ${TIMEOUT_MS} ms (${waitedMs} ms)`]: [waitedMs >= TIMEOUT_MS - TICK_MS, true],
      [`The option reads back (${readsBack} ms)`]: [readsBack >= TIMEOUT_MS && readsBack <= TIMEOUT_MS + TICK_MS, true],
    },
    'fail',
    { 'It had to wait': [error !== 'ok', true] },
  );
}

function timed(call: () => unknown): { error: string; waitedMs: number } {
  const startedMs = performance.now();
  const error = outcome(call);
  return { error, waitedMs: Math.round(performance.now() - startedMs) };
}
