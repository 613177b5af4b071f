import type { ChildProcess } from 'node:child_process';
import type { Syscalls } from '../../native/syscalls.js';
import type { Judgement, Level, Source } from '../model/index.js';

/**
 * How much of a procedure to run: what `all` has time for, what `check` does by default, and the catalogue's large
 * counts.
 */
export type Scale = 'quick' | 'default' | 'thorough';

/** One end of a connected pair: for sockets both descriptors are the same. */
export interface End {
  readonly in: number;
  readonly out: number;
}

/** What leaves `a.out` arrives at `b.in`, and the other way round. */
export interface Ends {
  readonly a: End;
  readonly b: End;
}

/** Something a procedure started, by which it can talk to it and wait for its end. */
export interface NodeChildOptions {
  readonly args?: readonly string[];
  /**
   * As in child_process.spawn, beyond stdin, stdout and stderr; `'ipc'` opens Node's channel. Default: `['ignore',
   * 'pipe', 'pipe']`.
   */
  readonly stdio?: readonly ('ignore' | 'pipe' | 'inherit' | 'ipc' | number)[];
  readonly serialization?: 'json' | 'advanced';
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * What a check's procedure is given: one run of one check on one subject, in a process of its own. It may block, crash
 * or leak: the deadline, the harness and the resource snapshot around it are there for that. Whatever it opens through
 * `own`,
 * `pair`, `child` and `defer` is put away when it returns or throws.
 */
export interface CheckRun {
  /** The transport, or the other thing of `subjects`, this run is about. */
  readonly subject: string;
  readonly sys: Syscalls;
  readonly seed: number;
  readonly scale: Scale;
  /** A private directory of this run, removed after it; short enough for socket paths. */
  readonly directory: string;
  /** A path inside it. */
  path(name: string): string;
  /** Picks by scale. */
  count(counts: { readonly quick: number; readonly default: number; readonly thorough: number }): number;
  /** Closed after the run, if still open. Returns it. */
  own(descriptor: number): number;
  /** Runs after the procedure, last one first, whatever happened. */
  defer(undo: () => void | Promise<void>): void;
  /**
   * Both ends of the subject, connected, in this process; `index` tells several pairs of one run apart. Subjects with
   * pairs: socketpair-*, unix-*, pipe, fifo. Throws for others.
   */
  pair(options?: { readonly nonblocking?: boolean; readonly index?: number }): Ends;
  /** Starts a Node program, given by file URL, as a child that is killed after the run. */
  child(program: URL, options?: NodeChildOptions): ChildProcess;
  /** Starts any other program the same way. */
  spawn(file: string, options?: NodeChildOptions): ChildProcess;
  /**
   * How much slower this machine is now than one at rest, at least 1. Every wait of `event`, `until` and `sys` for what
   * must come (from half a second on) is as much longer by itself; a timer that a procedure sets for the same purpose
   * is to be multiplied by it.
   */
  readonly slowdown: number;
  /**
   * Resolves with the first event of this name; rejects when the child ends first (unless the event is its end) or
   * after `ms` (default 10,000).
   */
  event(
    child: ChildProcess,
    name: 'message' | 'exit' | 'close' | 'disconnect' | 'error',
    ms?: number,
  ): Promise<readonly unknown[]>;
  /**
   * Looks every few milliseconds until `isSo` holds; throws naming `what` after `ms` (default 10,000). Never a fixed
   * sleep.
   */
  until(what: string, isSo: () => boolean, ms?: number): Promise<void>;
  /**
   * This child may be ended by this signal although the procedure does not send it: a memory limit, for example. A
   * child that any other signal from outside ends leaves the run undecided (`broken`).
   */
  expectSignal(pid: number, signo: number): void;
  /**
   * Ends the run as `skip`. `cause` is the system's error that proves that it cannot run here, or null where the reason
   * is no error.
   */
  skip(reason: string, cause: unknown): never;
}

/**
 * A recorded observation and what the judge must say of it: what proves, without any transport, that a judge can fail.
 */
export interface Proof<Observation> {
  readonly name: string;
  readonly observation: Observation;
  readonly verdict: Judgement['verdict'];
  readonly subject?: string;
  /** Of an `info`, whose verdict is always the same: that the evidence says what is usual instead. */
  readonly unusual?: true;
  /** Words of the evidence, where they are what the judge decides. */
  readonly says?: string;
}

/** Whether a judge that promises nothing has noticed something: what was seen is not what is usual here. */
export const isUnusual = ({ verdict, evidence }: Pick<Judgement, 'evidence'> & { readonly verdict: string }): boolean =>
  verdict === 'info' && evidence.includes('(usual: ');

/** Whether a judge gives the answer that this proof says it must. */
export function isProvenBy(
  judgement: Judgement,
  { verdict, unusual, says = '' }: Pick<Proof<unknown>, 'verdict' | 'unusual' | 'says'>,
): boolean {
  return (
    judgement.verdict === verdict && isUnusual(judgement) === (unusual === true) && judgement.evidence.includes(says)
  );
}

/**
 * One guarantee, cited, with a procedure of its own. It watches the answers of system calls one by one, so there is no
 * place for a relay: its faults are told by the system calls themselves (`SystemFaultName`).
 * The observation is plain JSON data: it is saved, and judged again from there.
 */
export interface ProcedureCheck<Observation = unknown> {
  readonly kind: 'procedure';
  /** `group/name`: stable, never a position. */
  readonly id: string;
  /** The guarantee in one sentence, in our words. */
  readonly guarantee: string;
  readonly level: Level;
  /** Where it is guaranteed, for this subject. */
  source(subject: string): Source;
  /**
   * What it runs on: names of transports, or of the other things it is about (`node-stdio`, `posix-mq`, `eventfd`,
   * `fd-table`).
   */
  readonly subjects: readonly string[];
  /** What is expected here, and elsewhere where that differs, in words. */
  readonly expected: string;
  /** What is done, in words: enough to repeat it by hand. */
  readonly procedure: string;
  /** Part of `--quick`, which `all` runs: cheap, and something users should know. */
  readonly quick: boolean;
  /** Not selected without --thorough: what it does to the machine nobody should meet unasked. */
  readonly thoroughOnly?: boolean;
  /**
   * Changes the process it runs in (limits, signal dispositions, user ids): gets a process that nobody uses after it.
   */
  readonly isolated?: boolean;
  /** Longest time of one run in ms on a machine at rest; default 30,000. */
  readonly deadlineMs?: number;
  observe(checkRun: CheckRun): Promise<Observation> | Observation;
  /** Pure. */
  judge(observation: Observation, subject: string): Judgement;
  /**
   * At least one observation that passes (or is `info`) and, unless the level is INFO, one that fails for each
   * comparison the judge makes.
   */
  readonly proofs: readonly Proof<Observation>[];
}
