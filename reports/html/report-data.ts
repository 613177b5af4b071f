import { deflateRawSync } from 'node:zlib';
import type { CaseResult, Report, Verdict, VerdictKind } from '../../harness/model/index.js';
import type { DrawnChart } from '../charts/draw-report.js';
import { guarantees, verdictKeys } from '../view/breaks.js';
import type { FigureCell, Grid } from '../view/grid.js';
import { caseFacts, shownFigures, type Fact, type ShownFigures } from './case-facts.js';
import { escapeHtml, type Markup } from './markup.js';

/** What the script of a report's page opens, filters and draws. Texts are kept once and named by position. */
export interface ReportData {
  readonly texts: readonly string[];
  readonly cases: Readonly<Record<string, CaseData>>;
  readonly verdicts: Readonly<Record<string, VerdictData>>;
  readonly charts: readonly DrawnChart[];
}

export interface CaseData {
  readonly title: string;
  readonly shown: ShownFigures;
  readonly facts: readonly Fact[];
  readonly method: number;
  /** The launches' figures in the order of time, as shares of the span between the lowest and the highest. */
  readonly launches: readonly number[];
}

export interface VerdictData {
  readonly check: string;
  readonly kind: VerdictKind;
  /** The column of the table of guarantees. */
  readonly subject: number;
  readonly unclean: boolean;
  readonly link: string | null;
  /** Label and text, both positions in `texts`. */
  readonly facts: readonly (readonly [label: number, text: number])[];
}

export function reportData(report: Report, grid: Grid, charts: readonly DrawnChart[]): ReportData {
  const texts = new TextTable();
  const cases = Object.fromEntries(
    grid.blocks.flatMap((block) =>
      block.rows.flatMap((row) =>
        row.cells.flatMap((cell) =>
          cell === null || cell.kind === 'skipped'
            ? []
            : [[cell.caseId, caseData(cell.result, cell.kind === 'figure' ? cell : null, texts)] as const],
        ),
      ),
    ),
  );
  return { cases, verdicts: verdictData(report, texts), texts: texts.all, charts };
}

/** Compressed, because a page carries every verdict's text; base64 because that is what a script element can hold. */
export function packedBlock(id: string, data: ReportData): Markup {
  const packed = deflateRawSync(Buffer.from(JSON.stringify(data)), { level: 9 }).toString('base64');
  return { markup: `<script type="application/octet-stream" id="${escapeHtml(id)}">${packed}</script>` };
}

function caseData(result: CaseResult, cell: FigureCell | null, texts: TextTable): CaseData {
  const values = result.launches
    .toSorted((a, b) => a.index - b.index)
    .flatMap((launch) => (result.figure === 'latency' ? launch.p50Ns : launch.bytesPerSecond) ?? []);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return {
    title: result.case.id,
    shown: shownFigures(result, cell),
    facts: caseFacts(result, cell),
    method: texts.add(result.method),
    launches: values.map((value) => (high > low ? Number(((value - low) / (high - low)).toFixed(3)) : 0.5)),
  };
}

function verdictData(report: Report, texts: TextTable): Readonly<Record<string, VerdictData>> {
  const keys = verdictKeys(report);
  const { subjects } = guarantees(report);
  return Object.fromEntries(
    report.verdicts.map((verdict) => [
      keys.get(verdict) ?? verdict.id,
      {
        check: verdict.checkId,
        kind: verdict.verdict,
        subject: subjects.findIndex(
          ({ transport, driver }) => transport === verdict.transport && driver === verdict.driver,
        ),
        unclean: verdict.teardown === 'unclean',
        link: verdict.known?.link ?? null,
        facts: verdictFacts(verdict).map(([label, text]) => [texts.add(label), texts.add(text)] as const),
      },
    ]),
  );
}

function verdictFacts(verdict: Verdict): readonly (readonly [string, string])[] {
  const optional = (label: string, text: string | null): readonly (readonly [string, string])[] =>
    text === null ? [] : [[label, text]];
  return [
    ['Guarantee', verdict.promise],
    ['Observed', verdict.evidence],
    ...optional('Expected', verdict.expected),
    ...optional('Known', verdict.known?.note ?? null),
    ...optional('Changed', verdict.changed),
    ...optional('Procedure', verdict.procedure),
    ['Source', `${verdict.source.document}: “${verdict.source.quote}”`],
    ['Level', `${verdict.level}, through the ${verdict.driver} driver`],
    ['Clean-up', `${verdict.teardown}${verdict.teardownEvidence === null ? '' : `: ${verdict.teardownEvidence}`}`],
    ...optional('Recorded', verdict.history === null ? null : `ipcbench check --judge ${verdict.history}`),
    ['Repeat', verdict.command],
  ];
}

class TextTable {
  readonly #positions = new Map<string, number>();

  add(text: string): number {
    const known = this.#positions.get(text);
    if (known !== undefined) return known;
    this.#positions.set(text, this.#positions.size);
    return this.#positions.size - 1;
  }

  get all(): readonly string[] {
    return [...this.#positions.keys()];
  }
}
