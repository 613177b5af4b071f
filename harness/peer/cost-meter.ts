import type { NativeAddon } from '../../native/addon.js';
import type { Costs } from '../model/index.js';
import { maxRssBytes, scheduledOf } from '../os/os.js';

/** What this process had spent at one moment. */
export interface ResourceUsage {
  readonly cpuNs: number;
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  readonly runDelayNs: number | null;
}

/**
 * All threads of the process, as V8's collector and compiler work for the same messages; the run delay is the event
 * loop's alone.
 */
export function resourceUsageNow(addon: Pick<NativeAddon, 'processCpuNs'>): ResourceUsage {
  const usage = process.resourceUsage();
  return {
    voluntarySwitches: usage.voluntaryContextSwitches,
    involuntarySwitches: usage.involuntaryContextSwitches,
    minorFaults: usage.minorPageFault,
    majorFaults: usage.majorPageFault,
    runDelayNs: scheduledOf('this thread')?.waitedNs ?? null,
    // Nanoseconds: process.cpuUsage() has microseconds of the same clock.
    cpuNs: addon.processCpuNs(),
  };
}

/** `syscalls` is null: libuv makes them, and Node has no count of them. */
export function costsBetween(before: ResourceUsage, after: ResourceUsage): Costs {
  return {
    cpuNs: after.cpuNs - before.cpuNs,
    syscalls: null,
    voluntarySwitches: after.voluntarySwitches - before.voluntarySwitches,
    involuntarySwitches: after.involuntarySwitches - before.involuntarySwitches,
    minorFaults: after.minorFaults - before.minorFaults,
    majorFaults: after.majorFaults - before.majorFaults,
    runDelayNs: before.runDelayNs === null || after.runDelayNs === null ? null : after.runDelayNs - before.runDelayNs,
    maxRssBytes: maxRssBytes(),
  };
}
