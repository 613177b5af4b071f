import { formatSize } from '../plan/size.js';
import type { Case, PlacedCpus, Setting, Timing, Workload } from '../model/index.js';
import { valueOf } from '../plan/settings.js';
import { LEAST_MESSAGES, LONGEST_MS } from '../plan/window.js';

export interface Measured {
  readonly case: Case;
  readonly workload: Workload;
  readonly settings: readonly Setting[];
  readonly timing: Timing;
  readonly launches: number;
  readonly cpus: PlacedCpus;
}

/** How a figure came about, as sentences a reader can hold it to. Every figure of the report links to its own. */
export function methodOf(outcome: Measured): string {
  const { case: measured, workload, settings, timing, launches } = outcome;
  return [
    launches === 1 ? 'One launch, a fresh pair of processes.' : `${launches} launches, each a fresh pair of processes.`,
    'The transports that are ranked together are launched back to back in random order, one block after another; ' +
      'the blocks are spread over the run.',
    DRIVERS[measured.driver],
    placementSentence(outcome),
    `Warm-up at most ${timing.warmupMs} ms, then a window of ${timing.windowMs} ms, or until it ` +
      `holds ${LEAST_MESSAGES} messages, at most ${Math.max(timing.windowMs, LONGEST_MS)} ms.`,
    workload.method(measured, formatSize(measured.sizeBytes)),
    ...settings.flatMap((setting) => setting.method(valueOf(measured, setting), measured) ?? []),
    `Method revision ${measured.methodRevision}.`,
  ].join(' ');
}

const DRIVERS = {
  native: 'Both peers are the C++ peer program.',
  addon: 'Both peers are Node processes that run the C++ loops through the addon.',
  js: "Both peers are Node processes using Node's own API, sampled with tinybench; system calls are not counted.",
} as const;

function placementSentence({ case: measured, cpus }: Measured): string {
  if (measured.placement === 'free' || cpus.initiator === null)
    return 'Neither peer was pinned: the scheduler chose the CPUs and may have changed them.';
  if (measured.placement === 'same-cpu') return `Both peers were pinned to CPU ${cpus.initiator}.`;
  const [initiator, responder] = [`CPU ${cpus.initiator}`, `CPU ${cpus.responder}`];
  return `The initiator was pinned to ${initiator}, the responder to ${responder} (${cpus.relation}).`;
}
