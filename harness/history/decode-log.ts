import type { HistoryEvent, Role } from '../model/index.js';
import {
  LOG_BYTES_OFFSET,
  LOG_HEADER_BYTES,
  LOGS_OFFSET,
  MAGIC,
  RECORD_BYTES,
  logOffset,
  recordCapacity,
} from './layout.js';
import { eventOf } from './record.js';

export interface DecodedLog {
  readonly events: readonly HistoryEvent[];
  /** What follows the last event is not known: the log was full, or not readable any further. */
  readonly overflowed: boolean;
}

/**
 * What one end recorded, out of the whole shared mapping. Never throws on bytes: they come from a process that may have
 * died or gone wild, and what was readable up to there is evidence still. `onUnreadable` is told in a sentence where
 * reading ended.
 */
export function decodeLog(
  mapping: Uint8Array,
  role: Role,
  onUnreadable: (why: string) => void = () => undefined,
): DecodedLog {
  const logBytes = logBytesOf(mapping);
  if (typeof logBytes === 'string') return unreadable(logBytes, onUnreadable);
  const start = logOffset(role, logBytes);
  return decodeRecords(mapping.subarray(start, start + logBytes), onUnreadable);
}

/** The events of one log, given alone: its 64-byte header and its records. */
export function decodeRecords(log: Uint8Array, onUnreadable: (why: string) => void = () => undefined): DecodedLog {
  if (log.length < LOG_HEADER_BYTES)
    return unreadable(`The log ends after ${log.length} bytes, inside its header.`, onUnreadable);
  const view = new DataView(log.buffer, log.byteOffset, log.length);
  const written = view.getBigUint64(0, true);
  const capacity = recordCapacity(log.length);
  const readable = written > BigInt(capacity) ? capacity : Number(written);
  const events: HistoryEvent[] = [];
  for (let index = 0; index < readable; index += 1) {
    const event = eventOf(view, LOG_HEADER_BYTES + index * RECORD_BYTES);
    if (typeof event === 'string') {
      onUnreadable(`Record ${index} of ${written} is not readable: ${event}.`);
      return { events, overflowed: true };
    }
    if (event !== null) events.push(event);
  }
  if (written > BigInt(capacity)) {
    onUnreadable(`The log counts ${written} records and has room for ${capacity}.`);
    return { events, overflowed: true };
  }
  return { events, overflowed: view.getBigUint64(8, true) !== 0n };
}

/** Bytes of each log, or the sentence that says why this is no shared mapping. */
function logBytesOf(mapping: Uint8Array): number | string {
  if (mapping.length < LOGS_OFFSET)
    return `The shared mapping has ${mapping.length} bytes; its control page alone takes ${LOGS_OFFSET}.`;
  const view = new DataView(mapping.buffer, mapping.byteOffset, mapping.length);
  if (view.getBigUint64(0, true) !== MAGIC) return 'The shared mapping does not begin with its magic number.';
  const logBytes = Number(view.getBigUint64(LOG_BYTES_OFFSET, true));
  if (logBytes < LOG_HEADER_BYTES || LOGS_OFFSET + 2 * logBytes > mapping.length) {
    return `The shared mapping claims two logs of ${logBytes} bytes and has ${mapping.length} bytes in all.`;
  }
  return logBytes;
}

function unreadable(why: string, onUnreadable: (why: string) => void): DecodedLog {
  onUnreadable(why);
  return { events: [], overflowed: true };
}
