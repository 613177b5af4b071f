import type { Case, Placement, Plan, SkippedCase, Verify } from './case.js';
import type { Verdict } from './check.js';
import type { Environment } from './environment.js';
import type { KillMatrix } from './fault.js';
import type { LaunchFailure, Noise, PlacedCpus } from './sample.js';
import type { Driver, Guarantees } from './transport.js';

/** An estimate with an order-statistic confidence interval of the median over launches; null ends: too few launches. */
export interface Estimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Coverage the interval really has, for example 0.9614: order statistics cannot hit 0.95 exactly. */
  readonly confidence: number | null;
}

/**
 * A quantile is present only where n(1 - q) >= 10 over all launches of the case: a rarer tail was not seen often
 * enough.
 */
export interface LatencySummary {
  /** Round trips over all launches. */
  readonly count: number;
  readonly minNs: number;
  /** Quantiles of all launches' round trips taken together. */
  readonly p50Ns: number | null;
  readonly p90Ns: number | null;
  readonly p99Ns: number | null;
  readonly p999Ns: number | null;
  readonly maxNs: number;
  readonly overflow: number;
  /** Median over launches of each launch's p50: the headline. */
  readonly medianOfP50Ns: Estimate;
  /** HdrHistogram V2, compressed, base64: every round trip of the case. */
  readonly histogram: string;
}

export interface ThroughputSummary {
  readonly messagesPerSecond: Estimate;
  readonly bytesPerSecond: Estimate;
}

/** Per message, both ends together, median over launches; null where this driver cannot know. */
export interface CostSummary {
  readonly cpuNsPerMessage: number | null;
  readonly syscallsPerMessage: number | null;
  readonly voluntarySwitchesPerMessage: number | null;
  readonly involuntarySwitchesPerMessage: number | null;
  readonly runDelayNsPerMessage: number | null;
  readonly maxRssBytes: { readonly initiator: number | null; readonly responder: number | null };
}

/** One launch, short: enough to draw it, to compare it, and to see what disturbed it. */
export interface LaunchRecord {
  readonly index: number;
  readonly round: number;
  readonly messages: number;
  readonly windowNs: number;
  readonly wallNs: number;
  /** Latency workloads. */
  readonly p25Ns: number | null;
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
  readonly maxNs: number | null;
  /** Throughput workloads. */
  readonly bytesPerSecond: number | null;
  readonly cpuNs: number | null;
  readonly syscalls: number | null;
  readonly voluntarySwitches: number | null;
  readonly involuntarySwitches: number | null;
  readonly runDelayNs: number | null;
  readonly noise: Noise;
}

export interface CaseResult {
  readonly case: Case;
  readonly figure: 'latency' | 'throughput';
  readonly cpus: PlacedCpus;
  readonly latency: LatencySummary | null;
  readonly throughput: ThroughputSummary | null;
  readonly costs: CostSummary;
  readonly launches: readonly LaunchRecord[];
  readonly failures: readonly LaunchFailure[];
  /** How this figure was measured, in one paragraph a reader can check. */
  readonly method: string;
}

/**
 * Where one transport stands in a ranking. `tied`: it cannot be told from the leader. `undecided`: too few blocks to
 * tell any two apart.
 */
export type Standing = 'leader' | 'tied' | 'behind' | 'undecided';

export interface RankingEntry {
  readonly transport: string;
  /**
   * How many times the leader's time it takes for a round trip, or for a byte: median over blocks. 1 for the leader.
   */
  readonly ratio: number;
  /**
   * Ends of the ratio's interval. The intervals of a ranking hold together with its confidence. null: too few blocks,
   * or too many launches broke.
   */
  readonly low: number | null;
  readonly high: number | null;
  readonly standing: Standing;
  /** The places it may hold, from 1: behind those told to be faster, before those told to be slower. */
  readonly rank: { readonly from: number; readonly to: number };
  /** The smallest ratio to the leader that nine of ten such runs would have told; null: none, with so few blocks. */
  readonly detectable: number | null;
}

/**
 * The transports of one column, the leader first: which is faster, by how much, and how sure. References are not
 * ranked.
 */
export interface Ranking {
  readonly workload: string;
  readonly driver: Driver;
  readonly placement: Placement;
  readonly sizeBytes: number;
  readonly verify: Verify;
  /** As of its cases. */
  readonly settings?: Case['settings'];
  readonly methodRevision: number;
  /**
   * What is compared of each launch: the 25th percentile of its round trips, which stalls move least, or its bytes per
   * second.
   */
  readonly statistic: 'p25' | 'rate';
  /** Blocks of launches that were compared. */
  readonly blocks: number;
  /** Chance, before the run, that all intervals and orders of this ranking are true. */
  readonly confidence: number;
  readonly entries: readonly RankingEntry[];
}

/** Something the reader should know, with the way out. Appears in every rendering. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

export interface TransportRecord {
  readonly name: string;
  readonly summary: string;
  readonly guarantees: Guarantees;
  readonly reference: string | null;
}

/** Everything a run leaves behind, and the only contract between running and showing. */
export interface Report {
  readonly schema: 'ipcbench-report';
  readonly version: 1;
  /** `running` while rounds are still to come; `interrupted` when a signal or the time budget ended it. */
  readonly status: 'running' | 'complete' | 'interrupted';
  readonly ipcbenchVersion: string;
  readonly command: readonly string[];
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly seed: number;
  readonly environment: Environment;
  readonly transports: readonly TransportRecord[];
  readonly rounds: { readonly planned: number; readonly completed: number };
  readonly results: readonly CaseResult[];
  /** One for each column in which at least two transports were measured; absent in reports of ipcbench 0.1.0. */
  readonly rankings?: readonly Ranking[] | undefined;
  readonly skipped: readonly SkippedCase[];
  readonly verdicts: readonly Verdict[];
  readonly warnings: readonly Warning[];
  /** Of a self-test. Reports from before there was one have none. */
  readonly killMatrix?: KillMatrix | undefined;
  /** Where the time went. */
  readonly time: {
    readonly totalMs: number;
    /** Inside measured windows and checked exchanges. */
    readonly measuredMs: number;
  };
}

export type { Plan };
