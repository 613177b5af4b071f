import type { ReportChart } from '../../charts/chart-data.js';
import { describeChart } from '../../charts/describe-chart.js';
import type { DrawnChart } from '../../charts/draw-report.js';
import { html, type Markup } from '../markup.js';

/** At most three charts; the script draws those of the block that the filter leaves first. */
export function chartsSection(charts: readonly DrawnChart[]): Markup | null {
  const shown = ['placement', 'slowest', 'ratios', 'rows'].flatMap((slot) => {
    const first = charts.find((drawn) => slotOf(drawn) === slot);
    return first === undefined ? [] : [{ slot, chart: first.chart }];
  });
  if (shown.length === 0) return null;
  return html`<noscript><p class="lead">The charts need JavaScript. Their figures are in the table above.</p></noscript>
<div class="charts">
${shown.slice(0, 3).map(({ slot, chart }) => figure(slot, chart))}</div>`;
}

/** Which of the three places of the page a chart belongs in. */
export function slotOf({ block, chart }: DrawnChart): 'placement' | 'slowest' | 'ratios' | 'rows' {
  if (chart.kind === 'ratios') return 'ratios';
  if (chart.kind === 'by-transport') return 'rows';
  return block === null ? 'placement' : 'slowest';
}

function figure(slot: string, chart: ReportChart): Markup {
  return html`<figure class="chart" data-slot="${slot}"><figcaption><b>${chart.title}</b> <small>${chart.place}</small></figcaption>
<div class="canvas-box"><canvas role="img" aria-label="${describeChart(chart)}"></canvas></div></figure>
`;
}
