import type { SocketType } from '../harness/model/index.js';
import type { Syscalls } from './syscalls.js';

/** What `checkMessage` found in one whole message. */
export type MessageFinding =
  | { readonly kind: 'intact'; readonly sender: number; readonly seq: number }
  | { readonly kind: 'damaged-header' }
  | { readonly kind: 'damaged-payload'; readonly sender: number; readonly seq: number; readonly offset: number }
  | { readonly kind: 'wrong-boundary'; readonly sender: number; readonly seq: number; readonly expected: number };

/**
 * The face of the C++ core inside Node. Every function that makes a system call throws an Error of Node's own shape
 * (code 'EMFILE', errno -24, syscall 'socketpair'). Descriptors come back close-on-exec and belong to the caller.
 */
export interface NativeAddon {
  readonly version: string;
  readonly compiler: string;
  /** Thin system calls, for the checks. */
  readonly sys: Syscalls;

  socketpair(type: SocketType): [number, number];
  pipe(): [number, number];
  mkfifo(path: string): void;
  listenUnix(path: string, type: 'stream' | 'seqpacket'): number;
  boundDatagramPair(pathA: string, pathB: string, connected: 'both' | 'one-way'): [number, number];
  listenTcp(): { descriptor: number; port: number };
  /** memfd_create(2), grown to `bytes` zero bytes. */
  memfd(name: string, bytes: number): number;

  /** flock(2) LOCK_EX | LOCK_NB. false when another process holds it. */
  tryLock(descriptor: number): boolean;
  /** CPUs in this process's affinity mask, ascending. */
  allowedCpus(): number[];
  /** Pins the calling thread. Throws EINVAL for a CPU this process may not use. */
  pinToCpu(cpu: number): void;
  /** RLIMIT_NOFILE. */
  descriptorLimit(): { soft: number; hard: number };
  /** CLOCK_MONOTONIC, ns: the clock of the loops. */
  monotonicNs(): bigint;
  /** User and system time of this process, ns (CLOCK_PROCESS_CPUTIME_ID). */
  processCpuNs(): number;

  /** PR_SET_PDEATHSIG SIGKILL, then a second look: false when `parent` is already gone. */
  dieWithParent(parent: number): boolean;
  /**
   * Runs one peer, exactly as the ipcbench-peer executable would with these arguments (without the program's name) and
   * descriptors, and blocks until it is done. Returns its exit status.
   */
  runPeer(args: readonly string[]): number;

  /** Bytes of message `seq` of a `deliver` exchange. */
  messageSize(seed: number, seq: number, minBytes: number, maxBytes: number): number;
  /** Writes header and keyed payload over the whole of `message`; its length is the message's. */
  fillMessage(message: Uint8Array, seed: number, sender: number, seq: number): void;
  /**
   * Checks header, length and every byte of a whole message. `sender` and `expectedSeq` complete a compact header
   * (below 32 bytes); a whole one says its own, so the caller compares what is found with what it expects.
   */
  checkMessage(message: Uint8Array, seed: number, sender: number, expectedSeq: number): MessageFinding;
  /** The `header` verification: header, length, one read of every cache line. */
  checkHeader(message: Uint8Array, sender: number, expectedSeq: number): MessageFinding;
}
