import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { EVERY_CHANNEL } from '../../support/channel.js';
import { clauseOf } from '../../support/clause-of.js';
import { processState } from '../../support/process-state.js';
import { startTransfer } from '../../support/transfer.js';
import { type Disturbed, tallied, judgeDisturbed, disturbed, failures } from '../../support/disturbed-exchange.js';

interface Starved extends Disturbed {
  /** How long both together ran, and how long they were ready and waited for the processor. */
  readonly ranMs: number;
  readonly waitedMs: number;
}

export const cpuStarvation = defineProcedure<Starved>({
  id: 'disturbance/cpu-starvation',
  guarantee:
    'Processes that rarely get CPU time lose nothing and receive everything in order; only the time is longer.',
  level: 'MUST',
  source: clauseOf('order'),
  subjects: EVERY_CHANNEL,
  expected: 'All arrives once, undamaged and in order.',
  procedure:
    'A writer, a reader and two processes that spin, all on one processor; the first two with nice 19. ' +
    '/proc/pid/schedstat tells how long they waited for it.',
  quick: false,
  deadlineMs: 60_000,
  observe: async (checkRun) => {
    await pinToOneProcessor(checkRun);
    // Before there is a channel: they would hold its end open.
    const spinners = [1, 2].map(() => checkRun.sys.forkProgram([{ op: 'spin', us: 60_000_000 }]));
    checkRun.defer(() => spinners.forEach((spinner) => spinner.end()));
    const transfer = startTransfer(checkRun, {
      bytes: checkRun.count({ quick: 20, default: 50, thorough: 1000 }) * 1000,
      beforeWriting: [{ op: 'waitAtLeast', word: BEGIN, value: 1 }],
    });
    const { writer, reader, peers } = transfer;
    for (const { pid } of [writer, reader]) setPriority(pid, constants.priority.PRIORITY_LOW);
    peers.board.store(BEGIN, 1);
    // Not reaped yet: an ended process still tells how it fared.
    await checkRun.until('the writer has ended', () => processState(writer.pid) === 'Z', 20_000);
    peers.sayEnd();
    await checkRun.until('the reader has ended', () => processState(reader.pid) === 'Z', 20_000);
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

/** Restored after the run: the process that runs procedures runs others after this one. */
async function pinToOneProcessor(checkRun: CheckRun): Promise<void> {
  const allowed = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
  await setProcessors(checkRun, allowed.split(/[-,]/)[0] as string);
  checkRun.defer(() => setProcessors(checkRun, allowed));
}

async function setProcessors(checkRun: CheckRun, list: string): Promise<void> {
  const taskset = checkRun.spawn('taskset', {
    args: ['-pc', list, String(process.pid)],
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const error = await new Promise<unknown>((resolve) =>
    taskset
      .once('error', resolve)
      .once('exit', (status) => resolve(status === 0 ? null : new Error(`taskset ended with ${status}`))),
  );
  if (error !== null) checkRun.skip('taskset(1) cannot pin a process here', error);
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

function starved(seen: Disturbed): Starved {
  return { ranMs: 2, waitedMs: 80, ...seen };
}
