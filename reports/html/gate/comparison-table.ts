import type { Comparison, GateReport, GateVerdict } from '../../../harness/model/index.js';
import { spellComparison, type ComparedCase } from '../../findings/comparisons.js';
import { gateVerdictSigns } from '../../findings/gate-wording.js';
import { numberCell } from '../number-cell.js';
import { html, type Markup } from '../markup.js';
import { scrolled } from '../scrolled.js';
import { pairStrip } from './pair-strip.js';

/** Every comparison, a row each; the page's script makes the columns sortable by `data-value`. */
export function comparisonTable(label: string, cases: readonly ComparedCase[], method: GateReport['method']): Markup {
  return scrolled(
    label,
    html`<table class="sortable comparisons">
<thead><tr>${columns.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${cases.flatMap(({ comparisons }) => comparisons.map((found) => row(found, method)))}</tbody></table>`,
  );
}

/** Sign, word and colour of a verdict. */
export function gateBadge(verdict: GateVerdict): Markup {
  return html`<span class="badge ${verdict}"><span aria-hidden="true">${gateVerdictSigns[verdict]}</span> ${verdict}</span>`;
}

const columns = [
  'Figure',
  'Verdict',
  'Base',
  'Head',
  'Change, interval',
  'Detectable from',
  'Budget',
  'Pairs over time',
];

function row(found: Comparison, method: GateReport['method']): Markup {
  const { metric, base, head, change, median, interval, visible, budget } = spellComparison(found);
  const pairs = found.measurements.reduce((sum, measurement) => sum + measurement.pairs.length, 0);
  const shown =
    change === '~'
      ? html`<span class="undirected" title="${interval === '–' ? 'too few launches for an interval' : 'the interval holds zero'}: no direction can be told">~ ${median}</span>`
      : html`<b>${median}</b>`;
  return html`<tr><th scope="row">${metric} <code>${breakable(found.caseId)}</code></th><td>${gateBadge(found.verdict)}</td>${numberCell(found.base, base)}${numberCell(found.head, head)}${numberCell(found.change?.median ?? null, html`${shown} <span class="interval">${interval === '–' ? null : interval}</span>`)}${numberCell(found.smallestVisible, visible)}${numberCell(found.budget, budget)}${numberCell(pairs === 0 ? null : pairs, pairs === 0 ? '–' : html`${pairStrip(method, found)} ${pairs}`)}</tr>\n`;
}

// A narrow column breaks an id after its slashes rather than inside a word.
export function breakable(id: string): Markup {
  return html`${id.split('/').map((part, index) => html`${index > 0 ? html`/<wbr>` : null}${part}`)}`;
}
