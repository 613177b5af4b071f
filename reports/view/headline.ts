import type { Report } from '../../harness/model/index.js';
import { ratioInWords } from '../findings/answers.js';
import { killMatrixInShort } from '../findings/kill-matrix.js';
import { checksInWords } from '../findings/report-answer.js';
import { formatSize } from '../units/bytes.js';
import { formatRatio, plural } from '../units/digits.js';
import { formatFigure } from '../units/estimate.js';
import { blockWords } from './block-words.js';
import { whatBreaks } from './breaks.js';
import { figureCells, type FigureCell, type Grid, type GridBlock, type GridColumn } from './grid.js';

/** Who is best in one column of one block. */
export interface Winner {
  readonly block: GridBlock;
  readonly column: GridColumn;
  readonly cell: FigureCell;
  readonly tied: readonly FigureCell[];
  readonly behind: readonly FigureCell[];
  readonly undecided: readonly FigureCell[];
  /** Transports of this column of which every launch failed. */
  readonly figureless: readonly string[];
}

/** The sentences a reader sees first. A broken guarantee comes before any figure. */
export function headline(report: Report, grid: Grid): readonly string[] {
  const failed = whatBreaks(report).filter(({ kind }) => kind === 'fail');
  const [worst] = failed;
  if (worst !== undefined) return [...brokenInWords(worst, failed.length), ...figureSentences(grid).slice(0, 1)];
  const figures = figureSentences(grid);
  if (figures.length > 0) return figures;
  if (report.verdicts.length > 0) return [checksInWords(report)];
  if (report.killMatrix !== undefined) return [killMatrixInShort(report.killMatrix)];
  return [report.status === 'running' ? 'Nothing has been measured yet.' : 'Nothing was measured.'];
}

function brokenInWords(row: ReturnType<typeof whatBreaks>[number], failed: number): readonly string[] {
  const subjects = row.verdicts.map(({ transport }) => transport);
  const more = failed === 1 ? '' : ` ${plural(failed - 1, 'more guarantee is', 'more guarantees are')} broken.`;
  return [`${listNames(subjects)} ${subjects.length === 1 ? 'breaks' : 'break'} a guarantee: ${row.promise}${more}`];
}

function figureSentences(grid: Grid): readonly string[] {
  const winners = mainWinners(grid);
  if (winners.length === 0) return [];
  const decided = winners.filter((winner) => winner.cell.tier === 'leader' || winner.cell.tier === 'alone');
  if (decided.length === 0) {
    const [first] = winners;
    return first === undefined
      ? []
      : [`Too few launches to rank anything: ${first.cell.result.case.transport} read ${readingOf(first)}.`];
  }
  const factor = largestFactor(grid);
  return [...decided.map(winnerInWords), ...(factor === null ? [] : [factor.sentence])];
}

/** The smallest round trip and the largest throughput that were measured, in the first block that has them. */
export function mainWinners(grid: Grid): readonly Winner[] {
  const latency = grid.columns.find(({ figure }) => figure === 'latency');
  const throughput = grid.columns.findLast(({ figure }) => figure === 'throughput');
  return [latency, throughput].flatMap((column) => {
    if (column === undefined) return [];
    const found = grid.blocks.flatMap((block) => winnerOf(grid, block, column) ?? []);
    const best = found.find(({ cell }) => cell.tier === 'leader') ?? found[0];
    return best === undefined ? [] : [best];
  });
}

export function winnerOf(grid: Grid, block: GridBlock, column: GridColumn): Winner | null {
  const at = grid.columns.indexOf(column);
  const cells = block.rows.flatMap((row) => {
    const cell = row.cells[at];
    return cell?.kind === 'figure' && cell.tier !== 'reference' ? [cell] : [];
  });
  const better = (a: FigureCell, b: FigureCell): number => (a.value - b.value) * (column.figure === 'latency' ? 1 : -1);
  const cell = cells.find(({ tier }) => tier === 'leader') ?? cells.toSorted(better)[0];
  if (cell === undefined) return null;
  const those = (tier: FigureCell['tier']): readonly FigureCell[] =>
    cells.filter((other) => other !== cell && other.tier === tier);
  return {
    block,
    column,
    cell,
    tied: those('tied'),
    behind: those('behind'),
    undecided: those('undecided'),
    figureless: block.rows.flatMap(({ transport, reference, cells: all }) =>
      reference === null && all[at]?.kind === 'failed' ? [transport] : [],
    ),
  };
}

function winnerInWords(winner: Winner): string {
  const { column, cell, tied, behind } = winner;
  const what =
    column.figure === 'latency'
      ? `${formatSize(column.sizeBytes)} round trip`
      : `throughput at ${formatSize(column.sizeBytes)}`;
  const figure = formatFigure(column.figure, cell.value);
  const name = cell.result.case.transport;
  if (cell.tier === 'alone') return `${name}: ${figure} (${what}).`;
  const best = column.figure === 'latency' ? 'Fastest' : 'Highest';
  if (tied.length > 0) return `${best} ${what}: ${name}, ${figure}; ${tiedInWords(tied)} cannot be told from it.`;
  const next = behind.toSorted((a, b) => (a.entry?.ratio ?? 0) - (b.entry?.ratio ?? 0))[0];
  const second =
    next?.entry === null || next === undefined
      ? ''
      : `; ${next.result.case.transport} takes ${ratioInWords(next.entry)} as long`;
  return `${best} ${what}: ${name}, ${figure}${second}.`;
}

function tiedInWords(tied: readonly FigureCell[]): string {
  const names = tied.map((cell) => cell.result.case.transport);
  return names.length > 2 ? `${names.length} others` : listNames(names);
}

function readingOf({ column, cell }: Winner): string {
  const what = column.figure === 'latency' ? 'round trip' : 'throughput';
  return `${formatFigure(column.figure, cell.value)} (${formatSize(column.sizeBytes)} ${what})`;
}

/** The largest ratio between the best of two blocks whose intervals do not touch. */
export interface Factor {
  readonly ratio: number;
  readonly sentence: string;
}

export function largestFactor(grid: Grid): Factor | null {
  const column = grid.columns.find(({ figure }) => figure === 'latency') ?? grid.columns.at(-1);
  if (column === undefined) return null;
  const winners = grid.blocks
    .filter(({ settings }) => settings.length === 0)
    .flatMap((block) => winnerOf(grid, block, column) ?? []);
  const [base, ...others] = winners;
  if (base === undefined) return null;
  const factors = others.flatMap((other) => {
    const ratio = column.figure === 'latency' ? other.cell.value / base.cell.value : base.cell.value / other.cell.value;
    return ratio > 1 && areApart(base.cell, other.cell) ? [{ ratio, other }] : [];
  });
  const [largest, second] = factors.toSorted((a, b) => b.ratio - a.ratio);
  if (largest === undefined || largest.ratio < spreadInside(grid, base)) return null;
  const told = ({ other, ratio }: (typeof factors)[number]): string =>
    `${formatRatio(ratio)} as long with ${blockWords(other.block)} (${formatFigure(column.figure, other.cell.value)})`;
  const words = [largest, ...(second === undefined ? [] : [second])].map(told).join(', ');
  const what = column.figure === 'latency' ? 'round trip' : 'byte';
  return {
    ratio: largest.ratio,
    sentence: `The fastest ${what} takes ${words}.`,
  };
}

function areApart(a: FigureCell, b: FigureCell): boolean {
  if (a.low === null || a.high === null || b.low === null || b.high === null) return false;
  return a.high < b.low || b.high < a.low;
}

function spreadInside(grid: Grid, { block, column }: Winner): number {
  const at = grid.columns.indexOf(column);
  const values = figureCells({ ...grid, blocks: [block] })
    .filter((cell) => block.rows.some((row) => row.cells[at] === cell) && cell.tier !== 'reference')
    .map((cell) => cell.value);
  return Math.max(...values) / Math.min(...values);
}

function listNames(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
