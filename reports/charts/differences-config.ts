import type { ChartConfiguration } from 'chart.js';
import { shortNumber } from '../units/digits.js';
import { formatChange } from '../units/change.js';
import { budgetPlugin } from './budget-plugin.js';
import type { DifferencesChart, PairPoint } from './chart-data.js';
import { changeAxis } from './change-axis.js';
import { axisLook, commonOptions, commonPlugins, tooltipLook, type Medium } from './chart-look.js';
import type { Theme } from './theme.js';

/** Every pair's change over time, the two measurements with marks of their own, each with its median as a line. */
export function differencesConfig(data: DifferencesChart, theme: Theme, medium: Medium): ChartConfiguration {
  const end = robustEnd(data);
  const clamp = (change: number): number => Math.min(Math.max(change, -end), end);
  const series = data.measurements.map((measurement, index) => ({
    ...measurement,
    label: measurementLabels[index] ?? `measurement ${index + 1}`,
    colour: theme.palette[index % 2] ?? theme.ink,
    mark: index % 2 === 0 ? ('circle' as const) : ('triangle' as const),
  }));
  return {
    type: 'line',
    data: {
      datasets: [
        ...series.map(({ points, label, colour, mark }) => ({
          label,
          data: points.map(([x, change]) => ({ x, y: clamp(change) })),
          showLine: false,
          pointStyle: mark,
          pointRadius: points.map(([, change]) => (change === clamp(change) ? 3.5 : 2)),
          pointBackgroundColor: `${colour}99`,
          pointBorderColor: colour,
          pointBorderWidth: 1,
          clip: 6,
          borderColor: colour,
          backgroundColor: colour,
        })),
        ...series.flatMap(({ points, median, label, colour }) =>
          median === null || points.length === 0
            ? []
            : [
                {
                  label: `median of the ${label}`,
                  data: [points[0], points.at(-1)].map((point) => ({ x: point?.[0] ?? 0, y: median })),
                  pointRadius: 0,
                  pointHitRadius: 0,
                  borderColor: colour,
                  backgroundColor: colour,
                  borderWidth: 2,
                  pointStyle: 'line' as const,
                },
              ],
        ),
      ],
    },
    plugins: [budgetPlugin({ axis: 'y', budgets: [data.budget] }, theme)],
    options: {
      ...commonOptions(data, theme, medium),
      interaction: { mode: 'nearest', axis: 'xy', intersect: false },
      scales: {
        x: { type: 'linear', ...timeRange(data), ...axisLook(theme, 'seconds since the gate began', shortNumber, 8) },
        y: changeAxis(theme, 'change of a pair', end, 7),
      },
      plugins: {
        ...commonPlugins(data, theme, medium),
        legend: {
          display: true,
          position: 'bottom',
          align: 'start',
          labels: {
            usePointStyle: true,
            boxHeight: 8,
            color: theme.ink,
            padding: 14,
            font: { family: theme.font, size: medium.kind === 'image' ? 14 : 12 },
          },
        },
        tooltip: {
          ...tooltipLook(theme),
          callbacks: {
            title: (items) => items.slice(0, 1).map((item) => `${shortNumber(item.parsed.x ?? 0)} s`),
            // The point itself: an outlier is drawn at the edge.
            label: (item) =>
              ` ${item.dataset.label ?? ''}: ${formatChange(data.measurements[item.datasetIndex]?.points[item.dataIndex]?.[1] ?? item.parsed.y ?? null)}`,
          },
        },
      },
    },
  };
}

const measurementLabels = ['first measurement', 'second measurement'];

/** Holds all but the wildest fiftieth of the pairs, zero, and the budget; what is beyond is drawn small at the edge. */
function robustEnd({ measurements, budget }: DifferencesChart): number {
  const sorted = measurements
    .flatMap(({ points }) => points.map(([, change]: PairPoint) => Math.abs(change)))
    .sort((a, b) => a - b);
  return Math.max((sorted[Math.floor((sorted.length - 1) * 0.98)] ?? 0) * 1.15, budget * 1.4, 0.005);
}

function timeRange({ measurements }: DifferencesChart): { readonly min: number; readonly max: number } {
  const times = measurements.flatMap(({ points }) => points.map(([atS]) => atS));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const air = Math.max((last - first) * 0.01, 0.01);
  return { min: Math.max(first - air, 0), max: last + air };
}
