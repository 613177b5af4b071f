import type {
  Case,
  CaseResult,
  CostSummary,
  LatencySummary,
  LaunchFailure,
  LaunchRecord,
  PeerResult,
  PlacedCpus,
  Role,
  Sample,
  ThroughputSummary,
  Workload,
} from '../model/index.js';
import { isQuantileShown, mergedLatency, quantileOfBins, type MergedLatency } from './latency-bins.js';
import { methodOf, type Measured } from './method.js';
import { medianEstimate } from './order-statistics.js';

/**
 * What the launches of one case have recorded so far: a short record of each and one histogram of all. Adding a launch
 * costs the same whatever came before it.
 */
export interface CaseRecord {
  readonly case: Case;
  /** In the order they ran. */
  readonly launches: readonly LaunchRecord[];
  readonly failures: readonly LaunchFailure[];
  add(sample: Sample): void;
  addFailure(failure: LaunchFailure): void;
  /** The figures; computed again only when something was added. null: nothing was launched. */
  result(): CaseResult | null;
}

export function openCaseRecord(recorded: Omit<Measured, 'launches' | 'cpus'>): CaseRecord {
  const { case: one, workload } = recorded;
  const launches: LaunchRecord[] = [];
  const failures: LaunchFailure[] = [];
  const latency = mergedLatency();
  const maxRssBytes: Record<Role, number | null> = { initiator: null, responder: null };
  let cpus: PlacedCpus = { initiator: null, responder: null, relation: 'unpinned' };
  let leastNs = Number.POSITIVE_INFINITY;
  let mostNs = 0;
  let cached: CaseResult | null = null;

  const latencySummary = (): LatencySummary | null =>
    latency.count() === 0
      ? null
      : {
          ...quantilesOf(latency),
          minNs: leastNs,
          maxNs: mostNs,
          medianOfP50Ns: medianEstimate(launches.flatMap((launch) => launch.p50Ns ?? [])),
        };

  return {
    case: one,
    launches,
    failures,
    add: (sample) => {
      cached = null;
      if (launches.length === 0) cpus = sample.cpus;
      const record = launchRecord(sample, workload);
      launches.push(record);
      const bins = timekeeperOf(sample, workload).latency;
      if (bins !== null) {
        latency.add(bins);
        leastNs = Math.min(leastNs, bins.minNs);
        mostNs = Math.max(mostNs, bins.maxNs);
      }
      for (const role of ['initiator', 'responder'] as const)
        maxRssBytes[role] = largerOf(maxRssBytes[role], sample[role].costs.maxRssBytes);
    },
    addFailure: (failure) => {
      cached = null;
      failures.push(failure);
    },
    result: () => {
      if (launches.length + failures.length === 0) return null;
      cached ??= {
        case: one,
        figure: workload.figure.kind,
        cpus,
        latency: workload.figure.kind === 'latency' ? latencySummary() : null,
        throughput: workload.figure.kind === 'throughput' ? throughputOf(launches, one.sizeBytes) : null,
        costs: costsOf(launches, maxRssBytes),
        launches: [...launches],
        failures: [...failures],
        method: methodOf({ ...recorded, launches: launches.length, cpus }),
      };
      return cached;
    },
  };
}

function timekeeperOf(sample: Sample, workload: Workload): PeerResult {
  return sample[workload.figure.clock];
}

function quantilesOf(
  latency: MergedLatency,
): Pick<LatencySummary, 'count' | 'p50Ns' | 'p90Ns' | 'p99Ns' | 'p999Ns' | 'overflow' | 'histogram'> {
  const count = latency.count();
  const quantile = (q: number): number | null => (isQuantileShown(count, q) ? latency.quantile(q) : null);
  return {
    count,
    p50Ns: quantile(0.5),
    p90Ns: quantile(0.9),
    p99Ns: quantile(0.99),
    p999Ns: quantile(0.999),
    overflow: latency.overflow(),
    histogram: latency.encode(),
  };
}

function throughputOf(launches: readonly LaunchRecord[], sizeBytes: number): ThroughputSummary | null {
  const rates = launches.flatMap((launch) => launch.bytesPerSecond ?? []);
  if (rates.length === 0) return null;
  return {
    messagesPerSecond: medianEstimate(rates.map((rate) => rate / sizeBytes)),
    bytesPerSecond: medianEstimate(rates),
  };
}

function costsOf(launches: readonly LaunchRecord[], maxRssBytes: CostSummary['maxRssBytes']): CostSummary {
  const perMessage = (cost: (launch: LaunchRecord) => number | null): number | null => {
    const ratios = launches.flatMap((launch) => {
      const total = cost(launch);
      return total === null || launch.messages === 0 ? [] : [total / launch.messages];
    });
    return ratios.length === 0 ? null : medianEstimate(ratios).value;
  };
  return {
    cpuNsPerMessage: perMessage((launch) => launch.cpuNs),
    syscallsPerMessage: perMessage((launch) => launch.syscalls),
    voluntarySwitchesPerMessage: perMessage((launch) => launch.voluntarySwitches),
    involuntarySwitchesPerMessage: perMessage((launch) => launch.involuntarySwitches),
    runDelayNsPerMessage: perMessage((launch) => launch.runDelayNs),
    maxRssBytes: { ...maxRssBytes },
  };
}

function largerOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

/** null when either end does not know: half a cost would read as a whole one. */
function bothEnds(sample: Sample, cost: (peer: PeerResult) => number | null): number | null {
  const initiator = cost(sample.initiator);
  const responder = cost(sample.responder);
  return initiator === null || responder === null ? null : initiator + responder;
}

/**
 * One launch, short. Costs are of both ends together. Every launch has a p25 and a p50, or a rate; a p99 only one with
 * a thousand round trips.
 */
export function launchRecord(sample: Sample, workload: Workload): LaunchRecord {
  const timed = timekeeperOf(sample, workload);
  const bins = timed.latency;
  return {
    index: sample.launchIndex,
    round: sample.round,
    messages: timed.messages,
    windowNs: timed.windowNs,
    wallNs: sample.wallNs,
    p25Ns: bins && quantileOfBins(bins, 0.25),
    p50Ns: bins && quantileOfBins(bins, 0.5),
    p99Ns: bins && isQuantileShown(timed.messages, 0.99) ? quantileOfBins(bins, 0.99) : null,
    maxNs: bins && bins.maxNs,
    bytesPerSecond:
      workload.figure.kind === 'throughput' && timed.windowNs > 0 ? (timed.bytes * 1e9) / timed.windowNs : null,
    cpuNs: bothEnds(sample, (peer) => peer.costs.cpuNs),
    syscalls: bothEnds(sample, (peer) => peer.costs.syscalls),
    voluntarySwitches: bothEnds(sample, (peer) => peer.costs.voluntarySwitches),
    involuntarySwitches: bothEnds(sample, (peer) => peer.costs.involuntarySwitches),
    runDelayNs: bothEnds(sample, (peer) => peer.costs.runDelayNs),
    noise: sample.noise,
  };
}
