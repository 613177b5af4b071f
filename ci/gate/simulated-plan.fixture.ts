import type { Case, Metric } from '../../harness/model/index.js';
import type { ComparisonState, GatedCase, GatePlan, GateProgress, PairOutcome } from './run-gate.js';
import { SCHEDULES } from './schedule.js';
import { simulatedCase, worsePair } from './simulated-ports.fixture.js';

export const schedule = SCHEDULES.quick;
export const [firstLook, lastLook] = [23, 40];

export const asking = (
  one: Case,
  metrics: readonly Metric[] = ['round-trip'],
  advisory: readonly Metric[] = [],
): GatedCase => ({
  case: one,
  metrics: [
    ...metrics.map((metric) => ({ metric, terms: { budget: 0.05, isGated: true, advisoryReason: null } })),
    ...advisory.map((metric) => ({ metric, terms: { budget: 0.05, isGated: false, advisoryReason: 'asked' } })),
  ],
});
export const planOf = (cases: readonly GatedCase[], more: Partial<GatePlan> = {}): GatePlan => ({
  cases,
  schedule,
  seed: 1,
  budgetMs: null,
  ...more,
});
export const [a, b, c] = [simulatedCase('a'), simulatedCase('b'), simulatedCase('c')];

export const stateOf = ({ comparisons }: GateProgress, id: string): ComparisonState => {
  const found = comparisons.find((one) => one.id === id);
  if (found === undefined) throw new Error(`${id} is not among ${comparisons.map((one) => one.id).join(', ')}`);
  return found;
};
export const verdictsOf = (progress: GateProgress, id: string): string[][] =>
  stateOf(progress, id).measurements.map(({ looks }) => looks.map((look) => look.verdict));
export const pairsOf = (progress: GateProgress, id: string): number[] =>
  stateOf(progress, id).measurements.map(({ pairs }) => pairs.length);
export const countOf = (asked: readonly { readonly caseId: string }[], one: Case): number =>
  asked.filter((pair) => pair.caseId === one.id).length;

/** Differs by far more than any budget from pair to pair, either way: nothing can be said of it. */
export const noisePair = (attempt: number): PairOutcome => worsePair(attempt % 2 === 0 ? 0.5 : -0.33);
