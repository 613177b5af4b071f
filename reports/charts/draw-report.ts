import type { CaseResult, Report } from '../../harness/model/index.js';
import { printable } from '../printable.js';
import { formatSize } from '../units/bytes.js';
import { formatRatio } from '../units/digits.js';
import { formatFigure, type Figure } from '../units/estimate.js';
import { blockWords } from '../view/block-words.js';
import { overviewGrid, type FigureCell, type Grid, type GridBlock, type GridColumn } from '../view/grid.js';
import type { ByTransportChart, RangeRow, RangesChart, RatiosChart, ReportChart, Series } from './chart-data.js';

export interface DrawnChart {
  /** The block whose figures it shows; null: it compares blocks. */
  readonly block: string | null;
  readonly chart: ReportChart;
}

/** Every chart of a report: what placement costs, then for each block the slowest share, and ratios over sizes. */
export function drawReport(report: Report): readonly DrawnChart[] {
  const grid = overviewGrid(report);
  const series = seriesOf(report);
  const placement = drawPlacement(grid, series);
  return [
    ...(placement === null ? [] : [{ block: null, chart: placement }]),
    ...grid.blocks.flatMap((block) => drawBlock(grid, block, series).map((chart) => ({ block: block.id, chart }))),
  ];
}

/** At most four images: what compares blocks, and those of the first block that compares transports. */
export function headlineCharts(charts: readonly DrawnChart[]): readonly ReportChart[] {
  const first = charts.find(({ block, chart }) => block !== null && rowsOf(chart) > 1) ?? charts[0];
  return charts
    .filter(({ block }) => block === null || block === first?.block)
    .map(({ chart }) => chart)
    .slice(0, 4);
}

function rowsOf(chart: ReportChart): number {
  return chart.kind === 'ratios' ? chart.series.length : chart.rows.length;
}

function drawBlock(grid: Grid, block: GridBlock, series: SeriesOf): readonly ReportChart[] {
  const figures = [...new Set(grid.columns.map(({ figure }) => figure))];
  const ratios = figures.flatMap((figure) => drawRatios(grid, block, figure, series) ?? []);
  const slowest = drawSlowest(grid, block, series);
  const found = [...(slowest === null ? [] : [slowest]), ...ratios];
  return found.length > 0 ? found : grid.columns.flatMap((column) => drawRows(grid, block, column, series) ?? []);
}

type SeriesOf = (transport: string) => Series;

// References after the others, so that adding one does not change a transport's colour.
function seriesOf({ transports, results }: Report): SeriesOf {
  const references = new Set(transports.filter(({ reference }) => reference !== null).map(({ name }) => name));
  const names = [
    ...new Set([...transports.map(({ name }) => name), ...results.map((result) => result.case.transport)]),
  ];
  const ordered = [...names.filter((name) => !references.has(name)), ...names.filter((name) => references.has(name))];
  return (transport) => ({
    transport: printable(transport),
    reference: references.has(transport),
    style: Math.max(ordered.indexOf(transport), 0),
  });
}

function cellsAt(grid: Grid, block: GridBlock, column: GridColumn): readonly FigureCell[] {
  const at = grid.columns.indexOf(column);
  return block.rows.flatMap((row) => {
    const cell = row.cells[at];
    return cell?.kind === 'figure' && cell.value > 0 ? [cell] : [];
  });
}

/** One driver's placements beside each other, at the smallest round trip. */
function drawPlacement(grid: Grid, series: SeriesOf): RangesChart | null {
  const column = grid.columns.find(({ figure }) => figure === 'latency') ?? grid.columns[0];
  if (column === undefined) return null;
  const [first] = grid.blocks;
  const blocks = grid.blocks.filter(
    ({ driver, settings }) => driver === first?.driver && settings.join() === first.settings.join(),
  );
  if (blocks.length < 2) return null;
  const cells = blocks.map((block) => cellsAt(grid, block, column));
  const rows = (cells[0] ?? []).flatMap((cell): readonly RangeRow[] => {
    const { transport } = cell.result.case;
    const points = cells.map((others) => others.find((other) => other.result.case.transport === transport) ?? null);
    return points.includes(null)
      ? []
      : [{ ...series(transport), points: points.map((point) => (point === null ? null : pointOf(point))) }];
  });
  if (rows.length === 0) return null;
  const ratios = rows.map(({ points }) => (points[1]?.value ?? 1) / (points[0]?.value ?? 1)).sort((a, b) => a - b);
  const [least, most] = [formatRatio(ratios[0] ?? 1), formatRatio(ratios.at(-1) ?? 1)];
  const what = column.figure === 'latency' ? 'round trip' : 'throughput';
  return {
    kind: 'ranges',
    id: 'placement',
    title: `${formatSize(column.sizeBytes)} ${what} ${placeOf(blocks[1])}: ${least} to ${most} that ${placeOf(blocks[0])}`,
    place: blocks.map(blockWords).join('; '),
    figure: column.figure,
    names: blocks.map(placeOf),
    rows,
  };
}

function placeOf(block: GridBlock | undefined): string {
  return block === undefined ? '' : placements[block.placement];
}

const placements: Readonly<Record<GridBlock['placement'], string>> = {
  'same-cpu': 'on one CPU',
  'cross-cpu': 'on two CPUs',
  free: 'unpinned',
};

/** p50 to p99.9 of the smallest round trip: how long the slowest share takes. */
function drawSlowest(grid: Grid, block: GridBlock, series: SeriesOf): RangesChart | null {
  const column = grid.columns.find(
    (candidate) => candidate.figure === 'latency' && cellsAt(grid, block, candidate).length > 0,
  );
  if (column === undefined) return null;
  const rows = cellsAt(grid, block, column).map(({ result }) => ({
    ...series(result.case.transport),
    points: quantilesOf(result),
  }));
  const byP99 = rows
    .filter(({ points, reference }) => points[2] !== null && !reference)
    .toSorted((a, b) => (a.points[2]?.value ?? 0) - (b.points[2]?.value ?? 0));
  const [low, high] = [byP99[0], byP99.at(-1)];
  const p99 = (row: RangeRow | undefined): string =>
    `${row?.transport ?? ''} ${formatFigure('latency', row?.points[2]?.value ?? null)}`;
  const size = formatSize(column.sizeBytes);
  return {
    kind: 'ranges',
    id: fileName(block.id, 'slowest-share'),
    title:
      byP99.length === 0
        ? `Quantiles of the ${size} round trip`
        : `Slowest 1 % of ${size} round trips: ${p99(low)}${low === high ? '' : ` to ${p99(high)}`}`,
    place: printable(blockWords(block)),
    figure: 'latency',
    names: ['p50', 'p90', 'p99', 'p99.9'],
    rows,
  };
}

function quantilesOf({ latency }: CaseResult): RangeRow['points'] {
  const values = [latency?.p50Ns, latency?.p90Ns, latency?.p99Ns, latency?.p999Ns];
  return values.map((value) =>
    value === null || value === undefined || value <= 0 ? null : { value, low: null, high: null },
  );
}

/** How many times the best's figure each transport takes, over sizes: where lines cross, the order turns. */
function drawRatios(grid: Grid, block: GridBlock, figure: Figure, series: SeriesOf): RatiosChart | null {
  const columns = grid.columns.filter(
    (column) => column.figure === figure && column.sizeBytes > 0 && cellsAt(grid, block, column).length > 1,
  );
  if (columns.length < 2) return null;
  const best = columns.map((column) => {
    const values = cellsAt(grid, block, column)
      .filter(({ tier }) => tier !== 'reference')
      .map(({ value }) => value);
    return figure === 'latency' ? Math.min(...values) : Math.max(...values);
  });
  const lines = block.rows.map(({ transport }) => ({
    ...series(transport),
    points: columns.map((column, index) => {
      const cell = cellsAt(grid, block, column).find((candidate) => candidate.result.case.transport === transport);
      if (cell === undefined) return null;
      const ratio = figure === 'latency' ? cell.value / (best[index] ?? 1) : (best[index] ?? 1) / cell.value;
      return Number.isFinite(ratio) ? ratio : null;
    }),
  }));
  const shown = lines.filter(({ points }) => points.some((point) => point !== null));
  const worst = columns.map((_, index) =>
    Math.max(...shown.filter(({ reference }) => !reference).map(({ points }) => points[index] ?? 1)),
  );
  const what = figure === 'latency' ? 'Round trip' : 'Throughput';
  const spread = columns.map(({ sizeBytes }, index) => `${formatRatio(worst[index] ?? 1)} at ${formatSize(sizeBytes)}`);
  return {
    kind: 'ratios',
    id: fileName(block.id, `${figure}-ratios`),
    title: `${what}: from best to worst ${[spread[0], spread.at(-1)].join(', ')}`,
    place: printable(blockWords(block)),
    figure,
    sizes: columns.map(({ sizeBytes }) => sizeBytes),
    series: shown,
  };
}

/** Figures at one size, best first: for a report that has neither quantiles nor sizes to compare. */
function drawRows(grid: Grid, block: GridBlock, column: GridColumn, series: SeriesOf): ByTransportChart | null {
  const cells = cellsAt(grid, block, column);
  if (cells.length === 0) return null;
  const size = formatSize(column.sizeBytes);
  return {
    kind: 'by-transport',
    id: fileName(block.id, `${column.id}-by-transport`),
    title: column.figure === 'latency' ? `Round trip at ${size}` : `Throughput at ${size}`,
    place: printable(blockWords(block)),
    figure: column.figure,
    sizeBytes: column.sizeBytes,
    rows: cells.map((cell) => ({ ...series(cell.result.case.transport), point: pointOf(cell) })),
  };
}

function pointOf({ value, low, high }: FigureCell): {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
} {
  return { value, low, high };
}

// Becomes a file name: nothing but letters, digits and hyphens survives.
function fileName(...parts: readonly string[]): string {
  return parts
    .join('-')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 120);
}
