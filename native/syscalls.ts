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
 * Thin system calls: one function, one call, under the name of its manual page; nothing is hidden. native/README.md,
 * "Thin system calls", has the rules on errors, flags and descriptors.
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
