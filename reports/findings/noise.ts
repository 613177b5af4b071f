import type { Report } from '../../harness/model/index.js';
import { relativeSpread } from '../units/estimate.js';
import { headlineEstimate } from './ranking.js';

/** What disturbed the machine, and how small a difference this report can show. null where it was not recorded. */
export interface NoiseSummary {
  readonly launches: number;
  /** Half the cases have an interval narrower than this share of their value: the noise floor. */
  readonly medianSpread: number | null;
  readonly widest: { readonly caseId: string; readonly spread: number } | null;
  /** Share of the launches' time in which some task waited for a CPU. */
  readonly cpuPressure: number | null;
  readonly stealTicks: number | null;
  readonly load1: { readonly median: number; readonly max: number } | null;
  /** Confidence the intervals really have: they differ when cases had unlike numbers of launches. */
  readonly confidence: { readonly lowest: number; readonly highest: number } | null;
}

export function summariseNoise(report: Report): NoiseSummary {
  const launches = report.results.flatMap((result) => result.launches);
  const spreads = report.results
    .flatMap((result) => {
      const estimate = headlineEstimate(result);
      const spread = estimate === null ? null : relativeSpread(estimate);
      return spread === null ? [] : [{ caseId: result.case.id, spread }];
    })
    .sort((a, b) => a.spread - b.spread);
  const confidences = report.results
    .flatMap((result) => headlineEstimate(result)?.confidence ?? [])
    .sort((a, b) => a - b);
  const pressured = launches.filter((launch) => launch.noise.cpuPressureUs !== null);
  const steals = launches.flatMap((launch) => launch.noise.stealTicks ?? []);
  const loads = launches.flatMap((launch) => launch.noise.load1 ?? []).sort((a, b) => a - b);
  const pressuredNs = sum(pressured.map((launch) => launch.wallNs));
  return {
    launches: launches.length,
    medianSpread: middle(spreads.map((entry) => entry.spread)),
    widest: spreads.at(-1) ?? null,
    // The pressure is read just outside of the time it is held against, so that of a machine that never rests comes to
    // a little more than all of it.
    cpuPressure:
      pressuredNs === 0
        ? null
        : Math.min(1, (sum(pressured.map((launch) => launch.noise.cpuPressureUs ?? 0)) * 1000) / pressuredNs),
    stealTicks: steals.length === 0 ? null : sum(steals),
    load1: loads.length === 0 ? null : { median: middle(loads) ?? 0, max: loads.at(-1) ?? 0 },
    confidence: confidences.length === 0 ? null : { lowest: confidences[0] ?? 0, highest: confidences.at(-1) ?? 0 },
  };
}

function middle(sorted: readonly number[]): number | null {
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
