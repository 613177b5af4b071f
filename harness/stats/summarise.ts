import type { Case, CaseResult, CostSummary, LatencySummary, LaunchFailure, LaunchRecord, PeerResult, Sample, ThroughputSummary, Workload } from '../model/index.js';
import { encodeMerged, isQuantileShown, mergeBins, quantileOfBins } from './latency-bins.js';
import { medianEstimate } from './order-statistics.js';
import { methodOf } from './method.js';

export interface CaseOutcome {
  readonly case: Case;
  readonly workload: Workload;
  readonly timing: { readonly warmupMs: number; readonly windowMs: number };
  readonly samples: readonly Sample[];
  readonly failures: readonly LaunchFailure[];
}

/** Everything a case's launches recorded, as figures. Pure; a case whose launches all failed keeps its failures. */
export function summarise(outcome: CaseOutcome): CaseResult {
  const { samples, workload } = outcome;
  const first = samples[0];
  const timed = samples.map((sample) => timekeeperOf(sample, workload));
  return {
    case: outcome.case,
    figure: workload.figure,
    cpus: first?.cpus ?? { initiator: null, responder: null, relation: 'unpinned' },
    latency: workload.figure === 'latency' ? latencyOf(timed) : null,
    throughput: workload.figure === 'throughput' ? throughputOf(timed) : null,
    costs: costsOf(samples, workload),
    launches: samples.map((sample) => launchRecord(sample, workload)),
    failures: outcome.failures,
    method: methodOf(outcome),
  };
}

function timekeeperOf(sample: Sample, workload: Workload): PeerResult {
  return workload.timekeeper === 'initiator' ? sample.initiator : sample.responder;
}

function latencyOf(results: readonly PeerResult[]): LatencySummary | null {
  const bins = results.flatMap((result) => (result.latency === null ? [] : [result.latency]));
  const medians = bins.flatMap((one) => quantileOfBins(one, 0.5) ?? []);
  if (medians.length === 0) return null;
  const merged = mergeBins(bins);
  const { histogram } = merged;
  const count = histogram.totalCount + merged.overflow;
  // A quantile among the values above the range is unknown, not equal to the range's end.
  const quantile = (q: number): number | null =>
    isQuantileShown(count, q) && q * count <= histogram.totalCount ? histogram.getValueAtPercentile((100 * q * count) / histogram.totalCount) : null;
  return {
    count,
    minNs: Math.min(...bins.map((one) => one.minNs)),
    p50Ns: quantile(0.5),
    p90Ns: quantile(0.9),
    p99Ns: quantile(0.99),
    p999Ns: quantile(0.999),
    maxNs: Math.max(...bins.map((one) => one.maxNs)),
    overflow: merged.overflow,
    medianOfP50Ns: medianEstimate(medians),
    histogram: encodeMerged(merged),
  };
}

function throughputOf(results: readonly PeerResult[]): ThroughputSummary | null {
  const timed = results.filter((result) => result.windowNs > 0 && result.messages > 0);
  if (timed.length === 0) return null;
  return {
    messagesPerSecond: medianEstimate(timed.map((result) => (result.messages * 1e9) / result.windowNs)),
    bytesPerSecond: medianEstimate(timed.map(bytesPerSecond)),
  };
}

function bytesPerSecond(result: PeerResult): number {
  return (result.bytes * 1e9) / result.windowNs;
}

function costsOf(samples: readonly Sample[], workload: Workload): CostSummary {
  const perMessage = (cost: (peer: PeerResult) => number | null): number | null => {
    const ratios = samples.flatMap((sample) => {
      const total = bothEnds(sample, cost);
      const { messages } = timekeeperOf(sample, workload);
      return total === null || messages === 0 ? [] : [total / messages];
    });
    return ratios.length === 0 ? null : medianEstimate(ratios).value;
  };
  const largest = (peers: readonly PeerResult[]): number | null => {
    const known = peers.flatMap((peer) => peer.costs.maxRssBytes ?? []);
    return known.length === 0 ? null : Math.max(...known);
  };
  return {
    cpuNsPerMessage: perMessage((peer) => peer.costs.cpuNs),
    syscallsPerMessage: perMessage((peer) => peer.costs.syscalls),
    voluntarySwitchesPerMessage: perMessage((peer) => peer.costs.voluntarySwitches),
    involuntarySwitchesPerMessage: perMessage((peer) => peer.costs.involuntarySwitches),
    runDelayNsPerMessage: perMessage((peer) => peer.costs.runDelayNs),
    maxRssBytes: { initiator: largest(samples.map((one) => one.initiator)), responder: largest(samples.map((one) => one.responder)) },
  };
}

/** null when either end does not know: half a cost would read as a whole one. */
function bothEnds(sample: Sample, cost: (peer: PeerResult) => number | null): number | null {
  const initiator = cost(sample.initiator);
  const responder = cost(sample.responder);
  return initiator === null || responder === null ? null : initiator + responder;
}

/** One launch, short. Costs are of both ends together. */
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
    p99Ns: bins && quantileOfBins(bins, 0.99),
    maxNs: bins && bins.maxNs,
    bytesPerSecond: workload.figure === 'throughput' && timed.windowNs > 0 ? bytesPerSecond(timed) : null,
    cpuNs: bothEnds(sample, (peer) => peer.costs.cpuNs),
    syscalls: bothEnds(sample, (peer) => peer.costs.syscalls),
    voluntarySwitches: bothEnds(sample, (peer) => peer.costs.voluntarySwitches),
    involuntarySwitches: bothEnds(sample, (peer) => peer.costs.involuntarySwitches),
    runDelayNs: bothEnds(sample, (peer) => peer.costs.runDelayNs),
    noise: sample.noise,
  };
}
