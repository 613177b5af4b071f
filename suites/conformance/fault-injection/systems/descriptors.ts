import { errnoOf, type IncomingMessage, type MessageBuffers } from '../../../../harness/define.js';
import type { SyscallFault } from './syscall-fault.js';

/** Two messages that wait, with a descriptor each, come with each other's. */
export const swapDescriptors: SyscallFault = (sys, { injected }) => {
  const second = new Map<number, IncomingMessage>();
  const isNextWithOne = (fd: number, buffers: MessageBuffers): boolean => {
    const { MSG_DONTWAIT, MSG_PEEK } = sys.constants;
    let fds: readonly number[] = [];
    errnoOf(() => ({ fds } = sys.recvmsg(fd, buffers, MSG_DONTWAIT | MSG_PEEK)));
    // A peek installs descriptors of its own.
    for (const copy of fds) sys.close(copy);
    return fds.length === 1;
  };
  return {
    recvmsg: (fd, buffers, flags = 0) => {
      const kept = second.get(fd);
      second.delete(fd);
      if (kept !== undefined) return kept;
      const message = sys.recvmsg(fd, buffers, flags);
      if (message.fds.length !== 1) return message;
      if (!isNextWithOne(fd, buffers)) return message;
      const next = sys.recvmsg(fd, buffers, flags);
      injected();
      second.set(fd, { ...next, fds: message.fds });
      return { ...message, fds: next.fds };
    },
  };
};

/** Each descriptor that arrives is one of another file, and was opened by nobody. */
export const anotherFile: SyscallFault = (sys, { injected }) => ({
  recvmsg: (fd, buffers, flags) => {
    const message = sys.recvmsg(fd, buffers, flags);
    const { F_GETFD, FD_CLOEXEC, O_CLOEXEC, MFD_CLOEXEC } = sys.constants;
    for (const passed of message.fds) {
      const another = sys.memfd_create('another', MFD_CLOEXEC);
      sys.dup3(another, passed, (sys.fcntl(passed, F_GETFD) & FD_CLOEXEC) === 0 ? 0 : O_CLOEXEC);
      sys.close(another);
      injected();
    }
    return message;
  },
});

/** What was in flight is closed before it arrives; the bytes beside it come alone. */
export const loseInFlight: SyscallFault = (sys, { injected }) => ({
  recvmsg: (fd, buffers, flags) => {
    const message = sys.recvmsg(fd, buffers, flags);
    for (const passed of message.fds) {
      sys.close(passed);
      injected();
    }
    return { ...message, fds: [] };
  },
});

/** Each message that is received, and each connection that is accepted, leaves one more descriptor open. */
export const leakDescriptors: SyscallFault = (sys, { injected }) => {
  const leak = (descriptor: number): void => {
    sys.fcntl(descriptor, sys.constants.F_DUPFD_CLOEXEC, 0);
    injected();
  };
  return {
    recvmsg: (fd, buffers, flags) => {
      const message = sys.recvmsg(fd, buffers, flags);
      leak(fd);
      return message;
    },
    accept4: (fd, flags) => {
      const accepted = sys.accept4(fd, flags);
      leak(accepted);
      return accepted;
    },
  };
};
