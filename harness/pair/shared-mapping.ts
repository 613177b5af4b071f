import { closeSync, readSync, writeSync } from 'node:fs';
import { LOG_BYTES_OFFSET, LOGS_OFFSET, MAGIC, PROGRESS_OFFSET, WINDOW_OFFSET } from '../history/layout.js';
import type { NativeAddon } from '../../native/addon.js';

/**
 * The memory both peers of a launch share with the harness. It outlives them: what a killed peer saw can still be read.
 */
export interface SharedMapping {
  readonly descriptor: number;
  /** All of it, as it is now. */
  read(): Buffer;
  /** The words of all peers alone: they change with every message. */
  progressWords(): Buffer;
  close(): void;
}

/**
 * 5,459 records of 48 bytes: an intact exchange needs a handful. A log that fills up is flagged and its history never
 * passes.
 */
const LOG_BYTES = 256 * 1024;

/** Anonymous memory (memfd), so that no path out of any process can leave it behind. */
export function makeSharedMapping(addon: Pick<NativeAddon, 'memfd'>): SharedMapping {
  const bytes = LOGS_OFFSET + 2 * LOG_BYTES;
  const descriptor = addon.memfd('ipcbench', bytes);
  const head = Buffer.alloc(16);
  head.writeBigUInt64LE(MAGIC, 0);
  head.writeBigUInt64LE(BigInt(LOG_BYTES), LOG_BYTES_OFFSET);
  writeSync(descriptor, head, 0, head.length, 0);
  // All ones: no window yet (native/README.md).
  writeSync(descriptor, Buffer.alloc(16, 0xff), 0, 16, WINDOW_OFFSET);
  const copyOf = (from: number, to: number): Buffer => {
    const copy = Buffer.alloc(to - from);
    readSync(descriptor, copy, 0, copy.length, from);
    return copy;
  };
  return {
    descriptor,
    read: () => copyOf(0, bytes),
    progressWords: () => copyOf(PROGRESS_OFFSET.initiator, WINDOW_OFFSET),
    close: () => closeSync(descriptor),
  };
}
