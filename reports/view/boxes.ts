import type { Report, VerdictKind } from '../../harness/model/index.js';
import { aloneSentence } from '../findings/alone.js';
import { summariseNoise } from '../findings/noise.js';
import { notices } from '../findings/notices.js';
import { formatSize } from '../units/bytes.js';
import { formatCount, formatRatio, formatShare, plural } from '../units/digits.js';
import { formatEstimate, formatFigure } from '../units/estimate.js';
import { blockWords } from './block-words.js';
import { whatBreaks } from './breaks.js';
import { mainWinners, winnerOf, type Winner } from './headline.js';
import type { Grid } from './grid.js';

/** One of the four questions, its answer, and what qualifies it. */
export interface Box {
  readonly question: 'Which' | 'How fast' | 'How sure' | 'What breaks';
  readonly answer: string;
  readonly detail: readonly string[];
}

/** Questions without an answer in this report are left out. */
export function answerBoxes(report: Report, grid: Grid): readonly Box[] {
  const winners = mainWinners(grid);
  return [whichBox(winners), fastBox(grid, winners), sureBox(report), breaksBox(report)].flatMap((box) => box ?? []);
}

function whichBox(winners: readonly Winner[]): Box | null {
  if (winners.length === 0) return null;
  const decided = winners.filter(({ cell }) => cell.tier !== 'undecided');
  if (decided.length === 0)
    return { question: 'Which', answer: 'Not decided', detail: ['Too few launches to rank: see --launches.'] };
  return {
    question: 'Which',
    answer: decided.map(({ cell, column }) => `${cell.result.case.transport} for ${useOf(column)}`).join('; '),
    detail: decided.map((winner) => `${useOf(winner.column)}: ${rivals(winner)}`),
  };
}

function useOf({ figure, sizeBytes }: Winner['column']): string {
  return figure === 'latency' ? `${formatSize(sizeBytes)} round trips` : `${formatSize(sizeBytes)} throughput`;
}

function rivals({ tied, behind, undecided, cell, figureless }: Winner): string {
  if (cell.tier === 'alone') return aloneSentence(figureless);
  const ratios = behind.flatMap(({ entry }) => (entry === null ? [] : [entry.ratio])).sort((a, b) => a - b);
  const [least, most] = [ratios[0] ?? 1, ratios.at(-1) ?? 1];
  const range = least === most ? formatRatio(least) : `${formatRatio(least)} to ${formatRatio(most)}`;
  return [
    tied.length === 0 ? null : `${tied.length} cannot be told from it`,
    ratios.length === 0 ? null : `${ratios.length} slower, ${range}`,
    undecided.length === 0 ? null : `${undecided.length} not ranked`,
  ]
    .filter((part) => part !== null)
    .join('; ');
}

function fastBox(grid: Grid, winners: readonly Winner[]): Box | null {
  const [lead] = winners;
  if (lead === undefined) return null;
  const elsewhere = grid.blocks
    .filter((block) => block !== lead.block)
    .flatMap((block) => winnerOf(grid, block, lead.column) ?? [])
    .map(({ block, cell }) => `${blockWords(block)}: ${formatFigure(cell.figure, cell.value)}`);
  return {
    question: 'How fast',
    answer: winners.map(({ cell }) => formatEstimate(cell.figure, { ...cell, confidence: null })).join('; '),
    detail: [blockWords(lead.block), ...elsewhere],
  };
}

function sureBox(report: Report): Box | null {
  const { medianSpread, widest, launches } = summariseNoise(report);
  if (launches === 0) return null;
  const counts = report.results.map((result) => result.launches.length).filter((count) => count > 0);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const each = `${fewest === most ? fewest : `${fewest} to ${most}`} ${most === 1 ? 'launch' : 'launches'} of each case`;
  const warned = notices(report).length;
  return {
    question: 'How sure',
    answer:
      medianSpread === null
        ? 'Unknown: too few launches for an interval'
        : `Half of the figures are known to within ${formatShare(medianSpread)}`,
    detail: [
      each,
      ...(widest === null ? [] : [`the worst to within ${formatShare(widest.spread)}`]),
      ...(warned === 0 ? [] : [plural(warned, 'warning')]),
    ],
  };
}

function breaksBox(report: Report): Box | null {
  const { verdicts } = report;
  if (verdicts.length === 0) return null;
  const count = (kind: VerdictKind): number => verdicts.filter((verdict) => verdict.verdict === kind).length;
  const rows = whatBreaks(report);
  const known = rows.filter(({ kind }) => kind === 'known');
  const unknown = rows.filter(({ kind }) => kind === 'deviation').length;
  const subjects = new Set(known.flatMap((row) => row.verdicts.map(({ transport }) => transport))).size;
  const bad = [
    count('fail') === 0 ? null : `${plural(count('fail'), 'guarantee')} broken`,
    count('broken') === 0 ? null : `${plural(count('broken'), 'check')} undecided`,
    unknown === 0 ? null : `${plural(unknown, 'new deviation')}`,
    rows.some(({ kind }) => kind === 'unclean') ? 'something was left behind' : null,
  ].filter((part) => part !== null);
  const deviations = `${plural(known.length, 'known deviation')}${known.length === 0 ? '' : ` in ${plural(subjects, 'transport')}`}`;
  return {
    question: 'What breaks',
    answer: bad.length > 0 ? bad.join('; ') : known.length === 0 ? 'Nothing' : 'Nothing new',
    detail: [
      deviations,
      `${formatCount(count('pass'))} of ${plural(verdicts.length, 'check')} passed`,
      ...(count('skip') === 0 ? [] : [`${formatCount(count('skip'))} not applicable`]),
    ],
  };
}
