export interface ReadinessCalls {
  /** The revents of each entry, in order; all 0 when the time ran out. timeoutMs -1 waits for ever. */
  poll(entries: readonly PollEntry[], timeoutMs: number): number[];
  /** The members of each set that are ready. Descriptors below 1024 only. */
  select(read: readonly number[], write: readonly number[], except: readonly number[], timeoutMs: number): SelectResult;
  epoll_create1(flags?: number): number;
  /** `data` comes back with the event: the descriptor's number unless told. EPOLL_CTL_DEL needs no events. */
  epoll_ctl(epfd: number, operation: number, fd: number, events?: number, data?: number): void;
  epoll_wait(epfd: number, maxEvents: number, timeoutMs: number): EpollEvent[];
}

export interface PollEntry {
  readonly fd: number;
  readonly events: number;
}

export interface SelectResult {
  readonly read: number[];
  readonly write: number[];
  readonly except: number[];
}

export interface EpollEvent {
  readonly events: number;
  readonly data: number;
}
