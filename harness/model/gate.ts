import type { Case } from './case.js';
import type { VerdictKind } from './check.js';
import type { Environment } from './environment.js';
import type { Noise } from './sample.js';
import type { Warning } from './report.js';

/**
 * What is compared, per launch and per message; less is better for every one of them.
 * `round-trip`: p25 of the launch's round trips, in ns. `message-time`: window over messages, in ns: throughput upside
 * down. `cpu`: user and system time of both ends, in ns. `syscalls`, `switches`: calls on the measured descriptors and
 * voluntary context switches of both ends. `p99`: of the launch's round trips, in ns.
 */
export type Metric = 'round-trip' | 'message-time' | 'cpu' | 'syscalls' | 'switches' | 'p99';

/**
 * `pass`: a change of the budget's size is ruled out. `regressed`: worse beyond doubt, by more than two thirds of the
 * budget, twice measured where it can be. `improved`: better beyond doubt, by more than two thirds of the budget;
 * passes. `inconclusive`: neither can be said with what was measured. A worsening between two thirds of the budget and
 * the budget regresses once it is certain: a threshold at the budget itself would miss every second one of just that
 * size. `incomparable`: one side lacks it.
 */
export type GateVerdict = 'pass' | 'regressed' | 'improved' | 'inconclusive' | 'incomparable';

/** One side of a comparison: what it was told to be, and what that turned out to be. */
export interface Variant {
  /** `key=value`, as given; empty for this installation as it is. */
  readonly settings: readonly string[];
  /**
   * What the settings came to: the commit of `git=`, the version of `runtime=`, the hash of `transport=` …; in words,
   * for a reader.
   */
  readonly resolved: readonly string[];
}

/** When the pairs measured so far are looked at, and the two-sided error that is spent then. */
export interface Look {
  readonly pairs: number;
  readonly alpha: number;
}

/** The median change with its distribution-free interval; a change is head / base - 1, so 0.05 is 5 % worse. */
export interface ChangeInterval {
  readonly median: number;
  /** null: too few pairs for an interval of that confidence. */
  readonly low: number | null;
  readonly high: number | null;
  /** Coverage that the interval is promised, for example 0.998. */
  readonly confidence: number;
}

/** What the rule said when it looked; `pairs` are those that were there. */
export interface LookResult extends Look {
  readonly change: ChangeInterval;
  /**
   * One-sided sign test of "the median change is not above zero", and the same after Holm's correction over all gated
   * comparisons. Advisory ones are not corrected.
   */
  readonly p: number;
  readonly holmP: number;
  readonly verdict: 'pass' | 'regressed' | 'improved' | 'undecided';
}

/**
 * One series of pairs, looked at by schedule: the first measurement, or the one that a failure is measured again by.
 */
export interface Measurement {
  readonly looks: readonly LookResult[];
  /** Every pair in the order it was run, base and head of one pair next to each other in time. */
  readonly pairs: readonly PairRecord[];
}

export interface PairRecord {
  /** Milliseconds since the gate began. */
  readonly atMs: number;
  readonly first: 'base' | 'head';
  readonly base: number;
  readonly head: number;
  /**
   * The difference as the rule takes it: the logarithm of head / base, or for counts their difference over what is
   * allowed, times the budget.
   */
  readonly difference: number;
  /** What disturbed the machine during the two launches; pressure and steal of both together. */
  readonly noise: Noise;
}

/**
 * Pairs in which a side ran and has no usable figure. They are counted, never left out: whether a launch has a figure
 * may depend on what it would have been.
 */
export interface Gaps {
  /** Pairs that ran, and those of them in which a figure is missing on either side. */
  readonly pairs: number;
  readonly missing: number;
  /** Launches of each side that have no figure, and those whose time is 0: less than this system's clock can tell. */
  readonly absent: { readonly base: number; readonly head: number };
  readonly zero: { readonly base: number; readonly head: number };
}

/** One quantity of one case, base against head. */
export interface Comparison {
  /** `unix-stream/native/ping-pong/64B/same-cpu#round-trip`. */
  readonly id: string;
  readonly caseId: string;
  readonly metric: Metric;
  readonly unit: 'ns' | 'per message';
  /** Decides the exit code. An advisory comparison says the same things, and closes nothing. */
  readonly isGated: boolean;
  /** Why it is advisory, in words; null for a gated one. */
  readonly advisoryReason: string | null;
  /** Largest worsening that may pass, as a share: 0.05. */
  readonly budget: number;
  /**
   * What an unchanged head must not add per message, for counts that can be zero: the larger of the budget's share of
   * the base and a hundredth. null for times.
   */
  readonly allowedIncrease: number | null;
  readonly verdict: GateVerdict;
  /**
   * What makes it incomparable; null where both sides have it. What head lacks closes a gate (exit 3), what is new in
   * head does not.
   */
  readonly lackedBy: 'base' | 'head' | 'both' | null;
  /**
   * Set where launches ran without giving this figure, in either measurement: nothing is decided by the others. Gates
   * from before there was one have none.
   */
  readonly gaps?: Gaps | undefined;
  /** Why, in one sentence with its figures. */
  readonly reason: string;
  /** Medians over the last measurement's launches; null where incomparable. */
  readonly base: number | null;
  readonly head: number | null;
  /** As last looked at; null where nothing was measured. */
  readonly change: ChangeInterval | null;
  /**
   * The smallest worsening that this rule finds in nine of ten gates with as many pairs of this spread; null with too
   * few pairs.
   */
  readonly smallestVisible: number | null;
  /** The first, then the second where a failure was measured again. */
  readonly measurements: readonly Measurement[];
}

/** A check that both sides were held to. */
export interface VerdictChange {
  /** `transport/group/name`. */
  readonly id: string;
  /** null: not run there, since head kept the promise, or lacks it. */
  readonly base: VerdictKind | null;
  readonly head: VerdictKind | null;
  readonly isWorse: boolean;
  readonly promise: string;
  /** Head's evidence, or base's where head lacks it. */
  readonly evidence: string;
}

/** Everything a gate leaves behind: what pages, tables and exit codes are drawn from. */
export interface GateReport {
  readonly schema: 'ipcbench-gate';
  readonly version: 1;
  readonly kind: 'gate' | 'compare';
  /**
   * How base was had: measured now in turns with head, from a recorded baseline beside a control, or from another
   * report alone.
   */
  readonly method: 'interleaved' | 'baseline' | 'reports';
  readonly status: 'running' | 'complete' | 'interrupted';
  readonly ipcbenchVersion: string;
  readonly command: readonly string[];
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly seed: number;
  readonly environment: Environment;
  readonly base: Variant;
  readonly head: Variant;
  /** Both variants are the same: whatever is found is a false alarm. */
  readonly isSameVariant: boolean;
  readonly effort: 'quick' | 'default' | 'thorough';
  readonly schedule: readonly Look[];
  readonly cases: readonly Case[];
  readonly comparisons: readonly Comparison[];
  readonly verdictChanges: readonly VerdictChange[];
  /** Checks both sides were held to, worse or not. */
  readonly checksCompared: number;
  readonly warnings: readonly Warning[];
  /** The gate's answer: its worst gated verdict, conformance included. */
  readonly verdict: GateVerdict;
  /** One sentence a person reads first. */
  readonly summary: string;
  readonly exitCode: number;
  /** What closes it beyond a regression, as it was asked for. Gates from before it was kept have none. */
  readonly failOn?: readonly ('inconclusive' | 'improved')[] | undefined;
  /** The first record of a baseline: there was nothing to be held to, and nothing was asked for. */
  readonly isFirstRecord?: boolean | undefined;
  readonly totalMs: number;
}
