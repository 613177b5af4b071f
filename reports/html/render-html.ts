import type { Report } from '../../harness/model/index.js';
import type { ReportCircumstances } from '../../harness/outcome/report-outcome.js';
import { shellCommand } from '../../harness/model/shell-command.js';
import { drawReport } from '../charts/draw-report.js';
import { notices } from '../findings/notices.js';
import { reportSummary } from '../findings/report-answer.js';
import { overview } from '../view/overview.js';
import { html, type Markup } from './markup.js';
import { writePage } from './page.js';
import { packedBlock, reportData } from './report-data.js';
import { boxesPart } from './sections/boxes.js';
import { breaksSection } from './sections/breaks.js';
import { chartsSection } from './sections/charts.js';
import { caveatsSection } from './sections/caveats.js';
import { guaranteesSection } from './sections/guarantees.js';
import { killMatrixSection } from './sections/kill-matrix.js';
import { machineSection } from './sections/machine.js';
import { methodsSection } from './sections/methods.js';
import { overviewSection } from './sections/overview.js';
import { unmeasuredSection } from './sections/unmeasured.js';
import { warningsSection } from './sections/warnings.js';

/** The report as one self-contained page: the answer, all figures, what breaks, and how it was measured. */
export function renderHtml(report: Report, circumstances: ReportCircumstances = {}): string {
  const { headline, boxes, grid } = overview(report);
  const charts = drawReport(report);
  return writePage({
    kind: 'report',
    ipcbenchVersion: report.ipcbenchVersion,
    stamp: stamp(report),
    headline,
    underline: html`<span class="answer-of-run">${reportSummary(report, circumstances)}</span>`,
    lead: boxesPart(boxes),
    warnings: warningsSection(notices(report)),
    sections: [
      { id: 'overview', title: 'All figures', short: 'Figures', body: overviewSection(grid) },
      { id: 'charts', title: 'Placement, slowest share and size', short: 'Charts', body: chartsSection(charts) },
      { id: 'breaks', title: 'What breaks', body: breaksSection(report) },
      { id: 'guarantees', title: 'All guarantees', short: 'Guarantees', body: guaranteesSection(report) },
      { id: 'planted-faults', title: 'Planted faults', body: killMatrixSection(report) },
      { id: 'unmeasured', title: 'Failed and skipped', body: unmeasuredSection(report) },
      { id: 'machine', title: 'Machine and noise', short: 'Machine', body: machineSection(report) },
      { id: 'methods', title: 'How the figures were measured', short: 'Method', body: methodsSection(report) },
      { id: 'caveats', title: 'What this report cannot tell you', short: 'Limits', body: caveatsSection(report) },
    ],
    footer: footer(report),
    data: packedBlock('report-data', reportData(report, grid, charts)),
  });
}

function stamp({ status, startedAt, environment }: Report): Markup {
  const state = status === 'complete' ? null : html` · <strong>${status}</strong>`;
  const { cpu, os, runtime, hypervisor } = { ...environment, hypervisor: environment.cpu.hypervisor };
  const machine = `${cpu.model}, ${cpu.online} CPUs${hypervisor === null ? '' : ', VM'} · ${os.platform} ${os.kernel} · ${runtime.name} ${runtime.version}`;
  return html`<time datetime="${startedAt}">${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)} UTC</time> · ${machine}${state}`;
}

function footer(report: Report): Markup {
  return html`<footer>
<p>Made by <code class="copy">${shellCommand(report.command)}</code>, seed ${report.seed}, from one <code>report.json</code>, which holds every figure above, launch by launch. Without a script this page shows all figures and deviations; <code>ipcbench report --format markdown</code> writes them as text.</p>
<p>ipcbench ${report.ipcbenchVersion} · machine fingerprint <code>${report.environment.fingerprint}</code></p>
</footer>`;
}
