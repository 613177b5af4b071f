import type { Environment } from '../../harness/model/index.js';
import { formatMemory } from '../units/bytes.js';
import { plural } from '../units/digits.js';

/** The machine in three lines: what a reader needs to know whether a figure could be theirs. */
export function environmentInWords({
  cpu,
  os,
  memoryBytes,
  container,
  runtime,
  native,
}: Environment): readonly string[] {
  const cpus =
    cpu.allowed.length === cpu.online
      ? plural(cpu.online, 'CPU')
      : `${cpu.allowed.length} of ${plural(cpu.online, 'CPU')} allowed`;
  return [
    [
      cpu.model,
      cpus,
      cpu.quota === null ? null : `quota of ${cpu.quota} CPUs`,
      cpu.hypervisor === null ? null : `virtual machine (${cpu.hypervisor})`,
      container === null ? null : `container (${container})`,
      formatMemory(memoryBytes),
    ],
    [
      os.distribution ?? os.platform,
      `${os.platform} ${os.kernel} ${os.arch}`,
      os.libc,
      cpu.governor === null ? null : `governor ${cpu.governor}`,
      cpu.clocksource === null ? null : `clock ${cpu.clocksource}`,
    ],
    [
      `${runtime.name} ${runtime.version}`,
      native === null ? 'no native core' : `native core ${native.version} (${native.compiler})`,
    ],
  ].map((parts) => parts.filter((part) => part !== null).join(' · '));
}

/** Every recorded value by name, for the table that a page folds away. */
export function environmentTable(environment: Environment): readonly (readonly [name: string, value: string])[] {
  const { cpu, os, runtime, native } = environment;
  return [
    ['CPU model', cpu.model],
    ['CPUs online', String(cpu.online)],
    ['CPUs allowed', cpu.allowed.join(', ')],
    ['CPU quota', cpu.quota === null ? 'none' : String(cpu.quota)],
    ['SMT', cpu.smt === null ? unknown : cpu.smt ? 'on' : 'off'],
    ['Sockets', cpu.sockets === null ? unknown : String(cpu.sockets)],
    ['Governor', cpu.governor ?? unknown],
    ['Hypervisor', cpu.hypervisor ?? 'none found'],
    ['Clock source', cpu.clocksource ?? unknown],
    ['Memory', formatMemory(environment.memoryBytes)],
    ['Container', environment.container ?? 'none found'],
    ['Operating system', os.distribution ?? os.platform],
    ['Kernel', `${os.platform} ${os.kernel} ${os.arch}`],
    ['C library', os.libc ?? unknown],
    ['Runtime', `${runtime.name} ${runtime.version}`],
    ['V8', runtime.v8 ?? unknown],
    ['libuv', runtime.libuv ?? unknown],
    ['Native core', native === null ? 'not built' : `${native.version}, ${native.compiler}, SHA-256 ${native.sha256}`],
    ...Object.entries(environment.limits),
    ...Object.entries(cpu.mitigations).map(([name, value]): readonly [string, string] => [`mitigation ${name}`, value]),
    ['Fingerprint', environment.fingerprint],
  ];
}

const unknown = 'not told by this system';
