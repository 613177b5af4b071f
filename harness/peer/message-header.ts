/** The header of a message of 32 bytes and more (native/README.md, "A message"). */
export interface MessageHeader {
  readonly sender: number;
  readonly seq: number;
  /** Of the whole message, as it says. */
  readonly length: number;
}

export const HEADER_BYTES = 32;

/** null unless magic, version and checksum hold. `at + 32` must lie inside `bytes`. */
export function readHeader(bytes: Uint8Array, at: number): MessageHeader | null {
  // Almost every wrong position ends here.
  if (bytes[at] !== 0x49 || bytes[at + 1] !== 0x43 || bytes[at + 2] !== 1) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  if (view.getUint32(28, true) !== crc32c(bytes, at, at + 28)) return null;
  return { sender: view.getUint16(4, true), seq: Number(view.getBigUint64(8, true)), length: view.getUint32(16, true) };
}

/** CRC-32C (RFC 3720, appendix B.4): the Castagnoli polynomial, reflected. */
export function crc32c(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffff_ffff;
  for (let at = from; at < to; at += 1) {
    crc ^= bytes[at] ?? 0;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f6_3b78 : 0);
  }
  return ~crc >>> 0;
}
