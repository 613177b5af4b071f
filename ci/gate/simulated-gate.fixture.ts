import type { Look, LookResult } from '../../harness/model/index.js';
import { lookAt } from './decide.js';
import { differencesOf, scaleOf } from './differences.js';
import type { Finding } from './measured.js';
import { verdictOf } from './verdict.js';

/**
 * What disturbs launches, as shares of their time; the figures of `quiet` and `loaded` are those of a shared machine
 * with two CPUs, `busy` lies between them.
 */
export interface Disturbance {
  /** Launches settle at one of two speeds, this far apart, whatever they measure. */
  readonly bimodal: number;
  /** Spread of a launch, with the tails of Student's t with three degrees of freedom. */
  readonly spread: number;
  /**
   * Spread of what changes slowly, common to launches near each other in time, and how much of it lasts from one launch
   * to the next.
   */
  readonly drift: number;
  readonly persistence: number;
}

export const DISTURBANCES = {
  /** Sixty pairs of a 5 % worsening read 4.8 % [4.0, 5.5] at 99 % on such a machine. */
  quiet: { bimodal: 0, spread: 0.009, drift: 0.02, persistence: 0.98 },
  busy: { bimodal: 0.04, spread: 0.02, drift: 0.06, persistence: 0.93 },
  loaded: { bimodal: 0.08, spread: 0.03, drift: 0.1, persistence: 0.9 },
  /** So rough that the budget's floor stops nothing: what is left is the statistics. */
  wild: { bimodal: 0.3, spread: 0.5, drift: 0.5, persistence: 0.95 },
} as const satisfies Record<string, Disturbance>;

export interface Simulation {
  readonly schedule: readonly Look[];
  readonly comparisons: number;
  readonly disturbance: Disturbance;
  /** Worsening of head in each comparison. */
  readonly worsening: number;
  readonly budget: number;
  readonly random: () => number;
  /** The rule under test unless a test breaks it. */
  readonly look?: typeof lookAt;
}

export interface SimulatedGate {
  /** Verdicts of the first measurement, then of the gate. */
  readonly first: readonly LookResult['verdict'][];
  readonly final: readonly Finding['verdict'][];
}

/** A gate as it runs: pairs in random order, looked at by schedule, failures measured again. */
export function simulateGate(simulation: Simulation): SimulatedGate {
  const all = Array.from({ length: simulation.comparisons }, (_, index) => index);
  const first = measure(simulation, all);
  const failed = all.filter((index) => first[index]?.verdict === 'regressed');
  const second = measure(simulation, failed);
  const final = all.map((index) => {
    const measurements = [first[index], second[index]].flatMap((look) =>
      look === undefined ? [] : [{ looks: [look] }],
    );
    const measured = {
      unit: 'ns',
      budget: simulation.budget,
      allowedIncrease: null,
      isGated: true,
      smallestVisible: null,
      isRepeatable: true,
    } as const;
    return verdictOf({ ...measured, measurements, gatedComparisons: simulation.comparisons }).verdict;
  });
  return { first: first.map((look) => (look as LookResult).verdict), final };
}

/** Uniform in (0, 1): a counter through MurmurHash3's 32-bit finaliser, fast enough for a hundred million draws. */
export function simulatedChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32 + 2 ** -33;
  };
}

/** Pairs run one after the other, base or head first at random: the next difference whenever it is called. */
export function simulatedDifferences({
  disturbance,
  worsening,
  random,
  budget,
}: Pick<Simulation, 'disturbance' | 'worsening' | 'random' | 'budget'>): () => number {
  const { bimodal, spread, drift, persistence } = disturbance;
  const scale = scaleOf('ns', budget, []);
  const fresh = drift * Math.sqrt(1 - persistence ** 2);
  const normal = normalFrom(random);
  let common = drift * normal();
  const launch = (): number => {
    common = persistence * common + fresh * normal();
    const speed = bimodal > 0 && random() < 0.4 ? 1 + bimodal : 1;
    return 8500 * speed * Math.exp(common + spread * studentT3(normal, random));
  };
  return () => {
    const [one, other] = [launch(), launch()];
    const [base, head] = random() < 0.5 ? [one, other] : [other, one];
    return differencesOf(scale, [{ base, head: head * (1 + worsening) }])[0] as number;
  };
}

/** The look that ended the measurement of each of these comparisons; undefined for those that were not measured. */
function measure(simulation: Simulation, indices: readonly number[]): (LookResult | undefined)[] {
  const { schedule, budget, comparisons, look = lookAt } = simulation;
  const last = new Array<LookResult | undefined>(comparisons).fill(undefined);
  const series = new Map(
    indices.map((index) => [index, { differences: [] as number[], next: simulatedDifferences(simulation) }]),
  );
  for (const scheduled of schedule) {
    const isDecided = (index: number): boolean => last[index] !== undefined && last[index]?.verdict !== 'undecided';
    if (indices.every(isDecided)) break;
    for (const [index, { differences, next }] of series)
      while (!isDecided(index) && differences.length < scheduled.pairs) differences.push(next());
    const questions = [...series].map(([index, { differences }]) => {
      return {
        id: String(index),
        isGated: true,
        isDecided: isDecided(index),
        budget,
        unit: 'ns' as const,
        differences,
      };
    });
    for (const [id, result] of look(scheduled, questions)) last[Number(id)] = result;
  }
  return last;
}

/** Box and Muller: two at a time, one of them kept for the next call. */
function normalFrom(random: () => number): () => number {
  let kept: number | null = null;
  return () => {
    const was = kept;
    kept = null;
    if (was !== null) return was;
    const radius = Math.sqrt(-2 * Math.log(random()));
    const angle = 2 * Math.PI * random();
    kept = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

function studentT3(normal: () => number, random: () => number): number {
  const chiSquared = -2 * Math.log(random()) + normal() ** 2;
  return normal() / Math.sqrt(chiSquared / 3);
}
