import { readFileSync } from 'node:fs';
import type { NativeAddon } from '../../native/addon.js';
import type { Costs } from '../model/index.js';

/** What this process had spent at one moment. */
export interface Expense {
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
export function expenseNow(addon: Pick<NativeAddon, 'processCpuNs'>): Expense {
  const usage = process.resourceUsage();
  return {
    voluntarySwitches: usage.voluntaryContextSwitches,
    involuntarySwitches: usage.involuntaryContextSwitches,
    minorFaults: usage.minorPageFault,
    majorFaults: usage.majorPageFault,
    runDelayNs: runDelayNs(),
    // Nanoseconds: process.cpuUsage() has microseconds of the same clock.
    cpuNs: addon.processCpuNs(),
  };
}

/** `syscalls` is null: libuv makes them, and Node has no count of them. */
export function costsBetween(before: Expense, after: Expense): Costs {
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

/** "time on CPU, time waiting for one, slices" (the kernel's Documentation/scheduler/sched-stats.rst). */
const runDelayNs = (): number | null => {
  const delay = Number(readText('/proc/thread-self/schedstat')?.split(' ')[1]);
  return Number.isFinite(delay) ? delay : null;
};

// Not resourceUsage().maxRSS: Linux carries it over an exec, so that a child of a Node process begins with its
// parent's.
const maxRssBytes = (): number | null => {
  const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readText('/proc/self/status') ?? '')?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
};

const readText = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // No /proc here, or not all of it.
  }
};
