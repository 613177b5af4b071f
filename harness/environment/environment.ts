import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { Environment } from '../model/index.js';
import { readCpuQuota } from '../placement/cgroup.js';
import { readTopology } from '../placement/topology.js';
import { ownRuntime } from '../hosts/runtimes.js';
import { controlGroupsOfInit, isVirtualMachine, kernelSetting } from '../os/os.js';
import { readText } from './read-text.js';

export interface EnvironmentInput {
  readonly allowedCpus: readonly number[];
  readonly native: Environment['native'];
}

/**
 * Reads what makes two figures comparable. Costs a few milliseconds of /proc and /sys; call it between measurements.
 */
export function readEnvironment(input: EnvironmentInput): Environment {
  const parts = {
    os: { platform: platform(), kernel: release(), arch: arch(), distribution: distribution(), libc: libc() },
    cpu: cpu(input.allowedCpus),
    memoryBytes: totalmem(),
    container: container(),
    runtime: {
      name: ownRuntime(),
      version: process.version,
      v8: process.versions['v8'] ?? null,
      libuv: process.versions['uv'] ?? null,
    },
    native: input.native,
    limits: limits(),
  };
  return { ...parts, fingerprint: fingerprintOf(parts) };
}

/**
 * What must be equal for figures to be compared without a word of warning. The build of the native core is left out (it
 * is what a comparison may be about, and a case's methodRevision speaks for it), and so is what changes from boot to
 * boot.
 */
function fingerprintOf(parts: Omit<Environment, 'fingerprint'>): string {
  const identity = {
    os: parts.os,
    cpu: { ...parts.cpu },
    memoryGiB: Math.round(parts.memoryBytes / 2 ** 30),
    container: parts.container,
    runtime: parts.runtime,
    limits: parts.limits,
  };
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

/**
 * What must be equal for a recorded baseline to be held against a run: the machine and its system, but not the runtime,
 * whose change is what a baseline may be kept for.
 */
export function machineFingerprint({
  os,
  cpu: ofCpu,
  memoryBytes,
  container: within,
  limits: kernelLimits,
}: Environment): string {
  const identity = {
    os,
    cpu: ofCpu,
    memoryGiB: Math.round(memoryBytes / 2 ** 30),
    container: within,
    limits: kernelLimits,
  };
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

function cpu(allowed: readonly number[]): Environment['cpu'] {
  const sockets = new Set(readTopology(allowed).map((location) => location.socket));
  return {
    model: cpus()[0]?.model.trim() || 'unknown',
    online: cpus().length,
    allowed,
    quota: readCpuQuota(),
    smt: smt(),
    sockets: sockets.has(null) || sockets.size === 0 ? null : sockets.size,
    governor: readText('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
    hypervisor: hypervisor(),
    mitigations: mitigations(),
    clocksource: readText('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
  };
}

function smt(): boolean | null {
  const active = readText('/sys/devices/system/cpu/smt/active');
  return active === null ? null : active === '1';
}

/** Its name stands in the DMI table where that is readable. */
function hypervisor(): string | null {
  if (!isVirtualMachine()) return null;
  return readText('/sys/class/dmi/id/sys_vendor') ?? 'unnamed';
}

function mitigations(): Record<string, string> {
  const folder = '/sys/devices/system/cpu/vulnerabilities';
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    return {}; // Hidden or another system: none can be told.
  }
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = readText(`${folder}/${name}`);
      return text === null || text === 'Not affected' ? [] : [[name, text]];
    }),
  );
}

function distribution(): string | null {
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readText('/etc/os-release') ?? '')?.[1] ?? null;
}

function libc(): string | null {
  const report: unknown = process.report?.getReport();
  const header = (report as { header?: { glibcVersionRuntime?: unknown } } | undefined)?.header;
  return typeof header?.glibcVersionRuntime === 'string' ? `glibc ${header.glibcVersionRuntime}` : null;
}

/** The marks that container runtimes leave. A runtime that leaves none cannot be told from a machine. */
function container(): string | null {
  if (readText('/run/.containerenv') !== null) return 'podman';
  if (readText('/.dockerenv') !== null) return 'docker';
  const name = /\b(docker|kubepods|containerd|lxc|libpod)\b/.exec(controlGroupsOfInit())?.[1];
  return name ?? process.env['container'] ?? null;
}

/** The kernel settings that figures depend on: socket buffers, datagram queue, pipe sizes. */
function limits(): Record<string, string> {
  const names = [
    'net.core.wmem_default',
    'net.core.wmem_max',
    'net.core.rmem_default',
    'net.core.rmem_max',
    'net.unix.max_dgram_qlen',
    'fs.pipe-max-size',
    'fs.pipe-user-pages-soft',
    'fs.pipe-user-pages-hard',
  ];
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = kernelSetting(name);
      return text === null ? [] : [[name, text]];
    }),
  );
}
