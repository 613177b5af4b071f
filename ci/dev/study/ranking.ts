import { appendFileSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { seededRandom, shuffled } from '../../../harness/plan/random.js';
import { medianOf } from '../../../harness/stats/order-statistics.js';
import { comparePairs } from '../../../harness/stats/ranking.js';
import { parseReport } from '../../../reports/schema/parse-report.js';
import { readBlockRecordings, recordingsOf, type BlockRecording } from './block-recording.js';
import { pairsOf, RANKING_RULES, type RankingRule } from './ranking-rules.js';

// Which rule tells transports apart, and how often is it wrong? Blocks are drawn at random from recorded columns
// (../recordings/README.md).
//
//   npm run study:ranking -- ci/dev/recordings/blocks.jsonl.gz                       the tables
//   npm run study:ranking -- --record report.json --load words --out blocks.jsonl    adds the columns of a run
//   --same                                                  of one transport under several names

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    record: { type: 'string' },
    load: { type: 'string', default: 'unknown' },
    same: { type: 'boolean', default: false },
    out: { type: 'string' },
    draws: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});
const ALPHA = 0.05;
const STATISTICS = ['p25', 'p50'] as const;

if (values.record !== undefined && values.out !== undefined) {
  for (const recording of recordingsOf(parseReport(readFileSync(values.record, 'utf8')), values.load, values.same))
    appendFileSync(values.out, `${JSON.stringify(recording)}\n`);
} else if (positionals.length === 0) {
  console.error(
    'Usage: npm run study:ranking -- <blocks.jsonl.gz>… [--draws 1000] [--seed 1], or --record <report.json> ' +
      '--load <words> --out <blocks.jsonl> [--same]',
  );
  process.exit(2);
} else {
  const recordings = positionals.flatMap(readBlockRecordings);
  for (const recording of recordings.filter(({ isNull }) => !isNull)) printPower(recording);
  for (const recording of recordings.filter(({ isNull }) => isNull)) printFalseAlarms(recording);
}

/** `count` of the recorded blocks at random, as costs[transport][block]. */
function draw(
  recording: BlockRecording,
  count: number,
  statistic: 0 | 1,
  random: ReturnType<typeof seededRandom>,
): number[][] {
  const chosen = shuffled([...recording.blocks.keys()], random).slice(0, count);
  return recording.transports.map((_, transport) =>
    chosen.map((block) => recording.blocks[block]?.[transport]?.[statistic] as number),
  );
}

function medianRatio(recording: BlockRecording, i: number, j: number, statistic: 0 | 1): number {
  const ratios = recording.blocks.map((block) => (block[i]?.[statistic] as number) / (block[j]?.[statistic] as number));
  return medianOf(ratios);
}

/** How often each transport is told from the one that is fastest over the whole recording. */
function printPower(recording: BlockRecording): void {
  console.log(
    `\n${recording.column}: ${recording.blocks.length} blocks of ${recording.windowMs} ms ` +
      `windows; ${recording.load}; ${recording.machine}`,
  );
  const rate = recording.column.includes('/stream/');
  for (const [statistic, name] of STATISTICS.entries()) {
    if (rate && statistic === 0) continue;
    const at = statistic as 0 | 1;
    const leader = recording.transports
      .map((_, i) => i)
      .reduce((best, i) => (medianRatio(recording, i, best, at) < 1 ? i : best), 0);
    const others = recording.transports
      .map((_, i) => i)
      .filter((i) => i !== leader)
      .sort((a, b) => medianRatio(recording, a, leader, at) - medianRatio(recording, b, leader, at));
    const ratioOf = (i: number): string =>
      `${recording.transports[i]} ${medianRatio(recording, i, leader, at).toFixed(3)}`;
    console.log(`  ${rate ? 'rate' : name}: leader ${recording.transports[leader]}; ${others.map(ratioOf).join(', ')}`);
    for (const [rule, blocks] of RANKING_RULES.flatMap((one) => countsFor(one).map((count) => [one, count] as const))) {
      console.log(
        `    ${rule.name.padEnd(40)} ${String(blocks).padStart(2)} blocks: told from the leader ${toldShares(
          recording,
          { rule, blocks, statistic: at, leader, others },
        )
          .map((share) => `${Math.round(100 * share)} %`)
          .join(', ')}`,
      );
    }
    console.log(
      '    all intervals of 20 blocks hold what the whole recording ' +
        `says: ${(100 * coverage(recording, 20, at)).toFixed(1)} %`,
    );
  }
}

function countsFor(rule: RankingRule): number[] {
  return rule.name.startsWith('intervals') ? [7, 20] : [12, 14, 16, 20, 30];
}

interface Asked {
  readonly rule: RankingRule;
  readonly blocks: number;
  readonly statistic: 0 | 1;
  readonly leader: number;
  readonly others: readonly number[];
}

function toldShares(recording: BlockRecording, { rule, blocks, statistic, leader, others }: Asked): number[] {
  const random = seededRandom(Number(values.seed));
  const draws = Number(values.draws);
  const pairs = pairsOf(recording.transports.length);
  const told = new Map(others.map((i) => [i, 0]));
  for (let at = 0; at < draws; at += 1) {
    const signs = rule.told(draw(recording, blocks, statistic, random), ALPHA);
    for (const i of others) {
      const index = pairs.findIndex(([a, b]) => (a === i && b === leader) || (a === leader && b === i));
      const wanted = pairs[index]?.[0] === i ? 1 : -1;
      if (signs[index] === wanted) told.set(i, (told.get(i) ?? 0) + 1);
    }
  }
  return others.map((i) => (told.get(i) ?? 0) / draws);
}

/** How often every interval of a draw holds the ratio of the whole recording. */
function coverage(recording: BlockRecording, blocks: number, statistic: 0 | 1): number {
  const random = seededRandom(Number(values.seed) + 1);
  const draws = Number(values.draws);
  let held = 0;
  for (let at = 0; at < draws; at += 1) {
    const contestants = draw(recording, blocks, statistic, random).map((series, index) => ({
      transport: String(index),
      costs: new Map(series.map((cost, block) => [block, cost])),
    }));
    const all = comparePairs(contestants, ALPHA).every(({ a, b, low, high }) => {
      const truth = Math.log(medianRatio(recording, Number(a), Number(b), statistic));
      return low !== null && high !== null && low <= truth && truth <= high;
    });
    if (all) held += 1;
  }
  return held / draws;
}

/** How often anything is told apart in what is one transport under several names. */
function printFalseAlarms(recording: BlockRecording): void {
  console.log(
    `\n${recording.column}, one transport under ${recording.transports.length} ` +
      `names: ${recording.blocks.length} blocks of ${recording.windowMs} ms ` +
      `windows; ${recording.load}; ${recording.machine}`,
  );
  for (const [statistic, name] of STATISTICS.entries()) {
    if (recording.column.includes('/stream/') && statistic === 0) continue;
    for (const rule of RANKING_RULES) {
      const shares = countsFor(rule).map((blocks) => {
        const random = seededRandom(Number(values.seed));
        let alarms = 0;
        for (let at = 0; at < Number(values.draws); at += 1)
          if (rule.told(draw(recording, blocks, statistic as 0 | 1, random), ALPHA).some((sign) => sign !== 0))
            alarms += 1;
        return `${blocks} blocks ${((100 * alarms) / Number(values.draws)).toFixed(1)} %`;
      });
      console.log(`  ${name}, ${rule.name.padEnd(40)}: anything told in ${shares.join(', ')} of the draws`);
    }
  }
}
