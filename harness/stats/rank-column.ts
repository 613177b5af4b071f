import type { Case, LaunchFailure, LaunchRecord, Ranking, RankingEntry, Standing } from '../model/index.js';
import { smallestShift } from './detectable.js';
import { intervalRank } from './order-statistics.js';
import { comparePairs, fewestBlocks, type Contestant, type PairDifference, type ToldPairs } from './ranking.js';

/** The chance that anything in one ranking is told the wrong way round. */
export const RANKING_ALPHA = 0.05;

/** What was measured of one case, as a ranking sees it. */
export interface RankedCase {
  readonly case: Case;
  readonly launches: readonly LaunchRecord[];
  readonly failures: readonly LaunchFailure[];
}

/**
 * What a launch is ranked by: ns a round trip at its 25th percentile, or ns a byte. null: it has no figure of either
 * kind. As in the gate, p25 and not p50: stalls move it less, so that more is told (harness/README.md has the figures).
 */
function costOf(launch: LaunchRecord): number | null {
  if (launch.p25Ns !== null) return launch.p25Ns > 0 ? launch.p25Ns : null;
  return launch.bytesPerSecond !== null && launch.bytesPerSecond > 0 ? 1e9 / launch.bytesPerSecond : null;
}

/** Every launch that was begun counts, those that broke too. */
export function contestantsOf(cases: readonly RankedCase[]): Contestant[] {
  return cases
    .filter(({ launches }) => launches.some((launch) => costOf(launch) !== null))
    .map(({ case: { transport }, launches, failures }) => ({
      transport,
      costs: new Map([
        ...launches.map((launch) => [launch.round, costOf(launch)] as const),
        ...failures.map(({ round }) => [round, null] as const),
      ]),
    }));
}

/**
 * null where fewer than two transports have a figure. `alpha` is what this look may spend; RANKING_ALPHA where it is
 * the only one.
 */
export function rankColumn(
  cases: readonly RankedCase[],
  alpha: number = RANKING_ALPHA,
  told?: ToldPairs,
): Ranking | null {
  const contestants = contestantsOf(cases);
  const first = cases[0]?.case;
  if (contestants.length < 2 || first === undefined) return null;
  return rankingOf(
    first,
    cases,
    contestants.map(({ transport }) => transport),
    comparePairs(contestants, alpha, told),
    alpha,
  );
}

/** The same from pairs that were compared already. */
export function rankingOf(
  first: Case,
  cases: readonly RankedCase[],
  transports: readonly string[],
  pairs: readonly PairDifference[],
  alpha: number,
): Ranking {
  const difference = (of: string, over: string): PairDifference => orientedPair(pairs, of, over);
  const leader = leaderOf(transports, difference);
  const entries = transports.map((transport) =>
    entryOf(transport, leader, transports, difference, alpha / pairs.length),
  );
  const { workload, driver, placement, sizeBytes, verify, settings, methodRevision } = first;
  return {
    workload,
    driver,
    placement,
    sizeBytes,
    verify,
    ...(settings !== undefined && { settings }),
    methodRevision,
    statistic: cases.some(({ launches }) => launches.some((launch) => launch.p25Ns !== null)) ? 'p25' : 'rate',
    blocks: Math.max(...pairs.map((pair) => pair.blocks)),
    confidence: 1 - RANKING_ALPHA,
    entries: entries.sort(
      (a, b) => Number(b.transport === leader) - Number(a.transport === leader) || a.ratio - b.ratio,
    ),
  };
}

/** The one that is faster than most others by the medians; of several such, the fastest on the whole. */
function leaderOf(transports: readonly string[], difference: (of: string, over: string) => PairDifference): string {
  const scores = transports.map((transport) => {
    const medians = transports
      .filter((other) => other !== transport)
      .map((other) => difference(transport, other).median ?? 0);
    return {
      transport,
      wins: medians.filter((median) => median < 0).length,
      sum: medians.reduce((total, median) => total + median, 0),
    };
  });
  return scores.reduce((best, score) =>
    score.wins > best.wins || (score.wins === best.wins && score.sum < best.sum) ? score : best,
  ).transport;
}

function entryOf(
  transport: string,
  leader: string,
  transports: readonly string[],
  difference: (of: string, over: string) => PairDifference,
  pairAlpha: number,
): RankingEntry {
  const others = transports
    .filter((other) => other !== transport)
    .map((other) => ({ other, faster: difference(transport, other).faster }));
  const rank = {
    from: 1 + others.filter(({ other, faster }) => faster === other).length,
    to: transports.length - others.filter(({ faster }) => faster === transport).length,
  };
  if (transport === leader) return { transport, ratio: 1, low: 1, high: 1, standing: 'leader', rank, detectable: null };
  const pair = difference(transport, leader);
  const standing = standingOf(pair, leader, transports.length, pairAlpha);
  // Holm's procedure tells a little more than intervals that all hold together: where it tells that a transport is
  // behind, its ratio is no less than 1.
  const low =
    standing === 'behind' && pair.low !== null && Number.isFinite(pair.low) ? Math.max(0, pair.low) : pair.low;
  return {
    transport,
    ratio: Math.exp(pair.median ?? 0),
    low: ratioOrNull(low),
    high: ratioOrNull(pair.high),
    standing,
    rank,
    detectable: detectableOf(pair, pairAlpha),
  };
}

function standingOf(pair: PairDifference, leader: string, count: number, pairAlpha: number): Standing {
  if (pair.faster === leader) return 'behind';
  const pairs = (count * (count - 1)) / 2;
  return pair.blocks < fewestBlocks(pairs, pairAlpha * pairs) || pair.low === null ? 'undecided' : 'tied';
}

function ratioOrNull(logarithm: number | null): number | null {
  return logarithm === null || !Number.isFinite(logarithm) ? null : Math.exp(logarithm);
}

/** Nine of ten such runs would tell a ratio of this size. */
function detectableOf({ differences, blocks, median }: PairDifference, pairAlpha: number): number | null {
  const rank = intervalRank(blocks, pairAlpha);
  const broken = blocks - differences.length;
  if (rank === null || median === null || rank.k <= broken) return null;
  const noise = Float64Array.from(differences, (difference) => difference - median).sort();
  return Math.exp(smallestShift(noise, rank.k - broken, 0.9));
}

function orientedPair(pairs: readonly PairDifference[], of: string, over: string): PairDifference {
  const direct = pairs.find((pair) => pair.a === of && pair.b === over);
  if (direct !== undefined) return direct;
  const turned = pairs.find((pair) => pair.a === over && pair.b === of);
  if (turned === undefined) throw new Error(`${of} and ${over} were not compared.`);
  const negated = (value: number | null): number | null => (value === null ? null : -value);
  return {
    ...turned,
    a: of,
    b: over,
    median: negated(turned.median),
    low: negated(turned.high),
    high: negated(turned.low),
    differences: turned.differences.map((difference) => -difference),
  };
}
