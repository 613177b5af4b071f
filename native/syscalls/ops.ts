import type { Address } from './values.js';

/** A descriptor: its number, or the name (`as`) of the operation that made it. */
export type Fd = number | string;

/**
 * Every operation may have a name: its outcome is found under it, and its value can be used as a descriptor or a
 * process id later.
 */
interface Named {
  readonly as?: string;
}

/** Bytes to send: themselves, or a number of equal bytes. */
export type OpData = Uint8Array | string | { readonly bytes: number; readonly value: number };

/**
 * What a forked child or a thread does, one operation after another. Each makes the system call of its name once,
 * unless it says otherwise, and records what it returned or its errno; a failure does not end the program. In a child
 * all of it is async-signal-safe: a child of a process with threads may do nothing else (POSIX XSH fork).
 */
export type Op = Named & (DescriptorOp | TransferOp | SocketOp | ProcessOp | SignalOp | ControlOp | VolumeOp);

export type DescriptorOp =
  | { readonly op: 'open'; readonly path: string; readonly flags: number; readonly mode?: number }
  | { readonly op: 'close'; readonly fd: Fd }
  | { readonly op: 'close_range'; readonly first: number; readonly last: number; readonly flags?: number }
  | { readonly op: 'dup'; readonly fd: Fd }
  | { readonly op: 'dup2'; readonly from: Fd; readonly to: Fd }
  /** The two descriptors get the two names. */
  | { readonly op: 'pipe2'; readonly flags?: number; readonly into: readonly [string, string] }
  | { readonly op: 'fcntl'; readonly fd: Fd; readonly command: number; readonly argument?: number }
  /** fcntl F_SETOWN with the caller's own process id. */
  | { readonly op: 'ownSignals'; readonly fd: Fd }
  | { readonly op: 'ioctl'; readonly fd: Fd; readonly request: number; readonly value?: number }
  | { readonly op: 'lseek'; readonly fd: Fd; readonly offset: number; readonly whence: number };

export type TransferOp =
  | { readonly op: 'write'; readonly fd: Fd; readonly data: OpData }
  /**
   * write(2) until all is written; EINTR and short counts are gone on from. `counts.bytes`, `counts.calls`,
   * `counts.short`, `counts.interrupted`.
   */
  | { readonly op: 'writeAll'; readonly fd: Fd; readonly data: OpData }
  | { readonly op: 'read'; readonly fd: Fd; readonly bytes: number; readonly keep?: true }
  /**
   * read(2) until end-of-file, `bytes` (65536) at a time; the value is the sum. EINTR is gone on from. `counts.bytes`,
   * `counts.calls`, `counts.interrupted`.
   */
  | { readonly op: 'readToEnd'; readonly fd: Fd; readonly bytes?: number; readonly keep?: true }
  | { readonly op: 'send'; readonly fd: Fd; readonly data: OpData; readonly flags?: number }
  | { readonly op: 'sendto'; readonly fd: Fd; readonly data: OpData; readonly flags?: number; readonly to: Address }
  | { readonly op: 'recv'; readonly fd: Fd; readonly bytes: number; readonly flags?: number; readonly keep?: true }
  | {
      readonly op: 'sendmsg';
      readonly fd: Fd;
      readonly data: OpData;
      readonly flags?: number;
      readonly to?: Address;
      readonly rights?: readonly Fd[];
      /** `pid` 'self' is the process that runs the program. */
      readonly credentials?: { readonly pid: number | 'self'; readonly uid: number; readonly gid: number };
    }
  /**
   * The received descriptors get these names, -1 for those that did not come; further ones stay open. There is room for
   * all that a message can carry, unless told. `counts.fds`, `counts.flags` (msg_flags), and what SCM_CREDENTIALS said:
   * `counts.pid`, `counts.uid`, `counts.gid` (-1 without it).
   */
  | {
      readonly op: 'recvmsg';
      readonly fd: Fd;
      readonly bytes: number;
      readonly controlBytes?: number;
      readonly flags?: number;
      readonly keep?: true;
      readonly into?: readonly string[];
    };

export type SocketOp =
  | { readonly op: 'socket'; readonly domain: number; readonly type: number; readonly protocol?: number }
  | {
      readonly op: 'socketpair';
      readonly domain: number;
      readonly type: number;
      readonly protocol?: number;
      readonly into: readonly [string, string];
    }
  | { readonly op: 'bind'; readonly fd: Fd; readonly address: Address }
  | { readonly op: 'listen'; readonly fd: Fd; readonly backlog: number }
  | { readonly op: 'accept4'; readonly fd: Fd; readonly flags?: number }
  | { readonly op: 'connect'; readonly fd: Fd; readonly address: Address }
  | { readonly op: 'shutdown'; readonly fd: Fd; readonly how: number }
  | { readonly op: 'getsockopt'; readonly fd: Fd; readonly level: number; readonly option: number }
  | {
      readonly op: 'setsockopt';
      readonly fd: Fd;
      readonly level: number;
      readonly option: number;
      readonly value: number;
    }
  /** SO_PEERCRED: `counts.pid`, `counts.uid`, `counts.gid`. */
  | { readonly op: 'peerCredentials'; readonly fd: Fd };

export type ProcessOp =
  /** Raw system calls: of the one thread that runs the program. */
  | { readonly op: 'setresuid'; readonly real: number; readonly effective: number; readonly saved: number }
  | { readonly op: 'setresgid'; readonly real: number; readonly effective: number; readonly saved: number }
  | { readonly op: 'setgroups'; readonly groups: readonly number[] }
  | { readonly op: 'setrlimit'; readonly resource: number; readonly soft: number; readonly hard: number }
  | { readonly op: 'prctl'; readonly option: number; readonly argument?: number }
  | { readonly op: 'umask'; readonly mask: number }
  | { readonly op: 'unlink'; readonly path: string }
  | { readonly op: 'getpid' }
  | { readonly op: 'getppid' }
  /**
   * A child of the child, which runs `body` and then exits with 0; the value is its process id. Refused in a thread.
   */
  | { readonly op: 'fork'; readonly body: readonly Op[] }
  /**
   * `pid` -1 for any child. The value is the process id; `counts.exitCode`, `counts.signal` (-1 where there is none).
   */
  | { readonly op: 'waitpid'; readonly pid: number | string; readonly options?: number }
  /** The environment is this process's unless given. Comes back only with an error. */
  | {
      readonly op: 'exec';
      readonly path: string;
      readonly args: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
    }
  | { readonly op: 'exit'; readonly code: number };

export type SignalOp =
  | { readonly op: 'kill'; readonly pid: number | string | 'self' | 'parent'; readonly signo: number }
  | { readonly op: 'raise'; readonly signo: number }
  /** A handler that counts. */
  | { readonly op: 'catchSignal'; readonly signo: number; readonly restart?: true }
  /** How often that handler has run. */
  | { readonly op: 'signalCount'; readonly signo: number }
  | { readonly op: 'setDisposition'; readonly signo: number; readonly disposition: 'default' | 'ignore' }
  /** The value is 0 for SIG_DFL, 1 for SIG_IGN, 2 for a handler. */
  | { readonly op: 'disposition'; readonly signo: number }
  | { readonly op: 'sigprocmask'; readonly how: number; readonly signals: readonly number[] }
  /** The value is the signal's number; `counts.code`, `counts.pid`, `counts.fd`, `counts.band`. */
  | { readonly op: 'sigtimedwait'; readonly signals: readonly number[]; readonly timeoutMs: number }
  | { readonly op: 'setitimer'; readonly firstUs: number; readonly intervalUs: number }
  /** Until a handler has run. */
  | { readonly op: 'pause' };

export type ControlOp =
  /** `times` for ever unless given; 'on-error' ends with the first operation of the body that fails. */
  | { readonly op: 'repeat'; readonly times?: number; readonly stop?: 'on-error'; readonly body: readonly Op[] }
  /** Into a word of the board, and wakes who waits for it. */
  | { readonly op: 'store'; readonly word: number; readonly value: number }
  /** The value is the sum. */
  | { readonly op: 'add'; readonly word: number; readonly value: number }
  /** Until the word is at least `value`; ETIMEDOUT after `timeoutMs` (10 s unless told). */
  | { readonly op: 'waitAtLeast'; readonly word: number; readonly value: number; readonly timeoutMs?: number }
  /** The value is revents; 0 when the time ran out. */
  | { readonly op: 'poll'; readonly fd: Fd; readonly events: number; readonly timeoutMs: number }
  /** nanosleep(2): a pause between two acts whose order is otherwise assured. Not a way to wait for something. */
  | { readonly op: 'sleep'; readonly us: number }
  /** Burns processor time without a system call. */
  | { readonly op: 'spin'; readonly us: number };

/** Much of one thing, at the speed of native code. Their counts can be read while they go on, also after a SIGKILL. */
export type VolumeOp =
  /**
   * `records` writes of `bytes` equal bytes with the value `writer`, so that a reader finds a torn record as a run that
   * is no multiple of `bytes`. Goes on after EINTR, and after EAGAIN when poll(2) says so. `counts.records`,
   * `counts.short`, `counts.interrupted`, `counts.refused` (EAGAIN).
   */
  | {
      readonly op: 'writeRuns';
      readonly fd: Fd;
      readonly writer: number;
      readonly records: number;
      readonly bytes: number;
      readonly via?: 'write' | 'send';
    }
  /**
   * To end-of-file, `chunk` (65536) at a time. `counts.bytes`, `counts.runs`, `counts.torn` (runs that are no multiple
   * of `bytes`).
   */
  | { readonly op: 'readRuns'; readonly fd: Fd; readonly bytes: number; readonly chunk?: number }
  /**
   * Messages that name their writer, number and size, filled with bytes that depend on all three and `seed`; sizes at
   * random from `from` (16 at least) to `to`. One write(2), sendto(2) or mq_send(3) each. Goes on after EINTR and
   * EAGAIN. `counts.messages`, `counts.interrupted`, `counts.refused`.
   */
  | {
      readonly op: 'sendStamped';
      readonly fd: Fd;
      readonly writer: number;
      readonly messages: number;
      readonly from: number;
      readonly to: number;
      readonly seed?: number;
      readonly address?: Address;
      readonly via?: 'write' | 'mq';
    }
  /**
   * One read(2) or mq_receive(3) for each, until one of 0 bytes, end-of-file, an error, or `messages`.
   * `counts.messages`, `counts.damaged` (not whole, or not one of these), `counts.disordered` (a number not above the
   * one before of its writer), `counts.interrupted`. With `keep` every (writer, number), two uint32 in the machine's
   * order each, in one Buffer.
   */
  | {
      readonly op: 'recvStamped';
      readonly fd: Fd;
      readonly messages?: number;
      readonly maxBytes: number;
      readonly seed?: number;
      readonly keep?: true;
      readonly via?: 'read' | 'mq';
    }
  /**
   * A stream of `bytes` bytes whose byte i depends on seed and i, in calls of `from` to `to` bytes (at random; `from`
   * unless told). After EAGAIN it waits in poll(2) or in an epoll, level or edge triggered; ETIMEDOUT when nothing came
   * in `timeoutMs` (10 s). With 'spin' it asks again at once, for ever. `counts.bytes`, `counts.calls`, `counts.short`,
   * `counts.interrupted`, `counts.refused`.
   */
  | {
      readonly op: 'writePattern';
      readonly fd: Fd;
      readonly seed: number;
      readonly bytes: number;
      readonly from: number;
      readonly to?: number;
      readonly wait?: 'poll' | 'level' | 'edge' | 'spin';
      readonly timeoutMs?: number;
    }
  /**
   * Reads it, to `bytes` or to the end, and compares. The counts of writePattern and `counts.firstMismatch`, -1 when
   * all was as written.
   */
  | {
      readonly op: 'readPattern';
      readonly fd: Fd;
      readonly seed: number;
      readonly bytes?: number;
      readonly from: number;
      readonly to?: number;
      readonly wait?: 'poll' | 'level' | 'edge' | 'spin';
      readonly timeoutMs?: number;
    }
  /**
   * Puts the numbers from 0 into a ring in the board: `word` counts those put, the next word those taken, then come the
   * slots. Waits with a futex while it is full.
   */
  | {
      readonly op: 'ringPut';
      readonly word: number;
      readonly slots: number;
      readonly numbers: number;
      readonly timeoutMs?: number;
    }
  /**
   * Takes them. ETIMEDOUT when nothing came in `timeoutMs` (10 s). `counts.numbers`, `counts.wrong` (another number in
   * the slot than it had to be).
   */
  | {
      readonly op: 'ringTake';
      readonly word: number;
      readonly slots: number;
      readonly numbers: number;
      readonly timeoutMs?: number;
    }
  /**
   * Reads an int64, adds one, writes it, until the value is at least `until`. `first` begins by writing 1. The value is
   * the last one it had. ENODATA at end-of-file.
   */
  | { readonly op: 'pingPong'; readonly read: Fd; readonly write: Fd; readonly until: number; readonly first?: true };
