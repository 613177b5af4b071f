import type { ScaleOptions } from 'chart.js';
import { formatChange } from '../units/change.js';
import { axisLook } from './chart-look.js';
import type { Theme } from './theme.js';

/** A linear axis of changes around zero, from `-end` to `end`, with ticks at round percentages. */
export function changeAxis(theme: Theme, title: string, end: number, most: number): ScaleOptions {
  return {
    type: 'linear',
    min: -end,
    max: end,
    afterBuildTicks: (axis: { min: number; max: number; ticks: { value: number }[] }) => {
      axis.ticks = changeTicks(axis.min, axis.max, most).map((value) => ({ value }));
    },
    ...axisLook(theme, title, (value) => formatChange(value).replace(/\.0 %$/, ' %')),
  };
}

/** Multiples of 1, 2 or 5 times a power of ten of a per cent, at most so many. */
export function changeTicks(min: number, max: number, most: number): readonly number[] {
  if (!(max > min) || !Number.isFinite(max - min)) return [];
  const magnitude = Math.floor(Math.log10((max - min) / most));
  const step =
    [1, 2, 5, 10].map((digit) => digit * 10 ** magnitude).find((candidate) => (max - min) / candidate <= most) ??
    max - min;
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  // A product of decimals is seldom exactly one: 0.15000000000000002 would be told so, and -0 is a zero with a sign.
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)) + 0);
}
