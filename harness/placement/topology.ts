import { readText } from '../environment/read-text.js';

/** Where a CPU sits; null where the system does not tell. */
export interface CpuLocation {
  readonly cpu: number;
  readonly core: number | null;
  readonly socket: number | null;
}

/** Source: Documentation/admin-guide/cputopology.rst of the kernel. Core ids are unique only within a socket. */
export function readTopology(cpus: readonly number[], sysfs = '/sys/devices/system/cpu'): CpuLocation[] {
  return cpus.map((cpu) => ({
    cpu,
    core: readNumber(`${sysfs}/cpu${cpu}/topology/core_id`),
    socket: readNumber(`${sysfs}/cpu${cpu}/topology/physical_package_id`),
  }));
}

function readNumber(path: string): number | null {
  const text = readText(path);
  // Some virtual machines print -1 for a socket they do not have.
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}
