import type { GateReport } from '../../../harness/model/index.js';
import { environmentInWords, environmentTable } from '../../findings/environment.js';
import { gateNoiseInWords } from '../../findings/gate-noise.js';
import { gateCaveats, howItWasDecided } from '../../findings/gate-rule.js';
import {
  kindOfChange,
  promiseChangeSigns,
  promisesInOrder,
  describeGuaranteeChanges,
  spellChange,
  type PromiseChangeKind,
} from '../../findings/guarantee-changes.js';
import { formatElapsedMs } from '../../units/duration.js';
import { html, type Markup } from '../markup.js';
import { prose } from '../prose.js';
import { scrolled } from '../scrolled.js';
import { breakable } from './comparison-table.js';

export function promisesSection(gate: GateReport): Markup | null {
  const { verdictChanges, checksCompared } = gate;
  if (checksCompared === 0 && verdictChanges.length === 0) return null;
  const changes = promisesInOrder(gate);
  return html`<p class="lead">${describeGuaranteeChanges(gate)}.</p>
${changes.length === 0 ? null : html`<ul class="remarkable">${changes.map((change) => html`<li>${promiseBadge(kindOfChange(change))} <code>${breakable(change.id)}</code> <span class="level">${spellChange(change)}</span><p>${change.promise} ${prose(change.evidence)}</p></li>\n`)}</ul>`}`;
}

function promiseBadge(kind: PromiseChangeKind): Markup {
  const look: Readonly<Record<PromiseChangeKind, string>> = {
    worse: 'regressed',
    undecided: 'inconclusive',
    gone: 'incomparable',
    changed: 'inconclusive',
    better: 'improved',
  };
  return html`<span class="badge ${look[kind]}"><span aria-hidden="true">${promiseChangeSigns[kind]}</span> ${kind}</span>`;
}

export function decisionSection(gate: GateReport): Markup | null {
  const steps = howItWasDecided(gate);
  return steps.length === 0
    ? null
    : html`<ol class="methods">${steps.map((step) => html`<li><p>${prose(step)}</p></li>\n`)}</ol>`;
}

export function caveatsSection(gate: GateReport): Markup {
  return html`<ul class="caveats">${gateCaveats(gate).map((text) => html`<li>${prose(text)}</li>\n`)}</ul>`;
}

export function machineSection(gate: GateReport): Markup {
  const noise = gateNoiseInWords(gate);
  return html`<div class="machine">
${environmentInWords(gate.environment).map((line) => html`<p>${line}</p>\n`)}<p>${formatElapsedMs(gate.totalMs)} in all, effort ${gate.effort}, seed ${gate.seed}</p>
</div>
${noise === null ? null : html`<p class="noise">${noise}</p>\n`}<details><summary>Everything recorded about the machine</summary>
${scrolled(
  'The machine in full',
  html`<table class="plain"><tbody>
${environmentTable(gate.environment).map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`)}</tbody></table>`,
)}</details>`;
}
