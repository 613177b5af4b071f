import { readdirSync } from 'node:fs';
import { readText } from '../environment/read-text.js';

/** Numbers of all processes. Empty where there is no /proc. */
export function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** What /proc/<pid>/stat says of a process (proc_pid_stat(5)). */
export interface ProcessState {
  readonly isAlive: boolean;
  readonly group: number;
  /** Two processes of one number began at different times. */
  readonly startedAt: string;
}

/** A zombie, which only its parent can remove, and a process that is gone are not alive. */
export function stateOf(pid: number): ProcessState {
  const stat = readText(`/proc/${pid}/stat`) ?? '';
  // The command, in parentheses, may hold anything: the fields begin behind the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    isAlive: !['', 'Z', 'X'].includes(fields[0] ?? ''),
    group: Number(fields[2] ?? Number.NaN),
    startedAt: fields[19] ?? '',
  };
}

/** `NAME=value` is in the environment that this process began with. False where that cannot be read. */
export function hasInEnvironment(pid: number, entry: string): boolean {
  return (readText(`/proc/${pid}/environ`) ?? '').split('\0').includes(entry);
}
