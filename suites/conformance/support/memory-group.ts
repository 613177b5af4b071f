import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import type { CheckRun } from '../../../harness/define.js';

/** A control group with a limit on memory, into which processes are put. */
export interface MemoryGroup {
  add(pid: number): void;
}

const HIERARCHIES = [
  { root: '/sys/fs/cgroup', mark: 'cgroup.subtree_control', limit: 'memory.max' },
  { root: '/sys/fs/cgroup/memory', mark: 'memory.limit_in_bytes', limit: 'memory.limit_in_bytes' },
] as const;

/** Skips where no group can be made: that needs root, and a cgroup file system that can be written to. */
export function limitMemory(checkRun: CheckRun, bytes: number): MemoryGroup {
  // With 2 the kernel would rather panic than kill a process of ours.
  if (readFileSync('/proc/sys/vm/panic_on_oom', 'latin1').startsWith('2')) checkRun.skip('vm.panic_on_oom is 2', null);
  let refused: unknown = null;
  // Version 1 mounts its hierarchies below a tmpfs, where anything can be made.
  for (const { root, limit } of HIERARCHIES.filter((one) => existsSync(`${one.root}/${one.mark}`))) {
    const group = `${root}/ipcbench-${process.pid}`;
    try {
      mkdirSync(group);
      checkRun.defer(() => removeWhenEmpty(checkRun, group));
      writeFileSync(`${group}/${limit}`, String(bytes));
      return { add: (pid) => writeFileSync(`${group}/cgroup.procs`, String(pid)) };
    } catch (error) {
      refused = error;
    }
  }
  return checkRun.skip('a control group with a memory limit cannot be created', refused);
}

/** A group is busy for a moment after its last process has been reaped. */
async function removeWhenEmpty(checkRun: CheckRun, group: string): Promise<void> {
  await checkRun.until(`${group} is empty`, () => {
    try {
      rmdirSync(group);
    } catch {
      return !existsSync(group);
    }
    return true;
  });
}
