import type { Report, Verdict } from '../../../harness/model/index.js';
import { verdictSigns } from '../../findings/wording.js';
import { guarantees, worstOf, type GuaranteeGroup, type Subject } from '../../view/breaks.js';
import { plural } from '../../units/digits.js';
import { html, type Markup } from '../markup.js';
import { scrolled } from '../scrolled.js';

/** Groups of checks × transports; the script opens a group to its checks. */
export function guaranteesSection(report: Report): Markup | null {
  if (report.verdicts.length === 0) return null;
  const { subjects, groups } = guarantees(report);
  const checks = groups.reduce((sum, group) => sum + group.checks.length, 0);
  return html`<p class="lead">${plural(checks, 'check')} in ${plural(groups.length, 'group')}. ✓ passed, ≠ deviation, ✗ failed, ! undecided, i information, – not applicable; the figure is the number of checks. Open a group for its checks, and a sign for the evidence.</p>
${scrolled(
  'Table of all guarantees',
  html`<table class="matrix">
<thead><tr><th scope="col">Group</th>${subjects.map(subjectHead)}</tr></thead>
<tbody>
${groups.map((group) => groupRow(group, subjects))}</tbody></table>`,
  subjects.length <= MOST_THAT_FIT ? 'fits' : 'any',
)}`;
}

const MOST_THAT_FIT = 20;

function subjectHead({ label, reference }: Subject): Markup {
  return html`<th scope="col"><span>${label}${reference === null ? null : html` <small title="${reference}">reference</small>`}</span></th>`;
}

function groupRow({ name, checks, cells }: GuaranteeGroup, subjects: readonly Subject[]): Markup {
  return html`<tr data-group="${name}"><th scope="row"><button type="button" aria-expanded="false">${name}</button> <small>${checks.length}</small></th>${cells.map((verdicts, index) => groupCell(verdicts, subjects[index]))}</tr>\n`;
}

function groupCell(verdicts: readonly Verdict[], subject: Subject | undefined): Markup {
  const worst = worstOf(verdicts);
  if (worst === null) return html`<td></td>`;
  const count = verdicts.filter(({ verdict }) => verdict === worst).length;
  const applicable = verdicts.filter(({ verdict }) => verdict !== 'skip').length;
  const figures = worst === 'pass' || worst === 'skip' || worst === 'info' ? `${count}` : `${count}/${applicable}`;
  const unclean = verdicts.some(({ teardown }) => teardown === 'unclean') ? '⌫' : '';
  return html`<td class="${worst}" title="${subject?.label ?? ''}: ${count} ${worst}">${verdictSigns[worst]}${figures}${unclean}<span class="unseen"> ${worst}</span></td>`;
}
