import type { ChartConfiguration } from 'chart.js';
import type { ChartData } from './chart-data.js';
import type { Theme } from './theme.js';

/**
 * Where a chart is drawn: a page has title and legend around the canvas; an image travels alone and says whose figures
 * it shows.
 */
export type Medium =
  { readonly kind: 'page'; readonly narrow: boolean } | { readonly kind: 'image'; readonly machine: string };

/** What every chart has in common. */
export function commonOptions(
  data: ChartData,
  theme: Theme,
  medium: Medium,
): NonNullable<ChartConfiguration['options']> {
  return {
    animation: false,
    responsive: medium.kind === 'page',
    maintainAspectRatio: false,
    font: { family: theme.font, size: medium.kind === 'image' ? 14 : 12 },
    color: theme.ink,
    layout: { padding: imagePadding(medium) },
    // A row of points is read together; in a row of marks each stands for itself.
    interaction: { mode: isRows(data) ? 'nearest' : 'x', axis: isRows(data) ? 'y' : 'x', intersect: false },
    ...(medium.kind === 'image' ? { devicePixelRatio: 2 } : {}),
  };
}

/** The last tick's label is centred under the axis' end and would be cut off without room to its right. */
export function imagePadding(medium: Medium): {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
} {
  return medium.kind === 'image'
    ? { top: 12, right: 28, bottom: 16, left: 20 }
    : { top: 4, right: 16, bottom: 0, left: 0 };
}

export function commonPlugins(
  data: ChartData,
  theme: Theme,
  medium: Medium,
): NonNullable<NonNullable<ChartConfiguration['options']>['plugins']> {
  const image = medium.kind === 'image';
  return {
    legend: {
      display: image,
      position: 'right',
      labels: {
        usePointStyle: true,
        boxHeight: 9,
        color: theme.ink,
        padding: 12,
        font: { family: theme.font, size: 14 },
      },
    },
    title: {
      display: image,
      text: data.title,
      align: 'start',
      color: theme.ink,
      font: { family: theme.font, size: 22, weight: 600 },
      padding: { bottom: 2 },
    },
    subtitle: {
      display: image,
      text: medium.kind === 'image' ? [data.place, medium.machine] : '',
      align: 'start',
      color: theme.muted,
      font: { family: theme.font, size: 14 },
      padding: { bottom: 16 },
    },
  };
}

export function tooltipLook(theme: Theme): object {
  // Opaque: over a bundle of lines a translucent one cannot be read.
  return {
    backgroundColor: theme.name === 'light' ? '#1f2328' : '#f2f0eb',
    titleColor: theme.name === 'light' ? '#ffffff' : '#1b1d20',
    bodyColor: theme.name === 'light' ? '#ffffff' : '#1b1d20',
    usePointStyle: true,
    padding: 10,
    titleFont: { family: theme.font },
    bodyFont: { family: theme.font },
    itemSort: (a: { parsed: { y: number } }, b: { parsed: { y: number } }) => b.parsed.y - a.parsed.y,
  };
}

export function axisLook(
  theme: Theme,
  title: string,
  format: (value: number) => string,
  maxTicksLimit?: number,
): object {
  return {
    title: { display: true, text: title, color: theme.muted, font: { family: theme.font } },
    grid: { color: theme.grid },
    border: { color: theme.grid },
    ticks: {
      color: theme.muted,
      maxRotation: 0,
      // A range that fits the figures ends where no tick should be.
      includeBounds: false,
      font: { family: theme.font },
      callback: (value: number | string) => format(Number(value)),
      ...(maxTicksLimit === undefined ? {} : { maxTicksLimit }),
    },
  };
}

function isRows(data: ChartData): boolean {
  return data.kind === 'by-transport' || data.kind === 'ranges' || data.kind === 'forest';
}
