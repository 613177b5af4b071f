/**
 * Cuts a run of bytes into messages of one size, for workloads whose size is known: below 32 bytes a message carries no
 * length. `handle` is given a message that is valid until it returns. A chunk that is exactly one message is handed on
 * as it is.
 */
export function createFixedSlicer(
  sizeBytes: number,
  handle: (message: Uint8Array) => void,
): (chunk: Uint8Array) => void {
  let partial: Buffer | null = null;
  let filled = 0;
  return (chunk) => {
    let at = 0;
    if (filled > 0) {
      partial ??= Buffer.allocUnsafeSlow(sizeBytes);
      at = Math.min(sizeBytes - filled, chunk.length);
      partial.set(chunk.subarray(0, at), filled);
      filled += at;
      if (filled < sizeBytes) return;
      filled = 0;
      handle(partial);
    }
    for (; chunk.length - at >= sizeBytes; at += sizeBytes)
      handle(at === 0 && chunk.length === sizeBytes ? chunk : chunk.subarray(at, at + sizeBytes));
    if (at === chunk.length) return;
    partial ??= Buffer.allocUnsafeSlow(sizeBytes);
    partial.set(chunk.subarray(at), 0);
    filled = chunk.length - at;
  };
}
