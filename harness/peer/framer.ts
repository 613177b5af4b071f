import { HEADER_BYTES, readHeader, type MessageHeader } from './message-header.js';

/** What a framer finds in a run of bytes, in order. Bytes it hands over are valid until the callee returns. */
export interface FramerEvents {
  /** A message as long as its header says. Returns the first payload byte that is not as planned, or -1. */
  damageOf(message: Buffer, header: MessageHeader): number;
  /** A message without damage. */
  message(message: Buffer, header: MessageHeader): void;
  /** A good header over a payload that is not as planned; `bytes` of it were taken. */
  damagedPayload(header: MessageHeader, bytes: number, offset: number): void;
  /** A good header with a length that no message has. */
  impossibleLength(header: MessageHeader): void;
  /** So many bytes in which no message began. */
  damagedHeader(bytes: number): void;
  /** The run of bytes ended inside this message; null where not even its header is whole. */
  cutShort(header: MessageHeader | null, arrivedBytes: number): void;
}

export interface Framer {
  push(chunk: Uint8Array): void;
  /** No more will come. */
  end(): void;
}

/**
 * Cuts a run of bytes, which comes in chunks cut anywhere, into the messages it is made of, and finds its feet again
 * after damage. The same rules as native/src/stream_cutter.cc, so that a fault leaves the same history whoever drives a
 * transport. Pure.
 */
export function createFramer(maxMessageBytes: number, events: FramerEvents): Framer {
  // Room for a whole message and what a good read brings beyond it.
  const memory = Buffer.allocUnsafeSlow(2 * maxMessageBytes + 65_536);
  let start = 0;
  let filled = 0;
  let skipped = 0;

  const skip = (bytes: number): void => {
    skipped += bytes;
    start += bytes;
  };
  const noteSkipped = (): void => {
    if (skipped > 0) events.damagedHeader(skipped);
    skipped = 0;
  };

  /** Takes one message off, or skips one byte; false when more bytes are needed to tell. */
  const step = (isAtEnd: boolean): boolean => {
    const waiting = filled - start;
    if (waiting < HEADER_BYTES) return false;
    const header = readHeader(memory, start);
    if (header === null) {
      skip(1);
      return true;
    }
    if (header.length < HEADER_BYTES || header.length > maxMessageBytes) {
      // A length that cannot be does not say where the next message begins.
      noteSkipped();
      events.impossibleLength(header);
      start += HEADER_BYTES;
      return true;
    }
    if (waiting < header.length) {
      if (!isAtEnd) return false;
      noteSkipped();
      events.cutShort(header, waiting);
      start = filled;
      return true;
    }
    const message = memory.subarray(start, start + header.length);
    const offset = events.damageOf(message, header);
    if (offset < 0) {
      noteSkipped();
      events.message(message, header);
      start += header.length;
      return true;
    }
    // A message that lost bytes on its way has the next one's header where its own payload should be. Taking its whole
    // length would swallow that message too, so the next header is looked for inside it, also one that reaches beyond
    // its end.
    if (!isAtEnd && waiting < header.length + HEADER_BYTES) return false;
    noteSkipped();
    const taken = nextHeaderIn(memory.subarray(start, filled), header.length);
    events.damagedPayload(header, taken, offset);
    start += taken;
    return true;
  };

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length;) {
        if (filled === memory.length) {
          memory.copyWithin(0, start, filled);
          filled -= start;
          start = 0;
        }
        const part = chunk.subarray(at, at + memory.length - filled);
        memory.set(part, filled);
        filled += part.length;
        at += part.length;
        while (step(false));
        if (start === filled) start = filled = 0;
      }
    },
    end() {
      while (step(true));
      // Too little for a header. Behind damage it belongs to that; else it is the beginning of the next message.
      const waiting = filled - start;
      if (skipped > 0) skip(waiting);
      else if (waiting > 0) events.cutShort(null, waiting);
      noteSkipped();
      start = filled = 0;
    },
  };
}

/** Where the next header begins inside a message of `length` bytes, or its length. */
const nextHeaderIn = (bytes: Buffer, length: number): number => {
  for (let at = HEADER_BYTES; at < length && at + HEADER_BYTES <= bytes.length; at += 1) {
    if (readHeader(bytes, at) !== null) return at;
  }
  return length;
};
