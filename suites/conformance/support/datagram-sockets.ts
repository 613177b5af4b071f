import { countUntilError, type CheckRun, type UntilError } from '../../../harness/define.js';

export function datagramSocket({ sys, own }: CheckRun): number {
  return own(sys.socket(sys.constants.AF_UNIX, sys.constants.SOCK_DGRAM | sys.constants.SOCK_NONBLOCK));
}

export function bound(checkRun: CheckRun, name: string): { readonly fd: number; readonly path: string } {
  const [fd, path] = [datagramSocket(checkRun), checkRun.path(name)];
  checkRun.sys.bind(fd, path);
  return { fd, path };
}

/** Sends from as many sockets as it takes: where the queue is long, the first one's own buffer is full before it. */
export function flood(checkRun: CheckRun, path: string): UntilError {
  let all: UntilError = { calls: 0, total: 0, errno: '' };
  for (;;) {
    const sender = datagramSocket(checkRun);
    const once = countUntilError(() => checkRun.sys.sendto(sender, 'x', 0, path));
    if (once.calls === 0) return { ...all, errno: once.errno };
    all = { calls: all.calls + once.calls, total: all.total + once.total, errno: once.errno };
  }
}
