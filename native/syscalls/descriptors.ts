export interface DescriptorCalls {
  close(fd: number): void;
  dup(fd: number): number;
  dup2(from: number, to: number): number;
  dup3(from: number, to: number, flags: number): number;
  /** close_range(2): from `first` to `last`, both included; flags CLOSE_RANGE_CLOEXEC, CLOSE_RANGE_UNSHARE. */
  close_range(first: number, last: number, flags?: number): void;
  /** [read end, write end]; flags O_CLOEXEC, O_NONBLOCK, O_DIRECT. */
  pipe2(flags?: number): [read: number, write: number];
  /**
   * Commands whose argument and result are integers: F_GETFL, F_SETFD, F_DUPFD_CLOEXEC, F_SETPIPE_SZ, F_SETOWN,
   * F_SETSIG …
   */
  fcntl(fd: number, command: number, argument?: number): number;
  /** fcntl F_SETOWN_EX: who gets the SIGIO of a descriptor. `type` is F_OWNER_TID, F_OWNER_PID or F_OWNER_PGRP. */
  setOwner(fd: number, owner: SignalOwner): void;
  /** fcntl F_GETOWN_EX. */
  getOwner(fd: number): SignalOwner;
  /**
   * Requests that take a pointer to an int: FIONREAD, SIOCOUTQ, SIOCATMARK, FIONBIO, FIOASYNC. Returns the int
   * afterwards.
   */
  ioctl(fd: number, request: number, value?: number): number;
  /** Up to `size` bytes; an empty Buffer is end-of-file. */
  read(fd: number, size: number): Buffer;
  /** What read(2) returned. */
  readInto(fd: number, buffer: Uint8Array): number;
  /** One Buffer for each size, cut to what was filled; their lengths add up to what readv(2) returned. */
  readv(fd: number, sizes: readonly number[]): Buffer[];
  write(fd: number, data: Uint8Array | string): number;
  writev(fd: number, pieces: readonly Uint8Array[]): number;
  /** splice(2) without offsets; flags SPLICE_F_*. */
  splice(from: number, to: number, bytes: number, flags?: number): number;
  tee(from: number, to: number, bytes: number, flags?: number): number;
  lseek(fd: number, offset: number, whence: number): number;
  ftruncate(fd: number, bytes: number): void;
  fstat(fd: number): FileStatus;
  fchmod(fd: number, mode: number): void;
  /** fpathconf(3): _PC_PIPE_BUF, _PC_NAME_MAX. -1 when there is no limit. */
  fpathconf(fd: number, name: number): number;
  eventfd(initial: number, flags?: number): number;
  memfd_create(name: string, flags?: number): number;
  /** close(2) of whatever is open there, without an error when nothing is. For `finally`. */
  closeIfOpen(fd: number): void;
}

export interface SignalOwner {
  readonly type: number;
  readonly pid: number;
}

export interface FileStatus {
  readonly dev: bigint;
  readonly ino: bigint;
  /** Type and permission bits: compare with S_IFMT, S_IFSOCK, S_IFIFO. */
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
}
