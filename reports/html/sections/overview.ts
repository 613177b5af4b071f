import { ratioInWords } from '../../findings/answers.js';
import { formatSize } from '../../units/bytes.js';
import { plural } from '../../units/digits.js';
import { formatEstimate, formatFigure, type Figure } from '../../units/estimate.js';
import { blockWords } from '../../view/block-words.js';
import type { FigureCell, Grid, GridBlock, GridCell, GridColumn, GridRow, Tier } from '../../view/grid.js';
import { html, type Markup } from '../markup.js';
import { scrolled } from '../scrolled.js';

/** Every figure of the report in one table, with the filter above it. Reads without the script. */
export function overviewSection(grid: Grid): Markup | null {
  if (grid.blocks.length === 0) return null;
  const table = html`<table class="grid">
<thead><tr><td></td>${workloadHeads(grid)}</tr>
<tr><th scope="col">Transport</th>${grid.columns.map((column) => html`<th scope="col" data-workload="${column.workload}" data-size="${column.sizeBytes}">${formatSize(column.sizeBytes)}</th>`)}</tr></thead>
${grid.blocks.map((block) => blockBody(block, grid.columns))}</table>`;
  return html`${filterForm(grid)}
${scrolled('Table of all figures', table)}
<p class="note">★ best of its column and block. ≈ cannot be told from the best. Shaded: slower than the best, and by how much. The bar shows the interval of the median launch, on one logarithmic scale for each column and block. A block is ranked on its own, by launches that ran next to each other, so a tied transport can read lower than the best.</p>`;
}

function workloadHeads({ columns }: Grid): readonly Markup[] {
  const workloads = [...new Set(columns.map(({ workload }) => workload))];
  return workloads.map((workload) => {
    const members = columns.filter((column) => column.workload === workload);
    const figure = members[0]?.figure ?? 'latency';
    return html`<th scope="colgroup" colspan="${members.length}" data-workload="${workload}">${workload}: ${meaning[figure]}</th>`;
  });
}

const meaning: Readonly<Record<Figure, string>> = {
  latency: 'round trip, lower is better',
  throughput: 'throughput, higher is better',
};

function filterForm({ blocks, columns }: Grid): Markup {
  const workloads = [...new Set(columns.map(({ workload }) => workload))].map((id) => ({ id, label: id }));
  const sizes = [...new Set(columns.map(({ sizeBytes }) => sizeBytes))]
    .sort((a, b) => a - b)
    .map((size) => ({ id: String(size), label: formatSize(size) }));
  const places = blocks.map((block) => ({ id: block.id, label: blockWords(block) }));
  return html`<form class="filter" aria-label="Filter" hidden>
<label>Show <select name="show"><option value="value">figure</option><option value="ratio">× the best</option><option value="p99">p99</option><option value="cpu">CPU time</option><option value="calls">system calls</option></select></label>
${choices('w', 'Workload', workloads)}${choices('b', 'Peers', places)}${choices('s', 'Size', sizes)}<label>Transport <input type="search" name="t" size="12" placeholder="pipe, unix"></label>
<output></output>
</form>`;
}

function choices(
  name: string,
  legend: string,
  options: readonly { readonly id: string; readonly label: string }[],
): Markup | null {
  if (options.length < 2) return null;
  return html`<fieldset><legend>${legend}</legend>${options.map(({ id, label }) => html`<label><input type="checkbox" name="${name}" value="${id}" checked>${label}</label>`)}</fieldset>\n`;
}

function blockBody(block: GridBlock, columns: readonly GridColumn[]): Markup {
  return html`<tbody data-block="${block.id}"><tr class="block"><th scope="rowgroup" colspan="${columns.length + 1}">${blockWords(block)}</th></tr>
${block.rows.map((row) => html`<tr data-transport="${row.transport}"><th scope="row">${row.transport}${referenceTag(row)}</th>${row.cells.map((cell, index) => cellMarkup(cell, columns[index] as GridColumn))}</tr>\n`)}</tbody>
`;
}

function referenceTag({ reference }: GridRow): Markup | null {
  return reference === null ? null : html` <small title="${reference}">reference</small>`;
}

function cellMarkup(cell: GridCell | null, { workload, sizeBytes }: GridColumn): Markup {
  const where = html` data-workload="${workload}" data-size="${sizeBytes}"`;
  if (cell === null) return html`<td${where}></td>`;
  if (cell.kind === 'skipped') return html`<td${where}><span class="none" title="${cell.reason}">skipped</span></td>`;
  const link = html` href="#case=${encodeURIComponent(cell.caseId)}" data-case="${cell.caseId}"`;
  if (cell.kind === 'failed') return html`<td${where}><a class="bad"${link}><i></i><b>failed</b></a></td>`;
  const sign = signs[cell.tier];
  return html`<td class="${cell.tier}${shade(cell)}"${where}><a${link} title="${inWords(cell)}"><i>${sign}</i><b>${formatFigure(cell.figure, cell.value)}</b>${mark(cell)}</a></td>`;
}

const signs: Readonly<Record<Tier, string>> = {
  leader: '★',
  tied: '≈',
  behind: '',
  undecided: '',
  reference: '',
  alone: '',
};

/** A difference that is not told is not shaded. */
function shade({ tier, entry }: FigureCell): string {
  if (tier !== 'behind' || entry === null) return '';
  const step = [1.15, 1.5, 2.5].filter((limit) => entry.ratio >= limit).length + 1;
  return ` shade-${step}`;
}

function inWords(cell: FigureCell): string {
  const failed = cell.result.failures.length;
  const standing =
    cell.tier === 'leader'
      ? 'best of its column'
      : cell.tier === 'tied'
        ? `cannot be told from ${cell.leader ?? 'the best'}`
        : cell.tier === 'behind' && cell.entry !== null
          ? `takes ${ratioInWords(cell.entry)} as long as ${cell.leader ?? 'the best'}`
          : 'not ranked';
  return [
    formatEstimate(cell.figure, { ...cell, confidence: null }),
    standing,
    ...(failed === 0 ? [] : [plural(failed, 'failed launch', 'failed launches')]),
  ].join('; ');
}

const WIDTH = 48;

function mark({ mark: { low, value, high }, low: end }: FigureCell): Markup {
  const x = (share: number): string => (3 + share * (WIDTH - 6)).toFixed(1);
  const bar = end === null ? null : html`<path d="M${x(low)} 6H${x(high)}"/>`;
  return html`<svg width="${WIDTH}" height="12" aria-hidden="true">${bar}<circle cx="${x(value)}" cy="6" r="2.6"/></svg>`;
}
