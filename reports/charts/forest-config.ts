import type { Chart, ChartConfiguration } from 'chart.js';
import type { GateVerdict } from '../../harness/model/index.js';
import { gateVerdictOrder, gateVerdictWords } from '../findings/gate-wording.js';
import { budgetPlugin } from './budget-plugin.js';
import type { ForestChart, Point } from './chart-data.js';
import { changeAxis } from './change-axis.js';
import { commonOptions, commonPlugins, imagePadding, tooltipLook, type Medium } from './chart-look.js';
import { intervalPlugin, type DrawnInterval } from './interval-plugin.js';
import type { Pen } from './pen.js';
import type { Theme } from './theme.js';

/** A mark for each verdict, so that colour never has to tell them apart alone. */
export const verdictMarks = {
  pass: 'circle',
  regressed: 'triangle',
  improved: 'star',
  inconclusive: 'rect',
  incomparable: 'crossRot',
} as const satisfies Readonly<Record<GateVerdict, string>>;

/** Marks over a category axis, lying on their side, with their intervals; behind them the budget. */
export function forestConfig(data: ForestChart, theme: Theme, medium: Medium): ChartConfiguration {
  const narrow = medium.kind === 'page' && medium.narrow;
  const colours = data.rows.map((row) => theme.verdicts[row.verdict]);
  const intervals = data.rows.map((row, index): DrawnInterval => ({
    datasetIndex: 0,
    index,
    point: row.change,
    colour: theme.verdicts[row.verdict],
    label: narrow ? null : row.text,
  }));
  const end = forestEnd(data);
  const size = medium.kind === 'image' ? 13 : 12;
  return {
    type: 'line',
    data: {
      labels: data.rows.map((row) => (narrow ? foldLabel(row.label) : row.label)),
      datasets: [
        {
          label: data.title,
          data: data.rows.map((row) => Math.min(Math.max(row.change.value, -end), end)),
          showLine: false,
          pointStyle: data.rows.map((row) => verdictMarks[row.verdict]),
          pointRadius: 5,
          pointHoverRadius: 6.5,
          pointBackgroundColor: colours,
          pointBorderColor: colours,
          pointBorderWidth: 2,
        },
      ],
    },
    plugins: [
      budgetPlugin({ axis: 'x', budgets: data.rows.map((row) => row.budget) }, theme),
      intervalPlugin('x', intervals, { colour: theme.ink, font: `${size}px ${theme.font}` }),
    ],
    options: {
      ...commonOptions(data, theme, medium),
      indexAxis: 'y',
      layout: {
        padding: {
          ...imagePadding(medium),
          right: narrow ? 8 : 24 + Math.max(...data.rows.map((row) => row.text.length)) * size * 0.58,
        },
      },
      scales: {
        x: changeAxis(
          theme,
          narrow ? 'change (right of zero is worse)' : 'change of head against base (right of zero is worse)',
          end,
          narrow ? 5 : 9,
        ),
        y: {
          type: 'category',
          grid: { color: theme.grid, drawTicks: false },
          border: { display: false },
          ticks: {
            color: theme.ink,
            padding: 8,
            autoSkip: false,
            font: { family: theme.font, size: narrow ? 11 : size },
          },
          offset: true,
          // Chart.js gives an axis half of the width at most, and cuts off what is longer.
          ...(narrow
            ? {}
            : {
                afterFit: fitLabels(
                  data.rows.map((row) => row.label),
                  `${size}px ${theme.font}`,
                ),
              }),
        },
      },
      plugins: {
        ...commonPlugins(data, theme, medium),
        legend: medium.kind === 'image' ? verdictLegend(data, theme) : { display: false },
        tooltip: {
          ...tooltipLook(theme),
          callbacks: {
            label: (item) => ` ${data.rows[item.dataIndex]?.verdict ?? ''}: ${data.rows[item.dataIndex]?.text ?? ''}`,
          },
        },
      },
    },
  };
}

/**
 * Both sides alike, so that better and worse look their size, and at least the budget with some air. One wild interval
 * must not press the others together: beyond eight budgets it runs off the edge, and the text beside it says how far.
 */
function forestEnd({ rows }: ForestChart): number {
  const budget = Math.max(...rows.map((row) => row.budget), 0.01);
  const reached = Math.max(...rows.flatMap((row) => reach(row.change).map(Math.abs)), 0);
  return Math.min(Math.max(reached * 1.05, budget * 1.6), budget * 8);
}

/** On a phone a label takes three lines: the transport, then the rest in pairs. */
function foldLabel(label: string): readonly string[] {
  const [transport = '', ...rest] = label.split(' · ');
  const pairs = Array.from({ length: Math.ceil(rest.length / 2) }, (_, index) =>
    rest.slice(index * 2, index * 2 + 2).join(' · '),
  );
  return [transport, ...pairs];
}

function fitLabels(
  labels: readonly string[],
  font: string,
): (axis: { width: number; readonly maxWidth: number; readonly chart: Chart }) => void {
  return (axis) => {
    const pen: Pen = axis.chart.ctx;
    pen.font = font;
    axis.width = Math.min(
      Math.max(...labels.map((label) => pen.measureText(label).width)) + 14,
      axis.chart.width * 0.6,
    );
  };
}

// An image is passed on without the page: its marks are told apart on it. The verdicts that occur, worst first.
function verdictLegend(
  { rows }: ForestChart,
  theme: Theme,
): NonNullable<NonNullable<NonNullable<ChartConfiguration['options']>['plugins']>['legend']> {
  const verdicts = gateVerdictOrder.filter((verdict) => rows.some((row) => row.verdict === verdict));
  return {
    display: true,
    position: 'bottom',
    align: 'start',
    labels: {
      usePointStyle: true,
      boxHeight: 9,
      padding: 14,
      font: { family: theme.font, size: 14 },
      generateLabels: () =>
        verdicts.map((verdict) => ({
          text: `${verdict}: ${gateVerdictWords[verdict]}`,
          fontColor: theme.ink,
          fillStyle: theme.verdicts[verdict],
          strokeStyle: theme.verdicts[verdict],
          lineWidth: 2,
          pointStyle: verdictMarks[verdict],
        })),
    },
  };
}

function reach({ value, low, high }: Point): readonly number[] {
  return [value, low ?? value, high ?? value];
}
