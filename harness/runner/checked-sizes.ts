import type { Driver, Guarantees } from '../model/index.js';

/** The sizes of the messages of one checked exchange. */
export interface CheckedSizes {
  /** Those of most messages lie between these. */
  readonly minBytes: number;
  readonly maxBytes: number;
  /** Those of single ones. */
  readonly largeBytes: readonly number[];
}

const KIB = 1024;

/**
 * Where implementations change their ways: what a pipe and a read of Node's hold, and more than any socket buffer does.
 */
const LARGE = [64 * KIB, 1024 * KIB];

/** The largest size that is tried, here as in a benchmark. */
export const LARGEST_TRIED = 16 * 1024 * KIB;

/** Of each large size, so that one that follows another of its kind is among them. */
const OF_EACH = 2;

/**
 * Most messages are small, and some have each of the large sizes and exactly the declared maximum. Node's transports
 * encode every message in JavaScript; as many large ones as the core sends would spend the time on that alone.
 */
export function checkedSizes(
  { framing, maxMessageBytes }: Guarantees,
  driver: Driver,
  messages: number,
  asked: readonly number[] = [],
): CheckedSizes {
  const most = Math.min(maxMessageBytes ?? LARGEST_TRIED, LARGEST_TRIED);
  // Below 32 bytes a message has no header to find it by on a stream.
  const minBytes = framing === 'message' ? Math.min(32, most) : 32;
  const maxBytes = Math.max(minBytes, Math.min(driver === 'js' ? 8 * KIB : 96 * KIB, most));
  const large = [...LARGE, ...asked, ...(maxMessageBytes === null ? [] : [most])].filter((bytes) => bytes <= most);
  const each = [...new Set(large)]
    .sort((a, b) => a - b)
    .flatMap((bytes) => Array.from({ length: OF_EACH }, () => bytes));
  return { minBytes, maxBytes, largeBytes: each.slice(0, Math.max(0, messages - 1)) };
}

/** One byte more than the transport says it takes; undefined where it says nothing, or more than is tried. */
export function beyondMaximum({ maxMessageBytes }: Guarantees): number | undefined {
  return maxMessageBytes === null || maxMessageBytes >= LARGEST_TRIED ? undefined : maxMessageBytes + 1;
}
