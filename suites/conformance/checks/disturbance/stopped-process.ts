import { defineProcedure, type ForkedProgram, type CheckRun } from '../../../../harness/define.js';
import { EVERY_CHANNEL } from '../../support/channel.js';
import { clauseOf } from '../../support/clause-of.js';
import { isNodeIpc, stopPeers } from '../../support/disturbed-channel.js';
import { NODE_IPC } from '../../support/node-ipc-channel.js';
import { stop } from '../../support/process-state.js';
import { keepBuffersSmall, startTransfer, untilAt } from '../../support/transfer.js';
import { type Disturbed, outcomeOf, judgeDisturbed, disturbed, failures } from '../../support/disturbed-exchange.js';

interface Stopped extends Disturbed {
  /** How often one was stopped until the other could only sleep. */
  readonly writerStopped: number;
  readonly readerStopped: number;
}

export const sigstopResume = defineProcedure<Stopped>({
  id: 'disturbance/sigstop-resume',
  guarantee: 'A process that is stopped and continued later only delays the other: everything arrives in order.',
  level: 'MUST',
  source: clauseOf('no-loss'),
  subjects: [...EVERY_CHANNEL, ...NODE_IPC],
  expected: 'Each side sleeps while the other is stopped; at the end all was received once and undamaged.',
  procedure:
    'A process writes, another reads. Stop the reader until the writer sleeps in a full channel, then the ' +
    'writer until the reader sleeps in an empty one, in turns; then let both go on to the end.',
  quick: false,
  deadlineMs: 30_000,
  observe: async (checkRun) => {
    if (isNodeIpc(checkRun.subject))
      return {
        finished: true,
        ...(await stopPeers(checkRun, checkRun.count({ quick: 500, default: 1000, thorough: 50_000 }))),
      };
    const turns = checkRun.count({ quick: 1, default: 2, thorough: 50 });
    const transfer = startTransfer(checkRun, {
      bytes: (turns + 2) * ROUND_BYTES,
      // Until the reader is stopped nobody begins.
      beforeWriting: [{ op: 'waitAtLeast', word: BEGIN, value: 1 }],
      beforeReading: [{ op: 'waitAtLeast', word: BEGIN, value: 1, as: 'begin' }],
      prepare: (channel) => keepBuffersSmall(checkRun, channel),
    });
    const { writer, reader, peers } = transfer;
    let [writerStopped, readerStopped] = [0, 0];
    await untilAt(checkRun, reader, 'begin');
    await stop(checkRun, reader.pid);
    peers.board.store(BEGIN, 1);
    for (let turn = 0; turn < turns; turn += 1) {
      if (await transfer.writerSleeps()) readerStopped += 1;
      await stop(checkRun, writer.pid);
      resume(checkRun, reader);
      if (await transfer.readerSleeps()) writerStopped += 1;
      await stop(checkRun, reader.pid);
      resume(checkRun, writer);
    }
    resume(checkRun, reader);
    return { writerStopped, readerStopped, ...outcomeOf(transfer) };
  },
  judge: (seen, subject) =>
    judgeDisturbed(seen, subject, {
      'The reader was stopped until the writer slept': [seen.readerStopped > 0, true],
      'and the writer until the reader slept': [seen.writerStopped > 0, true],
    }),
  proofs: [
    { name: 'a stall alone', observation: { ...disturbed({}), writerStopped: 2, readerStopped: 2 }, verdict: 'pass' },
    ...failures((seen) => ({ ...seen, writerStopped: 2, readerStopped: 2 })),
    {
      name: 'the writer was never stopped',
      observation: { ...disturbed({}), writerStopped: 0, readerStopped: 2 },
      verdict: 'broken',
    },
    {
      name: 'the reader was never stopped',
      observation: { ...disturbed({}), writerStopped: 2, readerStopped: 0 },
      verdict: 'broken',
    },
    {
      name: 'nothing sent',
      observation: { ...disturbed({ sent: 0, received: 0 }), writerStopped: 2, readerStopped: 2 },
      verdict: 'broken',
    },
  ],
});

/** Word of the board: they may begin. */
const BEGIN = 0;

/** More than any channel takes in at once. */
const ROUND_BYTES = 2 ** 20;

const resume = ({ sys }: CheckRun, { pid }: ForkedProgram): void => sys.kill(pid, sys.constants.SIGCONT);
