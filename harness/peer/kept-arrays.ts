/**
 * Arrays that a transport handed over, kept as they are beside copies of them: they are the callee's, so nobody may
 * write to them any more.
 */
export interface KeptArrays {
  /** Now and then keeps one. */
  offer(array: Uint8Array): void;
  /** The first of them that is no longer what it was, and the first byte that changed; null when none is. */
  changed(): { readonly bytes: number; readonly offset: number } | null;
}

/**
 * Enough to meet one again, however many buffers the transport takes turns with, and little beside what an exchange
 * carries.
 */
const MOST_KEPT = 64;
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Keeps the first arrays, then one of ever more: 0 to 15, then each whose number is a multiple of a 16th of the power
 * of two below it.
 */
export function keptArrays(): KeptArrays {
  const kept: { readonly array: Uint8Array; readonly copy: Buffer }[] = [];
  let count = 0;
  let bytes = 0;
  return {
    offer(array) {
      const number = count;
      count += 1;
      const every = number < 16 ? 1 : 2 ** (Math.floor(Math.log2(number)) - 3);
      if (number % every !== 0 || kept.length === MOST_KEPT || bytes + array.length > MOST_BYTES) return;
      bytes += array.length;
      kept.push({ array, copy: Buffer.from(array) });
    },
    changed() {
      const found = kept.find(({ array, copy }) => !copy.equals(array));
      if (found === undefined) return null;
      const { array, copy } = found;
      return { bytes: copy.length, offset: copy.findIndex((byte, at) => byte !== array[at]) };
    },
  };
}
