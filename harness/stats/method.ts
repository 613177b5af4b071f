import { formatSize } from '../plan/size.js';
import type { Case, PlacedCpus, Timing, Workload } from '../model/index.js';

export interface Measured {
  readonly case: Case;
  readonly workload: Workload;
  readonly timing: Timing;
  readonly launches: number;
  readonly cpus: PlacedCpus;
}

/**
 * A window whose time is over waits for so many messages, but for no more than LONGEST_MS: a slow launch has a figure
 * too.
 */
export const LEAST_MESSAGES = 20;
export const LONGEST_MS = 1000;

/** How a figure came about, as sentences a reader can hold it to. Every figure of the report links to its own. */
export function methodOf(outcome: Measured): string {
  const { case: measured, workload, timing, launches } = outcome;
  return [
    `${launches === 1 ? 'One launch, a fresh pair of processes.' : `${launches} launches, each a fresh pair of processes.`} The transports that are ranked together are launched back to back in random order, one block after another; the blocks are spread over the run.`,
    DRIVERS[measured.driver],
    placementSentence(outcome),
    `Warm-up at most ${timing.warmupMs} ms, then a window of ${timing.windowMs} ms, or until it ` +
      `holds ${LEAST_MESSAGES} messages, at most ${Math.max(timing.windowMs, LONGEST_MS)} ms.`,
    workload.figure === 'latency'
      ? `The initiator sends ${formatSize(measured.sizeBytes)}, the responder answers with as many; one ` +
        'CLOCK_MONOTONIC reading a round trip; the whole round trip is reported, never half of it. The ' +
        "headline is the median over launches of each launch's p50; p50 to max describe all round trips " +
        'together.'
      : `One way, as fast as the transport accepts, ${formatSize(measured.sizeBytes)} a write. The ` +
        "receiver's clock runs from the first message of the window to the last, so bytes still buffered " +
        'in the kernel do not count. The figure is the median over launches.',
    verifiedSentence(measured),
    `Method revision ${measured.methodRevision}.`,
  ].join(' ');
}

/**
 * Below this a message has no room for a header: as much of the sequence number as fits, and a checksum's byte
 * (native/src/message.h).
 */
const HEADER_BYTES = 32;

function verifiedSentence({ verify, sizeBytes }: Case): string {
  if (verify === 'full') return 'The receiver checked every byte of every message.';
  if (sizeBytes >= HEADER_BYTES)
    return 'The receiver checked header, sequence number and length of every message and read every cache line of it.';
  const what =
    sizeBytes < 2
      ? 'the lowest byte of the sequence number'
      : `the low ${Math.min(sizeBytes - 1, 8)} bytes of the sequence number and one byte of checksum`;
  return (
    `The receiver checked ${what} of every message: ${sizeBytes} bytes leave no room for ` +
    `the ${HEADER_BYTES}-byte header.`
  );
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
  return (
    `The initiator was pinned to CPU ${cpus.initiator}, the responder to CPU ${cpus.responder} ` + `(${cpus.relation}).`
  );
}
