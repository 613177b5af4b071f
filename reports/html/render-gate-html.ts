import type { GateReport } from '../../harness/model/index.js';
import { shellCommand } from '../../harness/model/shell-command.js';
import { drawGate } from '../charts/draw-gate.js';
import { gateNotices } from '../findings/gate-notices.js';
import { gateVerdictSigns, nameVariant, splitSummary } from '../findings/gate-wording.js';
import { answerSection } from './gate/answer-section.js';
import { forestSection, pairsSection } from './gate/chart-sections.js';
import { caveatsSection, decisionSection, machineSection, promisesSection } from './gate/decision-sections.js';
import { html, jsonBlock, type Markup } from './markup.js';
import type { PageData } from './page-data.js';
import { writePage } from './page.js';
import { warningsSection } from './sections/warnings.js';

/**
 * A gate as one self-contained page: the answer, its tables and charts, changed promises, and how it was decided, with
 * its limits.
 */
export function renderGateHtml(gate: GateReport): string {
  const charts = drawGate(gate);
  const { lead, rest } = splitSummary(gate);
  return writePage({
    kind: gate.kind,
    ipcbenchVersion: gate.ipcbenchVersion,
    stamp: stamp(gate),
    // A figure stays on the line of its unit.
    headline: [`${gateVerdictSigns[gate.verdict]} ${lead.replaceAll(' %', '\u00a0%')}`],
    underline: html`${rest === null ? null : html`${rest}<br>`}<span class="variant">${nameVariant(gate.base)}</span> → <span class="variant">${nameVariant(gate.head)}</span>`,
    warnings: warningsSection(gateNotices(gate)),
    sections: [
      { id: 'answer', title: 'Answer', body: answerSection(gate) },
      { id: 'promises', title: 'Guarantees', body: promisesSection(gate) },
      { id: 'changes', title: 'Changes', body: forestSection(charts) },
      { id: 'pairs', title: 'Pairs over time', body: pairsSection(charts) },
      { id: 'decision', title: 'How this was decided', body: decisionSection(gate) },
      {
        id: 'caveats',
        title: `What this ${gate.kind === 'gate' ? 'gate' : 'comparison'} cannot see`,
        body: caveatsSection(gate),
      },
      { id: 'machine', title: 'Machine and noise', body: machineSection(gate) },
    ],
    footer: footer(gate),
    lead: null,
    data: jsonBlock('page-data', {
      gate: {
        forests: [charts.gated, charts.advisory].filter((chart) => chart !== null),
        differences: charts.differences,
      },
    } satisfies PageData),
  });
}

function stamp(gate: GateReport): Markup {
  const state = gate.status === 'complete' ? null : html` · <strong>${gate.status}</strong>`;
  return html`<time datetime="${gate.startedAt}">${gate.startedAt.slice(0, 10)} ${gate.startedAt.slice(11, 16)} UTC</time> · ipcbench ${gate.ipcbenchVersion}${state}`;
}

function footer(gate: GateReport): Markup {
  return html`<footer>
<p>Made by <code class="copy">${shellCommand(gate.command)}</code>, seed ${gate.seed}, from one <code>gate.json</code>: every pair above is in it.</p>
<p>Machine fingerprint <code>${gate.environment.fingerprint}</code></p>
</footer>`;
}
