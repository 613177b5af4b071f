import type { Role } from '../model/index.js';

/** Who has words in the shared mapping. The relay records no events: it is not an end of the exchange. */
export type PeerName = Role | 'relay';

/** The bytes that native/README.md describes. Little endian, words of 8 bytes. */
export const MAGIC = 0x31424350492e4cn;
export const LOG_BYTES_OFFSET = 8;
export const PROGRESS_OFFSET: Readonly<Record<PeerName, number>> = { initiator: 64, responder: 128, relay: 192 };
export const WINDOW_OFFSET = 256;
export const LOGS_OFFSET = 4096;
export const LOG_HEADER_BYTES = 64;
export const RECORD_BYTES = 48;

/** Where each field of a record lies inside it. */
export const FIELD = { kind: 0, sender: 4, seq: 8, count: 16, bytes: 24, aux: 32, timeNs: 40 } as const;

export const KIND = {
  sent: 1,
  'send-unknown': 2,
  received: 3,
  'damaged-header': 4,
  'damaged-payload': 5,
  'wrong-boundary': 6,
  'unplanned-length': 7,
  'cut-short': 8,
  eof: 9,
  drained: 10,
  error: 11,
  overwritten: 12,
  held: 13,
} as const;

/** What an `error` record's sender word means. */
export const SYSCALLS: readonly string[] = ['unknown', 'read', 'write', 'open', 'poll'];

/** The first byte of one end's log inside the mapping. */
export function logOffset(role: Role, logBytes: number): number {
  return role === 'initiator' ? LOGS_OFFSET : LOGS_OFFSET + logBytes;
}

/** How many records a log of `logBytes` holds. */
export function recordCapacity(logBytes: number): number {
  return Math.max(0, Math.floor((logBytes - LOG_HEADER_BYTES) / RECORD_BYTES));
}
