import type { ConstantName } from './syscalls/constants.js';
import type { Board, ForkedProgram, ForkOptions, Op, ProgramOptions, ThreadProgram } from './syscalls/program.js';
import type { Address, ExitStatus } from './syscalls/values.js';

export { countUntilError, errnoOf, unixAddress, withDeadline, type UntilError } from './syscalls/calling.js';
export { waitUntilBlocked } from './syscalls/blocked.js';
export type { ConstantName } from './syscalls/constants.js';
export type * from './syscalls/program.js';
export type * from './syscalls/values.js';

/**
 * Thin system calls: one function, one call of libc or the kernel, under the name it has in its manual page, so that a
 * check reads like its procedure. A call that fails throws an Error of Node's own shape (code 'EAGAIN', errno -11,
 * syscall 'recv'); `errnoOf` turns that into a value. An argument of the wrong type or range throws
 * ERR_INVALID_ARG_TYPE or ERR_OUT_OF_RANGE instead, and no call is made.
 *
 * Nothing is hidden. EINTR is reported, short counts are returned, no flag is added: a descriptor is inherited by exec
 * unless the caller asked for O_CLOEXEC, SOCK_CLOEXEC or MSG_CMSG_CLOEXEC, and blocks unless the caller asked for the
 * contrary. A call that blocks blocks Node's thread: `forkProgram` and `inThread` let somebody else act meanwhile,
 * `timer_create` interrupts it.
 *
 * Every descriptor that comes back, also those received in a message, is the caller's to close.
 */
export interface Syscalls
  extends
    DescriptorCalls,
    FileCalls,
    SocketCalls,
    SocketOptionCalls,
    MessageCalls,
    ReadinessCalls,
    SignalCalls,
    ProcessCalls,
    QueueCalls,
    RingCalls,
    ProgramCalls {
  /**
   * AF_*, SOCK_*, MSG_*, SO_*, POLL*, EPOLL*, O_*, F_*, SIG* … as the C headers that this core was built with define
   * them, and the few that are younger than those headers as the kernel's do.
   */
  readonly constants: Readonly<Record<ConstantName, number>>;
}

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

/** Paths are given to the kernel as they are. */
export interface FileCalls {
  open(path: string, flags: number, mode?: number): number;
  mkfifo(path: string, mode: number): void;
  /** mknod(2) of S_IFSOCK, S_IFIFO, S_IFREG with a mode; a device number of 0. */
  mknod(path: string, mode: number): void;
  unlink(path: string): void;
  rename(from: string, to: string): void;
  link(from: string, to: string): void;
  symlink(target: string, path: string): void;
  chmod(path: string, mode: number): void;
  chown(path: string, uid: number, gid: number): void;
  stat(path: string): FileStatus;
  /** Of the whole process. Returns the mask before. */
  umask(mask: number): number;
}

/** A name as the kernel gave it. */
export interface SocketName {
  /** The length that the kernel reported: may be larger than what it filled. */
  readonly length: number;
  /** The raw sockaddr, as far as it was filled. */
  readonly bytes: Buffer;
  /** -1 when nothing was filled. */
  readonly family: number;
  /**
   * Of AF_UNIX: the path up to its NUL or to the length, '\0…' for an abstract name, '' for an unnamed socket. null
   * otherwise.
   */
  readonly path: string | null;
  /** Of AF_INET; null otherwise. */
  readonly port: number | null;
}

export interface SocketCalls {
  /** `type` with SOCK_NONBLOCK and SOCK_CLOEXEC or without. */
  socket(domain: number, type: number, protocol?: number): number;
  socketpair(domain: number, type: number, protocol?: number): [number, number];
  bind(fd: number, address: Address): void;
  listen(fd: number, backlog: number): void;
  /** accept4(2) without asking for the name; flags SOCK_NONBLOCK, SOCK_CLOEXEC. */
  accept4(fd: number, flags?: number): number;
  /** accept4(2) into a buffer of `capacity` bytes for the name of the peer. */
  acceptFrom(fd: number, flags?: number, capacity?: number): { readonly fd: number; readonly from: SocketName };
  connect(fd: number, address: Address): void;
  shutdown(fd: number, how: number): void;
  /** `capacity` is the length of the buffer that the kernel is given: 128 unless told. */
  getsockname(fd: number, capacity?: number): SocketName;
  getpeername(fd: number, capacity?: number): SocketName;
}

export interface SocketOptionCalls {
  /**
   * Options that are an int: SO_SNDBUF, SO_ERROR, SO_TYPE, SO_ACCEPTCONN, SO_PEEK_OFF, SO_PEERPIDFD (a new descriptor)
   * …
   */
  getsockopt(fd: number, level: number, option: number): number;
  /** Any option, raw. Cut to the length that the kernel reported: SO_PEERSEC, SO_PEERGROUPS. */
  getsockoptBytes(fd: number, level: number, option: number, capacity: number): Buffer;
  setsockopt(fd: number, level: number, option: number, value: number | Uint8Array): void;
  /** SO_PEERCRED. */
  peerCredentials(fd: number): Credentials;
  /** SO_RCVTIMEO or SO_SNDTIMEO, which are a timeval. 0 is "for ever". */
  setTimeout(fd: number, option: number, timeoutMs: number): void;
  getTimeout(fd: number, option: number): number;
}

export interface Credentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** One piece of ancillary data to send. `raw` bytes are what follows the cmsghdr. */
export type Control =
  | { readonly kind: 'rights'; readonly fds: readonly number[] }
  | ({ readonly kind: 'credentials' } & Credentials)
  | { readonly kind: 'raw'; readonly level: number; readonly type: number; readonly data: Uint8Array };

export interface OutgoingMessage {
  /** The pieces of the iovec. */
  readonly data: Uint8Array | string | readonly Uint8Array[];
  readonly to?: Address;
  readonly control?: readonly Control[];
}

export interface MessageBuffers {
  /** Sizes of the pieces of the iovec. */
  readonly sizes: number | readonly number[];
  /**
   * msg_controllen, to the byte, for example `sys.CMSG_SPACE(4)`. 0 unless told: then what comes is closed and
   * MSG_CTRUNC set.
   */
  readonly controlBytes?: number;
  /** msg_namelen: 128 unless told. */
  readonly nameBytes?: number;
}

export interface IncomingMessage {
  /** What recvmsg(2) returned: with MSG_TRUNC among the flags it can be more than `data` holds. */
  readonly bytes: number;
  /** All pieces in one, cut to what was filled. */
  readonly data: Buffer;
  /** msg_flags: MSG_TRUNC, MSG_CTRUNC, MSG_EOR, MSG_OOB, MSG_CMSG_CLOEXEC. */
  readonly flags: number;
  readonly from: SocketName;
  /** msg_controllen afterwards. */
  readonly controlBytes: number;
  /** Every descriptor that was received, in order, of all SCM_RIGHTS together. The caller's to close. */
  readonly fds: readonly number[];
  readonly credentials: Credentials | null;
  /** SCM_PIDFD: a descriptor, the caller's to close; negative when the kernel could not make one. */
  readonly pidfd: number | null;
  /** Every cmsghdr, also those decoded above. */
  readonly control: readonly { readonly level: number; readonly type: number; readonly data: Buffer }[];
}

export interface MessageCalls {
  send(fd: number, data: Uint8Array | string, flags?: number): number;
  sendto(fd: number, data: Uint8Array | string, flags: number, to: Address): number;
  sendmsg(fd: number, message: OutgoingMessage, flags?: number): number;
  /** How many messages were sent: an error is thrown only when the first failed. */
  sendmmsg(fd: number, messages: readonly OutgoingMessage[], flags?: number): number;
  /** Up to `size` bytes. For what recv(2) returned under MSG_TRUNC see `recvInto`. */
  recv(fd: number, size: number, flags?: number): Buffer;
  recvInto(fd: number, buffer: Uint8Array, flags?: number): number;
  recvfrom(fd: number, size: number, flags?: number): { readonly data: Buffer; readonly from: SocketName };
  recvmsg(fd: number, buffers: MessageBuffers, flags?: number): IncomingMessage;
  /** Up to `count` messages, each into buffers of its own; flags MSG_WAITFORONE. */
  recvmmsg(fd: number, count: number, buffers: MessageBuffers, flags?: number, timeoutMs?: number): IncomingMessage[];
  /** CMSG_LEN and CMSG_SPACE of cmsg(3). */
  CMSG_LEN(bytes: number): number;
  CMSG_SPACE(bytes: number): number;
}

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

export interface QueueAttributes {
  readonly flags: number;
  readonly maxMessages: number;
  readonly messageBytes: number;
  readonly messages: number;
}

/** POSIX message queues. A name begins with '/'. Blocking follows O_NONBLOCK of the open. */
export interface QueueCalls {
  /** With O_CREAT: `mode`, and the sizes of the queue, the system's own (10 of 8192 bytes) when not given. */
  mq_open(
    name: string,
    flags: number,
    mode?: number,
    sizes?: { readonly maxMessages: number; readonly messageBytes: number },
  ): number;
  mq_send(queue: number, data: Uint8Array | string, priority: number, timeoutMs?: number): void;
  mq_receive(queue: number, size: number, timeoutMs?: number): { readonly data: Buffer; readonly priority: number };
  mq_getattr(queue: number): QueueAttributes;
  mq_unlink(name: string): void;
}

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

export interface ProgramCalls {
  /**
   * fork(2), and in the child, which is a process with one thread and no JavaScript, a list of operations. The child
   * gets SIGKILL when its parent's thread ends, its handlers are put back to SIG_DFL as exec(2) would, and after the
   * last operation it exits with 0.
   */
  forkProgram(ops: readonly Op[], options?: ForkOptions): ForkedProgram;
  /** The same operations on a thread of this process. `exec` is refused, `exit` ends the thread. */
  inThread(ops: readonly Op[], options?: ProgramOptions): ThreadProgram;
  /** Words of memory that this process, its forked programs and its threads share. All 0 at first. */
  createBoard(words?: number): Board;
}
