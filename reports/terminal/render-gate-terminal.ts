import type { Comparison, GateReport, VerdictChange } from '../../harness/model/index.js';
import { comparisonSections, toExplain } from '../findings/comparisons.js';
import { environmentInWords } from '../findings/environment.js';
import { gateNotices } from '../findings/gate-notices.js';
import {
  countVerdicts,
  exitCodeInWords,
  gateVerdictSigns,
  metricWords,
  nameVariant,
  splitSummary,
} from '../findings/gate-wording.js';
import {
  kindOfChange,
  promiseChangeSigns,
  promisesInOrder,
  describeGuaranteeChanges,
  spellChange,
} from '../findings/guarantee-changes.js';
import { printable } from '../printable.js';
import { plural } from '../units/digits.js';
import { formatElapsedMs } from '../units/duration.js';
import { chooseColours, type Colour, type Colours } from './colours.js';
import { comparisonTable, gateVerdictColour } from './comparison-table.js';
import type { TerminalOptions } from './render-terminal.js';
import { wrap } from './wrap.js';

export interface GateTerminalOptions extends TerminalOptions {
  /** What was done besides, such as a baseline that was written: told before the files. */
  readonly notes?: readonly string[];
}

/** What a gate prints: the answer first, then what it rests on, and what the exit code says last. */
export function renderGateTerminal(gate: GateReport, options: GateTerminalOptions): string {
  const colours = chooseColours(options.color);
  const width = Math.max(options.width, 40);
  const { gated, advisory } = comparisonSections(gate);
  const of = (isGated: boolean): readonly Comparison[] => gate.comparisons.filter((found) => found.isGated === isGated);
  const sections = [
    summaryLines(gate, colours, width),
    headerLines(gate, colours, width),
    gated.length === 0
      ? []
      : [
          ...heading('Gated', of(true), colours, width),
          ...comparisonTable(gated, gate.comparisons, colours, width, gate.method),
        ],
    gated.length === 0 ? [] : explainedLines(gate, colours, width),
    advisory.length === 0
      ? []
      : [
          ...heading('Advisory, does not affect the exit status', of(false), colours, width),
          ...comparisonTable(advisory, gate.comparisons, colours, width, gate.method),
          ...advisoryReasons(of(false), colours, width),
        ],
    gated.length > 0 ? [] : explainedLines(gate, colours, width),
    legendLines(gate, colours, width),
    conformanceLines(gate, colours, width),
    noticeLines(gate, colours, width),
    (options.notes ?? []).flatMap((note) => wrap(printable(note), width, '  ')),
    (options.files ?? []).map(({ name, path }) => `${colours.dim(name.padEnd(9))} ${printable(path)}`),
    wrap(exitCodeInWords(gate), width, '  '),
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
}

function summaryLines(gate: GateReport, colours: Colours, width: number): readonly string[] {
  const { lead, rest } = splitSummary(gate);
  return [
    ...wrap(`${gateVerdictSigns[gate.verdict]} ${printable(lead)}`, width, '  ').map((line) =>
      colours.bold(gateVerdictColour(gate.verdict, colours)(line)),
    ),
    ...(rest === null ? [] : wrap(printable(rest), width - 2).map((line) => `  ${line}`)),
  ];
}

function headerLines(gate: GateReport, colours: Colours, width: number): readonly string[] {
  const title = [
    `ipcbench ${gate.kind} ${gate.ipcbenchVersion}`,
    gate.status,
    methodNames[gate.method],
    `effort ${gate.effort}`,
    formatElapsedMs(gate.totalMs),
    `seed ${gate.seed}`,
  ].join(' · ');
  return [
    ...wrap(`base: ${printable(nameVariant(gate.base))}`, width, '  '),
    ...wrap(`head: ${printable(nameVariant(gate.head))}`, width, '  '),
    ...[title, ...environmentInWords(gate.environment)]
      .flatMap((line) => wrap(printable(line), width, '  '))
      .map(colours.dim),
  ];
}

const methodNames: Readonly<Record<GateReport['method'], string>> = {
  interleaved: 'measured in turns',
  baseline: 'against a recorded baseline',
  reports: 'two reports, measured apart',
};

function heading(
  title: string,
  comparisons: readonly Comparison[],
  colours: Colours,
  width: number,
): readonly string[] {
  return [
    colours.bold(`${title}: ${plural(comparisons.length, 'comparison')}`),
    ...wrap(countVerdicts(comparisons), width - 2).map((line) => colours.dim(`  ${line}`)),
  ];
}

// A pass needs no words beyond its row.
function explainedLines(gate: GateReport, colours: Colours, width: number): readonly string[] {
  return toExplain(gate).flatMap((found) => [
    ...wrap(
      `${gateVerdictSigns[found.verdict]} ${printable(found.caseId)}, ${metricWords[found.metric]}`,
      width,
      '  ',
    ).map(gateVerdictColour(found.verdict, colours)),
    ...wrap(printable(found.reason), width - 2).map((line) => `  ${line}`),
  ]);
}

function advisoryReasons(comparisons: readonly Comparison[], colours: Colours, width: number): readonly string[] {
  const reasons = new Map<string, number>();
  for (const { advisoryReason } of comparisons)
    if (advisoryReason !== null) reasons.set(advisoryReason, (reasons.get(advisoryReason) ?? 0) + 1);
  return [...reasons].flatMap(([reason, count]) =>
    wrap(`Advisory, ${plural(count, 'row')}: ${printable(reason)}.`, width, '  ').map(colours.dim),
  );
}

function legendLines({ comparisons, method }: GateReport, colours: Colours, width: number): readonly string[] {
  if (comparisons.length === 0) return [];
  const undirected = comparisons.some((found) => found.change !== null);
  const parts = [
    method === 'reports'
      ? 'change: how far head’s launches lie from base’s, + is worse'
      : 'change: median of head against base, + is worse',
    undirected ? `~ no direction can be told: ${whyUndirected(comparisons)}` : null,
    comparisons.some((found) => found.metric === 'syscalls')
      ? 'loop calls: system calls that the loop makes on the measured descriptors'
      : null,
    comparisons.some((found) => found.smallestVisible !== null)
      ? 'visible: the smallest worsening this finds nine times in ten'
      : null,
  ];
  return wrap(`${parts.filter((part) => part !== null).join('; ')}.`, width).map(colours.dim);
}

function whyUndirected(comparisons: readonly Comparison[]): string {
  const changes = comparisons.flatMap(({ change }) => change ?? []);
  const without = changes.filter(({ low }) => low === null).length;
  return without === 0
    ? 'the interval holds zero'
    : without === changes.length
      ? 'there are too few launches for an interval'
      : 'the interval holds zero, or there are too few launches for one';
}

function conformanceLines(gate: GateReport, colours: Colours, width: number): readonly string[] {
  const { verdictChanges, checksCompared } = gate;
  if (checksCompared === 0 && verdictChanges.length === 0) return [];
  return [
    colours.bold(`Guarantees: ${describeGuaranteeChanges(gate)}`),
    ...promisesInOrder(gate).flatMap((change) => [
      ...wrap(
        `${promiseChangeSigns[kindOfChange(change)]} ${kindOfChange(change)} ${printable(change.id)}: ${spellChange(change)}`,
        width,
        '  ',
      ).map(promiseColour(change, colours)),
      ...wrap(printable(change.evidence), width - 2).map((line) => `  ${line}`),
    ]),
  ];
}

function promiseColour(change: VerdictChange, colours: Colours): Colour {
  switch (kindOfChange(change)) {
    case 'worse':
      return colours.red;
    case 'undecided':
    case 'gone':
    case 'changed':
      return colours.yellow;
    case 'better':
      return colours.cyan;
  }
}

function noticeLines(gate: GateReport, colours: Colours, width: number): readonly string[] {
  return gateNotices(gate).flatMap((notice) => [
    ...wrap(`! ${printable(notice.message)}`, width, '  ').map(colours.yellow),
    ...(notice.hint === null ? [] : wrap(`→ ${printable(notice.hint)}`, width - 2, '  ').map((line) => `  ${line}`)),
  ]);
}
