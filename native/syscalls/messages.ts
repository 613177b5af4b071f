import type { Credentials, SocketName } from './sockets.js';
import type { Address } from './values.js';

/** One piece of ancillary data to send. `raw` bytes are what follows the cmsghdr. */
export type Control =
  | { readonly kind: 'rights'; readonly fds: readonly number[] }
  | ({ readonly kind: 'credentials' } & Credentials)
  | { readonly kind: 'raw'; readonly level: number; readonly type: number; readonly data: Uint8Array };

export interface OutgoingMessage {
  /** The pieces of the iovec. */
  readonly data: Uint8Array | string | readonly Uint8Array[];
  readonly to?: Address;
  readonly control?: readonly Control[];
}

export interface MessageBuffers {
  /** Sizes of the pieces of the iovec. */
  readonly sizes: number | readonly number[];
  /**
   * msg_controllen, to the byte, for example `sys.CMSG_SPACE(4)`. 0 unless told: then what comes is closed and
   * MSG_CTRUNC set.
   */
  readonly controlBytes?: number;
  /** msg_namelen: 128 unless told. */
  readonly nameBytes?: number;
}

export interface IncomingMessage {
  /** What recvmsg(2) returned: with MSG_TRUNC among the flags it can be more than `data` holds. */
  readonly bytes: number;
  /** All pieces in one, cut to what was filled. */
  readonly data: Buffer;
  /** msg_flags: MSG_TRUNC, MSG_CTRUNC, MSG_EOR, MSG_OOB, MSG_CMSG_CLOEXEC. */
  readonly flags: number;
  readonly from: SocketName;
  /** msg_controllen afterwards. */
  readonly controlBytes: number;
  /** Every descriptor that was received, in order, of all SCM_RIGHTS together. The caller's to close. */
  readonly fds: readonly number[];
  readonly credentials: Credentials | null;
  /** SCM_PIDFD: a descriptor, the caller's to close; negative when the kernel could not make one. */
  readonly pidfd: number | null;
  /** Every cmsghdr, also those decoded above. */
  readonly control: readonly { readonly level: number; readonly type: number; readonly data: Buffer }[];
}

export interface MessageCalls {
  send(fd: number, data: Uint8Array | string, flags?: number): number;
  sendto(fd: number, data: Uint8Array | string, flags: number, to: Address): number;
  sendmsg(fd: number, message: OutgoingMessage, flags?: number): number;
  /** How many messages were sent: an error is thrown only when the first failed. */
  sendmmsg(fd: number, messages: readonly OutgoingMessage[], flags?: number): number;
  /** Up to `size` bytes. For what recv(2) returned under MSG_TRUNC see `recvInto`. */
  recv(fd: number, size: number, flags?: number): Buffer;
  recvInto(fd: number, buffer: Uint8Array, flags?: number): number;
  recvfrom(fd: number, size: number, flags?: number): { readonly data: Buffer; readonly from: SocketName };
  recvmsg(fd: number, buffers: MessageBuffers, flags?: number): IncomingMessage;
  /** Up to `count` messages, each into buffers of its own; flags MSG_WAITFORONE. */
  recvmmsg(fd: number, count: number, buffers: MessageBuffers, flags?: number, timeoutMs?: number): IncomingMessage[];
  /** CMSG_LEN and CMSG_SPACE of cmsg(3). */
  CMSG_LEN(bytes: number): number;
  CMSG_SPACE(bytes: number): number;
}
