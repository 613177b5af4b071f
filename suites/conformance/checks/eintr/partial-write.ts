import { defineProcedure, type Op, type CheckRun } from '../../../../harness/define.js';
import { firstDifference, numbered } from '../../support/channel.js';
import { endsOf } from '../../support/two-ends.js';
import { forked } from '../../support/forked-child.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

interface Storm {
  readonly restart: boolean;
  readonly wanted: number;
  readonly signals: number;
  /** What all writes returned, added up; and what was read. */
  readonly written: number;
  readonly writeError: string | null;
  readonly read: number;
  readonly intact: boolean;
  readonly shortWrites: number;
  readonly interrupted: number;
}

const INTERVAL_US = 500;
/**
 * The reader takes little at a time, and waits between, so that the writer is asleep in its write when signals come.
 */
const READ_BYTES = 4096;
const PAUSE_MS = 0.4;
const TCP_BUFFER_BYTES = 65_536;
const LEAST_SIGNALS = 5;

export const partialWrite = defineProcedure<readonly Storm[]>({
  id: 'eintr/partial-write',
  guarantee:
    'A write that a signal interrupts says how much it wrote, so that the rest can follow and nothing is lost ' +
    'or doubled; with SA_RESTART it never gives EINTR.',
  level: 'MUST',
  source: () => ({
    document: 'write(2), NOTES, and signal(7), Interruption of system calls and library functions by signal handlers',
    quote:
      'If a write() is interrupted by a signal handler before any bytes are written, then the call fails with ' +
      'the error EINTR; if it is interrupted after at least one byte has been written, the call succeeds, and ' +
      'returns the number of bytes written. […] ' +
      'If an I/O call on a slow device has already transferred some data by the time it is interrupted by a ' +
      'signal handler, then the call will return a success status (normally, the number of bytes transferred).',
  }),
  subjects: ['socketpair-stream', 'unix-stream', 'tcp-loopback', 'pipe', 'fifo'],
  expected:
    'The sum of all counts is what arrives. With SA_RESTART no EINTR, and short counts all the same: it does ' +
    'not make a write complete.',
  procedure:
    'A process writes a block with blocking calls under a 2 kHz timer, going on after short counts and EINTR; ' +
    'this one reads it slowly. Once without and once with SA_RESTART.',
  quick: true,
  observe: (checkRun) => [storm(checkRun, 0, false), storm(checkRun, 1, true)],
  judge: (seen) => {
    const words = seen
      .map(({ restart, wanted, signals, written, writeError, read, intact, shortWrites, interrupted }) => {
        const error = writeError === null ? '' : `, ended by ${writeError}`;
        return (
          `${restart ? 'with' : 'without'} SA_RESTART: ${signals} signals, ${shortWrites} short ` +
          `writes, ${interrupted} EINTR; ${written} of ${wanted} bytes written${error}, ${read} ` +
          `read${intact ? '' : ', not as written'}`
        );
      })
      .join('; ');
    const isBad = ({ restart, wanted, written, writeError, read, intact, interrupted }: Storm): boolean =>
      written !== wanted || writeError !== null || read !== wanted || !intact || (restart && interrupted > 0);
    if (seen.some(isBad)) return { verdict: 'fail', evidence: `${words}.` };
    const isCalm = ({ restart, signals, shortWrites, interrupted }: Storm): boolean =>
      signals < LEAST_SIGNALS || (!restart && shortWrites + interrupted === 0);
    if (seen.length === 0 || seen.some(isCalm))
      return { verdict: 'broken', evidence: `Hardly anything was interrupted. ${words}.` };
    return withRateBound(
      { verdict: 'pass', evidence: `${words}.` },
      'loss',
      seen.reduce((sum, { read }) => sum + read, 0),
      'bytes',
    );
  },
  proofs: [
    { name: 'nothing lost', observation: [stormy({}), stormy({ restart: true, interrupted: 0 })], verdict: 'pass' },
    {
      name: 'few signals, all of them EINTR',
      observation: [stormy({ signals: 5, shortWrites: 0, interrupted: 1 })],
      verdict: 'pass',
    },
    { name: 'short writes alone', observation: [stormy({ interrupted: 0, shortWrites: 1 })], verdict: 'pass' },
    {
      name: 'SA_RESTART, and no short write',
      observation: [stormy({ restart: true, interrupted: 0, shortWrites: 0 })],
      verdict: 'pass',
    },
    { name: 'the counts do not add up', observation: [stormy({ written: 520_000 })], verdict: 'fail' },
    { name: 'another error', observation: [stormy({ writeError: 'EPIPE' })], verdict: 'fail' },
    { name: 'less arrived than the counts say', observation: [stormy({ read: 520_000 })], verdict: 'fail' },
    { name: 'a part came twice', observation: [stormy({ intact: false })], verdict: 'fail' },
    {
      name: 'EINTR with SA_RESTART',
      observation: [stormy({}), stormy({ restart: true, interrupted: 1 })],
      verdict: 'fail',
    },
    { name: 'hardly a signal', observation: [stormy({ signals: 4 })], verdict: 'broken' },
    {
      name: 'hardly a signal in one of the two runs',
      observation: [stormy({}), stormy({ restart: true, interrupted: 0, signals: 4 })],
      verdict: 'broken',
    },
    { name: 'nothing was interrupted', observation: [stormy({ interrupted: 0, shortWrites: 0 })], verdict: 'broken' },
    { name: 'nothing tried', observation: [], verdict: 'broken' },
  ],
});

function stormy(change: Partial<Storm>): Storm {
  return {
    restart: false,
    wanted: 524_288,
    signals: 120,
    written: 524_288,
    writeError: null,
    read: 524_288,
    intact: true,
    shortWrites: 60,
    interrupted: 40,
    ...change,
  };
}

function storm(checkRun: CheckRun, index: number, restart: boolean): Storm {
  const { sys, subject } = checkRun;
  const { SOL_SOCKET, SO_SNDBUF, SO_RCVBUF, SIGALRM, POLLIN } = sys.constants;
  const { a, b } = endsOf(checkRun, { index });
  if (subject === 'tcp-loopback') {
    sys.setsockopt(a.out, SOL_SOCKET, SO_SNDBUF, TCP_BUFFER_BYTES);
    sys.setsockopt(b.in, SOL_SOCKET, SO_RCVBUF, TCP_BUFFER_BYTES);
  }
  const wanted = checkRun.count({ quick: 1 << 19, default: 1 << 19, thorough: 1 << 22 });
  const caught: Op = { op: 'catchSignal', signo: SIGALRM, ...(restart ? { restart: true } : {}) };
  const program = forked(checkRun, [
    caught,
    { op: 'setitimer', firstUs: INTERVAL_US, intervalUs: INTERVAL_US },
    { op: 'writeAll', fd: a.out, data: numbered(0, wanted), as: 'write' },
    { op: 'setitimer', firstUs: 0, intervalUs: 0 },
    { op: 'signalCount', signo: SIGALRM, as: 'signals' },
  ]);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const pieces: Buffer[] = [];
  let read = 0;
  while (read < wanted && (sys.poll([{ fd: b.in, events: POLLIN }], 2000)[0] ?? 0) !== 0) {
    const piece = sys.read(b.in, READ_BYTES);
    if (piece.length === 0) break;
    pieces.push(piece);
    read += piece.length;
    Atomics.wait(pause, 0, 0, PAUSE_MS);
  }
  program.wait(2000);
  // What is there beyond what was wanted was written twice.
  if ((sys.poll([{ fd: b.in, events: POLLIN }], 0)[0] ?? 0) !== 0) pieces.push(sys.read(b.in, READ_BYTES));
  const { counts, error } = program.outcome('write');
  const all = Buffer.concat(pieces);
  return {
    restart,
    wanted,
    signals: program.outcome('signals').value,
    written: counts['bytes'] ?? 0,
    writeError: error,
    read: all.length,
    intact: firstDifference(all) < 0,
    shortWrites: counts['short'] ?? 0,
    interrupted: counts['interrupted'] ?? 0,
  };
}
