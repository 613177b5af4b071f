import type { Comparison, GateReport, GateVerdict } from '../../harness/model/index.js';
import { spellComparison, type ComparedCase, type ComparisonText } from '../findings/comparisons.js';
import { printable } from '../printable.js';
import type { Colour, Colours } from './colours.js';
import { fit, textWidth, wrap } from './wrap.js';

/**
 * One line a comparison under the name of its case. Where the columns do not fit, each comparison becomes a sentence:
 * it reads the same aloud. Widths are those of all rows, so that tables under each other line up.
 */
export function comparisonTable(
  cases: readonly ComparedCase[],
  all: readonly Comparison[],
  colours: Colours,
  width: number,
  method: GateReport['method'],
): readonly string[] {
  const columns = method === 'reports' ? ofReports : ofPairs;
  const widths = columns.map((column) =>
    Math.max(textWidth(column.title), ...all.map((found) => textWidth(column.text(spellComparison(found))))),
  );
  const fits =
    indent.length + widths.reduce((total, columnWidth) => total + columnWidth + gap.length, -gap.length) <= width;
  if (!fits)
    return cases.flatMap(({ caseId, comparisons }) => [
      nameCase(caseId, colours, width),
      ...comparisons.flatMap((found) => sentence(found, method, colours, width)),
    ]);
  return [
    colours.dim(
      `${indent}${columns.map((column, index) => pad(column.title, widths[index] ?? 0, column.side)).join(gap)}`.trimEnd(),
    ),
    ...cases.flatMap(({ caseId, comparisons }) => [
      nameCase(caseId, colours, width),
      ...comparisons.map((found) => row(found, columns, widths, colours)),
    ]),
  ];
}

const indent = '  ';
const gap = '  ';

interface Column {
  readonly title: string;
  readonly side: 'left' | 'right';
  text(spelt: ComparisonText): string;
}

const ofPairs: readonly Column[] = [
  { title: '', side: 'left', text: ({ metric }) => metric },
  { title: 'change', side: 'right', text: ({ change }) => change },
  { title: 'interval', side: 'right', text: ({ interval }) => interval },
  { title: 'visible', side: 'right', text: ({ visible }) => visible },
  { title: 'budget', side: 'right', text: ({ budget }) => budget },
  { title: 'verdict', side: 'left', text: ({ verdict }) => verdict },
];

/**
 * Nobody ran them in turns, so both figures are what there is, and the change is told whether or not its direction can
 * be.
 */
const ofReports: readonly Column[] = [
  { title: '', side: 'left', text: ({ metric }) => metric },
  { title: 'base', side: 'right', text: ({ base }) => base },
  { title: 'head', side: 'right', text: ({ head }) => head },
  { title: 'change', side: 'right', text: changeOf },
  { title: 'interval', side: 'right', text: ({ interval }) => interval },
  { title: 'verdict', side: 'left', text: ({ verdict }) => verdict },
];

function changeOf({ change, median }: ComparisonText): string {
  return change === '~' ? `~ ${median}` : change;
}

function nameCase(caseId: string, colours: Colours, width: number): string {
  return colours.bold(fit(printable(caseId), width));
}

function row(found: Comparison, columns: readonly Column[], widths: readonly number[], colours: Colours): string {
  const spelt = spellComparison(found);
  const paint = found.isGated ? gateVerdictColour(found.verdict, colours) : colours.dim;
  const cells = columns.map((column, index) => {
    const text = pad(column.text(spelt), widths[index] ?? 0, column.side);
    if (column.title === 'verdict') return paint(text.trimEnd());
    return found.isGated ? text : colours.dim(text);
  });
  return `${indent}${cells.join(gap)}`;
}

function sentence(found: Comparison, method: GateReport['method'], colours: Colours, width: number): readonly string[] {
  const spelt = spellComparison(found);
  const { metric, interval, visible, budget, verdict } = spelt;
  const change = method === 'reports' ? changeOf(spelt) : spelt.change;
  const paint = found.isGated ? gateVerdictColour(found.verdict, colours) : colours.dim;
  const head = `${indent}${metric}: ${paint(verdict)}`;
  const clauses = [
    ...(method === 'reports' ? [`base ${spelt.base}`, `head ${spelt.head}`] : []),
    `change ${change}${interval === '–' ? '' : ` ${interval}`}`,
    ...(visible === '–' ? [] : [`detectable from ${visible}`]),
    `budget ${budget}`,
  ];
  const told = change === '–' ? [] : wrapBetween(clauses, width - 2 * indent.length);
  return [head, ...told.map((line) => `${indent}${indent}${found.isGated ? line : colours.dim(line)}`)];
}

// A line ends after a clause, not between a figure and its unit.
function wrapBetween(clauses: readonly string[], width: number): readonly string[] {
  const glue = '\u00a0';
  return wrap(clauses.map((clause) => clause.replaceAll(' ', glue)).join(', '), width).map((line) =>
    line.replaceAll(glue, ' '),
  );
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
