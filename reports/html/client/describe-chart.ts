import type { ChartData } from '../../charts/chart-data.js';
import { formatSize } from '../../units/bytes.js';
import { plural } from '../../units/digits.js';
import { formatEstimate } from '../../units/estimate.js';

/** What a reader who cannot see the chart is told; the figures themselves are in the table below it. */
export function describeChart(data: ChartData): string {
  switch (data.kind) {
    case 'by-transport': {
      const rows = data.rows.map(
        (row) =>
          `${row.transport}${row.reference ? ' (reference)' : ''} ${formatEstimate(data.figure, { ...row.point, confidence: null })}`,
      );
      return `${data.title}, ${data.place}. ${rows.join('; ')}.`;
    }
    case 'by-size':
      return (
        `${data.title}, ${data.place}: ${names(data.series)}, from ${formatSize(data.sizes[0] ?? 0)} ` +
        `to ${formatSize(data.sizes.at(-1) ?? 0)}. The figures are in the table below.`
      );
    case 'percentiles':
      return `${data.title}, ${data.place}: ${names(data.series)}. The main quantiles are in the table below.`;
    case 'forest':
      return `${data.title}, ${data.place}. ${data.rows.map((row) => `${row.label}: ${row.verdict}, ${row.text}`).join('; ')}.`;
    case 'differences':
      return (
        `Changes of ${data.measurements.map(({ points }) => plural(points.length, 'pair')).join(' and ')} over ` +
        `time: ${data.title}, ${data.place}. The median and its interval are in the table.`
      );
  }
}

function names(series: readonly { readonly transport: string }[]): string {
  return series.map((line) => line.transport).join(', ');
}
