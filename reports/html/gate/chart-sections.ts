import type { GateCharts } from '../../charts/draw-gate.js';
import { html, type Markup } from '../markup.js';

/** A plot of every change against zero and the budget; drawn by the page's script from what the tables hold. */
export function forestSection({ gated, advisory }: GateCharts): Markup | null {
  if (gated === null && advisory === null) return null;
  return html`<noscript><p class="lead">The charts need JavaScript; every figure is in the tables.</p></noscript>
<p class="lead">The mark is the median, the bar its interval, the shade the budget either way. Regressed is a bar that lies wholly right of zero with its mark beyond two thirds of the budget; any other that ends left of the dashed line has passed.</p>
<ul class="legend verdict-legend"></ul>
${[gated, advisory].map((chart) =>
  chart === null
    ? null
    : html`<figure class="chart forest" data-forest="${chart.id}" hidden>
<figcaption><b>${chart.title}</b>${chart.place === '' ? null : html` <span class="size">${chart.place}</span>`}</figcaption>
<div class="canvas-box"><canvas role="img"></canvas></div>
</figure>
`,
)}`;
}

/** The pairs of one comparison over time, and a list to choose it from; those that did not pass come first. */
export function pairsSection({ differences }: GateCharts): Markup | null {
  if (differences.length === 0) return null;
  return html`<p class="lead">Each mark is a pair of launches next to each other in time. A change that is there all along is one of head; one that comes and goes is the machine’s.</p>
<div class="chart-tools" hidden><label>Comparison <select class="comparison-select">${differences.map((chart) => html`<option value="${chart.id}">${chart.verdict}: ${chart.title}</option>`)}</select></label></div>
<figure class="chart pairs-chart" hidden>
<figcaption><b></b> <span class="size"></span></figcaption>
<div class="canvas-box"><canvas role="img"></canvas></div>
<p class="note">Shaded: within the budget. Dashed: the budget. A small mark at the edge lies farther out; its figure is in the tooltip.</p>
</figure>`;
}
