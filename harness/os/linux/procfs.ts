import { readdirSync, readlinkSync } from 'node:fs';
import { readText } from '../../environment/read-text.js';

/*
 * What Linux tells of processes and of itself in /proc (proc(5)). null, or nothing, where it does not tell: /proc is
 * not mounted, hides other users' processes, or the process is gone.
 */

/** Process ids of the living children of `pid`, zombies that it has not waited for included. */
export function childrenOf(pid: number): number[] {
  return (namesIn(`/proc/${pid}/task`) ?? []).flatMap((task) =>
    (readText(`/proc/${pid}/task/${task}/children`) ?? '')
      .split(' ')
      .filter((text) => text !== '')
      .map(Number),
  );
}

/** The letter of its state: R, S, D, T, t, Z … (proc_pid_stat(5)); undefined when it is gone. */
export function processState(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`) ?? '';
  // The command, in parentheses, may hold anything.
  return /^ ([A-Za-z]) /.exec(stat.slice(stat.lastIndexOf(')') + 1))?.[1];
}

export interface Scheduled {
  readonly ranNs: number;
  /** On a run queue, waiting for a CPU. */
  readonly waitedNs: number;
}

/** "time on CPU, time waiting for one, slices" (the kernel's Documentation/scheduler/sched-stats.rst). */
export function scheduledOf(pid: number | 'this thread'): Scheduled | null {
  const of = pid === 'this thread' ? 'thread-self' : String(pid);
  const found = /^(\d+) (\d+) /.exec(readText(`/proc/${of}/schedstat`) ?? '');
  return found === null ? null : { ranNs: Number(found[1]), waitedNs: Number(found[2]) };
}

/**
 * The most memory that this process ever had (VmHWM). Not resourceUsage().maxRSS: Linux carries that over an exec, so
 * that a child of a Node process begins with its parent's.
 */
export function maxRssBytes(): number | null {
  const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readText('/proc/self/status') ?? '')?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** What each open descriptor of this process is, by number: "socket:[4711]", a path. */
export function openDescriptors(): ReadonlyMap<string, string> | null {
  const folder = '/proc/self/fd';
  const names = namesIn(folder);
  if (names === null) return null;
  const found = new Map<string, string>();
  for (const name of names) {
    try {
      found.set(name, readlinkSync(`${folder}/${name}`));
    } catch {
      // The one that listed the folder is closed by now.
    }
  }
  return found;
}

/** Files mapped into this process: the sixth field of proc_pid_maps(5). */
export function mappedFiles(): string[] {
  return (readText('/proc/self/maps') ?? '')
    .split('\n')
    .flatMap((line) => /^(?:\S+\s+){5}(\/.*)$/.exec(line)?.[1] ?? []);
}

/** Paths of the Unix sockets that somebody has open, one for each socket (proc_net(5)). */
export function unixSocketPaths(): string[] {
  return (readText('/proc/net/unix') ?? '').split('\n').map((row) => row.split(' ').at(-1) ?? '');
}

/** By its name for sysctl(8): 'net.core.wmem_default'. */
export function kernelSetting(name: string): string | null {
  return readText(`/proc/sys/${name.replaceAll('.', '/')}`);
}

export interface SystemLoad {
  /** Since the start of the system: proc_pressure, some … total. */
  readonly cpuPressureUs: number | null;
  /** The eighth figure of `cpu` (proc_stat(5)). */
  readonly stealTicks: number | null;
  readonly load1: number | null;
}

export function systemLoad(): SystemLoad {
  return {
    cpuPressureUs: numberIn(readText('/proc/pressure/cpu'), /^some .*total=(\d+)/m),
    stealTicks: numberIn(readText('/proc/stat'), /^cpu\s+(?:\d+\s+){7}(\d+)/m),
    load1: numberIn(readText('/proc/loadavg'), /^([\d.]+)/),
  };
}

/** A hypervisor shows itself by a CPU flag. */
export function isVirtualMachine(): boolean {
  return /^flags\s*:.*\bhypervisor\b/m.test(readText('/proc/cpuinfo') ?? '');
}

/** The control groups of the first process, which in a container are often those of the container. */
export function controlGroupsOfInit(): string {
  return readText('/proc/1/cgroup') ?? '';
}

function numberIn(text: string | null, pattern: RegExp): number | null {
  const found = text === null ? undefined : pattern.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

function namesIn(folder: string): string[] | null {
  try {
    return readdirSync(folder);
  } catch {
    return null;
  }
}
