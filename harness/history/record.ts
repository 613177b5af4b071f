import type { HistoryEvent } from '../model/index.js';
import { FIELD, KIND, RECORD_BYTES, SYSCALLS } from './layout.js';

/** A record as its numbers. */
export interface LogRecord {
  readonly kind: number;
  readonly sender: number;
  readonly seq: number;
  readonly count: number;
  readonly bytes: number;
  readonly aux: number;
}

/** Writes one record's 48 bytes. `timeNs` is CLOCK_MONOTONIC. */
export function encodeRecord(record: LogRecord, timeNs: bigint): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(FIELD.kind, record.kind, true);
  view.setUint32(FIELD.sender, record.sender, true);
  view.setBigUint64(FIELD.seq, BigInt(record.seq), true);
  view.setBigUint64(FIELD.count, BigInt(record.count), true);
  view.setBigUint64(FIELD.bytes, BigInt(record.bytes), true);
  view.setBigUint64(FIELD.aux, BigInt(record.aux), true);
  view.setBigUint64(FIELD.timeNs, timeNs, true);
  return bytes;
}

export function recordOf(event: HistoryEvent): LogRecord {
  const record = { kind: KIND[event.kind], sender: 0, seq: 0, count: 0, bytes: 0, aux: 0 };
  switch (event.kind) {
    case 'sent':
    case 'received':
      return { ...record, sender: event.sender, seq: event.seqFirst, count: event.count, bytes: event.bytes };
    case 'send-unknown':
      return {
        ...record,
        sender: event.sender,
        seq: event.seq,
        bytes: event.acceptedBytes,
        aux: Math.abs(event.errno),
      };
    case 'damaged-header':
    case 'held':
      return { ...record, bytes: event.bytes };
    case 'overwritten':
      return { ...record, bytes: event.bytes, aux: event.offset };
    case 'damaged-payload':
      return { ...record, sender: event.sender, seq: event.seq, bytes: event.bytes, aux: event.offset };
    case 'wrong-boundary':
    case 'unplanned-length':
    case 'cut-short':
      return { ...record, sender: event.sender, seq: event.seq, bytes: event.expected, aux: event.actual };
    case 'error':
      return { ...record, sender: Math.max(0, SYSCALLS.indexOf(event.syscall)), aux: Math.abs(event.errno) };
    case 'eof':
    case 'drained':
      return record;
  }
}

/** The event of one record, or the sentence that says why it is none. `null` is a run that had not begun to count. */
export function eventOf(view: DataView, offset: number): HistoryEvent | string | null {
  const word = (field: number): number => Number(view.getBigUint64(offset + field, true));
  const kind = view.getUint32(offset + FIELD.kind, true);
  const sender = view.getUint32(offset + FIELD.sender, true);
  const seq = word(FIELD.seq);
  const count = word(FIELD.count);
  const bytes = word(FIELD.bytes);
  const aux = word(FIELD.aux);
  // The kernel's sign or libuv's: an errno is positive here.
  const errno = Math.abs(Number(view.getBigInt64(offset + FIELD.aux, true)));
  // A double counts exactly up to 2^53 only; no exchange gets there, so what claims to is not a record. Sums of bytes
  // may.
  if (!Number.isSafeInteger(seq + count)) return `its sequence numbers, ${count} from ${seq} on, are beyond 2^53`;
  switch (kind) {
    case KIND.sent:
      return count === 0 ? null : { kind: 'sent', sender, seqFirst: seq, count, bytes };
    case KIND.received:
      return count === 0 ? null : { kind: 'received', sender, seqFirst: seq, count, bytes };
    case KIND['send-unknown']:
      return { kind: 'send-unknown', sender, seq, acceptedBytes: bytes, errno };
    case KIND['damaged-header']:
      return { kind: 'damaged-header', bytes };
    case KIND['damaged-payload']:
      return { kind: 'damaged-payload', sender, seq, bytes, offset: aux };
    case KIND['wrong-boundary']:
      return { kind: 'wrong-boundary', sender, seq, expected: bytes, actual: aux };
    case KIND['unplanned-length']:
      return { kind: 'unplanned-length', sender, seq, expected: bytes, actual: aux };
    case KIND['cut-short']:
      return { kind: 'cut-short', sender, seq, expected: bytes, actual: aux };
    case KIND.eof:
      return { kind: 'eof' };
    case KIND.drained:
      return { kind: 'drained' };
    case KIND.error:
      return { kind: 'error', errno, syscall: SYSCALLS[sender] ?? 'unknown' };
    case KIND.overwritten:
      return { kind: 'overwritten', bytes, offset: aux };
    case KIND.held:
      return { kind: 'held', bytes };
    default:
      return `kind ${kind} is unknown`;
  }
}
