import type { Driver } from './transport.js';

export type WorkloadName = string;

/** Where the two peers run. `free` leaves it to the scheduler, inside the CPUs that this process may use. */
export type Placement = 'same-cpu' | 'cross-cpu' | 'free';

/**
 * What a receiver verifies of each message. `header`: header, sequence, length, and one read of every cache line.
 * `full`: every payload byte as well, against (seed, sender, seq, offset).
 */
export type Verify = 'header' | 'full';

/** Everything that makes a figure comparable. */
export interface Case {
  /** `unix-stream/native/ping-pong/64B/same-cpu`, then `/key=value` for each value that is not the default. */
  readonly id: string;
  readonly transport: string;
  readonly driver: Driver;
  readonly workload: WorkloadName;
  /** Bytes of one write, header included. */
  readonly sizeBytes: number;
  readonly placement: Placement;
  /** The value of the setting `verify`, the default too: it has stood here since before there were other settings. */
  readonly verify: Verify;
  /** Values of settings that are not the default, by the setting's name; absent where all are. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Raised when a loop changes what it measures; figures of different revisions are not comparable. */
  readonly methodRevision: number;
}

/** What every launch of a case is told. */
export interface Timing {
  /** Upper bound of the warm-up before the window opens. */
  readonly warmupMs: number;
  /** Length of the measured window. */
  readonly windowMs: number;
}

/** One fresh pair, to run one case once. */
export interface Launch {
  /** Position among the launches of the run, from 0. */
  readonly index: number;
  /** Names the block, together with the case's column: the launches of a block are compared with each other. */
  readonly round: number;
  readonly case: Case;
  readonly timing: Timing;
  /** Keys the payload; an integer below 2^32. */
  readonly seed: number;
}

/** A case that will not run, and the sentence that says why and what to do. */
export interface SkippedCase {
  readonly caseId: string;
  readonly code: string;
  readonly reason: string;
}

/** The cases that may be ranked against each other: all is equal but the transport. */
export interface Column {
  /** A case's id without the transport: `native/ping-pong/64B/same-cpu`. */
  readonly id: string;
  readonly cases: readonly Case[];
  readonly timing: Timing;
  /** How many blocks are planned: launches of each of its cases. */
  readonly blocks: number;
  /** What a reader looks at first; it gets its blocks first where time is short. */
  readonly isHeadline: boolean;
}

/** One launch of every case of a column, back to back in random order: what disturbs them cancels in their ratios. */
export interface Block {
  readonly columnId: string;
  readonly round: number;
  readonly launches: readonly Omit<Launch, 'index'>[];
}

/**
 * What will be measured. Plain data, a pure function of its inputs and the seed; plan/blocks.ts lays out its rounds.
 */
export interface Plan {
  readonly seed: number;
  /** The most blocks that a column wants. */
  readonly rounds: number;
  readonly columns: readonly Column[];
  readonly cases: readonly Case[];
  readonly skipped: readonly SkippedCase[];
}
