import type { RankingEntry, Report } from '../../harness/model/index.js';
import { formatSize } from '../units/bytes.js';
import { formatRatio, formatShare, plural, threeDigits } from '../units/digits.js';
import { formatEstimate } from '../units/estimate.js';
import { aloneInWords } from './alone.js';
import { comparableGroups, type ComparableGroup } from './comparable-groups.js';
import { rankGroup, type Ranked, type Standings } from './ranking.js';
import { describePlace } from './wording.js';

/**
 * What a group of figures says, in words. `sentence` names transport, figure and interval; `place` names driver and
 * placement.
 */
export interface Answer {
  readonly ranking: Standings;
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

/**
 * The answer that stands for a group: at 64 B for latency, at 64 KiB for throughput, or at the nearest size there is.
 */
export function answerGroup(group: ComparableGroup): Answer {
  const ranking = rankGroup(group, headlineSize(group));
  return { ranking, question: askQuestion(ranking), place: describePlace(group), sentence: answerInWords(ranking) };
}

export function headlineSize(group: ComparableGroup): number {
  const wanted = group.figure === 'latency' ? 64 : 65536;
  const measured = group.sizes.filter((size) => rankGroup(group, size).leader !== null);
  const candidates = measured.length > 0 ? measured : group.sizes;
  return candidates.reduce(
    (best, size) => (distance(size, wanted) < distance(best, wanted) ? size : best),
    candidates[0] ?? wanted,
  );
}

function distance(sizeBytes: number, wanted: number): number {
  return Math.abs(Math.log(Math.max(sizeBytes, 1) / wanted));
}

function askQuestion(standings: Standings): string {
  const { group, sizeBytes } = standings;
  const size = formatSize(sizeBytes);
  const isRanked = standings.tied.length + standings.behind.length > 0;
  if (!isRanked) return group.figure === 'latency' ? `${size} round trip` : `Throughput at ${size}`;
  return group.figure === 'latency' ? `Fastest ${size} round trip` : `Highest throughput at ${size}`;
}

/** Whether there was anything to compare: one transport alone is neither fast nor slow. */
export function isContested({ tied, behind, undecided }: Standings): boolean {
  return tied.length + behind.length + undecided.length > 0;
}

function answerInWords(standings: Standings): string {
  const { leader, tied, behind, undecided, group } = standings;
  if (leader === null) return `No transport has a figure at ${formatSize(standings.sizeBytes)}.`;
  const figure = `${leader.transport}, ${formatEstimate(group.figure, leader.estimate)}`;
  if (!isContested(standings)) return `${figure}. ${aloneInWords(standings)}`;
  if (tied.length + behind.length === 0)
    return `${figure}, reads best, but nothing is ranked: ${tooFewInWords(standings)}`;
  const parts = [
    tied.length === 0 ? null : tiedInWords(tied),
    behind.length === 0
      ? null
      : `${group.figure === 'latency' ? 'Slower' : 'Slower per byte'}: ${behind.map(behindInWords).join(', ')}.`,
    undecided.length === 0 ? null : `Not ranked: ${listNames(undecided)}; ${tooFewInWords(standings)}`,
  ];
  return [`${figure}.`, ...parts.filter((part) => part !== null)].join(' ');
}

/** `No measurable difference from fifo (a difference of 4 % would have been seen in nine of ten such runs).` */
function tiedInWords(tied: readonly Ranked[]): string {
  const detectable = tied.flatMap(({ entry }) => entry?.detectable ?? []);
  const seen =
    detectable.length < tied.length
      ? ''
      : ` (a difference of ${formatShare(Math.max(...detectable) - 1)} would have been seen in nine of ten such runs)`;
  return `No measurable difference from ${listNames(tied)}${seen}.`;
}

/** `unix-dgram 1.37× [1.33, 1.42]`: how many times as long it takes. */
export function behindInWords({ transport, entry }: Ranked): string {
  return entry === null ? transport : `${transport} ${ratioInWords(entry)}`;
}

/** `1.37× [1.33, 1.42]`. */
export function ratioInWords({ ratio, low, high }: RankingEntry): string {
  return low === null || high === null
    ? formatRatio(ratio)
    : `${formatRatio(ratio)} [${threeDigits(low)}, ${threeDigits(high)}]`;
}

function tooFewInWords({ blocks, undecided, leader }: Standings): string {
  const broken = [...undecided, ...(leader === null ? [] : [leader])].reduce(
    (sum, one) => sum + one.result.failures.length,
    0,
  );
  const launches = `${plural(blocks, 'launch', 'launches')} of each`;
  if (blocks === 0) return 'the report holds no ranking.';
  return broken > 0
    ? `${plural(broken, 'launch', 'launches')} broke, and what is left of ${launches} is too few.`
    : `${launches} ${blocks === 1 ? 'is' : 'are'} too few.`;
}

function listNames(entries: readonly Ranked[]): string {
  const names = entries.map((entry) => entry.transport);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
