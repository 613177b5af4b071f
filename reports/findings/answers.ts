import type { Report } from '../../harness/model/index.js';
import { formatSize } from '../units/bytes.js';
import { formatRatio } from '../units/digits.js';
import { formatEstimate } from '../units/estimate.js';
import { aloneInWords } from './alone.js';
import { comparableGroups, type ComparableGroup } from './comparable-groups.js';
import { rankGroup, type Ranked, type Ranking } from './ranking.js';
import { describePlace } from './wording.js';

/** What a group of figures says, in words. `sentence` names transport, figure and interval; `place` names driver and placement. */
export interface Answer {
  readonly ranking: Ranking;
  /** `Fastest 64 B round trip`. */
  readonly question: string;
  /** `ping-pong, native driver, both peers on one CPU`. */
  readonly place: string;
  readonly sentence: string;
}

/** One answer for each group in which something was measured; the group that compares the most transports first. */
export function answers(report: Report): readonly Answer[] {
  return comparableGroups(report)
    .map(answerGroup)
    .filter((answer) => answer.ranking.leader !== null);
}

/** The answer that stands for a group: at 64 B for latency, at 64 KiB for throughput, or at the nearest size there is. */
export function answerGroup(group: ComparableGroup): Answer {
  const ranking = rankGroup(group, headlineSize(group));
  return { ranking, question: askQuestion(ranking), place: describePlace(group), sentence: answerInWords(ranking) };
}

export function headlineSize(group: ComparableGroup): number {
  const wanted = group.figure === 'latency' ? 64 : 65536;
  const measured = group.sizes.filter((size) => rankGroup(group, size).leader !== null);
  const candidates = measured.length > 0 ? measured : group.sizes;
  return candidates.reduce((best, size) => (distance(size, wanted) < distance(best, wanted) ? size : best), candidates[0] ?? wanted);
}

function distance(sizeBytes: number, wanted: number): number {
  return Math.abs(Math.log(Math.max(sizeBytes, 1) / wanted));
}

function askQuestion(ranking: Ranking): string {
  const { group, sizeBytes } = ranking;
  const size = formatSize(sizeBytes);
  const nothingLeads = ranking.tied.length + ranking.behind.length === 0;
  if (nothingLeads) return group.figure === 'latency' ? `${size} round trip` : `Throughput at ${size}`;
  return group.figure === 'latency' ? `Fastest ${size} round trip` : `Highest throughput at ${size}`;
}

/** Whether there was anything to compare: one transport alone is neither fast nor slow. */
export function isContested({ tied, behind, undecided }: Ranking): boolean {
  return tied.length + behind.length + undecided.length > 0;
}

function answerInWords(ranking: Ranking): string {
  const { leader, tied, behind, undecided } = ranking;
  if (leader === null) return `Nothing but failures or references at ${formatSize(ranking.sizeBytes)}.`;
  const latency = ranking.group.figure === 'latency';
  const figure = `${leader.transport}, ${formatEstimate(ranking.group.figure, leader.estimate)}`;
  if (!isContested(ranking)) return `${figure}. ${aloneInWords(ranking)}`;
  if (undecided.length > 0 && tied.length + behind.length === 0) {
    return `${figure}, was ${latency ? 'lowest' : 'highest'}, but this ranks nothing: an interval takes at least 6 launches.`;
  }
  const next = behind[0];
  const nextWords = next === undefined ? '' : ` Next, measurably ${latency ? 'slower' : 'lower'}: ${next.transport}, ${formatEstimate(ranking.group.figure, next.estimate)}, ${formatRatio(ratio(next, leader))} the ${latency ? 'time' : 'rate'}.`;
  const tiedWords = tied.length === 0 ? '' : ` No measurable difference from ${listNames(tied)}.`;
  const undecidedWords = undecided.length === 0 ? '' : ` Too few launches to tell about ${listNames(undecided)}.`;
  return `${figure}.${tiedWords}${nextWords}${undecidedWords}`;
}

function ratio(entry: Ranked, leader: Ranked): number {
  return entry.estimate.value / leader.estimate.value;
}

function listNames(entries: readonly Ranked[]): string {
  const names = entries.map((entry) => entry.transport);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
