import type { Comparison, GateVerdict } from '../../harness/model/index.js';
import { spellComparison, type ComparedCase, type ComparisonText } from '../findings/comparisons.js';
import { printable } from '../printable.js';
import type { Colour, Colours } from './colours.js';
import { fit, textWidth, wrap } from './wrap.js';

/**
 * One line a comparison under the name of its case. Where the columns do not fit, each comparison becomes a sentence: it reads the same
 * aloud. Widths are those of all rows, so that tables under each other line up.
 */
export function comparisonTable(cases: readonly ComparedCase[], all: readonly Comparison[], colours: Colours, width: number): readonly string[] {
  const widths = columns.map((column) => Math.max(textWidth(column.title), ...all.map((found) => textWidth(column.text(spellComparison(found))))));
  const fits = indent.length + widths.reduce((total, columnWidth) => total + columnWidth + gap.length, -gap.length) <= width;
  if (!fits) return cases.flatMap(({ caseId, comparisons }) => [nameCase(caseId, colours, width), ...comparisons.flatMap((found) => sentence(found, colours, width))]);
  return [
    colours.dim(`${indent}${columns.map((column, index) => pad(column.title, widths[index] ?? 0, column.side)).join(gap)}`.trimEnd()),
    ...cases.flatMap(({ caseId, comparisons }) => [nameCase(caseId, colours, width), ...comparisons.map((found) => row(found, widths, colours))]),
  ];
}

const indent = '  ';
const gap = '  ';

interface Column {
  readonly title: string;
  readonly side: 'left' | 'right';
  text(spelt: ComparisonText): string;
}

const columns: readonly Column[] = [
  { title: '', side: 'left', text: ({ metric }) => metric },
  { title: 'change', side: 'right', text: ({ change }) => change },
  { title: 'interval', side: 'right', text: ({ interval }) => interval },
  { title: 'visible', side: 'right', text: ({ visible }) => visible },
  { title: 'budget', side: 'right', text: ({ budget }) => budget },
  { title: 'verdict', side: 'left', text: ({ verdict }) => verdict },
];

function nameCase(caseId: string, colours: Colours, width: number): string {
  return colours.bold(fit(printable(caseId), width));
}

function row(found: Comparison, widths: readonly number[], colours: Colours): string {
  const spelt = spellComparison(found);
  const paint = found.isGated ? gateVerdictColour(found.verdict, colours) : colours.dim;
  const cells = columns.map((column, index) => {
    const text = pad(column.text(spelt), widths[index] ?? 0, column.side);
    if (column.title === 'verdict') return paint(text.trimEnd());
    return found.isGated ? text : colours.dim(text);
  });
  return `${indent}${cells.join(gap)}`;
}

function sentence(found: Comparison, colours: Colours, width: number): readonly string[] {
  const { metric, change, interval, visible, budget, verdict } = spellComparison(found);
  const paint = found.isGated ? gateVerdictColour(found.verdict, colours) : colours.dim;
  const head = `${indent}${metric}: ${paint(verdict)}`;
  const clauses = [`change ${change}${interval === '–' ? '' : ` ${interval}`}`, ...(visible === '–' ? [] : [`visible from ${visible}`]), `budget ${budget}`];
  const told = change === '–' ? [] : wrapBetween(clauses, width - 2 * indent.length);
  return [head, ...told.map((line) => `${indent}${indent}${found.isGated ? line : colours.dim(line)}`)];
}

// A line ends after a clause, not between a figure and its unit.
function wrapBetween(clauses: readonly string[], width: number): readonly string[] {
  const glue = '\u00a0';
  return wrap(clauses.map((clause) => clause.replaceAll(' ', glue)).join(', '), width).map((line) => line.replaceAll(glue, ' '));
}

function pad(text: string, width: number, side: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(width - textWidth(text), 0));
  return side === 'left' ? text + blanks : blanks + text;
}

export function gateVerdictColour(verdict: GateVerdict, colours: Colours): Colour {
  switch (verdict) {
    case 'pass':
      return colours.green;
    case 'regressed':
      return colours.red;
    case 'improved':
      return colours.cyan;
    case 'inconclusive':
    case 'incomparable':
      return colours.yellow;
  }
}
