import type { Lie } from './lie.js';

/** The process id is that of another process, which exists. */
export const anotherProcess: Lie = (sys, { lied }) => ({
  peerCredentials: (fd) => {
    lied();
    return { ...sys.peerCredentials(fd), pid: sys.getppid() };
  },
  recvmsg: (fd, buffers, flags) => {
    const message = sys.recvmsg(fd, buffers, flags);
    if (message.credentials === null) return message;
    lied();
    return { ...message, credentials: { ...message.credentials, pid: sys.getppid() } };
  },
});
