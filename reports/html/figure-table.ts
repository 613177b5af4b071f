import type { CaseResult } from '../../harness/model/index.js';
import type { ComparableGroup, TransportRow } from '../findings/comparable-groups.js';
import { headlineEstimate } from '../findings/ranking.js';
import { formatSize } from '../units/bytes.js';
import { formatCount } from '../units/digits.js';
import { formatNs } from '../units/duration.js';
import { formatFigure, formatInterval, type Figure } from '../units/estimate.js';
import { formatPerSecond } from '../units/rate.js';
import { launchStrip, stripReach } from './launch-strip.js';
import { html, type Content, type Markup } from './markup.js';
import { methodLink, type Methods } from './methods.js';
import { scrolled } from './scrolled.js';

/** Every figure of a group, a row a case; the page's script makes the columns sortable by `data-value`. */
export function figureTable(group: ComparableGroup, methods: Methods): Markup {
  const columns = group.figure === 'latency' ? latencyColumns : throughputColumns;
  const reach = stripReach(
    group.rows.flatMap((row) => [...row.results.values()]),
    group.figure,
  );
  const rows = group.rows.flatMap((row) =>
    group.sizes.flatMap((size) => caseRow(group, row, size, columns, methods, reach)),
  );
  const head = [
    'Transport',
    'Size',
    ...columns.map((column) => column.title),
    `Launches (strip: ±${reach * 100} %)`,
    'Method',
  ];
  return scrolled(
    'Figures',
    html`<table class="sortable">
<thead><tr>${head.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table>`,
  );
}

interface Column {
  readonly title: string;
  value(result: CaseResult): number | null;
  show(result: CaseResult): Content;
}

const latencyColumns: readonly Column[] = [
  headlineColumn('Round trip, median of p50', 'latency'),
  durationColumn('p50', (result) => result.latency?.p50Ns ?? null),
  durationColumn('p90', (result) => result.latency?.p90Ns ?? null),
  durationColumn('p99', (result) => result.latency?.p99Ns ?? null),
  durationColumn('p99.9', (result) => result.latency?.p999Ns ?? null),
  durationColumn('Slowest', (result) => result.latency?.maxNs ?? null),
  {
    title: 'Round trips',
    value: (result) => result.latency?.count ?? null,
    show: (result) => (result.latency === null ? '–' : formatCount(result.latency.count)),
  },
];

const throughputColumns: readonly Column[] = [
  headlineColumn('Throughput', 'throughput'),
  {
    title: 'Messages per second',
    value: (result) => result.throughput?.messagesPerSecond.value ?? null,
    show: (result) => formatPerSecond(result.throughput?.messagesPerSecond.value ?? null),
  },
];

function headlineColumn(title: string, figure: Figure): Column {
  return {
    title,
    value: (result) => headlineEstimate(result)?.value ?? null,
    show: (result) => {
      const estimate = headlineEstimate(result);
      if (estimate === null) return html`<b class="bad">failed</b>`;
      return html`<b>${formatFigure(figure, estimate.value)}</b> <span class="interval">${formatInterval(figure, estimate)}</span>`;
    },
  };
}

function durationColumn(title: string, value: (result: CaseResult) => number | null): Column {
  return { title, value, show: (result) => formatNs(value(result)) };
}

function caseRow(
  group: ComparableGroup,
  row: TransportRow,
  size: number,
  columns: readonly Column[],
  methods: Methods,
  reach: number,
): readonly Markup[] {
  const result = row.results.get(size);
  const name = transportCell(row);
  if (result === undefined) {
    const skipped = row.skipped.get(size);
    if (skipped === undefined) return [];
    return [
      html`<tr>${name}${sizeCell(size)}<td colspan="${columns.length + 2}">skipped: ${skipped.reason}</td></tr>\n`,
    ];
  }
  const failed = result.failures.length === 0 ? null : html` <span class="bad">${result.failures.length} failed</span>`;
  return [
    html`<tr>${name}${sizeCell(size)}${columns.map((column) => numberCell(column.value(result), column.show(result)))}${numberCell(result.launches.length, html`${launchStrip(result, group.figure, reach)} ${result.launches.length}${failed}`)}<td class="method">${methodLink(methods, result)}</td></tr>\n`,
  ];
}

export function transportCell({ transport, reference }: TransportRow): Markup {
  return html`<th scope="row">${transport}${reference === null ? null : html` <span class="reference" title="${reference}">reference</span>`}</th>`;
}

export function sizeCell(size: number): Markup {
  return numberCell(size, formatSize(size));
}

/** What the column is sorted by goes beside what it shows; without one the row sorts last. */
export function numberCell(value: number | null, shown: Content): Markup {
  return value === null
    ? html`<td class="number">${shown}</td>`
    : html`<td class="number" data-value="${Number(value.toPrecision(6))}">${shown}</td>`;
}
