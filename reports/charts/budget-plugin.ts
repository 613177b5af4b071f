import type { Chart, Plugin } from 'chart.js';
import type { Pen } from './pen.js';
import type { Theme } from './theme.js';

/**
 * Where zero lies, and how far a change may go either way. `budgets` has one entry for the whole chart, or one for each
 * row.
 */
export interface BudgetBand {
  readonly axis: 'x' | 'y';
  readonly budgets: readonly number[];
}

/**
 * Shades what lies within the budget, draws zero as a line and the budget's worse end dashed: behind the marks, in both
 * media.
 */
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
      for (const { budget, from, to } of runs(budgets))
        drawBand(chart, pen, axis, budget, rowsOf(chart, axis, from, to, budgets.length), theme);
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

function drawBand(
  chart: Chart,
  pen: Pen,
  axis: BudgetBand['axis'],
  budget: number,
  across: Extent,
  theme: Theme,
): void {
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

// Rows of one budget share one band: bands that only touch would show a seam between them.
function runs(
  budgets: readonly number[],
): readonly { readonly budget: number; readonly from: number; readonly to: number }[] {
  const starts = budgets.flatMap((budget, index) => (index === 0 || budgets[index - 1] !== budget ? [index] : []));
  return starts.map((from, run) => ({ budget: budgets[from] ?? 0, from, to: starts[run + 1] ?? budgets.length }));
}

function rowsOf(chart: Chart, axis: BudgetBand['axis'], from: number, to: number, rows: number): Extent {
  const whole = wholeChart(chart, axis);
  const size = (whole.to - whole.from) / rows;
  return { from: whole.from + from * size, to: whole.from + to * size };
}

function wholeChart(chart: Chart, axis: BudgetBand['axis']): Extent {
  const { left, right, top, bottom } = chart.chartArea;
  return axis === 'x' ? { from: top, to: bottom } : { from: left, to: right };
}
