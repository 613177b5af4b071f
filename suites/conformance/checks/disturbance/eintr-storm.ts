import { defineProcedure, type Op } from '../../../../harness/define.js';
import { EVERY_CHANNEL } from '../../support/channel.js';
import { clauseOf } from '../../support/clause-of.js';
import { startTransfer } from '../../support/transfer.js';
import { type Disturbed, outcomeOf, judgeDisturbed, disturbed, failures } from '../../support/disturbed-exchange.js';

interface Interrupted extends Disturbed {
  /** Runs of the handler. */
  readonly writerSignals: number;
  readonly readerSignals: number;
  /** Calls that came back with EINTR, and writes that came back short. */
  readonly interrupted: number;
  readonly short: number;
}

export const eintrStorm = defineProcedure<Interrupted>({
  id: 'disturbance/eintr-storm',
  guarantee:
    'Frequent signals that interrupt reads and writes neither lose nor repeat data in programs that ' +
    'handle EINTR and short counts.',
  level: 'MUST',
  source: clauseOf('integrity'),
  subjects: EVERY_CHANNEL,
  expected:
    'All arrives, undamaged: a call that fails with EINTR has moved nothing, and one that moved something says ' +
    'how much.',
  procedure:
    'A process writes, another reads, each with a SIGALRM handler without SA_RESTART that runs 10,000 times a ' +
    'second. Both go on after EINTR, and from where a short count left off.',
  quick: false,
  deadlineMs: 60_000,
  observe: (checkRun) => {
    const storm = { op: 'setitimer', firstUs: 100, intervalUs: 100 } as const;
    const { SIGALRM } = checkRun.sys.constants;
    const wanted = checkRun.count({ quick: 20, default: 50, thorough: 10_000 });
    let sum: Interrupted = {
      finished: true,
      sent: 0,
      received: 0,
      damaged: 0,
      errors: [],
      writerSignals: 0,
      readerSignals: 0,
      interrupted: 0,
      short: 0,
    };
    // A fast machine is done before many signals have come: then again.
    for (let index = 0; index < wanted && !isStorm(sum, wanted); index += 1) {
      const around = {
        before: [{ op: 'catchSignal', signo: SIGALRM }, storm],
        after: [
          { ...storm, firstUs: 0, intervalUs: 0 },
          { op: 'signalCount', signo: SIGALRM, as: 'signals' },
        ],
      } satisfies Record<string, Op[]>;
      const transfer = startTransfer(checkRun, {
        bytes: ROUND_BYTES,
        index,
        beforeWriting: around.before,
        afterWriting: around.after,
        beforeReading: around.before,
        afterReading: around.after,
      });
      const { finished, sent, received, damaged, errors } = outcomeOf(transfer);
      const [write, read] = [transfer.writer.outcome('write').counts, transfer.reader.outcome('read').counts];
      sum = {
        finished: sum.finished && finished,
        sent: sum.sent + sent,
        received: sum.received + received,
        damaged: sum.damaged + damaged,
        errors: [...sum.errors, ...errors],
        writerSignals: sum.writerSignals + Math.max(0, transfer.writer.outcome('signals').value),
        readerSignals: sum.readerSignals + Math.max(0, transfer.reader.outcome('signals').value),
        interrupted: sum.interrupted + (write['interrupted'] ?? 0) + (read['interrupted'] ?? 0),
        short: sum.short + (write['short'] ?? 0),
      };
    }
    return sum;
  },
  judge: (seen, subject) =>
    judgeDisturbed(
      seen,
      subject,
      { 'Signals came to both': [isStorm(seen, 20), true] },
      `${seen.writerSignals} + ${seen.readerSignals} signals, ${seen.interrupted} calls with ` +
        `EINTR, ${seen.short} short writes`,
    ),
  proofs: [
    { name: 'nothing happened to the data', observation: stormy(disturbed({})), verdict: 'pass' },
    ...failures(stormy),
    {
      name: 'no signals to the writer',
      observation: { ...stormy(disturbed({})), writerSignals: 19 },
      verdict: 'broken',
    },
    {
      name: 'no signals to the reader',
      observation: { ...stormy(disturbed({})), readerSignals: 19 },
      verdict: 'broken',
    },
    {
      name: 'no call was interrupted',
      observation: { ...stormy(disturbed({})), interrupted: 0, short: 0 },
      verdict: 'broken',
    },
    { name: 'nothing sent', observation: stormy(disturbed({ sent: 0, received: 0 })), verdict: 'broken' },
  ],
});

/** More than any channel takes in at once. */
const ROUND_BYTES = 2 ** 20;

const isStorm = ({ writerSignals, readerSignals, interrupted, short }: Interrupted, wanted: number): boolean =>
  Math.min(writerSignals, readerSignals) >= wanted && interrupted + short > 0;

function stormy(seen: Disturbed): Interrupted {
  return { writerSignals: 20, readerSignals: 60, interrupted: 12, short: 9, ...seen };
}
