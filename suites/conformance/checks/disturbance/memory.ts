import { defineProcedure, errnoOf, type Op } from '../../../../harness/define.js';
import { openChannel } from '../../support/channel.js';
import { judgeExpected } from '../../support/expectations.js';
import { limitMemory } from '../../support/memory-group.js';
import { UNIX } from '../../support/subjects.js';

interface OutOfMemory {
  /** What ended the filling: 'killed', or the error that a write came back with although its channel was not full. */
  readonly ending: string;
  /** Bytes that writes had taken, over all channels, and what of them was read afterwards. */
  readonly accepted: number;
  readonly received: number;
  readonly damaged: number;
}

/**
 * What is in a channel belongs to the process that wrote it, as far as memory is counted, and stays when that is gone.
 */
export const enospcMemory = defineProcedure<OutOfMemory>({
  id: 'disturbance/enospc-memory',
  guarantee: 'Data accepted by writes before memory ran out can be read, whatever happens to the writer.',
  level: 'INFO',
  source: () => ({
    document: 'send(2), ERRORS, ENOBUFS; cgroup memory limits',
    quote: 'Unspecified: what becomes of accepted data when its writer is out of memory.',
  }),
  subjects: [...UNIX, 'pipe', 'fifo'],
  expected:
    'Linux: the kernel kills the writer (ENOBUFS where its control group may not kill), and all that was ' +
    'accepted is there. Buffers in the kernel are counted as memory of the control group that filled them.',
  procedure:
    'A process in a control group with 8 MiB fills one channel after the other with 4096-byte writes that do ' +
    'not block. When it has ended read all channels and compare. The kernel notes the kill in its log: so only ' +
    'with --thorough.',
  quick: false,
  thoroughOnly: true,
  deadlineMs: 30_000,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const group = limitMemory(checkRun, LIMIT_BYTES);
    const channels = Array.from({ length: CHANNELS }, (_, index) =>
      openChannel(checkRun, { nonblocking: true, index }),
    );
    const board = sys.createBoard();
    const filler = sys.forkProgram(
      [
        { op: 'waitAtLeast', word: 0, value: 1 },
        ...channels.map(({ out }, index): Op => ({
          op: 'repeat',
          stop: 'on-error',
          body: [{ op: 'write', fd: out, data: { bytes: PIECE_BYTES, value: index + 1 }, as: `fill ${index}` }],
        })),
      ],
      { board },
    );
    checkRun.defer(() => filler.end());
    group.add(filler.pid);
    checkRun.expectSignal(filler.pid, sys.constants.SIGKILL);
    board.store(0, 1);
    const status = filler.wait(20_000);
    filler.end();
    const fills = channels.map((_, index) => filler.outcome(`fill ${index}`));
    const contents = channels.map(({ take }) => drained(take));
    return {
      ending:
        status?.signal === sys.constants.SIGKILL
          ? 'killed'
          : (fills.map(({ error }) => error).find((error) => error !== null && error !== 'EAGAIN') ?? 'none'),
      accepted: fills.reduce((sum, { runs, failures }) => sum + (runs - failures) * PIECE_BYTES, 0),
      received: contents.reduce((sum, { length }) => sum + length, 0),
      damaged: contents.filter((bytes, index) => bytes.some((byte) => byte !== index + 1)).length,
    };
  },
  judge: ({ ending, accepted, received, damaged }) =>
    judgeExpected(
      {
        'The writer': [ending, 'killed'],
        [`of ${accepted} bytes missing`]: [Math.max(0, accepted - received), 0],
        'channels with other bytes': [damaged, 0],
      },
      'info',
      { 'Memory ran out after something was accepted': [accepted > 0 && ending !== 'none', true] },
    ),
  proofs: [
    {
      name: 'killed, and all there',
      observation: { ending: 'killed', accepted: 7_036_928, received: 7_036_928, damaged: 0 },
      verdict: 'info',
    },
    {
      name: 'refused, and some lost',
      observation: { ending: 'ENOBUFS', accepted: 7_036_928, received: 4096, damaged: 1 },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'killed, and more arrived than it could report',
      observation: { ending: 'killed', accepted: 7_036_928, received: 7_041_024, damaged: 0 },
      verdict: 'info',
    },
    {
      name: 'killed, and some lost',
      observation: { ending: 'killed', accepted: 7_036_928, received: 4096, damaged: 0 },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'memory sufficed',
      observation: { ending: 'none', accepted: 7_036_928, received: 7_036_928, damaged: 0 },
      verdict: 'broken',
    },
    {
      name: 'nothing was written',
      observation: { ending: 'killed', accepted: 0, received: 0, damaged: 0 },
      verdict: 'broken',
    },
  ],
});

const LIMIT_BYTES = 8 * 2 ** 20;
/** Of 64 KiB at least: more than the limit together. */
const CHANNELS = 200;
const PIECE_BYTES = 4096;

function drained(take: (size: number) => Buffer): Buffer {
  const pieces: Buffer[] = [];
  errnoOf(() => {
    for (let piece = take(PIECE_BYTES); piece.length > 0; piece = take(PIECE_BYTES)) pieces.push(piece);
  });
  return Buffer.concat(pieces);
}
