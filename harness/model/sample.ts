import type { Role } from './transport.js';

/**
 * A histogram of durations in nanoseconds, HDR layout, as the bins that are not empty.
 * Three significant digits. What it could not hold is counted, not dropped.
 */
export interface LatencyBins {
  readonly significantDigits: 3;
  readonly highestTrackableNs: number;
  /** Values above `highestTrackableNs`. A quantile that falls among them is not printed. */
  readonly overflow: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly sumNs: number;
  /**
   * Lowest equivalent value and count of each in turn, ascending: a run keeps a hundred thousand, and as pairs they
   * would take 25 MB of the harness.
   */
  readonly bins: readonly number[];
}

/** What one peer spent inside the window. null where this driver cannot know. */
export interface Costs {
  /** User and system time of the process. */
  readonly cpuNs: number | null;
  /** Calls on the measured descriptors, counted by the loop; failed ones included. */
  readonly syscalls: number | null;
  readonly voluntarySwitches: number | null;
  readonly involuntarySwitches: number | null;
  readonly minorFaults: number | null;
  readonly majorFaults: number | null;
  /** Time ready to run but waiting for a CPU, from /proc/self/schedstat. */
  readonly runDelayNs: number | null;
  /** Largest resident set of the process's whole life. */
  readonly maxRssBytes: number | null;
}

/** What one peer saw of one launch. */
export interface PeerResult {
  readonly role: Role;
  /**
   * Messages inside the window: round trips for the initiator of a ping-pong, messages received for a stream's
   * receiver.
   */
  readonly messages: number;
  readonly bytes: number;
  /** First to last instant of the window on this peer's clock. */
  readonly windowNs: number;
  readonly latency: LatencyBins | null;
  readonly costs: Costs;
  /** What the peer verified, as it did it. */
  readonly verified: 'header' | 'full';
}

/** What disturbed the machine while a launch ran. null where the system does not tell. */
export interface Noise {
  /** Microseconds in which some task waited for a CPU (/proc/pressure/cpu). */
  readonly cpuPressureUs: number | null;
  /** Time stolen by the hypervisor, in USER_HZ ticks (/proc/stat). */
  readonly stealTicks: number | null;
  /** One-minute load average when the launch began. */
  readonly load1: number | null;
}

/** Where the peers of a launch ran; null is "not pinned". */
export interface PlacedCpus {
  readonly initiator: number | null;
  readonly responder: number | null;
  /** How the two CPUs lie to each other. */
  readonly relation: 'same-cpu' | 'smt' | 'same-socket' | 'cross-socket' | 'unpinned';
}

/** What one launch recorded. */
export interface Sample {
  readonly caseId: string;
  readonly launchIndex: number;
  readonly round: number;
  readonly initiator: PeerResult;
  readonly responder: PeerResult;
  readonly cpus: PlacedCpus;
  readonly noise: Noise;
  /**
   * Spawn to reaped, of which warm-up and window are a part; of a pair that was started together with others, from its
   * turn on. `noise` is of the same time.
   */
  readonly wallNs: number;
}

/** Why a launch has no sample. */
export interface LaunchFailure {
  readonly caseId: string;
  readonly launchIndex: number;
  readonly round: number;
  /** A sentence: what happened, to which peer and phase, what to do. */
  readonly message: string;
  /** The system's error name where there is one (EMSGSIZE …). */
  readonly code: string | null;
}

export type LaunchOutcome =
  | { readonly kind: 'sample'; readonly sample: Sample }
  | { readonly kind: 'failure'; readonly failure: LaunchFailure }
  | { readonly kind: 'skipped'; readonly code: string; readonly reason: string };
