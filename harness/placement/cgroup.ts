import { readText } from '../environment/read-text.js';

/**
 * CPUs' worth of time that this process's cgroup grants; null is no limit, or none that can be read.
 * Source: Documentation/admin-guide/cgroup-v2.rst, cpu.max ("$MAX $PERIOD"); v1: cpu.cfs_quota_us and
 * cpu.cfs_period_us. The tightest limit on the way up to the root holds.
 */
export function readCpuQuota(root = '/sys/fs/cgroup', self = '/proc/self/cgroup'): number | null {
  const limits: number[] = [];
  for (const line of readText(self)?.split('\n') ?? []) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined || controllers === undefined) continue;
    if (controllers === '') {
      for (const folder of upwards(path)) limits.push(...quotaOf(readText(`${root}${folder}/cpu.max`)?.split(' ')));
    } else if (controllers.split(',').includes('cpu')) {
      for (const folder of upwards(path)) {
        const at = `${root}/${controllers}${folder}`;
        limits.push(...quotaOf([readText(`${at}/cpu.cfs_quota_us`) ?? '', readText(`${at}/cpu.cfs_period_us`) ?? '']));
      }
    }
  }
  return limits.length === 0 ? null : Math.min(...limits);
}

function upwards(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return Array.from({ length: parts.length + 1 }, (_, kept) =>
    parts
      .slice(0, parts.length - kept)
      .map((part) => `/${part}`)
      .join(''),
  );
}

/** "max" and -1 mean no limit. */
function quotaOf(pair: readonly string[] | undefined): number[] {
  const quota = Number.parseFloat(pair?.[0] ?? '');
  const period = Number.parseFloat(pair?.[1] ?? '');
  return quota > 0 && period > 0 ? [quota / period] : [];
}
