import type { ChartConfiguration } from 'chart.js';
import { formatEstimate, formatFigure, type Figure } from '../units/estimate.js';
import { axisFigure, figureTitle, linearAxis, logAxis } from './axes.js';
import type { ByTransportChart, ChartData, Point } from './chart-data.js';
import { commonOptions, commonPlugins, imagePadding, tooltipLook, type Medium } from './chart-look.js';
import { differencesConfig } from './differences-config.js';
import { forestConfig } from './forest-config.js';
import { intervalPlugin, type DrawnInterval } from './interval-plugin.js';
import { logRange, logTicks } from './log-ticks.js';
import { rangesConfig } from './ranges-config.js';
import { ratiosConfig } from './ratios-config.js';
import { styleSeries } from './series-style.js';
import type { Theme } from './theme.js';

export type { Medium };

/** The chart as Chart.js wants it. A fresh object each time, because Chart.js writes into what it is given. */
export function chartConfig(data: ChartData, theme: Theme, medium: Medium): ChartConfiguration {
  switch (data.kind) {
    case 'by-transport':
      return byTransportConfig(data, theme, medium);
    case 'ranges':
      return rangesConfig(data, theme, medium);
    case 'ratios':
      return ratiosConfig(data, theme, medium);
    case 'forest':
      return forestConfig(data, theme, medium);
    case 'differences':
      return differencesConfig(data, theme, medium);
  }
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
          ? logAxis(theme, figureTitle(data.figure), axisFigure(data.figure), {
              range: logRange(values),
              ticks: (min, max) => logTicks(min, max, 6),
            })
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

function tell(figure: Figure, point: Point | undefined): string {
  return point === undefined ? formatFigure(figure, null) : formatEstimate(figure, { ...point, confidence: null });
}

function reach({ value, low, high }: Point): readonly number[] {
  return [value, low ?? value, high ?? value];
}
