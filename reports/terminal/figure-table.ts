import type { CaseResult } from '../../harness/model/index.js';
import type { ComparableGroup, TransportRow } from '../findings/comparable-groups.js';
import { headlineSize } from '../findings/answers.js';
import { headlineEstimate, rankGroup, type Standings } from '../findings/ranking.js';
import { printable } from '../printable.js';
import { formatSize } from '../units/bytes.js';
import { formatFigure, formatSpread } from '../units/estimate.js';
import type { Colours } from './colours.js';
import { layoutTable, type Cell, type TableRow } from './table.js';

/**
 * One group: transports as rows, best first at the headline size; sizes as columns; references below, dimmed and
 * labelled.
 */
export function figureTable(group: ComparableGroup, colours: Colours, width: number): readonly string[] {
  const rankings = new Map(group.sizes.map((size) => [size, rankGroup(group, size)]));
  const rows = sortRows(group).map((row): TableRow => {
    const label = row.reference === null ? printable(row.transport) : `${printable(row.transport)} (reference)`;
    return {
      name: { text: label, ...(row.reference === null ? {} : { paint: colours.dim }) },
      cells: group.sizes.map((size) => figureCell(group, row, size, rankings.get(size), colours)),
    };
  });
  return layoutTable(
    group.sizes.map((size) => `${formatSize(size)}${spreadRoom}`),
    rows,
    width,
  );
}

// Titles stand over the values, not over the intervals beside them.
const spreadRoom = ' '.repeat(6);

function sortRows(group: ComparableGroup): readonly TransportRow[] {
  const { leader, tied, behind, undecided, references } = rankGroup(group, headlineSize(group));
  const order = [leader, ...[...tied, ...behind, ...undecided].toSorted(byValue(group)), ...references].flatMap(
    (entry) => entry?.transport ?? [],
  );
  const place = (row: TransportRow): number =>
    order.includes(row.transport) ? order.indexOf(row.transport) : order.length;
  return group.rows.toSorted(
    (a, b) => Number(a.reference !== null) - Number(b.reference !== null) || place(a) - place(b),
  );
}

function byValue(
  group: ComparableGroup,
): (a: { estimate: { value: number } }, b: { estimate: { value: number } }) => number {
  return (a, b) => (a.estimate.value - b.estimate.value) * (group.figure === 'latency' ? 1 : -1);
}

function figureCell(
  group: ComparableGroup,
  row: TransportRow,
  size: number,
  ranking: Standings | undefined,
  colours: Colours,
): Cell {
  const result = row.results.get(size);
  if (result === undefined)
    return { text: `${row.skipped.has(size) ? 'skipped' : '–'}${spreadRoom}`, paint: colours.dim };
  const estimate = headlineEstimate(result);
  if (estimate === null) return { text: `failed${spreadRoom}`, paint: colours.red };
  const { mark, paint } = standing(row, result, ranking, colours);
  const spread = (formatSpread(estimate) ?? '').padEnd(4);
  return {
    text: `${mark}${formatFigure(group.figure, estimate.value)} ${spread}${result.failures.length > 0 ? '!' : ' '}`,
    paint,
  };
}

function standing(
  row: TransportRow,
  result: CaseResult,
  ranking: Standings | undefined,
  colours: Colours,
): { readonly mark: string; readonly paint: Colours['dim'] } {
  if (row.reference !== null) return { mark: '', paint: colours.dim };
  // Alone, or without intervals, nothing leads.
  const ranks = ranking !== undefined && ranking.tied.length + ranking.behind.length > 0;
  if (ranks && ranking.leader?.result === result) return { mark: '* ', paint: colours.green };
  if (ranks && ranking.tied.some((entry) => entry.result === result)) return { mark: '~ ', paint: colours.green };
  return { mark: '', paint: colours.plain };
}
