import type { LaunchRecord, Look, Metric } from '../../../harness/model/index.js';
import { metricsOf, metricUnit } from '../../gate/metrics.js';
import { termsOf } from '../../gate/rules.js';
import {
  runGate,
  type ComparisonState,
  type GatedCase,
  type GateProgress,
  type PairOutcome,
} from '../../gate/run-gate.js';
import type { Finding } from '../../gate/measured.js';
import { verdictOf } from '../../gate/verdict.js';
import type { RecordedLaunch, RecordedPair, Recording } from './recording.js';

/** What gates over recorded pairs said. */
export interface ReplayTally {
  readonly gates: number;
  /** At least one gated comparison regressed, twice. */
  readonly closed: number;
  /** At least one regressed in the first measurement. */
  readonly failedOnce: number;
  /** None regressed, and at least one stayed open. */
  readonly inconclusive: number;
  readonly pairs: number;
  /** Gates in which each gated metric closed, and failed once. */
  readonly metrics: ReadonlyMap<
    Metric,
    { readonly closed: number; readonly failedOnce: number; readonly inconclusive: number }
  >;
}

/**
 * Runs the gate itself over recorded pairs, one gate after the other, each taking as many of them as it wants and none
 * twice, until they are used up; the one they end in does not count. In an A/A recording both launches of a pair are
 * alike, so which is called base follows the gate's own coin, and each seed is another draw.
 */
export async function replayGates(recording: Recording, schedule: readonly Look[], seed: number): Promise<ReplayTally> {
  const gates: (readonly GateFinding[])[] = [];
  let taken = 0;
  let used = 0;
  const runPair = async (first: 'base' | 'head'): Promise<PairOutcome> => {
    const pair = recording.pairs[taken];
    if (pair === undefined) throw new UsedUp();
    taken += 1;
    return outcomeOf(isAA(recording) && pair.first !== first ? exchanged(pair) : pair);
  };
  try {
    for (let gate = 0; ; gate += 1) {
      const progress = await runGate(
        { cases: [gatedCase(recording)], schedule, seed: seed + gate, budgetMs: null },
        { runPair: (_, first) => runPair(first), nowMs: () => 0 },
      );
      gates.push(findingsOf(progress));
      used = taken;
    }
  } catch (error) {
    if (!(error instanceof UsedUp)) throw error;
  }
  return tallyOf(gates, used);
}

export function isAA({ about }: Recording): boolean {
  return about.base.join('\n') === about.head.join('\n');
}

/**
 * The same launches as if all of base had been measured before all of head: `apart` launches, and not one, lie between
 * those of a pair.
 */
export function oneAfterTheOther(recording: Recording, apart: number): Recording {
  const launches = recording.pairs.flatMap(({ first, base, head }) => (first === 'base' ? [base, head] : [head, base]));
  const pairs = recording.pairs
    .slice(0, Math.floor(recording.pairs.length / apart) * apart)
    .map((pair, index): RecordedPair => {
      const block = Math.floor(index / apart) * 2 * apart;
      const [base, head] = [launches[block + (index % apart)], launches[block + apart + (index % apart)]];
      return { ...pair, first: 'base', base: base as RecordedLaunch, head: head as RecordedLaunch };
    });
  // No longer alike: base always ran first.
  return { about: { ...recording.about, head: ['measured after all of base'] }, pairs };
}

/**
 * The same launches with every time of head longer by a share: what a gate would say of such a change among this noise.
 */
export function worsened(recording: Recording, share: number): Recording {
  const longer = (value: number | null): number | null => (value === null ? null : value * (1 + share));
  const slowed = (launch: RecordedLaunch): RecordedLaunch => ({
    ...launch,
    windowNs: longer(launch.windowNs),
    p25Ns: longer(launch.p25Ns),
    cpuNs: longer(launch.cpuNs),
  });
  return {
    about: { ...recording.about, head: [`times longer by ${share}`] },
    pairs: recording.pairs.map((pair) => ({ ...pair, head: slowed(pair.head) })),
  };
}

class UsedUp extends Error {}

interface GateFinding {
  readonly metric: Metric;
  readonly verdict: Finding['verdict'];
  readonly failedOnce: boolean;
}

function gatedCase({ about }: Recording): GatedCase {
  const metrics = metricsOf(about.columns.includes('p25Ns') ? 'latency' : 'throughput').map((metric) => ({
    metric,
    // Recorded are cases that gate: no workload makes them advisory.
    terms: termsOf(about.case, metric, [], []),
  }));
  return { case: about.case, metrics: metrics.filter(({ terms }) => terms.isGated) };
}

function exchanged(pair: RecordedPair): RecordedPair {
  return { ...pair, first: pair.first === 'base' ? 'head' : 'base', base: pair.head, head: pair.base };
}

function outcomeOf({ base, head, noise }: RecordedPair): PairOutcome {
  return { kind: 'sample', sample: { base: asRecord(base), head: asRecord(head), noise } };
}

/** What a gate does not look at is not kept. */
function asRecord(launch: RecordedLaunch): LaunchRecord {
  const unknown = {
    p50Ns: null,
    p99Ns: null,
    maxNs: null,
    involuntarySwitches: null,
    runDelayNs: null,
    noise: { cpuPressureUs: null, stealTicks: null, load1: null },
  };
  return { index: 0, round: 0, wallNs: 0, ...unknown, ...launch, windowNs: launch.windowNs ?? 0 };
}

function findingsOf({ comparisons }: GateProgress): GateFinding[] {
  return comparisons.map((state) => ({
    metric: state.metric,
    verdict: verdictFor(state, comparisons.length),
    failedOnce: state.measurements[0]?.looks.at(-1)?.verdict === 'regressed',
  }));
}

function verdictFor({ metric, terms, measurements }: ComparisonState, gatedComparisons: number): Finding['verdict'] {
  return verdictOf({
    unit: metricUnit(metric),
    allowedIncrease: null,
    smallestVisible: null,
    isRepeatable: true,
    ...terms,
    measurements,
    gatedComparisons,
  }).verdict;
}

function tallyOf(gates: readonly (readonly GateFinding[])[], pairs: number): ReplayTally {
  const having = (is: (finding: GateFinding) => boolean): number => gates.filter((gate) => gate.some(is)).length;
  const metrics = [...new Set(gates.flatMap((gate) => gate.map(({ metric }) => metric)))];
  const isClosed = ({ verdict }: GateFinding): boolean => verdict === 'regressed';
  return {
    gates: gates.length,
    closed: having(isClosed),
    failedOnce: having(({ failedOnce }) => failedOnce),
    inconclusive: gates.filter((gate) => !gate.some(isClosed) && gate.some(({ verdict }) => verdict === 'inconclusive'))
      .length,
    pairs,
    metrics: new Map(
      metrics.map((metric) => {
        const of = (is: (finding: GateFinding) => boolean): number =>
          having((finding) => finding.metric === metric && is(finding));
        return [
          metric,
          {
            closed: of(isClosed),
            failedOnce: of(({ failedOnce }) => failedOnce),
            inconclusive: of(({ verdict }) => verdict === 'inconclusive'),
          },
        ];
      }),
    ),
  };
}
