export interface RingCalls {
  /** An io_uring of its own. Throws ENOSYS, EPERM or ENOMEM where the system has none to give. */
  io_uring_setup(entries: number): IoUring;
}

export interface IoUring {
  /**
   * What io_uring_enter(2) returned. A number of `userData` may be in flight once. EBUSY for more entries than the ring
   * has.
   */
  submit(entries: readonly IoUringEntry[]): number;
  /** The completions in the order in which they were posted, `count` of them at least unless the time ran out. */
  wait(count: number, timeoutMs: number): IoUringCompletion[];
  /** Cancels what is in flight. Idempotent. */
  close(): void;
}

/** `linked` is IOSQE_IO_LINK: the entry after it begins when this one is done. */
export type IoUringEntry = { readonly userData: number; readonly linked?: true } & (
  | { readonly op: 'send'; readonly fd: number; readonly data: Uint8Array | string; readonly flags?: number }
  | { readonly op: 'recv'; readonly fd: number; readonly bytes: number; readonly flags?: number }
  | { readonly op: 'poll'; readonly fd: number; readonly events: number }
  | { readonly op: 'nop' }
);

export interface IoUringCompletion {
  readonly userData: number;
  /** Of a poll: revents. A negative errno, as the kernel left it, for a failure. */
  readonly result: number;
  readonly error: string | null;
  /** Of a recv. */
  readonly data: Buffer | null;
}
