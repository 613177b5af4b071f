import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import {
  defineProcedure,
  type ForkedProgram,
  type Judgement,
  type Op,
  type Proof,
  type Trial,
} from '../../harness/define.js';
import { EVERY_CHANNEL, isMessages, unitOf } from './procedures/channel.js';
import { clauseOf } from './procedures/clause-of.js';
import { isNodeIpc, stopPeers } from './procedures/disturbed-channel.js';
import { judgeExpected, type Expectations } from './procedures/expectations.js';
import { NODE_IPC } from './procedures/node-ipc-channel.js';
import { processState, stop } from './procedures/process-state.js';
import { keepBuffersSmall, startTransfer, untilAt, type Tally, type Transfer } from './procedures/transfer.js';
import { withPower } from './procedures/with-power.js';

/** A transfer that was disturbed and then went on to its end. */
interface Disturbed {
  readonly finished: boolean;
  readonly sent: number;
  readonly received: number;
  readonly damaged: number;
  readonly errors: readonly string[];
}

interface Stopped extends Disturbed {
  /** How often one was stopped until the other could only sleep. */
  readonly writerStopped: number;
  readonly readerStopped: number;
}

export const sigstopResume = defineProcedure<Stopped>({
  id: 'fault/sigstop-resume',
  promise:
    'A process that is stopped and goes on later is a stall for the other, and nothing else: all arrives, in order.',
  level: 'MUST',
  source: clauseOf('no-loss'),
  subjects: [...EVERY_CHANNEL, ...NODE_IPC],
  expected: 'Each side sleeps while the other is stopped; at the end all was received once and undamaged.',
  procedure:
    'A process writes, another reads. Stop the reader until the writer sleeps in a full channel, then the ' +
    'writer until the reader sleeps in an empty one, in turns; then let both go on to the end.',
  quick: false,
  deadlineMs: 30_000,
  observe: async (trial) => {
    if (isNodeIpc(trial.subject))
      return {
        finished: true,
        ...(await stopPeers(trial, trial.count({ quick: 500, default: 1000, thorough: 50_000 }))),
      };
    const turns = trial.count({ quick: 1, default: 2, thorough: 50 });
    const transfer = startTransfer(trial, {
      bytes: (turns + 2) * ROUND_BYTES,
      // Until the reader is stopped nobody begins.
      beforeWriting: [{ op: 'waitAtLeast', word: BEGIN, value: 1 }],
      beforeReading: [{ op: 'waitAtLeast', word: BEGIN, value: 1, as: 'begin' }],
      prepare: (channel) => keepBuffersSmall(trial, channel),
    });
    const { writer, reader, crew } = transfer;
    let [writerStopped, readerStopped] = [0, 0];
    await untilAt(trial, reader, 'begin');
    await stop(trial, reader.pid);
    crew.board.store(BEGIN, 1);
    for (let turn = 0; turn < turns; turn += 1) {
      if (await transfer.writerSleeps()) readerStopped += 1;
      await stop(trial, writer.pid);
      resume(trial, reader);
      if (await transfer.readerSleeps()) writerStopped += 1;
      await stop(trial, reader.pid);
      resume(trial, writer);
    }
    resume(trial, reader);
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

interface Interrupted extends Disturbed {
  /** Runs of the handler. */
  readonly writerSignals: number;
  readonly readerSignals: number;
  /** Calls that came back with EINTR, and writes that came back short. */
  readonly interrupted: number;
  readonly short: number;
}

export const eintrStorm = defineProcedure<Interrupted>({
  id: 'fault/eintr-storm',
  promise:
    'Signals that interrupt reads and writes all the time lose nothing and repeat nothing, for programs that go ' +
    'on after EINTR and short counts.',
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
  observe: (trial) => {
    const storm = { op: 'setitimer', firstUs: 100, intervalUs: 100 } as const;
    const { SIGALRM } = trial.sys.constants;
    const wanted = trial.count({ quick: 20, default: 50, thorough: 10_000 });
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
      const transfer = startTransfer(trial, {
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

interface Starved extends Disturbed {
  /** How long both together ran, and how long they were ready and waited for the processor. */
  readonly ranMs: number;
  readonly waitedMs: number;
}

export const cpuStarvation = defineProcedure<Starved>({
  id: 'fault/cpu-starvation',
  promise:
    'Processes that hardly ever get the processor lose nothing and see everything in order: it takes longer, ' +
    'that is all.',
  level: 'MUST',
  source: clauseOf('order'),
  subjects: EVERY_CHANNEL,
  expected: 'All arrives once, undamaged and in order.',
  procedure:
    'A writer, a reader and two processes that spin, all on one processor; the first two with nice 19. ' +
    '/proc/pid/schedstat tells how long they waited for it.',
  quick: false,
  deadlineMs: 60_000,
  observe: async (trial) => {
    await pinToOneProcessor(trial);
    // Before there is a channel: they would hold its end open.
    const spinners = [1, 2].map(() => trial.sys.forkProgram([{ op: 'spin', us: 60_000_000 }]));
    trial.defer(() => spinners.forEach((spinner) => spinner.end()));
    const transfer = startTransfer(trial, {
      bytes: trial.count({ quick: 20, default: 50, thorough: 1000 }) * 1000,
      beforeWriting: [{ op: 'waitAtLeast', word: BEGIN, value: 1 }],
    });
    const { writer, reader, crew } = transfer;
    for (const { pid } of [writer, reader]) setPriority(pid, constants.priority.PRIORITY_LOW);
    crew.board.store(BEGIN, 1);
    // Not reaped yet: an ended process still tells how it fared.
    await trial.until('the writer has ended', () => processState(writer.pid) === 'Z', 20_000);
    crew.sayEnd();
    await trial.until('the reader has ended', () => processState(reader.pid) === 'Z', 20_000);
    const fared = [writer, reader].map(({ pid }) => scheduled(pid));
    for (const spinner of spinners) spinner.end();
    const sum = (of: (each: Scheduled) => number): number => Math.round(fared.reduce((all, each) => all + of(each), 0));
    return {
      ranMs: sum(({ ranMs }) => ranMs),
      waitedMs: sum(({ waitedMs }) => waitedMs),
      ...tallied(transfer.tally(), true),
    };
  },
  judge: (seen, subject) =>
    judgeDisturbed(
      seen,
      subject,
      { 'They waited longer than they ran': [seen.waitedMs > seen.ranMs, true] },
      `${seen.ranMs} ms on the processor, ${seen.waitedMs} ms waiting for it`,
    ),
  proofs: [
    { name: 'slow, and whole', observation: starved(disturbed({})), verdict: 'pass' },
    ...failures(starved),
    { name: 'not starved', observation: { ...starved(disturbed({})), waitedMs: 2 }, verdict: 'broken' },
    { name: 'nothing sent', observation: starved(disturbed({ sent: 0, received: 0 })), verdict: 'broken' },
  ],
});

/** Word of the board: they may begin. */
const BEGIN = 0;
/** More than any channel takes in at once. */
const ROUND_BYTES = 2 ** 20;

const resume = ({ sys }: Trial, { pid }: ForkedProgram): void => sys.kill(pid, sys.constants.SIGCONT);

const outcomeOf = (transfer: Transfer): Disturbed => {
  const finished = transfer.finish();
  return tallied(transfer.tally(), finished);
};

function tallied({ accepted, received, damaged, writerError, readerError }: Tally, finished: boolean): Disturbed {
  return {
    finished,
    sent: accepted,
    received,
    damaged,
    errors: [writerError, readerError].filter((error) => error !== null),
  };
}

function judgeDisturbed(
  { finished, sent, received, damaged, errors }: Disturbed,
  subject: string,
  given: Expectations,
  words?: string,
): Judgement {
  const judged = judgeExpected(
    {
      [`${isMessages(subject) || isNodeIpc(subject) ? 'Messages' : 'Bytes'} ` +
      `received${words === undefined ? '' : ` (${words})`}`]: [received, sent],
      damaged: [damaged, 0],
      errors: [errors, []],
      'both came to their end': [finished, true],
    },
    'fail',
    { 'Something was sent': [sent > 0, true], ...given },
  );
  return withPower(judged, 'loss or damage', received, unitOf(subject));
}

const isStorm = ({ writerSignals, readerSignals, interrupted, short }: Interrupted, wanted: number): boolean =>
  Math.min(writerSignals, readerSignals) >= wanted && interrupted + short > 0;

/** Restored after the run: the process that runs procedures runs others after this one. */
async function pinToOneProcessor(trial: Trial): Promise<void> {
  const allowed = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
  await setProcessors(trial, allowed.split(/[-,]/)[0] as string);
  trial.defer(() => setProcessors(trial, allowed));
}

async function setProcessors(trial: Trial, list: string): Promise<void> {
  const taskset = trial.spawn('taskset', {
    args: ['-pc', list, String(process.pid)],
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const error = await new Promise<unknown>((resolve) =>
    taskset
      .once('error', resolve)
      .once('exit', (status) => resolve(status === 0 ? null : new Error(`taskset ended with ${status}`))),
  );
  if (error !== null) trial.skip('taskset(1) cannot pin a process here', error);
}

interface Scheduled {
  readonly ranMs: number;
  readonly waitedMs: number;
}

function scheduled(pid: number): Scheduled {
  const [ran = 0, waited = 0] = readFileSync(`/proc/${pid}/schedstat`, 'latin1')
    .split(' ')
    .map((ns) => Number(ns) / 1e6);
  return { ranMs: ran, waitedMs: waited };
}

// Functions: the proofs above are made while this module is being read.
function disturbed(changed: Partial<Disturbed>): Disturbed {
  return { finished: true, sent: 4_194_304, received: 4_194_304, damaged: 0, errors: [], ...changed };
}

function stormy(seen: Disturbed): Interrupted {
  return { writerSignals: 20, readerSignals: 60, interrupted: 12, short: 9, ...seen };
}

function starved(seen: Disturbed): Starved {
  return { ranMs: 2, waitedMs: 80, ...seen };
}

/** What must fail whatever the disturbance was. */
function failures<Seen extends Disturbed>(seen: (disturbed: Disturbed) => Seen): Proof<Seen>[] {
  return [
    { name: 'some lost', observation: seen(disturbed({ received: 4_194_303 })), verdict: 'fail' },
    { name: 'some twice', observation: seen(disturbed({ received: 4_194_305 })), verdict: 'fail' },
    { name: 'damaged', observation: seen(disturbed({ damaged: 1 })), verdict: 'fail' },
    { name: 'an error', observation: seen(disturbed({ errors: ['EPIPE'] })), verdict: 'fail' },
    { name: 'somebody hung', observation: seen(disturbed({ finished: false })), verdict: 'fail' },
  ];
}
