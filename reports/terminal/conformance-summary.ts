import type { Report, Verdict, VerdictKind } from '../../harness/model/index.js';
import { remarkableVerdicts, verdictsByTransport, type TransportVerdicts } from '../findings/conformance.js';
import { verdictOrder, verdictSigns } from '../findings/wording.js';
import { printable } from '../printable.js';
import type { Colour, Colours } from './colours.js';
import { layoutTable } from './table.js';
import { textWidth, wrap } from './wrap.js';

/**
 * One line a transport; then every verdict that is no clean pass, with its evidence and the command that repeats it.
 */
export function conformanceSummary(report: Report, colours: Colours, width: number): readonly string[] {
  const transports = verdictsByTransport(report);
  const kinds = (['pass', 'fail', 'broken', 'deviation', 'info', 'skip'] as const).filter((kind) =>
    transports.some((entry) => entry.counts[kind] > 0),
  );
  const unclean = transports.some((entry) => entry.unclean > 0);
  const rows = transports.map((entry) => ({
    name: { text: nameTransport(entry, transports) },
    cells: [
      ...kinds.map((kind) => ({
        text: entry.counts[kind] === 0 ? '·' : String(entry.counts[kind]),
        paint: entry.counts[kind] === 0 ? colours.dim : verdictColour(kind, colours),
      })),
      ...(unclean
        ? [
            {
              text: entry.unclean === 0 ? '·' : String(entry.unclean),
              paint: entry.unclean === 0 ? colours.dim : colours.yellow,
            },
          ]
        : []),
    ],
  }));
  return [
    ...layoutTable([...kinds, ...(unclean ? ['unclean'] : [])], rows, width),
    ...tellTogether(remarkableVerdicts(report).filter(mustBeTold)).flatMap((verdicts) => [
      '',
      ...describeVerdicts(verdicts, colours, width),
    ]),
    ...tellKnown(report, colours, width),
  ];
}

// Information and what is known already are many: they are counted here and spelt out on the page.
function mustBeTold(verdict: Verdict): boolean {
  if (verdict.teardown === 'unclean' || verdict.changed !== null) return true;
  return verdict.verdict !== 'info' && !(verdict.verdict === 'deviation' && verdict.known !== null);
}

function tellKnown(report: Report, colours: Colours, width: number): readonly string[] {
  const known = report.verdicts.filter(
    (verdict) => verdict.verdict === 'deviation' && verdict.known !== null && !mustBeTold(verdict),
  );
  if (known.length === 0) return [];
  const indent = '  ';
  return [
    '',
    colours.bold(`${known.length} known deviation${known.length === 1 ? '' : 's'}`),
    ...known.flatMap((verdict) => [
      `${indent}${printable(verdict.id)}`,
      ...wrapUnder(`${indent}${indent}`, `${verdict.known?.note ?? ''} ${verdict.known?.link ?? ''}`, width),
    ]),
  ];
}

// The driver is named where one transport was checked through two.
function nameTransport({ transport, driver, reference }: TransportVerdicts, all: readonly TransportVerdicts[]): string {
  const drivers = all.filter((other) => other.transport === transport).length;
  return `${printable(transport)}${drivers > 1 ? ` · ${driver}` : ''}${reference === null ? '' : ' (reference)'}`;
}

// A check that several transports skip for one reason is told once.
function tellTogether(verdicts: readonly Verdict[]): readonly (readonly [Verdict, ...Verdict[]])[] {
  const together = new Map<string, [Verdict, ...Verdict[]]>();
  for (const verdict of verdicts) {
    const key =
      verdict.verdict === 'skip' && verdict.teardown === 'clean'
        ? `${verdict.checkId}\n${verdict.evidence}`
        : `${verdict.id}\n${verdict.driver}`;
    const before = together.get(key);
    if (before === undefined) together.set(key, [verdict]);
    else before.push(verdict);
  }
  return [...together.values()];
}

function describeVerdicts(
  [verdict, ...others]: readonly [Verdict, ...Verdict[]],
  colours: Colours,
  width: number,
): readonly string[] {
  const kind = `${verdictSigns[verdict.verdict]} ${verdict.verdict}`.padEnd(verdictColumn);
  const indent = ' '.repeat(verdictColumn);
  const standing = `${verdict.level}, ${verdict.driver}`;
  const besideOrBelow = textWidth(kind + printable(verdict.id)) + 2 + standing.length <= width ? '  ' : `\n${indent}`;
  return [
    `${verdictColour(verdict.verdict, colours)(kind)}${colours.bold(printable(verdict.id))}${besideOrBelow}${colours.dim(standing)}`,
    ...(others.length === 0
      ? []
      : wrapUnder(indent, `and ${others.map((other) => other.transport).join(', ')}`, width)),
    ...wrapUnder(indent, verdict.evidence, width),
    ...(verdict.changed === null ? [] : wrapUnder(indent, `Changed: ${verdict.changed}`, width)),
    ...(verdict.teardown === 'unclean'
      ? wrapUnder(indent, `Left behind: ${verdict.teardownEvidence ?? 'not said what.'}`, width)
      : []),
    // Not wrapped: a command must survive being copied.
    `${indent}${colours.cyan(`$ ${printable(verdict.command)}`)}`,
  ];
}

const verdictColumn = Math.max(...verdictOrder.map((kind) => kind.length)) + 4;

function wrapUnder(indent: string, text: string, width: number): readonly string[] {
  return wrap(printable(text), width - indent.length).map((line) => indent + line);
}

function verdictColour(kind: VerdictKind, colours: Colours): Colour {
  switch (kind) {
    case 'pass':
      return colours.green;
    case 'fail':
    case 'broken':
      return colours.red;
    case 'deviation':
      return colours.yellow;
    case 'info':
    case 'skip':
      return colours.dim;
  }
}
