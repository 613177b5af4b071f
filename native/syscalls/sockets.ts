import type { Address } from './values.js';

/** A name as the kernel gave it. */
export interface SocketName {
  /** The length that the kernel reported: may be larger than what it filled. */
  readonly length: number;
  /** The raw sockaddr, as far as it was filled. */
  readonly bytes: Buffer;
  /** -1 when nothing was filled. */
  readonly family: number;
  /**
   * Of AF_UNIX: the path up to its NUL or to the length, '\0…' for an abstract name, '' for an unnamed socket. null
   * otherwise.
   */
  readonly path: string | null;
  /** Of AF_INET; null otherwise. */
  readonly port: number | null;
}

export interface SocketCalls {
  /** `type` with SOCK_NONBLOCK and SOCK_CLOEXEC or without. */
  socket(domain: number, type: number, protocol?: number): number;
  socketpair(domain: number, type: number, protocol?: number): [number, number];
  bind(fd: number, address: Address): void;
  listen(fd: number, backlog: number): void;
  /** accept4(2) without asking for the name; flags SOCK_NONBLOCK, SOCK_CLOEXEC. */
  accept4(fd: number, flags?: number): number;
  /** accept4(2) into a buffer of `capacity` bytes for the name of the peer. */
  acceptFrom(fd: number, flags?: number, capacity?: number): { readonly fd: number; readonly from: SocketName };
  connect(fd: number, address: Address): void;
  shutdown(fd: number, how: number): void;
  /** `capacity` is the length of the buffer that the kernel is given: 128 unless told. */
  getsockname(fd: number, capacity?: number): SocketName;
  getpeername(fd: number, capacity?: number): SocketName;
}

export interface SocketOptionCalls {
  /**
   * Options that are an int: SO_SNDBUF, SO_ERROR, SO_TYPE, SO_ACCEPTCONN, SO_PEEK_OFF, SO_PEERPIDFD (a new descriptor)
   * …
   */
  getsockopt(fd: number, level: number, option: number): number;
  /** Any option, raw. Cut to the length that the kernel reported: SO_PEERSEC, SO_PEERGROUPS. */
  getsockoptBytes(fd: number, level: number, option: number, capacity: number): Buffer;
  setsockopt(fd: number, level: number, option: number, value: number | Uint8Array): void;
  /** SO_PEERCRED. */
  peerCredentials(fd: number): Credentials;
  /** SO_RCVTIMEO or SO_SNDTIMEO, which are a timeval. 0 is "for ever". */
  setTimeout(fd: number, option: number, timeoutMs: number): void;
  getTimeout(fd: number, option: number): number;
}

export interface Credentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}
