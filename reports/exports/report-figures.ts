import type { Case, CaseResult, Report } from '../../harness/model/index.js';

/** One number of a report's case, with its interval where it has one. */
export interface ReportFigure {
  readonly case: Case;
  readonly measure: Measure;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Times in ns, counts per message, rates per second. */
export type Measure =
  'round-trip' | 'p99' | 'messages-per-second' | 'bytes-per-second' | 'cpu' | 'syscalls' | 'switches';

/** Every figure of a report that another program keeps a history of; what was not measured is left out. */
export function reportFigures(report: Report): readonly ReportFigure[] {
  return report.results.filter((result) => result.launches.length > 0).flatMap(figuresOf);
}

function figuresOf(result: CaseResult): readonly ReportFigure[] {
  const { latency, throughput, costs } = result;
  const alone = (value: number | null): Pick<ReportFigure, 'low' | 'high'> & { readonly value: number | null } => ({
    value,
    low: null,
    high: null,
  });
  const found: readonly (readonly [
    Measure,
    { readonly value: number | null; readonly low: number | null; readonly high: number | null } | null,
  ])[] = [
    ['round-trip', latency?.medianOfP50Ns ?? null],
    ['p99', alone(latency?.p99Ns ?? null)],
    ['messages-per-second', throughput?.messagesPerSecond ?? null],
    ['bytes-per-second', throughput?.bytesPerSecond ?? null],
    ['cpu', alone(costs.cpuNsPerMessage)],
    ['syscalls', alone(costs.syscallsPerMessage)],
    ['switches', alone(costs.voluntarySwitchesPerMessage)],
  ];
  return found.flatMap(([measure, figure]) =>
    figure === null || figure.value === null
      ? []
      : [{ case: result.case, measure, value: figure.value, low: figure.low, high: figure.high }],
  );
}
