import { scheduledOf, type Scheduled } from '../os/os.js';

/** Beyond this a deadline says nothing any more; it must act at some time. */
const MOST = 60;
/** Less than this, on a processor or in wait of one, tells nothing. */
const LEAST_NS = 5_000_000;

/** By how much this machine is slower now than one that gives a process a CPU when it asks for it. */
export interface Patience {
  /** At least 1. The worst of what was seen at the start and of late. */
  factor(): number;
}

/**
 * Tells by what a process ran and what it waited for a CPU (proc_pid_schedstat: sched-stats.rst of the kernel; a cgroup
 * that has used up its quota waits too). 1 where the kernel does not say.
 */
export function watchPatience(pid: number): Patience {
  let since: Scheduled = { ranNs: 0, waitedNs: 0 };
  let first: number | null = null;
  let last = 1;
  return {
    factor: () => {
      const now = scheduledOf(pid);
      if (now !== null && now.ranNs - since.ranNs + now.waitedNs - since.waitedNs >= LEAST_NS) {
        last = slowness({ ranNs: now.ranNs - since.ranNs, waitedNs: now.waitedNs - since.waitedNs });
        first ??= last;
        since = now;
      }
      return Math.max(first ?? 1, last);
    },
  };
}

/** A tenth of waiting is what any machine has; whole numbers, as this is no measurement. */
export function slowness({ ranNs, waitedNs }: Scheduled): number {
  if (ranNs <= 0 && waitedNs <= 0) return 1;
  const ratio = (ranNs + waitedNs) / Math.max(1, ranNs);
  return ratio < 1.5 ? 1 : Math.min(MOST, Math.ceil(ratio));
}
