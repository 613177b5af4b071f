import type { IncomingMessage, Syscalls } from '../../../../harness/define.js';
import { loadNative } from '../../../../native/load.js';
import { faultySystem } from './faulty-system.js';

export const { addon, addonPath } = await loadNative();

export const { sys } = addon;

export const {
  AF_UNIX,
  SOCK_STREAM,
  SOCK_DGRAM,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  MFD_CLOEXEC,
  POLLOUT,
  O_NONBLOCK,
  O_CLOEXEC,
  FD_CLOEXEC,
  F_GETFD,
  WNOHANG,
} = sys.constants;

export interface Faulty {
  readonly faulty: Syscalls;
  injections(): number;
}

/** A system that lies, and how often it did. What it opens in between is put away after the test. */
export async function withSystem(fault: string, use: (system: Faulty) => void | Promise<void>): Promise<void> {
  const counter = new Int32Array(new SharedArrayBuffer(4));
  const undos: (() => void | Promise<void>)[] = [];
  const own = (descriptor: number): number => {
    undos.push(() => sys.closeIfOpen(descriptor));
    return descriptor;
  };
  const tools = {
    injections: counter,
    injected: () => void Atomics.add(counter, 0, 1),
    own,
    defer: (undo: () => void | Promise<void>) => void undos.push(undo),
    addonPath,
  };
  try {
    await use({ faulty: faultySystem(fault, sys, tools), injections: () => Atomics.load(counter, 0) });
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
}

/** Sends one memory file with each of these texts, on a pair of sockets, and hands over the other end. */
export function withPassed(texts: readonly string[], use: (socket: number) => void): void {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK);
  try {
    for (const text of texts) {
      const file = sys.memfd_create(text, MFD_CLOEXEC);
      sys.sendmsg(a, { data: text, control: [{ kind: 'rights', fds: [file] }] });
      sys.close(file);
    }
    use(b);
  } finally {
    sys.close(a);
    sys.close(b);
  }
}

export const receive = (system: Syscalls, socket: number): IncomingMessage =>
  system.recvmsg(socket, { sizes: 16, controlBytes: sys.CMSG_SPACE(4) }, sys.constants.MSG_CMSG_CLOEXEC);
