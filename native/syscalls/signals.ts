export interface SignalCalls {
  catchSignal(signo: number, options?: CatchOptions): CaughtSignal;
  /** Sets SIG_DFL or SIG_IGN. Returns what was there before. */
  setDisposition(signo: number, disposition: 'default' | 'ignore'): Disposition;
  disposition(signo: number): Disposition;
  /**
   * Of the calling thread: `how` is SIG_BLOCK, SIG_UNBLOCK or SIG_SETMASK. Returns the signals that were blocked
   * before.
   */
  sigprocmask(how: number, signals: readonly number[]): number[];
  sigpending(): number[];
  /** Throws EAGAIN when the time ran out, EINTR when another signal came. */
  sigtimedwait(signals: readonly number[], timeoutMs: number): SignalInfo;
  /** `fd` -1 makes a new one; flags SFD_NONBLOCK, SFD_CLOEXEC. */
  signalfd(fd: number, signals: readonly number[], flags?: number): number;
  /** One read(2) of a signalfd, up to `maxSignals`. */
  readSignalfd(fd: number, maxSignals: number): SignalInfo[];
  kill(pid: number, signo: number): void;
  tgkill(pid: number, tid: number, signo: number): void;
  /** To the calling thread. */
  raise(signo: number): void;
  /**
   * ITIMER_REAL: SIGALRM to the process after `firstUs` and then every `intervalUs`; 0, 0 disarms. Catch it first: its
   * default is death.
   */
  setitimer(firstUs: number, intervalUs: number): void;
  /**
   * A signal to this very thread after `firstUs` and then every `intervalUs` (0: once): an EINTR storm, or a deadline
   * for a blocking call.
   */
  timer_create(signo: number, firstUs: number, intervalUs: number): SignalTimer;
}

/** What siginfo_t, or signalfd_siginfo, holds. Which of them mean something depends on `code`. */
export interface SignalInfo {
  readonly signo: number;
  /** SI_USER, SI_TKILL, SI_TIMER, SI_KERNEL, POLL_IN, POLL_OUT, POLL_HUP … */
  readonly code: number;
  /** si_pid: of SI_USER, SI_TKILL, SIGCHLD. 0 otherwise. */
  readonly pid: number;
  readonly uid: number;
  /** si_fd and si_band of a SIGIO whose signal was chosen with F_SETSIG. 0 otherwise. */
  readonly fd: number;
  readonly band: number;
}

/**
 * A handler that does nothing but count. It may run on any thread of the process that does not block the signal: the
 * kernel prefers the main thread. So blocking one for Node's thread is not enough to hold it back: direct it to that
 * thread first, with `setOwner` and F_OWNER_TID, `tgkill` or `timer_create`; or let a forked program, which has one
 * thread, be the one that is signalled. A signal caught here must not have a listener in Node at the same time.
 */
export interface CaughtSignal {
  readonly signo: number;
  /** How often the handler has run. */
  count(): number;
  /** The siginfo of the runs since the last reset, the first 256 of them. */
  infos(): SignalInfo[];
  reset(): void;
  /** Puts back the disposition that was there before. Idempotent, and done for the caller when the environment ends. */
  restore(): void;
}

export interface CatchOptions {
  /** SA_RESTART. Without it a blocking call is interrupted and throws EINTR. */
  readonly restart?: true;
}

export type Disposition = 'default' | 'ignore' | 'handler';

export interface SignalTimer {
  /** Idempotent, and done for the caller when the environment ends. */
  stop(): void;
}
