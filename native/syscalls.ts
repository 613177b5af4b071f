import type { ConstantName } from './syscalls/constants.js';
import type { DescriptorCalls } from './syscalls/descriptors.js';
import type { FileCalls } from './syscalls/files.js';
import type { MessageCalls } from './syscalls/messages.js';
import type { ProcessCalls } from './syscalls/processes.js';
import type { ProgramCalls } from './syscalls/programs.js';
import type { QueueCalls } from './syscalls/queues.js';
import type { ReadinessCalls } from './syscalls/readiness.js';
import type { RingCalls } from './syscalls/rings.js';
import type { SignalCalls } from './syscalls/signals.js';
import type { SocketCalls, SocketOptionCalls } from './syscalls/sockets.js';

export { countUntilError, errnoOf, unixAddress, withDeadline, type UntilError } from './syscalls/calling.js';
export { waitUntilBlocked } from './syscalls/blocked.js';
export type { ConstantName } from './syscalls/constants.js';
export type * from './syscalls/descriptors.js';
export type * from './syscalls/files.js';
export type * from './syscalls/messages.js';
export type * from './syscalls/ops.js';
export type * from './syscalls/processes.js';
export type * from './syscalls/program.js';
export type * from './syscalls/programs.js';
export type * from './syscalls/queues.js';
export type * from './syscalls/readiness.js';
export type * from './syscalls/rings.js';
export type * from './syscalls/signals.js';
export type * from './syscalls/sockets.js';
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
