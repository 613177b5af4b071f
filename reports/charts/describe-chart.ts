import type { ChartData } from './chart-data.js';
import { formatSize } from '../units/bytes.js';
import { formatRatio, plural } from '../units/digits.js';
import { formatEstimate, formatFigure } from '../units/estimate.js';

/** What a reader who cannot see the chart is told. */
export function describeChart(data: ChartData): string {
  switch (data.kind) {
    case 'by-transport': {
      const rows = data.rows.map(
        (row) =>
          `${row.transport}${row.reference ? ' (reference)' : ''} ${formatEstimate(data.figure, { ...row.point, confidence: null })}`,
      );
      return `${data.title}, ${data.place}. ${rows.join('; ')}.`;
    }
    case 'ranges': {
      const rows = data.rows.map(({ transport, points }) => {
        const told = points.flatMap((point, index) =>
          point === null ? [] : [`${data.names[index] ?? ''} ${formatFigure(data.figure, point.value)}`],
        );
        return `${transport} ${told.join(', ')}`;
      });
      return `${data.title}, ${data.place}. ${rows.join('; ')}.`;
    }
    case 'ratios': {
      const sizes = data.sizes.map((size) => formatSize(size)).join(', ');
      const rows = data.series.map(
        ({ transport, points }) =>
          `${transport} ${points.map((ratio) => (ratio === null ? '–' : formatRatio(ratio))).join(', ')}`,
      );
      return `${data.title}, ${data.place}. Times the best at ${sizes}: ${rows.join('; ')}.`;
    }
    case 'forest':
      return `${data.title}, ${data.place}. ${data.rows.map((row) => `${row.label}: ${row.verdict}, ${row.text}`).join('; ')}.`;
    case 'differences':
      return (
        `Changes of ${data.measurements.map(({ points }) => plural(points.length, 'pair')).join(' and ')} over ` +
        `time: ${data.title}, ${data.place}. The median and its interval are in the table.`
      );
  }
}
