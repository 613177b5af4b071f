import { HEADER_BYTES, readHeader, type MessageHeader } from './message-header.js';

/** What a framer finds in a run of bytes, in order. */
export interface FramerEvents {
  /** A message as long as its header says; its payload is not looked at. The bytes are the callee's to keep. */
  message(message: Buffer, header: MessageHeader): void;
  /** So many bytes in which no message began. */
  damagedHeader(bytes: number): void;
  /** The run of bytes ended inside this message. */
  cutShort(header: MessageHeader, arrivedBytes: number): void;
}

export interface Framer {
  push(chunk: Uint8Array): void;
  /** No more will come. */
  end(): void;
}

/**
 * Puts messages together again out of chunks cut anywhere, by the length in their headers. After bytes that are no header it looks
 * for the next good one, byte by byte. Pure.
 */
export function createFramer(maxMessageBytes: number, events: FramerEvents): Framer {
  /** Bytes that may begin a header; fewer than 32 between calls. */
  let head: Buffer = Buffer.alloc(0);
  let body: { readonly header: MessageHeader; readonly message: Buffer; filled: number } | null = null;
  let skipped = 0;

  const begin = (header: MessageHeader): void => {
    if (skipped > 0) events.damagedHeader(skipped);
    skipped = 0;
    body = { header, message: Buffer.allocUnsafeSlow(header.length), filled: 0 };
  };
  /** Moves bytes into the message begun; returns how many it took. */
  const fill = (bytes: Uint8Array): number => {
    if (body === null) return 0;
    const part = bytes.subarray(0, body.message.length - body.filled);
    body.message.set(part, body.filled);
    body.filled += part.length;
    if (body.filled < body.message.length) return part.length;
    const { message, header } = body;
    body = null;
    events.message(message, header);
    return part.length;
  };
  /** Looks for headers; what is left is less than one. */
  const scan = (bytes: Buffer): Buffer => {
    let at = 0;
    while (bytes.length - at >= HEADER_BYTES) {
      const header = readHeader(bytes, at, maxMessageBytes);
      if (header === null) {
        at += 1;
        skipped += 1;
        continue;
      }
      begin(header);
      at += fill(bytes.subarray(at));
    }
    // A message that needs more has taken all there was, so that nothing is left here.
    return bytes.subarray(at);
  };

  return {
    push(chunk) {
      const rest = chunk.subarray(fill(chunk));
      if (rest.length === 0) return;
      // A copy: `head` must not hold on to a chunk of 64 KiB for the sake of 31 bytes, nor see it reused.
      head = Buffer.from(scan(head.length > 0 ? Buffer.concat([head, rest]) : Buffer.from(rest.buffer, rest.byteOffset, rest.length)));
    },
    end() {
      if (body !== null) events.cutShort(body.header, body.filled);
      if (skipped + head.length > 0) events.damagedHeader(skipped + head.length);
      body = null;
      head = Buffer.alloc(0);
      skipped = 0;
    },
  };
}
