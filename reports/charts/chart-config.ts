import type { ChartConfiguration, ScaleOptions } from 'chart.js';
import { formatSize } from '../units/bytes.js';
import { shortNumber } from '../units/digits.js';
import { formatNs } from '../units/duration.js';
import { formatEstimate, formatFigure, type Figure } from '../units/estimate.js';
import { formatBytesPerSecond } from '../units/rate.js';
import type { ByTransportChart, BySizeChart, ChartData, PercentilesChart, Point, Series } from './chart-data.js';
import { axisLook, commonOptions, commonPlugins, imagePadding, tooltipLook, type Medium } from './chart-look.js';
import { differencesConfig } from './differences-config.js';
import { forestConfig } from './forest-config.js';
import { intervalPlugin, type DrawnInterval } from './interval-plugin.js';
import { logRange, logTicks } from './log-ticks.js';
import { styleSeries } from './series-style.js';
import type { Theme } from './theme.js';

export type { Medium };

/** The chart as Chart.js wants it. A fresh object each time, because Chart.js writes into what it is given. */
export function chartConfig(data: ChartData, theme: Theme, medium: Medium): ChartConfiguration {
  switch (data.kind) {
    case 'by-size':
      return bySizeConfig(data, theme, medium);
    case 'by-transport':
      return byTransportConfig(data, theme, medium);
    case 'percentiles':
      return percentilesConfig(data, theme, medium);
    case 'forest':
      return forestConfig(data, theme, medium);
    case 'differences':
      return differencesConfig(data, theme, medium);
  }
}

function bySizeConfig(data: BySizeChart, theme: Theme, medium: Medium): ChartConfiguration {
  const intervals = data.series.flatMap((series, datasetIndex) =>
    series.points.flatMap((point, index): readonly DrawnInterval[] =>
      point === null ? [] : [{ datasetIndex, index, point, colour: styleSeries(series, theme).colour, label: null }],
    ),
  );
  const range = logRange(
    data.series.flatMap((series) => series.points.flatMap((point) => (point === null ? [] : reach(point)))),
  );
  return {
    type: 'line',
    data: {
      datasets: data.series.map((series) => ({
        ...lineLook(series, theme),
        // NaN is Chart.js's word for a gap.
        data: series.points.map((point, index) => ({ x: data.sizes[index] ?? 0, y: point?.value ?? Number.NaN })),
      })),
    },
    plugins: [intervalPlugin('y', intervals, { colour: theme.ink, font: `12px ${theme.font}` })],
    options: {
      ...commonOptions(data, theme, medium),
      scales: {
        x: logAxis(
          theme,
          'message size',
          (value) => formatSize(value),
          { min: first(data.sizes) / 1.4, max: last(data.sizes) * 1.4 },
          sizeTicks(data.sizes),
        ),
        y: logAxis(theme, figureTitle(data.figure), axisFigure(data.figure), range, logTicks),
      },
      plugins: {
        ...commonPlugins(data, theme, medium),
        tooltip: {
          ...tooltipLook(theme),
          callbacks: {
            title: (items) => items.slice(0, 1).map((item) => formatSize(item.parsed.x ?? 0)),
            label: (item) =>
              ` ${item.dataset.label ?? ''}: ${tell(data.figure, data.series[item.datasetIndex]?.points[item.dataIndex] ?? undefined)}`,
          },
        },
      },
    },
  };
}

function byTransportConfig(data: ByTransportChart, theme: Theme, medium: Medium): ChartConfiguration {
  const narrow = medium.kind === 'page' && medium.narrow;
  const values = data.rows.flatMap((row) => reach(row.point));
  const intervals = data.rows.map((row, index): DrawnInterval => ({
    datasetIndex: 0,
    index,
    point: row.point,
    colour: styleSeries(row, theme).colour,
    label: narrow ? formatFigure(data.figure, row.point.value) : tell(data.figure, row.point),
  }));
  const styles = data.rows.map((row) => styleSeries(row, theme));
  // A line without a line: marks over a category axis, lying on their side.
  const wide = Math.max(...values) / Math.max(Math.min(...values), Number.MIN_VALUE) > 8;
  const common = commonOptions(data, theme, medium);
  return {
    type: 'line',
    data: {
      // On a phone a label may take two lines, and the plot needs the room.
      labels: styles.map((style, index) =>
        narrow && data.rows[index]?.reference === true
          ? [style.label.replace(/ \(reference\)$/, ''), '(reference)']
          : style.label,
      ),
      datasets: [
        {
          label: data.title,
          data: data.rows.map((row) => row.point.value),
          showLine: false,
          pointStyle: styles.map((style) => style.mark),
          pointRadius: 5.5,
          pointHoverRadius: 7,
          pointBackgroundColor: styles.map((style) => style.colour),
          pointBorderColor: styles.map((style) => style.colour),
          pointBorderWidth: 2,
        },
      ],
    },
    plugins: [
      intervalPlugin('x', intervals, {
        colour: theme.ink,
        font: `${medium.kind === 'image' ? 14 : 12}px ${theme.font}`,
      }),
    ],
    options: {
      ...common,
      indexAxis: 'y',
      layout: { padding: { ...imagePadding(medium), right: medium.kind === 'image' ? 230 : narrow ? 72 : 168 } },
      scales: {
        x: wide
          ? logAxis(theme, figureTitle(data.figure), axisFigure(data.figure), logRange(values), (min, max) =>
              logTicks(min, max, 6),
            )
          : linearAxis(theme, figureTitle(data.figure), axisFigure(data.figure), Math.max(...values) * 1.02),
        y: {
          type: 'category',
          grid: { color: theme.grid, drawTicks: false },
          border: { display: false },
          ticks: { color: theme.ink, padding: 8, autoSkip: false, font: { family: theme.font } },
          offset: true,
        },
      },
      plugins: {
        ...commonPlugins(data, theme, medium),
        legend: { display: false },
        tooltip: {
          ...tooltipLook(theme),
          callbacks: { label: (item) => ` ${tell(data.figure, data.rows[item.dataIndex]?.point)}` },
        },
      },
    },
  };
}

function percentilesConfig(data: PercentilesChart, theme: Theme, medium: Medium): ChartConfiguration {
  const narrow = medium.kind === 'page' && medium.narrow;
  const rarest = Math.max(...data.series.flatMap((series) => series.points.map(([rarity]) => rarity)));
  return {
    type: 'line',
    data: {
      datasets: data.series.map((series) => ({
        ...lineLook(series, theme),
        pointRadius: series.points.map((_, index) => markRadius(series, index, series.points.length)),
        pointHitRadius: 8,
        data: series.points.map(([x, y]) => ({ x, y })),
      })),
    },
    options: {
      ...commonOptions(data, theme, medium),
      scales: {
        x: logAxis(
          theme,
          'quantile: the share of round trips that took no longer',
          spellQuantile,
          { min: 1, max: rarest * 1.06 },
          quantileTicks(narrow),
        ),
        y: logAxis(
          theme,
          figureTitle('latency'),
          axisFigure('latency'),
          logRange(data.series.flatMap((series) => series.points.map(([, value]) => value))),
          logTicks,
        ),
      },
      plugins: {
        ...commonPlugins(data, theme, medium),
        tooltip: {
          ...tooltipLook(theme),
          callbacks: {
            title: (items) => items.slice(0, 1).map((item) => spellQuantile(item.parsed.x ?? 1)),
            label: (item) => ` ${item.dataset.label ?? ''}: ${formatNs(item.parsed.y ?? null)}`,
          },
        },
      },
    },
  };
}

function lineLook(series: Series, theme: Theme) {
  const { colour, mark, dash, label } = styleSeries(series, theme);
  return {
    label,
    borderColor: colour,
    backgroundColor: colour,
    borderWidth: 2,
    borderDash: [...dash],
    pointStyle: mark,
    pointRadius: 4.5,
    pointHoverRadius: 6,
    pointBorderWidth: 2,
    spanGaps: false,
  };
}

type Ticks = (min: number, max: number) => readonly number[];

function logAxis(
  theme: Theme,
  title: string,
  format: (value: number) => string,
  range: { readonly min: number; readonly max: number },
  ticks: Ticks,
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

function linearAxis(theme: Theme, title: string, format: (value: number) => string, max: number): ScaleOptions {
  return { type: 'linear', min: 0, suggestedMax: max, ...axisLook(theme, title, format, 6) };
}

function figureTitle(figure: Figure): string {
  return figure === 'latency' ? 'round trip (lower is better)' : 'throughput (higher is better)';
}

// Ticks are round: the zeros of three digits carry nothing.
function axisFigure(figure: Figure): (value: number) => string {
  return (value) => {
    if (value === 0) return '0';
    const [digits, unit] = (figure === 'latency' ? formatNs(value) : formatBytesPerSecond(value)).split(' ');
    return `${shortNumber(Number(digits))} ${unit ?? ''}`;
  };
}

function sizeTicks(sizes: readonly number[]): Ticks {
  return (min, max) => sizes.filter((size) => size >= min && size <= max);
}

// On a phone the first two labels would run into each other.
const quantileTicks =
  (narrow: boolean): Ticks =>
  (min, max) => {
    const decades = [...(narrow ? [] : [1]), 2, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7].filter(
      (rarity) => rarity >= min * 0.999 && rarity <= max * 1.001,
    );
    return decades.length >= 2 ? decades : logTicks(min, max, 6);
  };

/** `p50`, `p99`, `p99.99`: 1 / (1 - q) as the quantile it stands for. */
function spellQuantile(rarity: number): string {
  if (rarity <= 1) return 'min';
  const places =
    Math.max(0, Math.ceil(Math.log10(rarity)) - 2) + (rarity < 100 || Number.isInteger(Math.log10(rarity)) ? 0 : 1);
  return `p${((1 - 1 / rarity) * 100)
    .toFixed(places)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')}`;
}

// A mark here and there: enough to know a line by, few enough to see it. Staggered, so that lines that lie on each
// other still show all their marks.
function markRadius(series: Series, index: number, count: number): number {
  return (index + series.style * 3) % 16 === 4 || index === count - 1 ? 4 : 0;
}

function tell(figure: Figure, point: Point | undefined): string {
  return point === undefined ? formatFigure(figure, null) : formatEstimate(figure, { ...point, confidence: null });
}

function reach({ value, low, high }: Point): readonly number[] {
  return [value, low ?? value, high ?? value];
}

function first(values: readonly number[]): number {
  return values[0] ?? 1;
}

function last(values: readonly number[]): number {
  return values.at(-1) ?? 1;
}
