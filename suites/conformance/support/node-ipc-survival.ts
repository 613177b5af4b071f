import type { Judgement, CheckRun } from '../../../harness/define.js';
import type { ParentLine, ParentOrders } from '../children/node-ipc-parent.js';
import { judgeExpected } from './expectations.js';
import { encode, fatalError, shellHearGo, shellWrite, untilEnded, type Serialization } from './node-ipc-channel.js';

export interface ParentRun {
  /** The parent's exit status: 1 after an exception that nobody caught. */
  readonly status: number | null;
  /** The error it died of. */
  readonly fatal: string | null;
  readonly lines: readonly ParentLine[];
}

/** A parent of its own, as children/node-ipc-parent.ts describes it. */
export async function runParent(checkRun: CheckRun, orders: ParentOrders): Promise<ParentRun> {
  const program = new URL('../children/node-ipc-parent.js', import.meta.url);
  const { status, stdout, stderr } = await untilEnded(
    checkRun,
    checkRun.child(program, { args: [JSON.stringify(orders)] }),
  );
  const lines = stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ParentLine);
  return { status, fatal: fatalError(stderr), lines };
}

export const shellOrders = (script: string, serialization: Serialization, catches = false): ParentOrders => ({
  file: '/bin/sh',
  args: ['-c', script],
  serialization,
  catches,
});

export const messagesOf = ({ lines }: ParentRun): unknown[] =>
  lines.flatMap((line) => (line.event === 'message' ? [line.message] : []));
export const namesOf = ({ lines }: ParentRun, event: 'error' | 'uncaught'): string[] =>
  lines.flatMap((line) => (line.event === event && 'name' in line ? [line.name] : []));

/** What bytes from a child did to its parent. */
export interface Survival {
  readonly bytes: string;
  /** A good message before them was received. */
  readonly heardBefore: boolean;
  readonly status: number | null;
  readonly fatal: string | null;
  readonly errorEvents: readonly string[];
  /** What a listener of 'uncaughtException' is given, and whether the channel still carries a message after that. */
  readonly caught: readonly string[];
  readonly goesOn: boolean;
}

/**
 * A shell writes a good message, waits until it was heard, and then these bytes; once to a parent without, once to one
 * with a listener of 'uncaughtException'.
 */
export async function survivalOf(
  checkRun: CheckRun,
  serialization: Serialization,
  name: string,
  bytes: Uint8Array,
): Promise<Survival> {
  const hear = shellHearGo(serialization);
  const start = [shellWrite(encode(serialization, 'before')), hear, shellWrite(bytes)];
  const [plain, catching] = await Promise.all([
    runParent(checkRun, shellOrders(start.join('; '), serialization)),
    runParent(
      checkRun,
      shellOrders([...start, hear, shellWrite(encode(serialization, 'after'))].join('; '), serialization, true),
    ),
  ]);
  return {
    bytes: name,
    heardBefore: messagesOf(plain)[0] === 'before',
    status: plain.status,
    fatal: plain.fatal,
    errorEvents: namesOf(plain, 'error'),
    caught: namesOf(catching, 'uncaught'),
    goesOn: messagesOf(catching).includes('after'),
  };
}

/** `wanted` is how often the parent's ChildProcess has to emit 'error'; null where silence is as good. */
export function judgeSurvival(runs: readonly Survival[], wanted: number | null): Judgement {
  if (runs.length === 0) return { verdict: 'broken', evidence: 'No bytes were written.' };
  const expectations = runs.flatMap(
    ({ bytes, status, fatal, errorEvents }) =>
      [
        [`after ${bytes} the parent died of`, [fatal, null]],
        [`after ${bytes} its exit status`, [status, 0]],
        ...(wanted === null ? [] : [[`after ${bytes} 'error' events`, [errorEvents.length, wanted]] as const]),
      ] as const,
  );
  const given = runs.map(
    ({ bytes, heardBefore }) => [`before ${bytes} a message was received`, [heardBefore, true]] as const,
  );
  const { verdict, evidence } = judgeExpected(Object.fromEntries(expectations), 'deviation', Object.fromEntries(given));
  const caught = runs.map(
    ({ bytes, caught: errors, goesOn }) =>
      `after ${bytes} it is given ${errors.length} (${errors.join(', ')}) and the ` +
      `channel ${goesOn ? 'goes on' : 'is dead'}`,
  );
  return { verdict, evidence: `${evidence} With a listener of 'uncaughtException': ${caught.join('; ')}.` };
}

/** For proofs. */
export const survived = (change: Partial<Survival> = {}): Survival => ({
  bytes: 'x',
  heardBefore: true,
  status: 0,
  fatal: null,
  errorEvents: ['ERR_IPC_BAD_MESSAGE'],
  caught: [],
  goesOn: true,
  ...change,
});
export const died = (fatal: string, caught: string, goesOn: boolean): Survival =>
  survived({ status: 1, fatal, errorEvents: [], caught: [caught], goesOn });
