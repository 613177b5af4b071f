/** A source of integers that the same seed repeats on every machine. */
export interface Random {
  /** Uniform in [0, bound); bound at most 2^32. */
  below(bound: number): number;
}

/**
 * splitmix64, the finaliser of Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
 * It orders launches and keys payloads; nothing here needs more than that orders are repeatable and unrelated.
 */
export function seededRandom(seed: number): Random {
  const mask = (1n << 64n) - 1n;
  let state = BigInt(seed) & mask;
  const next = (): bigint => {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
    return z ^ (z >> 31n);
  };
  // The high half of a 64-bit product maps a draw into the range with a bias below 2^-32.
  return { below: (bound) => Number(((next() >> 32n) * BigInt(bound)) >> 32n) };
}

/** Fisher and Yates: every order is equally likely. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const chosen = random.below(last + 1);
    [result[last], result[chosen]] = [result[chosen] as T, result[last] as T];
  }
  return result;
}
