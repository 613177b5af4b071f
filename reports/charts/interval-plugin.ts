import type { Chart, Plugin } from 'chart.js';
import type { Point } from './chart-data.js';
import type { Pen } from './pen.js';

/** An interval to draw over a dataset's point, in the colour of its series. */
export interface DrawnInterval {
  readonly datasetIndex: number;
  readonly index: number;
  readonly point: Point;
  readonly colour: string;
  /** Text at the row's end, for charts in which rows have room for one. */
  readonly label: string | null;
}

/** The axis that carries the values: intervals lie along it. */
export type ValueAxis = 'x' | 'y';

/** Draws intervals as bars with caps, clipped to the chart: an end may lie far outside of the axis. */
export function intervalPlugin(
  axis: ValueAxis,
  intervals: readonly DrawnInterval[],
  labels: { readonly colour: string; readonly font: string },
): Plugin {
  return {
    id: 'ipcbench-intervals',
    afterDatasetsDraw(chart) {
      const pen: Pen = chart.ctx;
      const { left, top, width, height, right } = chart.chartArea;
      pen.save();
      pen.beginPath();
      pen.rect(left, top, width, height);
      pen.clip();
      for (const interval of intervals) drawInterval(chart, pen, axis, interval);
      pen.restore();
      pen.save();
      pen.fillStyle = labels.colour;
      pen.font = labels.font;
      pen.textBaseline = 'middle';
      pen.textAlign = 'left';
      for (const interval of intervals) drawLabel(chart, pen, right, interval);
      pen.restore();
    },
  };
}

function drawInterval(
  chart: Chart,
  pen: Pen,
  axis: ValueAxis,
  { datasetIndex, index, point, colour }: DrawnInterval,
): void {
  const element = visibleElement(chart, datasetIndex, index);
  const scale = chart.scales[axis];
  if (element === null || scale === undefined || point.low === null || point.high === null) return;
  const low = scale.getPixelForValue(point.low);
  const high = scale.getPixelForValue(point.high);
  const across = axis === 'x' ? element.y : element.x;
  // Taller than a mark in rows, so that a narrow interval is not hidden behind it.
  const cap = axis === 'x' ? 8 : 3.5;
  const line = (fromAlong: number, fromAcross: number, toAlong: number, toAcross: number): void => {
    if (axis === 'x') {
      pen.moveTo(fromAlong, fromAcross);
      pen.lineTo(toAlong, toAcross);
    } else {
      pen.moveTo(fromAcross, fromAlong);
      pen.lineTo(toAcross, toAlong);
    }
  };
  pen.strokeStyle = colour;
  pen.lineWidth = axis === 'x' ? 2 : 1.25;
  pen.beginPath();
  line(low, across, high, across);
  line(low, across - cap, low, across + cap);
  line(high, across - cap, high, across + cap);
  pen.stroke();
}

function drawLabel(chart: Chart, pen: Pen, right: number, { datasetIndex, index, label }: DrawnInterval): void {
  const element = visibleElement(chart, datasetIndex, index);
  if (element !== null && label !== null) pen.fillText(label, right + 10, element.y);
}

function visibleElement(
  chart: Chart,
  datasetIndex: number,
  index: number,
): { readonly x: number; readonly y: number } | null {
  return chart.isDatasetVisible(datasetIndex) ? (chart.getDatasetMeta(datasetIndex).data[index] ?? null) : null;
}
