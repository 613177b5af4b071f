import type { Workload } from '../model/index.js';
import { formatSize } from '../plan/size.js';

/** What each workload is in a few words, for the help of `--workload`. */
export function workloadHelp(workloads: readonly Workload[]): string {
  return `${workloads.map(({ name, brief }) => `${name} (${brief})`).join(', ')} (default: ${all(workloads)})`;
}

/** Their names alone. */
export function workloadNamesHelp(workloads: readonly Workload[]): string {
  return `${workloads.map(({ name }) => name).join(', ')} (default: ${all(workloads)})`;
}

/** `64B, 4KiB for ping-pong and stream; 64KiB for another`: the default sizes of each workload. */
export function sizesHelp(workloads: readonly Workload[], sizesOf: (one: Workload) => readonly number[]): string {
  const bySizes = new Map<string, string[]>();
  for (const workload of workloads) {
    const sizes = sizesOf(workload).map(formatSize).join(', ');
    bySizes.set(sizes, [...(bySizes.get(sizes) ?? []), workload.name]);
  }
  if (bySizes.size === 1) return [...bySizes.keys()].join();
  return [...bySizes].map(([sizes, names]) => `${sizes} for ${names.join(' and ')}`).join('; ');
}

function all(workloads: readonly Workload[]): string {
  return workloads.length === 2 ? 'both' : 'all';
}
