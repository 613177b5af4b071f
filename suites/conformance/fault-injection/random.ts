/** A source of integers that the same seed repeats on every machine. */
export type Draw = (bound: number) => number;

/** mulberry32 (Tommy Ettinger, public domain): places of faults need to be repeatable and spread out, nothing more. */
export function drawsOf(seed: number): Draw {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return Math.floor((((z ^ (z >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}
