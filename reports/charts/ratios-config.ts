import type { ChartConfiguration } from 'chart.js';
import { formatSize } from '../units/bytes.js';
import { formatRatio, shortNumber } from '../units/digits.js';
import { logAxis } from './axes.js';
import type { RatiosChart } from './chart-data.js';
import { commonOptions, commonPlugins, tooltipLook, type Medium } from './chart-look.js';
import { logTicks } from './log-ticks.js';
import { styleSeries } from './series-style.js';
import type { Theme } from './theme.js';

/** Lines of ratios to the best over sizes; the best is at the top. */
export function ratiosConfig(data: RatiosChart, theme: Theme, medium: Medium): ChartConfiguration {
  const ratios = data.series.flatMap(({ points }) => points.flatMap((point) => point ?? []));
  const plugins = commonPlugins(data, theme, medium);
  const [smallest, largest] = [Math.min(...data.sizes), Math.max(...data.sizes)];
  return {
    type: 'line',
    data: {
      datasets: data.series.map((series) => {
        const { colour, mark, dash, label } = styleSeries(series, theme);
        return {
          label,
          borderColor: colour,
          backgroundColor: colour,
          borderWidth: 2,
          borderDash: [...dash],
          pointStyle: mark,
          pointRadius: 4,
          pointBorderWidth: 2,
          spanGaps: false,
          // NaN is Chart.js's word for a gap.
          data: series.points.map((ratio, index) => ({ x: data.sizes[index] ?? 0, y: ratio ?? Number.NaN })),
        };
      }),
    },
    options: {
      ...commonOptions(data, theme, medium),
      scales: {
        x: logAxis(theme, 'message size', (value) => formatSize(value), {
          range: { min: smallest / 1.4, max: largest * 1.4 },
          ticks: (min, max) => data.sizes.filter((size) => size >= min && size <= max),
        }),
        y: {
          ...logAxis(theme, 'times the best', (value) => `${shortNumber(value)}×`, {
            range: { min: 0.97, max: Math.max(...ratios) * 1.06 },
            ticks: (min, max) => logTicks(min, max, 6),
          }),
          reverse: true,
        },
      },
      plugins: {
        ...plugins,
        legend: {
          ...plugins.legend,
          display: true,
          position: medium.kind === 'image' ? 'right' : 'bottom',
          labels: { usePointStyle: true, boxHeight: 7, color: theme.ink, font: { family: theme.font, size: 11 } },
        },
        tooltip: {
          ...tooltipLook(theme),
          callbacks: {
            title: (items) => items.slice(0, 1).map((item) => formatSize(item.parsed.x ?? 0)),
            label: (item) => ` ${item.dataset.label ?? ''}: ${formatRatio(item.parsed.y ?? 1)}`,
          },
        },
      },
    },
  };
}
