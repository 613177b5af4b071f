import type { Chart, Plugin } from 'chart.js';
import type { Pen } from './pen.js';
import type { Theme } from './theme.js';

/** Where zero lies, and how far a change may go either way. `budgets` has one entry for the whole chart, or one for each row. */
export interface BudgetBand {
  readonly axis: 'x' | 'y';
  readonly budgets: readonly number[];
}

/** Shades what lies within the budget, draws zero as a line and the budget's worse end dashed: behind the marks, in both media. */
export function budgetPlugin({ axis, budgets }: BudgetBand, theme: Theme): Plugin {
  return {
    id: 'ipcbench-budget',
    beforeDatasetsDraw(chart) {
      const pen: Pen = chart.ctx;
      const { left, top, width, height } = chart.chartArea;
      pen.save();
      pen.beginPath();
      pen.rect(left, top, width, height);
      pen.clip();
      budgets.forEach((budget, index) => drawBand(chart, pen, axis, budget, rowOf(chart, axis, index, budgets.length), theme));
      const zero = chart.scales[axis]?.getPixelForValue(0) ?? Number.NaN;
      pen.strokeStyle = theme.muted;
      pen.lineWidth = 1.25;
      strokeAcross(pen, axis, zero, wholeChart(chart, axis));
      pen.restore();
    },
  };
}

interface Extent {
  readonly from: number;
  readonly to: number;
}

function drawBand(chart: Chart, pen: Pen, axis: BudgetBand['axis'], budget: number, across: Extent, theme: Theme): void {
  const scale = chart.scales[axis];
  if (scale === undefined) return;
  const low = scale.getPixelForValue(-budget);
  const high = scale.getPixelForValue(budget);
  pen.fillStyle = theme.band;
  if (axis === 'x') pen.fillRect(low, across.from, high - low, across.to - across.from);
  else pen.fillRect(across.from, high, across.to - across.from, low - high);
  pen.strokeStyle = theme.verdicts.regressed;
  pen.lineWidth = 1;
  pen.setLineDash([4, 4]);
  strokeAcross(pen, axis, high, across);
  pen.setLineDash([]);
}

function strokeAcross(pen: Pen, axis: BudgetBand['axis'], at: number, across: Extent): void {
  pen.beginPath();
  pen.moveTo(axis === 'x' ? at : across.from, axis === 'x' ? across.from : at);
  pen.lineTo(axis === 'x' ? at : across.to, axis === 'x' ? across.to : at);
  pen.stroke();
}

function rowOf(chart: Chart, axis: BudgetBand['axis'], index: number, rows: number): Extent {
  const whole = wholeChart(chart, axis);
  const size = (whole.to - whole.from) / rows;
  return { from: whole.from + index * size, to: whole.from + (index + 1) * size };
}

function wholeChart(chart: Chart, axis: BudgetBand['axis']): Extent {
  const { left, right, top, bottom } = chart.chartArea;
  return axis === 'x' ? { from: top, to: bottom } : { from: left, to: right };
}
