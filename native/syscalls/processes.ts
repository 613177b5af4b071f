import type { ExitStatus } from './values.js';

export interface ProcessCalls {
  getpid(): number;
  getppid(): number;
  gettid(): number;
  getuid(): number;
  geteuid(): number;
  getgid(): number;
  getegid(): number;
  /** -1 leaves one as it is. Of the whole process, and not to be undone: for a process that is thrown away. */
  setresuid(real: number, effective: number, saved: number): void;
  setresgid(real: number, effective: number, saved: number): void;
  setgroups(groups: readonly number[]): void;
  /** Infinity is RLIM_INFINITY. */
  getrlimit(resource: number): { readonly soft: number; readonly hard: number };
  setrlimit(resource: number, soft: number, hard: number): void;
  /** With one integer argument: PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_DUMPABLE. */
  prctl(option: number, argument?: number): number;
  /** null with WNOHANG when nothing has changed. */
  waitpid(pid: number, options?: number): ExitStatus | null;
  pidfd_open(pid: number, flags?: number): number;
  pidfd_send_signal(pidfd: number, signo: number): void;
  /** sysconf(3): _SC_IOV_MAX, _SC_PAGESIZE, _SC_OPEN_MAX. -1 when there is no limit. */
  sysconf(name: number): number;
}
