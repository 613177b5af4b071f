import type { Report } from '../../harness/model/index.js';
import { notices } from '../findings/notices.js';
import { reportSummary } from '../findings/report-answer.js';
import { printable } from '../printable.js';
import { formatSize } from '../units/bytes.js';
import { plural } from '../units/digits.js';
import { formatFigure } from '../units/estimate.js';
import { blockWords } from '../view/block-words.js';
import type { Box } from '../view/boxes.js';
import { whatBreaks } from '../view/breaks.js';
import type { Grid, GridCell, Tier } from '../view/grid.js';
import { overview } from '../view/overview.js';
import { chooseColours, type Colours } from './colours.js';
import { renderTerminal, type TerminalOptions } from './render-terminal.js';
import { layoutTable, type TableRow } from './table.js';
import { wrap } from './wrap.js';

const MOST_LINES = 45;

/** The full summary where it is short; else the answers, the grid and what is wrong, on one screen. */
export function renderSummary(report: Report, options: TerminalOptions): string {
  const full = renderTerminal(report, options);
  return full.split('\n').length <= MOST_LINES + 1 ? full : renderBrief(report, options);
}

export function renderBrief(report: Report, options: TerminalOptions): string {
  const colours = chooseColours(options.color);
  const width = Math.max(options.width, 40);
  const { headline, boxes, grid } = overview(report);
  const head = [
    ...headline.flatMap((sentence) => wrap(printable(sentence), width, '  ').map(colours.bold)),
    '',
    ...boxes.flatMap((box) => boxLines(box, colours, width)),
  ];
  const trouble = atMost(TROUBLE_LINES, [
    ...brokenLines(report, colours, width),
    ...noticeLines(report, colours, width),
  ]);
  const end = [
    '',
    ...wrap(reportSummary(report, options.circumstances), width, '  '),
    colours.dim('All tables, intervals and deviations: --full, or the page.'),
  ];
  const room = MOST_LINES - head.length - trouble.length - end.length - 1;
  const table = gridLines(grid, colours, width);
  return `${[...head, '', ...atMost(room, table), ...trouble, ...end].join('\n')}\n`;
}

const TROUBLE_LINES = 12;

function atMost(count: number, lines: readonly string[]): readonly string[] {
  if (lines.length <= count) return lines;
  const shown = Math.max(count - 1, 0);
  return [...lines.slice(0, shown), `… ${plural(lines.length - shown, 'more line')}: --full`];
}

function boxLines({ question, answer, detail }: Box, colours: Colours, width: number): readonly string[] {
  const indent = ' '.repeat(13);
  const text = [answer, ...detail].join('; ');
  const lines = wrap(printable(text), Math.max(width - indent.length, 20));
  const shown = lines.length <= 2 ? lines : [lines[0] ?? '', `${(lines[1] ?? '').slice(0, width - 15)}…`];
  return shown.map((line, index) => (index === 0 ? `${colours.dim(question.padEnd(13))}${line}` : `${indent}${line}`));
}

const signs: Readonly<Record<Tier, string>> = {
  leader: '* ',
  tied: '~ ',
  behind: '  ',
  undecided: '  ',
  reference: '  ',
  alone: '  ',
};

/** `~ 2.64 GB/s` and the gap before it. */
const COLUMN_WIDTH = 13;

/** Columns that fit beside the names: the smallest round trip and the largest throughput first. */
function gridLines({ columns, blocks }: Grid, colours: Colours, width: number): readonly string[] {
  if (blocks.length === 0) return [];
  const names = blocks.flatMap((block) => block.rows.map((row) => row.transport.length + 2));
  const room = Math.floor((width - Math.min(Math.max(...names), Math.floor(width * 0.42))) / COLUMN_WIDTH);
  const latency = columns.filter(({ figure }) => figure === 'latency');
  const throughput = columns.filter(({ figure }) => figure === 'throughput').toReversed();
  const wanted = columns
    .map((_, index) => [latency[index], throughput[index]])
    .flat()
    .filter((column) => column !== undefined)
    .slice(0, Math.max(room, 1));
  const shown = columns.filter((column) => wanted.includes(column));
  const header = shown.map(({ figure, sizeBytes }) => `${formatSize(sizeBytes)} ${figure === 'latency' ? '↓' : '↑'}`);
  const rows = blocks.flatMap((block) =>
    block.rows.map(({ transport, cells }): TableRow => ({
      name: { text: `  ${printable(transport)}` },
      cells: shown.map((column) => ({ text: cellText(cells[columns.indexOf(column)] ?? null) })),
    })),
  );
  const [head = '', ...lines] = layoutTable(header, rows, width);
  let at = 0;
  const titled = blocks.flatMap((block) => {
    const members = lines.slice(at, at + block.rows.length);
    at += block.rows.length;
    return [...wrap(printable(blockWords(block)), width).map(colours.bold), ...members];
  });
  const legend = '↓ round trip  ↑ throughput  * best of its column and block  ~ cannot be told from it';
  return [head, ...titled, ...wrap(legend, width).map(colours.dim)];
}

function cellText(cell: GridCell | null): string {
  if (cell === null) return '';
  return cell.kind === 'figure' ? `${signs[cell.tier]}${formatFigure(cell.figure, cell.value)}` : cell.kind;
}

function brokenLines(report: Report, colours: Colours, width: number): readonly string[] {
  return whatBreaks(report)
    .filter(({ kind }) => kind !== 'known')
    .flatMap(({ kind, promise, verdicts }) => {
      const [first] = verdicts;
      const others = verdicts.length < 2 ? '' : ` and ${verdicts.length - 1} more`;
      return [
        ...wrap(
          `${kind === 'broken' ? 'undecided' : kind}: ${printable(`${first?.id ?? ''}${others}: ${promise}`)}`,
          width,
          '  ',
        ).map(kind === 'fail' || kind === 'broken' ? colours.red : colours.yellow),
        `  ${colours.cyan(`$ ${printable(first?.command ?? '')}`)}`,
      ];
    });
}

function noticeLines(report: Report, colours: Colours, width: number): readonly string[] {
  return notices(report).flatMap(({ message }) => wrap(`! ${printable(message)}`, width, '  ').map(colours.yellow));
}
