import type { SyscallFault } from './syscall-fault.js';

/** The process id is that of another process, which exists. */
export const anotherProcess: SyscallFault = (sys, { injected }) => ({
  peerCredentials: (fd) => {
    injected();
    return { ...sys.peerCredentials(fd), pid: sys.getppid() };
  },
  recvmsg: (fd, buffers, flags) => {
    const message = sys.recvmsg(fd, buffers, flags);
    if (message.credentials === null) return message;
    injected();
    return { ...message, credentials: { ...message.credentials, pid: sys.getppid() } };
  },
});
