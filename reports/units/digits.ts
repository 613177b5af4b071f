/**
 * Three significant digits without an exponent: `4.81`, `48.1`, `481`, `0.0481`, `0`. Histograms keep no more than
 * three.
 */
export function threeDigits(value: number): string {
  if (value === 0) return '0';
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  const rounded = Number(value.toPrecision(3));
  // 9.996 rounds up into the next decade: one place fewer.
  const places = 2 - Math.max(magnitude, Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toFixed(Math.min(Math.max(places, 0), 20));
}

/** Like threeDigits, without the zeros that carry nothing: `2`, `2.5`, `0.03`. For costs per message and axis ticks. */
export function shortNumber(value: number): string {
  const digits = threeDigits(value);
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** Whole numbers in groups of three: `12,345,678`. */
export function formatCount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `2 %`, `0.4 %`, `14 %`: a share of one. */
export function formatShare(share: number): string {
  if (share === 0) return '0 %';
  const percent = share * 100;
  if (percent < 0.1) return '<0.1 %';
  return percent < 9.95 ? `${shortNumber(Number(percent.toFixed(1)))} %` : `${Math.round(percent)} %`;
}

/** How many times as much: `1.08×`, `12.4×`. */
export function formatRatio(ratio: number): string {
  return `${threeDigits(ratio)}×`;
}

/** `1 launch`, `12 launches`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
