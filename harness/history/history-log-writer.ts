import type { HistoryEvent } from '../model/index.js';
import { FIELD, LOG_HEADER_BYTES, RECORD_BYTES, recordCapacity } from './layout.js';
import { encodeRecord, recordOf, type LogRecord } from './record.js';

/**
 * Writes bytes at a position of the shared memory: `(bytes, at) => writeSync(descriptor, bytes, 0, bytes.length, at)`.
 */
export type WriteAt = (bytes: Uint8Array, position: number) => void;

/** Appends to one end's log. Not for two writers: the log belongs to one peer. */
export interface HistoryLogWriter {
  /** One message, accepted whole by the transport. */
  sent(sender: number, seq: number, bytes: number): void;
  /** One message that arrived intact. */
  received(sender: number, seq: number, bytes: number): void;
  /** Anything else, and runs of messages. */
  append(event: HistoryEvent): void;
  readonly overflowed: boolean;
}

export interface LogPlace {
  /** First byte of the log: `logOffset(role, logBytes)`. */
  readonly offset: number;
  readonly logBytes: number;
}

/**
 * A log in the layout of the C++ core, written by a Node peer through the file system, since Node cannot map memory.
 * After each call all of it is in the file: the peer may be killed at any moment.
 */
export function historyLogWriter(
  write: WriteAt,
  place: LogPlace,
  nowNs: () => bigint = process.hrtime.bigint,
): HistoryLogWriter {
  const capacity = recordCapacity(place.logBytes);
  let written = 0;
  let overflowed = false;
  let last: LogRecord | null = null;

  const append = (record: LogRecord): void => {
    // Once something is missing, nothing may follow it, not even the growth of a run: it would claim an order that
    // nobody saw.
    if (overflowed) return;
    if (last !== null && continues(last, record)) {
      last = { ...last, count: last.count + record.count, bytes: last.bytes + record.bytes };
      write(encodeRecord(last, nowNs()).subarray(FIELD.count), recordOffset(place, written - 1) + FIELD.count);
      return;
    }
    if (written === capacity) {
      overflowed = true;
      write(word(1), place.offset + 8);
      return;
    }
    // The record is complete before the count says that it is there.
    write(encodeRecord(record, nowNs()), recordOffset(place, written));
    written += 1;
    write(word(written), place.offset);
    last = record;
  };

  return {
    sent: (sender, seq, bytes) => append(recordOf({ kind: 'sent', sender, seqFirst: seq, count: 1, bytes })),
    received: (sender, seq, bytes) => append(recordOf({ kind: 'received', sender, seqFirst: seq, count: 1, bytes })),
    append: (event) => append(recordOf(event)),
    get overflowed() {
      return overflowed;
    },
  };
}

/** A log of its own with these events, as a peer would have left it. */
export function encodeLog(
  events: readonly HistoryEvent[],
  logBytes = LOG_HEADER_BYTES + events.length * RECORD_BYTES,
): Uint8Array {
  const log = new Uint8Array(logBytes);
  const writer = historyLogWriter(
    (bytes, position) => log.set(bytes, position),
    { offset: 0, logBytes },
    () => 0n,
  );
  for (const event of events) writer.append(event);
  return log;
}

/** Only messages without anything to remark have a count; they make a run while their numbers rise by one. */
function continues(last: LogRecord, next: LogRecord): boolean {
  return next.count > 0 && last.kind === next.kind && last.sender === next.sender && last.seq + last.count === next.seq;
}

function recordOffset(place: LogPlace, index: number): number {
  return place.offset + LOG_HEADER_BYTES + index * RECORD_BYTES;
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}
