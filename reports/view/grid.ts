import type { Case, CaseResult, RankingEntry, Report } from '../../harness/model/index.js';
import { comparableGroups, type ComparableGroup } from '../findings/comparable-groups.js';
import { headlineEstimate, rankGroup } from '../findings/ranking.js';
import type { Figure } from '../units/estimate.js';

/** Every figure of a report on one sheet: blocks that are ranked among themselves × workloads and sizes. */
export interface Grid {
  readonly columns: readonly GridColumn[];
  readonly blocks: readonly GridBlock[];
}

export interface GridColumn {
  /** `ping-pong/64`. */
  readonly id: string;
  readonly workload: string;
  readonly figure: Figure;
  readonly sizeBytes: number;
}

export interface GridBlock {
  /** `native/same-cpu`, then settings that are not the default. */
  readonly id: string;
  readonly driver: Case['driver'];
  readonly placement: Case['placement'];
  readonly settings: readonly string[];
  /** Fastest first, references last. */
  readonly rows: readonly GridRow[];
}

export interface GridRow {
  readonly transport: string;
  readonly reference: string | null;
  /** One for each column of the grid; null: not part of this run. */
  readonly cells: readonly (GridCell | null)[];
}

export type GridCell =
  | { readonly kind: 'skipped'; readonly caseId: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly caseId: string; readonly result: CaseResult }
  | FigureCell;

/** `alone`: nothing to compare it with. */
export type Tier = 'leader' | 'tied' | 'behind' | 'undecided' | 'reference' | 'alone';

export interface FigureCell {
  readonly kind: 'figure';
  readonly caseId: string;
  readonly result: CaseResult;
  readonly figure: Figure;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly tier: Tier;
  readonly entry: RankingEntry | null;
  /** The leader of its column and block; null where it stands alone. */
  readonly leader: string | null;
  /** Ends and value on the logarithmic scale of its column and block, from 0 to 1. */
  readonly mark: { readonly low: number; readonly value: number; readonly high: number };
}

export function overviewGrid(report: Report): Grid {
  const groups = comparableGroups(report);
  const columns = columnsOf(groups);
  return { columns, blocks: blocksOf(groups).map((members) => describeBlock(members, columns)) };
}

export function figureCells(grid: Grid): readonly FigureCell[] {
  return grid.blocks.flatMap((block) =>
    block.rows.flatMap((row) => row.cells.flatMap((cell) => (cell?.kind === 'figure' ? [cell] : []))),
  );
}

function columnsOf(groups: readonly ComparableGroup[]): readonly GridColumn[] {
  const columns = new Map<string, GridColumn>();
  const workloads = [...new Set(groups.map(({ workload, figure }) => `${workload}\n${figure}`))];
  for (const key of workloads) {
    const members = groups.filter(({ workload, figure }) => `${workload}\n${figure}` === key);
    const sizes = [...new Set(members.flatMap((group) => group.sizes))].sort((a, b) => a - b);
    for (const sizeBytes of sizes)
      for (const { workload, figure } of members.slice(0, 1))
        columns.set(`${key}\n${sizeBytes}`, { id: `${workload}/${sizeBytes}`, workload, figure, sizeBytes });
  }
  return [...columns.values()];
}

/** Workloads of one driver, placement and settings share a block; two methods of one workload do not. */
function blocksOf(groups: readonly ComparableGroup[]): readonly (readonly ComparableGroup[])[] {
  const blocks: ComparableGroup[][] = [];
  for (const group of groups) {
    const block = blocks.find(
      ([first, ...rest]) =>
        first !== undefined &&
        blockId(first) === blockId(group) &&
        ![first, ...rest].some((other) => other.workload === group.workload && other.figure === group.figure),
    );
    if (block === undefined) blocks.push([group]);
    else block.push(group);
  }
  return blocks;
}

function blockId({ driver, placement, settings, verify }: ComparableGroup): string {
  const unspelt = verify === 'full' && !settings.includes('verify=full') ? ['verify=full'] : [];
  return [driver, placement, ...settings, ...unspelt].join('/');
}

function describeBlock(groups: readonly ComparableGroup[], columns: readonly GridColumn[]): GridBlock {
  const first = groups[0] as ComparableGroup;
  const shown = columns.map((column) => cellsOf(groups, column));
  const names = [...new Set(groups.flatMap((group) => group.rows.map((row) => row.transport)))];
  const references = new Map(
    groups.flatMap((group) => group.rows.map((row) => [row.transport, row.reference] as const)),
  );
  const rows = names.map((transport) => ({
    transport,
    reference: references.get(transport) ?? null,
    cells: shown.map((cells) => cells.get(transport) ?? null),
  }));
  return {
    id: blockId(first),
    driver: first.driver,
    placement: first.placement,
    settings: first.settings,
    rows: rows.toSorted(
      (a, b) => Number(a.reference !== null) - Number(b.reference !== null) || firstValue(a) - firstValue(b),
    ),
  };
}

/** The first column that has a figure decides the order of the rows. */
function firstValue({ cells }: GridRow): number {
  const cell = cells.find((candidate) => candidate?.kind === 'figure');
  if (cell?.kind !== 'figure') return Number.POSITIVE_INFINITY;
  return cell.figure === 'latency' ? cell.value : -cell.value;
}

function cellsOf(groups: readonly ComparableGroup[], column: GridColumn): ReadonlyMap<string, GridCell> {
  const group = groups.find(({ workload, figure }) => workload === column.workload && figure === column.figure);
  if (group === undefined) return new Map();
  const standings = rankGroup(group, column.sizeBytes);
  const contested = standings.tied.length + standings.behind.length + standings.undecided.length > 0;
  const tierOf = (transport: string): Tier => {
    if (standings.references.some((one) => one.transport === transport)) return 'reference';
    if (!contested) return 'alone';
    if (standings.tied.some((one) => one.transport === transport)) return 'tied';
    if (standings.behind.some((one) => one.transport === transport)) return 'behind';
    const isLeader = standings.leader?.transport === transport && standings.tied.length + standings.behind.length > 0;
    return isLeader ? 'leader' : 'undecided';
  };
  const all = [standings.leader, ...standings.tied, ...standings.behind, ...standings.undecided].flatMap((one) =>
    one === null ? [] : [one],
  );
  const place = logScale([...all, ...standings.references].map(({ estimate }) => estimate));
  const cells = new Map<string, GridCell>();
  for (const row of group.rows) {
    const result = row.results.get(column.sizeBytes);
    const skipped = row.skipped.get(column.sizeBytes);
    if (result === undefined) {
      if (skipped !== undefined)
        cells.set(row.transport, { kind: 'skipped', caseId: skipped.caseId, reason: skipped.reason });
      continue;
    }
    const estimate = headlineEstimate(result);
    if (estimate === null) {
      cells.set(row.transport, { kind: 'failed', caseId: result.case.id, result });
      continue;
    }
    const { value, low, high } = estimate;
    cells.set(row.transport, {
      kind: 'figure',
      caseId: result.case.id,
      result,
      figure: group.figure,
      value,
      low,
      high,
      tier: tierOf(row.transport),
      entry: all.find((one) => one.transport === row.transport)?.entry ?? null,
      leader: contested ? (standings.leader?.transport ?? null) : null,
      mark: { low: place(low ?? value), value: place(value), high: place(high ?? value) },
    });
  }
  return cells;
}

function logScale(
  estimates: readonly { readonly value: number; readonly low: number | null; readonly high: number | null }[],
): (value: number) => number {
  const ends = estimates
    .flatMap(({ value, low, high }) => [value, low ?? value, high ?? value])
    .filter((value) => value > 0);
  const [min, max] = [Math.min(...ends), Math.max(...ends)];
  return (value) => {
    if (!(value > 0) || !(max > min)) return 0.5;
    return Math.log(value / min) / Math.log(max / min);
  };
}
