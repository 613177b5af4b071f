import type { CaseResult } from '../../harness/model/index.js';
import { ratioInWords } from '../findings/answers.js';
import { formatMemory } from '../units/bytes.js';
import { formatCount, formatRatio, plural } from '../units/digits.js';
import { formatNs } from '../units/duration.js';
import { formatEstimate, formatFigure } from '../units/estimate.js';
import { formatPerSecond } from '../units/rate.js';
import type { FigureCell } from '../view/grid.js';

export type Fact = readonly [label: string, text: string];

/** What a cell of the grid can show. */
export interface ShownFigures {
  readonly value: string;
  readonly ratio: string;
  readonly p99: string;
  readonly cpu: string;
  readonly calls: string;
}

export function shownFigures(result: CaseResult, cell: FigureCell | null): ShownFigures {
  const { cpuNsPerMessage, syscallsPerMessage } = result.costs;
  return {
    value: cell === null ? 'failed' : formatFigure(cell.figure, cell.value),
    ratio: cell === null || cell.entry === null ? '–' : formatRatio(cell.entry.ratio),
    p99: formatNs(result.latency?.p99Ns ?? null),
    cpu: formatNs(cpuNsPerMessage),
    calls: perMessage(syscallsPerMessage),
  };
}

/** Everything that is known of a case, for its panel. */
export function caseFacts(result: CaseResult, cell: FigureCell | null): readonly Fact[] {
  const { latency, throughput, costs, launches, failures } = result;
  const facts: readonly (Fact | null)[] = [
    cell === null
      ? ['Figure', 'none: every launch failed']
      : ['Median launch', formatEstimate(cell.figure, { ...cell, confidence: null })],
    cell === null ? null : ['Ranking', standingInWords(cell)],
    latency === null
      ? null
      : [
          'All round trips',
          `p50 ${formatNs(latency.p50Ns)}, p90 ${formatNs(latency.p90Ns)}, p99 ${formatNs(latency.p99Ns)}, ` +
            `p99.9 ${formatNs(latency.p999Ns)}, slowest ${formatNs(latency.maxNs)} of ${formatCount(latency.count)}`,
        ],
    throughput === null ? null : ['Messages', formatPerSecond(throughput.messagesPerSecond.value)],
    [
      'Per message',
      `${formatNs(costs.cpuNsPerMessage)} of CPU time, ${perMessage(costs.syscallsPerMessage)} system calls, ` +
        `${perMessage(costs.voluntarySwitchesPerMessage)} voluntary and ` +
        `${perMessage(costs.involuntarySwitchesPerMessage)} involuntary context switches, ` +
        `${formatNs(costs.runDelayNsPerMessage)} waiting for a CPU`,
    ],
    [
      'Memory',
      `${formatMemory(costs.maxRssBytes.initiator)} initiator, ${formatMemory(costs.maxRssBytes.responder)} responder`,
    ],
    [
      'Launches',
      `${plural(launches.length, 'launch', 'launches')}${failures.length === 0 ? '' : `, ${failures.length} failed`}`,
    ],
  ];
  return facts.filter((fact) => fact !== null);
}

function standingInWords({ tier, entry, leader }: FigureCell): string {
  switch (tier) {
    case 'leader':
      return 'best of its column';
    case 'tied':
      return `cannot be told from ${leader ?? 'the best'}`;
    case 'behind':
      return `takes ${entry === null ? 'longer than' : ratioInWords(entry)} ${entry === null ? '' : 'as long as '}${leader ?? 'the best'}`;
    case 'undecided':
      return 'too few launches to rank';
    case 'reference':
      return 'a reference is not ranked';
    case 'alone':
      return 'nothing to compare it with';
  }
}

/** Two decimals always, so that a column lines up; an exact zero alone reads 0. */
export function perMessage(value: number | null): string {
  if (value === null) return '–';
  if (value === 0) return '0';
  return value < 0.005 ? '<0.01' : value.toFixed(2);
}
