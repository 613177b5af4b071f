import type { Environment } from '../../harness/model/index.js';

/**
 * What makes figures of these two environments incomparable, as `part: one, other`; empty where nothing that is known
 * does.
 */
export function environmentDifferences(base: Environment, head: Environment): string[] {
  const parts: readonly (readonly [string, (one: Environment) => unknown])[] = [
    ['operating system', (one) => `${one.os.distribution ?? one.os.platform} ${one.os.arch}`],
    ['kernel', (one) => one.os.kernel],
    ['libc', (one) => one.os.libc],
    ['CPU', (one) => one.cpu.model],
    ['CPUs online', (one) => one.cpu.online],
    ['CPUs allowed', (one) => one.cpu.allowed.join(',')],
    ['CPU quota', (one) => one.cpu.quota],
    ['SMT', (one) => one.cpu.smt],
    ['governor', (one) => one.cpu.governor],
    ['hypervisor', (one) => one.cpu.hypervisor],
    [
      'mitigations',
      (one) =>
        Object.entries(one.cpu.mitigations)
          .map(([name, state]) => `${name} ${state}`)
          .join('; '),
    ],
    ['clock', (one) => one.cpu.clocksource],
    ['memory', (one) => `${Math.round(one.memoryBytes / 2 ** 30)} GiB`],
    ['container', (one) => one.container],
    ['runtime', (one) => `${one.runtime.name} ${one.runtime.version}`],
    [
      'limits',
      (one) =>
        Object.entries(one.limits)
          .map(([name, value]) => `${name}=${value}`)
          .join(' '),
    ],
  ];
  return parts.flatMap(([name, read]) => {
    const [was, is] = [String(read(base)), String(read(head))];
    return was === is ? [] : [`${name}: ${was.slice(0, 60)}, ${is.slice(0, 60)}`];
  });
}
