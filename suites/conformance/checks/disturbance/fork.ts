import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { EVERY_CHANNEL, isMessages, openChannel, unitOf } from '../../support/channel.js';
import { judgeExpected } from '../../support/expectations.js';
import { processState } from '../../support/process-state.js';
import { keepBuffersSmall, reading, tallyOf, writing } from '../../support/transfer.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

interface Forked {
  readonly sent: number;
  readonly received: number;
  readonly damaged: number;
  /** Forks while the writer slept inside a write, with part of its data taken. */
  readonly forksInside: number;
  /** Forks while it wrote and another process read. */
  readonly forksBeside: number;
}

/** Buffers of the C library are another matter: both processes flush what was in them at the fork. */
export const forkInTheMiddle = defineProcedure<Forked>({
  id: 'disturbance/fork-in-the-middle',
  guarantee: 'A fork while another thread is in a write neither repeats nor loses any of its data.',
  level: 'MUST',
  source: () => ({
    document: 'POSIX.1-2017 XSH, fork(), DESCRIPTION',
    quote:
      'A process shall be created with a single thread. If a multi-threaded process calls fork(), the new ' +
      'process shall contain a replica of the calling thread and its entire address space',
  }),
  subjects: EVERY_CHANNEL,
  expected:
    'Exactly what was written. The new process does not go on with the write, and what is in the kernel is there once.',
  procedure:
    'A thread writes into a channel that nobody reads until it sleeps in the write; fork a few times; let ' +
    'another process read, and fork again and again. Compare every byte.',
  quick: false,
  deadlineMs: 30_000,
  observe: forkBesideWriter,
  judge: ({ sent, received, damaged, forksInside, forksBeside }, subject) =>
    withRateBound(
      judgeExpected(
        {
          [`${isMessages(subject) ? 'Messages' : 'Bytes'} received, over ${forksInside} + ${forksBeside} forks`]: [
            received,
            sent,
          ],
          damaged: [damaged, 0],
        },
        'fail',
        { 'Something was sent': [sent > 0, true], 'Forked in the middle of it': [forksInside > 0, true] },
      ),
      'loss or damage',
      received,
      unitOf(subject),
    ),
  proofs: [
    {
      name: 'as written',
      observation: { sent: 2_097_152, received: 2_097_152, damaged: 0, forksInside: 4, forksBeside: 16 },
      verdict: 'pass',
    },
    {
      name: 'a part twice',
      observation: { sent: 2_097_152, received: 2_101_248, damaged: 1, forksInside: 4, forksBeside: 16 },
      verdict: 'fail',
    },
    {
      name: 'a part lost',
      observation: { sent: 2_097_152, received: 2_097_151, damaged: 0, forksInside: 4, forksBeside: 16 },
      verdict: 'fail',
    },
    {
      name: 'in another order',
      observation: { sent: 2_097_152, received: 2_097_152, damaged: 1, forksInside: 4, forksBeside: 16 },
      verdict: 'fail',
    },
    {
      name: 'nobody was in the middle',
      observation: { sent: 2_097_152, received: 2_097_152, damaged: 0, forksInside: 0, forksBeside: 16 },
      verdict: 'broken',
    },
    {
      name: 'nothing sent',
      observation: { sent: 0, received: 0, damaged: 0, forksInside: 4, forksBeside: 16 },
      verdict: 'broken',
    },
  ],
});

/** Word of the board: the reader may begin. */
const READ = 0;

async function forkBesideWriter(checkRun: CheckRun): Promise<Forked> {
  const { sys } = checkRun;
  const channel = openChannel(checkRun);
  keepBuffersSmall(checkRun, channel);
  const { out, in: into, put } = channel;
  const board = sys.createBoard();
  const reader = sys.forkProgram(
    [
      ...(out === into ? [] : [{ op: 'close', fd: out } as const]),
      { op: 'waitAtLeast', word: READ, value: 1 },
      reading(checkRun, into),
    ],
    { board },
  );
  checkRun.defer(() => reader.end());
  if (out !== into) sys.close(into);
  const writer = sys.inThread([
    writing(checkRun, out, {
      bytes: checkRun.count({ quick: 1, default: 2, thorough: 200 }) * 2 ** 20,
      largestWrite: 2 ** 19,
    }),
  ]);
  await checkRun.until('the thread sleeps or is done', () => writer.at() > 0 || processState(writer.tid) === 'S');
  const fork = (): number => {
    const isWriting = writer.at() === 0;
    const child = sys.forkProgram([]);
    checkRun.defer(() => child.end());
    child.wait();
    return isWriting ? 1 : 0;
  };
  const forks = (times: number): number => Array.from({ length: times }, fork).reduce((sum, each) => sum + each, 0);
  const forksInside = forks(4);
  board.store(READ, 1);
  const forksBeside = forks(checkRun.count({ quick: 4, default: 8, thorough: 400 }));
  writer.join();
  if (/-dgram$|^posix-mq$/.test(checkRun.subject)) put(new Uint8Array());
  sys.close(out);
  reader.wait();
  const { accepted, received, damaged } = tallyOf(writer, reader);
  return { sent: accepted, received, damaged, forksInside, forksBeside };
}
