import type { GateReport, Metric, Report } from '../../harness/model/index.js';
import { reportFigures, type Measure } from './report-figures.js';

/**
 * Bencher Metric Format: cases by id, measures by slug. `latency` and `throughput` are Bencher's own, in ns and
 * operations a second; the others are made when they first arrive.
 * https://bencher.dev/docs/reference/bencher-metric-format/
 */
export function renderBmf(report: Report): string {
  const benchmarks = new Map<string, Record<string, Metrics>>();
  for (const { case: measured, measure, value, low, high } of reportFigures(report)) {
    put(benchmarks, measured.id, reportMeasures[measure], {
      value,
      ...(low === null ? {} : { lower_value: low }),
      ...(high === null ? {} : { upper_value: high }),
    });
  }
  return spell(benchmarks);
}

/** The figures of head, for a history; without bounds, because the gate's interval is that of a change. */
export function renderGateBmf(gate: GateReport): string {
  const benchmarks = new Map<string, Record<string, Metrics>>();
  for (const { caseId, metric, head } of gate.comparisons)
    if (head !== null) put(benchmarks, caseId, gateMeasures[metric], { value: head });
  return spell(benchmarks);
}

interface Metrics {
  readonly value: number;
  readonly lower_value?: number;
  readonly upper_value?: number;
}

const reportMeasures: Readonly<Record<Measure, string>> = {
  'round-trip': 'latency',
  p99: 'p99-latency',
  'messages-per-second': 'throughput',
  'bytes-per-second': 'bytes-per-second',
  cpu: 'cpu-time',
  syscalls: 'system-calls',
  switches: 'context-switches',
};

// The gate's round trip is a launch's p25, a report's its p50, and its p99 is of each launch: histories of their own.
const gateMeasures: Readonly<Record<Metric, string>> = {
  'round-trip': 'p25-latency',
  'message-time': 'message-time',
  cpu: 'cpu-time',
  syscalls: 'system-calls',
  switches: 'context-switches',
  p99: 'p99-latency-by-launch',
};

function put(benchmarks: Map<string, Record<string, Metrics>>, id: string, measure: string, metrics: Metrics): void {
  const name = id.slice(0, longestName);
  benchmarks.set(name, { ...benchmarks.get(name), [measure]: metrics });
}

const longestName = 1024;

function spell(benchmarks: ReadonlyMap<string, Record<string, Metrics>>): string {
  return `${JSON.stringify(Object.fromEntries(benchmarks), null, 2)}\n`;
}
