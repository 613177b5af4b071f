import type { Report } from '../../../harness/model/index.js';
import { failedLaunches } from '../../findings/failures.js';
import { plural } from '../../units/digits.js';
import { html, type Markup } from '../markup.js';
import { prose } from '../prose.js';

/** What was planned and has no figure, or not all of it, and why. */
export function unmeasuredSection(report: Report): Markup | null {
  const failures = failedLaunches(report);
  if (failures.length === 0 && report.skipped.length === 0) return null;
  return html`${
    failures.length === 0
      ? null
      : html`<h3>Failed launches</h3><dl class="reasons">${failures.map(
          ({ caseId, text, code }) =>
            html`<dt><code>${caseId}</code>${code === null ? null : html` <span class="code">${code}</span>`}</dt><dd>${prose(text)}</dd>\n`,
        )}</dl>`
  }${
    report.skipped.length === 0
      ? null
      : html`<h3>Skipped</h3><p class="lead">${plural(report.skipped.length, 'case')} did not run.</p><dl class="reasons">${report.skipped.map(
          ({ caseId, code, reason }) =>
            html`<dt><code>${caseId}</code> <span class="code">${code}</span></dt><dd>${prose(reason)}</dd>\n`,
        )}</dl>`
  }`;
}
