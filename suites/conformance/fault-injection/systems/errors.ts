import { isError } from './is-error.js';
import type { SyscallFault } from './syscall-fault.js';

/** A connection that broke looks as if it had ended well. */
export const endInsteadOfReset: SyscallFault = (sys, { injected }) => {
  const read = (call: () => Buffer): Buffer => {
    try {
      return call();
    } catch (error) {
      if (!isError(error, 'ECONNRESET')) throw error;
      injected();
      return Buffer.alloc(0);
    }
  };
  return {
    read: (fd, size) => read(() => sys.read(fd, size)),
    recv: (fd, size, flags) => read(() => sys.recv(fd, size, flags)),
  };
};
