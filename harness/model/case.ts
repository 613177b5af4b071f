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
  readonly verify: Verify;
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
  /** Position in the plan, from 0. */
  readonly index: number;
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

/** The launches in the order they will run. Plain data, a pure function of its inputs and the seed. */
export interface Plan {
  readonly seed: number;
  readonly rounds: number;
  readonly cases: readonly Case[];
  readonly launches: readonly Launch[];
  readonly skipped: readonly SkippedCase[];
}
