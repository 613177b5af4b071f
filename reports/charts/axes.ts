import type { ScaleOptions } from 'chart.js';
import { shortNumber } from '../units/digits.js';
import { formatNs } from '../units/duration.js';
import type { Figure } from '../units/estimate.js';
import { formatBytesPerSecond } from '../units/rate.js';
import { axisLook } from './chart-look.js';
import type { Theme } from './theme.js';

export type Ticks = (min: number, max: number) => readonly number[];

export interface LogSpan {
  readonly range: { readonly min: number; readonly max: number };
  readonly ticks: Ticks;
}

export function logAxis(
  theme: Theme,
  title: string,
  format: (value: number) => string,
  { range, ticks }: LogSpan,
): ScaleOptions {
  return {
    type: 'logarithmic',
    min: range.min,
    max: range.max,
    afterBuildTicks: (axis: { min: number; max: number; ticks: { value: number }[] }) => {
      axis.ticks = ticks(axis.min, axis.max).map((value) => ({ value }));
    },
    ...axisLook(theme, title, format),
  };
}

export function linearAxis(theme: Theme, title: string, format: (value: number) => string, max: number): ScaleOptions {
  return { type: 'linear', min: 0, suggestedMax: max, ...axisLook(theme, title, format, 6) };
}

export function figureTitle(figure: Figure): string {
  return figure === 'latency' ? 'round trip (lower is better)' : 'throughput (higher is better)';
}

// Ticks are round: the zeros of three digits carry nothing.
export function axisFigure(figure: Figure): (value: number) => string {
  return (value) => {
    if (value === 0) return '0';
    const [digits, unit] = (figure === 'latency' ? formatNs(value) : formatBytesPerSecond(value)).split(' ');
    return `${shortNumber(Number(digits))} ${unit ?? ''}`;
  };
}
