import type { Advisory, Case, LaunchRecord, Metric, WorkloadFigure } from '../../harness/model/index.js';

/**
 * What a launch says of each metric; one that this driver or workload cannot know is absent. Less is better for all of
 * them.
 */
export type Measured = Readonly<Partial<Record<Metric, number>>>;

export function measuredOf(launch: LaunchRecord): Measured {
  const { messages } = launch;
  if (messages === 0) return {};
  const perMessage = (total: number | null): number | null => (total === null ? null : total / messages);
  const all: Readonly<Record<Metric, number | null>> = {
    'round-trip': launch.p25Ns,
    'message-time': launch.bytesPerSecond === null ? null : launch.windowNs / messages,
    cpu: perMessage(launch.cpuNs),
    syscalls: perMessage(launch.syscalls),
    switches: perMessage(launch.voluntarySwitches),
    p99: launch.p99Ns,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

export const metricUnit = (metric: Metric): 'ns' | 'per message' => (isCount(metric) ? 'per message' : 'ns');

/** Counts are exact and can be zero: they are compared by their difference, times by their ratio. */
export const isCount = (metric: Metric): boolean => metric === 'syscalls' || metric === 'switches';

/**
 * Why a metric of a case closes no gate unless it is asked to; null where it does. From an experiment with real spins
 * of 5 % on a shared machine (README.md says more).
 */
export function whyAdvisory(one: Case, metric: Metric, advisory: readonly Advisory[]): string | null {
  if (metric === 'p99') return 'tail percentiles vary from run to run without a change';
  if (one.placement === 'free')
    return 'with free placement, launches of the same code vary threefold, because a pair stays on one CPU or on two';
  const mine = advisory.find(({ placement, metrics }) => placement === one.placement && metrics.includes(metric));
  return mine?.reason ?? null;
}

/** What is compared of a case, by what its workload figures. */
export function metricsOf(figure: WorkloadFigure['kind']): Metric[] {
  return figure === 'latency'
    ? ['round-trip', 'cpu', 'syscalls', 'switches', 'p99']
    : ['message-time', 'cpu', 'syscalls', 'switches'];
}
