import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Case, LaunchFailure, LaunchRecord } from '../model/index.js';
import { seededRandom } from '../plan/random.js';
import { rankColumn, type RankedCase } from './rank-column.js';
import { comparePairs, fewestBlocks, type Contestant } from './ranking.js';

const ALPHA = 0.05;
const contestant = (transport: string, costs: readonly (number | null)[]): Contestant => ({
  transport,
  costs: new Map(costs.map((cost, block) => [block, cost])),
});
const constant = (value: number, blocks: number): number[] => new Array<number>(blocks).fill(value);

/**
 * Noise as it is on a shared machine: spells in which everything takes 1.6 times as long, and 5 % from launch to
 * launch.
 */
function noisyColumn(factors: readonly number[], blocks: number, seed: number): number[][] {
  const random = seededRandom(seed);
  const uniform = (): number => random.below(1_000_000) / 1_000_000;
  let slow = 1;
  const series = factors.map((): number[] => []);
  for (let block = 0; block < blocks; block += 1) {
    if (uniform() < 0.2) slow = uniform() < 0.5 ? 1 : 1.6;
    for (const [index, factor] of factors.entries())
      series[index]?.push(1000 * factor * slow * (1 + 0.1 * uniform()) * (uniform() < 0.05 ? 2 : 1));
  }
  return series;
}

const pairOf = (a: readonly (number | null)[], b: readonly (number | null)[], alpha = ALPHA) => {
  const [pair] = comparePairs([contestant('a', a), contestant('b', b)], alpha);
  if (pair === undefined) throw new Error('no pair');
  return pair;
};

test('two that differ in every block are told apart from six blocks on, and not from five', () => {
  for (let blocks = 0; blocks <= 25; blocks += 1) {
    const { faster } = pairOf(constant(10, blocks), constant(11, blocks));
    assert.is(faster, blocks >= 6 ? 'a' : null, `${blocks} blocks`);
  }
  assert.is(fewestBlocks(1, ALPHA), 6);
  // 28 pairs: twice 2^-n must not exceed 0.05 / 28.
  assert.is(fewestBlocks(28, ALPHA), 11);
});

test('what disturbs a whole block cancels', () => {
  const spells = [1, 1.6, 1, 1.6, 1.6, 1, 1, 1.6];
  const pair = pairOf(
    spells.map((spell) => 10 * spell),
    spells.map((spell) => 11 * spell),
  );
  assert.is(pair.faster, 'a');
  assert.ok(Math.abs((pair.median ?? 0) - Math.log(10 / 11)) < 1e-12);
});

test('equal values are told by nothing, however many', () => {
  assert.is(pairOf(constant(10, 200), constant(10, 200)).faster, null);
});

test('the interval of two leaves out 1 exactly where the sign test tells them apart', () => {
  for (let seed = 0; seed < 300; seed += 1) {
    const [a = [], b = []] = noisyColumn([1, 1.03], 8 + (seed % 20), seed);
    const { low, high, faster } = pairOf(a, b);
    assert.is(faster !== null, low !== null && high !== null && (low > 0 || high < 0), `seed ${seed}`);
  }
});

test('a launch that broke counts for neither: nobody becomes faster by breaking when slow', () => {
  const b = constant(10, 20);
  for (let broken = 0; broken <= 20; broken += 1) {
    // Of 20 launches that take 9 or 11 at random, those of 11 break first: the survivors are the fast ones.
    const a = [...constant(11, 10), ...constant(9, 10)].map((cost, index) => (index < broken ? null : cost));
    assert.not.equal(pairOf(a, b).faster, 'a', `${broken} broken`);
  }
  // All that is left may be faster in each block: it still takes enough of all blocks.
  assert.is(pairOf([...new Array<null>(6).fill(null), ...constant(9, 14)], b).faster, null);
  assert.is(pairOf([...new Array<null>(5).fill(null), ...constant(9, 15)], b).faster, 'a');
});

test('broken launches open the interval at both ends', () => {
  const { low, high } = pairOf([...new Array<null>(6).fill(null), ...constant(9, 14)], constant(10, 20));
  assert.equal([low, high], [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
});

test('what an earlier look told stays told', () => {
  const [pair] = comparePairs([contestant('a', [1, 2]), contestant('b', [2, 1])], ALPHA, new Map([['a b', 'b']]));
  assert.is(pair?.faster, 'b');
});

for (const names of [3, 8]) {
  test(`of ${names} equal transports, any two are told apart in at most 5 % of 1,000 runs`, () => {
    let alarms = 0;
    for (let seed = 0; seed < 1000; seed += 1) {
      const series = noisyColumn(constant(1, names), 20, seed * 7919 + names);
      if (
        comparePairs(
          series.map((costs, index) => contestant(String(index), costs)),
          ALPHA,
        ).some(({ faster }) => faster !== null)
      )
        alarms += 1;
    }
    assert.ok(alarms <= 50, `${alarms} of 1000`);
    assert.ok(alarms > 0, 'a test that is never wrong decides nothing');
  });
}

test('all intervals of a column hold the true ratios together in 95 of 100 runs', () => {
  const factors = [1, 1, 1.03, 1.4, 1.5];
  let held = 0;
  for (let seed = 0; seed < 400; seed += 1) {
    const series = noisyColumn(factors, 20, seed * 104_729);
    const pairs = comparePairs(
      series.map((costs, index) => contestant(String(index), costs)),
      ALPHA,
    );
    const holds = pairs.every(({ a, b, low, high }) => {
      const truth = Math.log((factors[Number(a)] as number) / (factors[Number(b)] as number));
      return low !== null && high !== null && low <= truth && truth <= high;
    });
    if (holds) held += 1;
  }
  assert.ok(held >= 380, `${held} of 400`);
});

const caseOf = (transport: string): Case => ({
  id: `${transport}/native/ping-pong/64B/same-cpu`,
  transport,
  driver: 'native',
  workload: 'ping-pong',
  sizeBytes: 64,
  placement: 'same-cpu',
  verify: 'header',
  methodRevision: 1,
});
const ranked = (transport: string, costs: readonly (number | null)[]): RankedCase => ({
  case: caseOf(transport),
  launches: costs.flatMap((cost, round) =>
    cost === null ? [] : [{ round, p25Ns: cost, p50Ns: cost, bytesPerSecond: null } as LaunchRecord],
  ),
  failures: costs.flatMap((cost, round) => (cost === null ? [{ round } as LaunchFailure] : [])),
});

test('a ranking names the leader, what cannot be told from it, and by how much the others are slower', () => {
  const [pipe = [], fifo = [], socket = []] = noisyColumn([1, 1.001, 1.4], 24, 5);
  const ranking = rankColumn([ranked('socket', socket), ranked('fifo', fifo), ranked('pipe', pipe)]);
  const [first, second, third] = ranking?.entries ?? [];
  assert.equal([first?.standing, second?.standing, third?.standing], ['leader', 'tied', 'behind']);
  assert.equal([third?.transport, third?.rank], ['socket', { from: 3, to: 3 }]);
  assert.equal(
    [first?.rank, second?.rank],
    [
      { from: 1, to: 2 },
      { from: 1, to: 2 },
    ],
  );
  assert.ok(
    (third?.low ?? 0) > 1.2 && (third?.low ?? 9) < 1.4 && (third?.high ?? 0) > 1.4 && (third?.high ?? 9) < 1.65,
    JSON.stringify(third),
  );
  assert.is(ranking?.blocks, 24);
  assert.is(ranking?.statistic, 'p25');
});

test('ratios hold what is between them, at any number of blocks', () => {
  for (let blocks = 1; blocks <= 30; blocks += 1) {
    const series = noisyColumn([1, 1.02, 1.2, 1.4], blocks, blocks);
    const ranking = rankColumn(series.map((costs, index) => ranked(`t${index}`, costs)));
    for (const { ratio, low, high, standing, rank, detectable } of ranking?.entries ?? []) {
      assert.ok(low === null || high === null || (low <= ratio + 1e-12 && ratio <= high + 1e-12));
      assert.ok(rank.from >= 1 && rank.from <= rank.to && rank.to <= 4);
      if (standing === 'behind') assert.ok((low ?? 0) >= 1);
      if (standing === 'undecided') assert.is(low, null, `${blocks} blocks`);
      if (standing === 'tied') assert.ok(detectable === null || detectable > 1);
    }
    // Four transports are six pairs: twice 2^-8 is the first to fall below 0.05 / 6.
    assert.is(
      ranking?.entries.some(({ standing }) => standing === 'undecided'),
      blocks < 8,
      `${blocks} blocks`,
    );
  }
});

test('one transport alone, or one whose others have no figure, is not ranked', () => {
  assert.is(rankColumn([ranked('pipe', constant(10, 20))]), null);
  assert.is(rankColumn([ranked('pipe', constant(10, 20)), ranked('fifo', new Array<null>(3).fill(null))]), null);
  assert.is(rankColumn([]), null);
});

test('three identical transports: nobody is behind, and what would have been seen is said', () => {
  const series = noisyColumn([1, 1, 1], 30, 11);
  const ranking = rankColumn(series.map((costs, index) => ranked(`same-${index}`, costs)));
  assert.equal(
    ranking?.entries.map(({ standing }) => standing),
    ['leader', 'tied', 'tied'],
  );
  for (const { detectable } of ranking?.entries.slice(1) ?? [])
    assert.ok(detectable !== null && detectable > 1.005 && detectable < 1.3, String(detectable));
});

test.run();
