import type { GateReport } from '../../../harness/model/index.js';
import { comparisonSections, toExplain } from '../../findings/comparisons.js';
import {
  countVerdicts,
  exitCodeInWords,
  gateVerdictOrder,
  gateVerdictWords,
  metricMeanings,
  metricWords,
} from '../../findings/gate-wording.js';
import { plural } from '../../units/digits.js';
import { html, type Markup } from '../markup.js';
import { prose } from '../prose.js';
import { breakable, comparisonTable, gateBadge } from './comparison-table.js';

/** What was decided: how many of each verdict, why of those that did not pass, and every comparison. */
export function answerSection(gate: GateReport): Markup | null {
  const { gated, advisory } = comparisonSections(gate);
  if (gate.comparisons.length === 0) return html`<p class="lead">${exitCodeInWords(gate)}</p>`;
  const count = (isGated: boolean): number => gate.comparisons.filter((found) => found.isGated === isGated).length;
  return html`<p class="lead">${prose(exitCodeInWords(gate))}</p>
${tally(gate)}
${reasons(gate)}
${gated.length === 0 ? null : html`<h3>${plural(count(true), 'gated comparison')}</h3>\n${comparisonTable('Gated comparisons', gated, gate.method)}`}
${advisory.length === 0 ? null : html`<h3>${plural(count(false), 'advisory comparison')}</h3>\n${advisoryReasons(gate)}\n${comparisonTable('Advisory comparisons', advisory, gate.method)}`}
${legend(gate)}`;
}

function tally({ comparisons }: GateReport): Markup {
  const gated = comparisons.filter((found) => found.isGated);
  const counts = gateVerdictOrder
    .map((verdict) => ({ verdict, count: gated.filter((found) => found.verdict === verdict).length }))
    .filter(({ count }) => count > 0);
  return html`<ul class="verdict-tally">${counts.map(({ verdict, count }) => html`<li>${gateBadge(verdict)} <b>${count}</b> <span>${gateVerdictWords[verdict]}</span></li>\n`)}</ul>`;
}

function reasons(gate: GateReport): Markup | null {
  const found = toExplain(gate);
  if (found.length === 0) return null;
  return html`<ul class="remarkable">${found.map((one) => html`<li>${gateBadge(one.verdict)} <code>${breakable(one.caseId)}</code> <span class="level">${metricWords[one.metric]}</span><p>${prose(one.reason)}</p></li>\n`)}</ul>`;
}

function advisoryReasons({ comparisons }: GateReport): Markup {
  const advisory = comparisons.filter((found) => !found.isGated);
  const told = [...new Set(advisory.flatMap((found) => found.advisoryReason ?? []))];
  return html`<p class="lead">These do not affect the exit status: ${countVerdicts(advisory)}.${told.map((reason) => html` ${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}.`)}</p>`;
}

function legend({ comparisons }: GateReport): Markup {
  const metrics = [...new Set(comparisons.map((found) => found.metric))];
  return html`<details><summary>What the columns mean</summary>
<dl class="reasons">
<dt>Change, interval</dt><dd>Median over pairs of head against base; above zero is worse. ~: the interval holds zero, so no direction can be told. Below it, where the true change lies, with the confidence of the look that decided.</dd>
<dt>Detectable from</dt><dd>The smallest worsening that this rule finds in nine of ten gates, with as many pairs of this spread.</dd>
<dt>Budget</dt><dd>The largest worsening that may pass. For a count near zero it is told in calls per message, like its change.</dd>
<dt>Pairs over time</dt><dd>Each dot is one pair; higher is worse. The dashed line is the budget. Dots right of the vertical line are the confirmation run.</dd>
${metrics.map((metric) => html`<dt>${metricWords[metric]}</dt><dd>${metricMeanings[metric]}</dd>\n`)}</dl></details>`;
}
