import type { Report } from '../../harness/model/index.js';
import type { ReportCircumstances } from '../../harness/outcome/report-outcome.js';
import { shellCommand } from '../../harness/model/shell-command.js';
import { drawReport } from '../charts/draw-report.js';
import { headlineSize } from '../findings/answers.js';
import { notices } from '../findings/notices.js';
import { reportSummary } from '../findings/report-answer.js';
import { html, type Markup } from './markup.js';
import { collectMethods } from './methods.js';
import { writePage } from './page.js';
import type { PageData } from './page-data.js';
import { answersSection, deck, headline } from './sections/answers.js';
import { caveatsSection } from './sections/caveats.js';
import { conformanceSection } from './sections/conformance.js';
import { figuresSection } from './sections/figures.js';
import { killMatrixSection } from './sections/kill-matrix.js';
import { machineSection } from './sections/machine.js';
import { methodsSection } from './sections/methods.js';
import { unmeasuredSection } from './sections/unmeasured.js';
import { warningsSection } from './sections/warnings.js';

/** The report as one self-contained page: answers, machine, figures, verdicts, methods, caveats. */
export function renderHtml(report: Report, circumstances: ReportCircumstances = {}): string {
  const groups = drawReport(report);
  const methods = collectMethods(report);
  const data: PageData = {
    groups: groups.map(({ group, ...charts }) => ({ id: group.id, headlineSize: headlineSize(group), ...charts })),
  };
  const sections = [
    { id: 'answers', title: 'Answers', body: answersSection(report, methods) },
    { id: 'machine', title: 'Machine and noise', body: machineSection(report) },
    { id: 'figures', title: 'Figures', body: figuresSection(groups, methods) },
    { id: 'conformance', title: 'Conformance', body: conformanceSection(report) },
    { id: 'planted-faults', title: 'Planted faults', body: killMatrixSection(report) },
    { id: 'unmeasured', title: 'Failed and skipped', body: unmeasuredSection(report) },
    { id: 'methods', title: 'How each figure was measured', body: methodsSection(methods) },
    { id: 'caveats', title: 'What this report cannot tell you', body: caveatsSection(report) },
  ];
  const underline = deck(report);
  return writePage({
    kind: 'report',
    ipcbenchVersion: report.ipcbenchVersion,
    stamp: stamp(report),
    headline: headline(report),
    underline: html`${underline === null ? null : html`${underline}<br>`}<span class="answer-of-run">${reportSummary(report, circumstances)}</span>`,
    warnings: warningsSection(notices(report)),
    sections,
    footer: footer(report),
    data,
  });
}

function stamp(report: Report): Markup {
  const state = report.status === 'complete' ? null : html` · <strong>${report.status}</strong>`;
  return html`<time datetime="${report.startedAt}">${report.startedAt.slice(0, 10)} ${report.startedAt.slice(11, 16)} UTC</time> · ipcbench ${report.ipcbenchVersion}${state}`;
}

function footer(report: Report): Markup {
  return html`<footer>
<p>Made by <code class="copy">${shellCommand(report.command)}</code>, seed ${report.seed}, from one <code>report.json</code>: every figure above is in it, launch by launch.</p>
<p>Machine fingerprint <code>${report.environment.fingerprint}</code></p>
</footer>`;
}
