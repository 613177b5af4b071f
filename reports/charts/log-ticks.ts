/**
 * Places for ticks on a logarithmic axis: decades, then 1-3, then 1-2-5, and so on to every digit, then even steps,
 * whichever first gives enough.
 */
export function logTicks(min: number, max: number, most = 9): readonly number[] {
  if (!(min > 0) || !(max > min) || !Number.isFinite(max)) return [];
  const choices = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], [1, 2, 3, 4, 5, 6, 7, 8, 9]].map((digits) =>
    digitTicks(min, max, digits),
  );
  const enough = choices.find((ticks) => ticks.length >= 3) ?? evenTicks(min, max);
  const step = Math.ceil(enough.length / most);
  return enough.filter((_, index) => index % step === 0);
}

/** The axis that holds these values with some air around them, on decades it nearly touches. */
export function logRange(values: readonly number[]): { readonly min: number; readonly max: number } {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return { min: 1, max: 10 };
  const low = Math.min(...positive);
  const high = Math.max(...positive);
  // At least half a decade: a chart of equal figures must not look like a mountain range.
  const air = Math.max(Math.sqrt(high / low) ** 0.12, high / low < 2 ? 1.5 : 1.12);
  return { min: low / air, max: high * air };
}

function digitTicks(min: number, max: number, digits: readonly number[]): readonly number[] {
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(min)); exponent <= Math.ceil(Math.log10(max)); exponent++) {
    for (const digit of digits) {
      // Through text, because 3 * 10 ** -1 is not 0.3.
      const tick = Number(`${digit}e${exponent}`);
      if (tick >= min && tick <= max) ticks.push(tick);
    }
  }
  return ticks;
}

function evenTicks(min: number, max: number): readonly number[] {
  const raw = (max - min) / 5;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((digit) => digit * magnitude).find((candidate) => candidate >= raw) ?? raw;
  const first = Math.ceil(min / step);
  return Array.from({ length: Math.max(Math.floor(max / step) - first + 1, 0) }, (_, index) =>
    Number(((first + index) * step).toPrecision(6)),
  );
}
