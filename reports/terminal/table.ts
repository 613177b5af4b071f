import { fit, textWidth } from './wrap.js';

export type Paint = (text: string) => string;

export interface Cell {
  readonly text: string;
  readonly paint?: Paint;
}

export interface TableRow {
  readonly name: Cell;
  readonly cells: readonly Cell[];
}

/**
 * Names to the left, figures to the right of their columns. Columns that do not fit beside each other follow below,
 * under the same names. Colours are put on after the widths are settled, so they move nothing.
 */
export function layoutTable(header: readonly string[], rows: readonly TableRow[], width: number): readonly string[] {
  const nameWidth = Math.min(
    Math.max(...rows.map((row) => textWidth(row.name.text)), 4),
    Math.max(Math.floor(width * 0.42), 8),
  );
  const widths = header.map((title, column) =>
    Math.max(textWidth(title), ...rows.map((row) => textWidth(row.cells[column]?.text ?? ''))),
  );
  return columnBlocks(widths, width - nameWidth).flatMap((columns, block) => [
    ...(block > 0 ? [''] : []),
    [' '.repeat(nameWidth), ...columns.map((column) => padStart(header[column] ?? '', widths[column] ?? 0))]
      .join(gap)
      .trimEnd(),
    ...rows.map((row) =>
      [
        paintCell({ ...row.name, text: padEnd(fit(row.name.text, nameWidth), nameWidth) }),
        ...columns.map((column, position) =>
          paintCell(padCell(row.cells[column] ?? { text: '' }, widths[column] ?? 0, position === columns.length - 1)),
        ),
      ].join(gap),
    ),
  ]);
}

const gap = '  ';

function columnBlocks(widths: readonly number[], room: number): readonly (readonly number[])[] {
  const blocks: number[][] = [];
  let used = Infinity;
  widths.forEach((columnWidth, column) => {
    const needed = columnWidth + gap.length;
    if (used + needed > room) {
      blocks.push([]);
      used = 0;
    }
    used += needed;
    blocks.at(-1)?.push(column);
  });
  return blocks;
}

// A cell may end in blanks, to keep its figure in line with others: at the end of a line they go.
function padCell(cell: Cell, width: number, last: boolean): Cell {
  const text = padStart(cell.text, width);
  return { ...cell, text: last ? text.trimEnd() : text };
}

function paintCell(cell: Cell): string {
  return cell.paint === undefined ? cell.text : cell.paint(cell.text);
}

function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(width - textWidth(text), 0)) + text;
}

function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(width - textWidth(text), 0));
}
