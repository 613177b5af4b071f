import type { KillCell, KillMatrixPart, KillMatrixRow, Report } from '../../../harness/model/index.js';
import { faultsOf, killMatrixInWords, plantedIntoWords } from '../../findings/kill-matrix.js';
import { html, type Markup } from '../markup.js';
import { prose } from '../prose.js';
import { scrolled } from '../scrolled.js';

/** Which planted fault was noticed by which check, and by which it must not be: what the verdicts above are worth. */
export function killMatrixSection({ killMatrix }: Report): Markup | null {
  if (killMatrix === undefined) return null;
  return html`<p class="lead">${prose(killMatrixInWords(killMatrix))}</p>
${killMatrix.parts.map((part) => html`<h3>${plantedIntoWords[part.plantedInto]}</h3>\n${partTables(part)}`)}`;
}

function partTables({ rows }: KillMatrixPart): Markup {
  const framed = rows.filter(({ framing }) => framing !== 'system');
  const ofSystem = rows.filter(({ framing }) => framing === 'system');
  return html`${framed.length === 0 ? null : grid(framed)}${ofSystem.length === 0 ? null : lists(ofSystem)}`;
}

function grid(rows: readonly KillMatrixRow[]): Markup {
  const checks = [...new Set(rows.map(({ checkId }) => checkId))];
  return scrolled(
    'Kill matrix',
    html`<table class="matrix">
<thead><tr><th scope="col">Fault</th>${checks.map((check) => html`<th scope="col"><code>${check}</code></th>`)}</tr></thead>
<tbody>
${faultsOf(rows).map(({ name, rows: its }) => html`<tr><th scope="row"><code>${name}</code></th>${checks.map((check) => cellOf(its.find(({ checkId }) => checkId === check)))}</tr>\n`)}</tbody></table>`,
  );
}

/** Every fault of the system has checks of its own, so that a grid would be empty. */
function lists(rows: readonly KillMatrixRow[]): Markup {
  const wanted = [
    ['Caught by', 'fail'],
    ['Silent', 'pass'],
  ] as const;
  return scrolled(
    'Kill matrix of the system',
    html`<table class="matrix">
<thead><tr><th scope="col">Fault</th>${wanted.map(([title]) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${faultsOf(rows).map(({ name, rows: its }) => html`<tr><th scope="row"><code>${name}</code></th>${wanted.map(([, expectation]) => html`<td>${its.filter(({ expected }) => expected === expectation).map(named)}</td>`)}</tr>\n`)}</tbody></table>`,
  );
}

function named({ checkId, cell }: KillMatrixRow, index: number): Markup {
  const isPlain = cell === 'caught' || cell === 'silent';
  return html`${index === 0 ? null : ', '}<code>${checkId}</code>${isPlain ? null : html` <strong>${cell}</strong>`}`;
}

/** The colours are those of verdicts: what had to happen and did is as good as a pass. */
const classes: Readonly<Record<KillCell, string>> = {
  caught: 'pass',
  missed: 'fail',
  'false alarm': 'fail',
  silent: 'skip',
  undecided: 'broken',
  free: 'info',
  unseen: 'broken',
};

function cellOf(row: KillMatrixRow | undefined): Markup {
  if (row === undefined) return html`<td><span class="none" title="does not apply">·</span></td>`;
  const figures = `${row.failed} of ${row.runs} runs failed, ${row.broken} could not be decided`;
  return html`<td><span class="cell ${classes[row.cell]}" title="${figures}">${row.cell}</span></td>`;
}
