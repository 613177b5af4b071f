import type { CaseResult } from '../../../harness/model/index.js';
import type { GroupCharts } from '../../charts/draw-report.js';
import { answerGroup, headlineSize } from '../../findings/answers.js';
import { headlineEstimate } from '../../findings/ranking.js';
import { driverWords, nameGroup, placementWords } from '../../findings/wording.js';
import { formatSize } from '../../units/bytes.js';
import { plural } from '../../units/digits.js';
import { costTable } from '../cost-table.js';
import { figureTable } from '../figure-table.js';
import { html, type Markup } from '../markup.js';
import { prose } from '../prose.js';
import { methodLink, type Methods } from '../methods.js';
import { groupAnchor } from './answers.js';

/** One part for each group of comparable figures: its answer, its charts, its tables. */
export function figuresSection(groups: readonly GroupCharts[], methods: Methods): Markup | null {
  if (groups.length === 0) return null;
  return html`<noscript><p class="lead">The charts need JavaScript; every figure is in the tables.</p></noscript>
${groups.map((charts) => groupPart(charts, methods))}`;
}

function groupPart(charts: GroupCharts, methods: Methods): Markup {
  const { group } = charts;
  const { question, sentence } = answerGroup(group);
  const anchor = `group-${groupAnchor(group.id)}`;
  const results = group.rows.flatMap((row) => [...row.results.values()]);
  const first = results.find((result) => headlineEstimate(result) !== null) ?? results[0];
  return html`<section class="group" id="${anchor}" aria-labelledby="${anchor}-title" data-group="${group.id}">
<h3 id="${anchor}-title">${nameGroup(group)}</h3>
<p class="lead">Messages moved by ${driverWords[group.driver]}, ${placementWords[group.placement]}${relations(results)}. ${question}: ${prose(sentence)}</p>
${chartGrid(charts, first === undefined ? null : methodLink(methods, first, 'How this was measured'))}
<h4>Costs per message at ${formatSize(headlineSize(group))}</h4>
${costTable(group, [headlineSize(group)])}
<details class="all-figures"><summary>Table of ${results.length === 1 ? 'the one figure' : `all ${plural(results.length, 'figure')}`}</summary>
${figureTable(group, methods)}
</details>
${group.sizes.length > 1 ? html`<details><summary>Costs per message at every size</summary>\n${costTable(group, group.sizes)}\n</details>` : null}
</section>
`;
}

// Two CPUs of one core, of one socket, or of two: not the same distance, though all are called cross-cpu.
function relations(results: readonly CaseResult[]): string {
  const words: Readonly<Record<CaseResult['cpus']['relation'], string | null>> = {
    'same-cpu': null,
    smt: 'two threads of one core',
    'same-socket': 'two cores of one socket',
    'cross-socket': 'two sockets',
    unpinned: null,
  };
  const found = [...new Set(results.map((result) => words[result.cpus.relation]))].filter((word) => word !== null);
  return found.length === 0 ? '' : ` (${found.join(', or ')})`;
}

function chartGrid({ group, bySize, byTransport, percentiles }: GroupCharts, method: Markup | null): Markup | null {
  if (bySize === null && byTransport.length === 0) return null;
  const sizes = [...new Set([...byTransport, ...percentiles].map((chart) => chart.sizeBytes))].sort((a, b) => a - b);
  const latency = group.figure === 'latency';
  return html`<div class="chart-tools" hidden>
${sizes.length < 2 ? null : html`<label>Message size <select class="size-select">${sizes.map((size) => (size === headlineSize(group) ? html`<option value="${size}" selected>${formatSize(size)}</option>` : html`<option value="${size}">${formatSize(size)}</option>`))}</select></label>`}
<ul class="legend" aria-label="Show or hide transports"></ul>
</div>
<div class="charts">
${byTransport.length === 0 ? null : chartFigure('by-transport', latency ? 'Round trip by transport' : 'Throughput by transport', 'The mark is the median over launches, the bar its interval.', method)}
${bySize === null ? null : chartFigure('by-size', latency ? 'Round trip by message size' : 'Throughput by message size', 'Both axes are logarithmic. A gap is a case that failed or did not run.', method)}
${percentiles.length === 0 ? null : chartFigure('percentiles', 'Percentiles of the round trip', 'All launches together. A line ends where fewer than ten round trips lie beyond it.', method)}
</div>`;
}

function chartFigure(kind: string, title: string, note: string, method: Markup | null): Markup {
  return html`<figure class="chart" data-chart="${kind}" hidden>
<figcaption><b>${title}</b><span class="size"></span> <button type="button" class="reset-zoom" hidden>Reset zoom</button></figcaption>
<div class="canvas-box"><canvas role="img"></canvas></div>
<p class="note">${note} ${method}</p>
</figure>
`;
}
