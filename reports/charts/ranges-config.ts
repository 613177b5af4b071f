import type { Chart, ChartConfiguration, Plugin } from 'chart.js';
import { formatFigure } from '../units/estimate.js';
import { axisFigure, figureTitle, logAxis } from './axes.js';
import type { RangesChart } from './chart-data.js';
import { commonOptions, commonPlugins, imagePadding, tooltipLook, type Medium } from './chart-look.js';
import { logRange, logTicks } from './log-ticks.js';
import type { Pen } from './pen.js';
import { styleSeries } from './series-style.js';
import type { Theme } from './theme.js';

const marks = ['circle', 'triangle', 'rect', 'rectRot'] as const;

/** A row for each transport, a mark for each name, and a line from the first mark to the last. */
export function rangesConfig(data: RangesChart, theme: Theme, medium: Medium): ChartConfiguration {
  const values = data.rows.flatMap(({ points }) => points.flatMap((point) => point?.value ?? []));
  const plugins = commonPlugins(data, theme, medium);
  return {
    type: 'line',
    data: {
      labels: data.rows.map((row) => styleSeries(row, theme).label),
      datasets: data.names.map((name, index) => ({
        label: name,
        data: data.rows.map(({ points }) => points[index]?.value ?? Number.NaN),
        showLine: false,
        pointStyle: marks[index % marks.length] ?? 'circle',
        pointRadius: 4.5,
        pointHoverRadius: 6,
        backgroundColor: theme.palette[index] ?? theme.ink,
        borderColor: theme.palette[index] ?? theme.ink,
      })),
    },
    plugins: [joinMarks(data, theme)],
    options: {
      ...commonOptions(data, theme, medium),
      indexAxis: 'y',
      layout: { padding: imagePadding(medium) },
      scales: {
        x: logAxis(theme, figureTitle(data.figure), axisFigure(data.figure), {
          range: logRange(values),
          ticks: (min, max) => logTicks(min, max, 6),
        }),
        y: {
          type: 'category',
          grid: { color: theme.grid, drawTicks: false },
          border: { display: false },
          ticks: { color: theme.ink, padding: 8, autoSkip: false, font: { family: theme.font } },
          offset: true,
        },
      },
      plugins: {
        ...plugins,
        legend: { ...plugins.legend, display: true, position: 'top', align: 'start' },
        tooltip: {
          ...tooltipLook(theme),
          callbacks: {
            label: (item) => ` ${item.dataset.label ?? ''}: ${formatFigure(data.figure, item.parsed.x ?? null)}`,
          },
        },
      },
    },
  };
}

function joinMarks({ rows }: RangesChart, theme: Theme): Plugin {
  return {
    id: 'ipcbench-ranges',
    beforeDatasetsDraw(chart: Chart) {
      const pen: Pen = chart.ctx;
      const scale = chart.scales['x'];
      const names = chart.scales['y'];
      if (scale === undefined || names === undefined) return;
      pen.save();
      pen.strokeStyle = theme.muted;
      pen.lineWidth = 1.5;
      rows.forEach(({ points }, index) => {
        const found = points.flatMap((point) => point?.value ?? []);
        if (found.length < 2) return;
        const y = names.getPixelForValue(index);
        pen.beginPath();
        pen.moveTo(scale.getPixelForValue(Math.min(...found)), y);
        pen.lineTo(scale.getPixelForValue(Math.max(...found)), y);
        pen.stroke();
      });
      pen.restore();
    },
  };
}
