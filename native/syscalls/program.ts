import type { Op } from './ops.js';
import type { ExitStatus } from './values.js';

export interface ProgramOptions {
  /** Shared with other programs; one of 64 words of its own otherwise. */
  readonly board?: Board;
  /**
   * Room for what operations with `keep` received, and 16 bytes for each run: 64 KiB unless told. `droppedBytes` tells
   * what did not fit.
   */
  readonly keepBytes?: number;
}

export interface ForkOptions extends ProgramOptions {
  /** No PR_SET_PDEATHSIG: for a check in which the parent dies. */
  readonly outlivesParent?: true;
}

/** Words (int32) of shared memory with a futex each: how programs and the check meet without sleeping. */
export interface Board {
  readonly words: number;
  load(word: number): number;
  /** Stores and wakes who waits. */
  store(word: number, value: number): void;
  /** Adds, wakes, and returns the sum. */
  add(word: number, value: number): number;
  /** Blocks this thread until the word is at least `value`: true, or false when the time ran out. */
  waitAtLeast(word: number, value: number, timeoutMs: number): boolean;
}

export interface Outcome {
  readonly op: Op['op'];
  readonly as: string | null;
  /** How often it was run to its end: more than once in a `repeat`, 0 when it was not reached or still blocks. */
  readonly runs: number;
  readonly failures: number;
  /** What the last run returned; -1 when it failed. */
  readonly value: number;
  /** Of the last run that failed: 'EPIPE'. null when none did. */
  readonly error: string | null;
  /** What the operation's description names: of the last run, or of the one that still goes on. */
  readonly counts: Readonly<Record<string, number>>;
  /** With `keep`: what each run received. */
  readonly kept: readonly Buffer[];
}

/** A program that runs, or has ended. Everything can be asked at any time, also after the child was killed. */
export interface Program {
  readonly board: Board;
  /** Index, in `outcomes()`, of the operation that runs now; their number when all are done. */
  at(): number;
  /** In the order of the text; the operations of a `repeat` follow it. */
  outcomes(): readonly Outcome[];
  /** Of the first operation of that name. Throws when there is none. */
  outcome(as: string): Outcome;
  /** What `keep` had no room for. */
  droppedBytes(): number;
}

export interface ForkedProgram extends Program {
  readonly pid: number;
  /**
   * Waits for the child to end and reaps it: once, later calls give the same. null when it still runs after `timeoutMs`
   * (10 s unless told).
   */
  wait(timeoutMs?: number): ExitStatus | null;
  /** SIGKILL, and reaps it. Idempotent: for `finally`. */
  end(): void;
}

export interface ThreadProgram extends Program {
  readonly tid: number;
  /**
   * false when it still runs after `timeoutMs` (10 s unless told). A thread that blocks for ever cannot be ended: end
   * what it waits for.
   */
  join(timeoutMs?: number): boolean;
}
