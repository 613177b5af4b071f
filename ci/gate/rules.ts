import type { Case, Metric, Workload } from '../../harness/model/index.js';
import { whyAdvisory } from './metrics.js';
import { matchesSelector } from './selectors.js';

/** What a config or the command line says about some comparisons. Later rules win over earlier ones. */
export interface Rule {
  /** Matches comparison ids, `*` for anything. */
  readonly select: string;
  /** Largest worsening that may pass, as a share. */
  readonly budget?: number;
  /** true gates what would be advisory, false the other way. */
  readonly gated?: boolean;
}

/** How one comparison is judged. */
export interface Terms {
  readonly budget: number;
  readonly isGated: boolean;
  readonly advisoryReason: string | null;
}

export const DEFAULT_BUDGET = 0.05;

/** What of a workload closes no gate by itself, by its name. */
export type GatedWorkload = Pick<Workload, 'name' | 'gate'>;

export function termsOf(one: Case, metric: Metric, rules: readonly Rule[], workloads: readonly GatedWorkload[]): Terms {
  const id = comparisonId(one.id, metric);
  let budget = DEFAULT_BUDGET;
  let advisoryReason = whyAdvisory(
    one,
    metric,
    workloads.find(({ name }) => name === one.workload)?.gate.advisory ?? [],
  );
  for (const rule of rules) {
    if (!matchesSelector(rule.select, id)) continue;
    budget = rule.budget ?? budget;
    if (rule.gated !== undefined) advisoryReason = rule.gated ? null : `set by the rule '${rule.select}'`;
  }
  return { budget, isGated: advisoryReason === null, advisoryReason };
}

/** Rules that match nothing: a misspelt one would silently gate nothing. */
export function idleRules(rules: readonly Rule[], ids: readonly string[]): Rule[] {
  return rules.filter((rule) => !ids.some((id) => matchesSelector(rule.select, id)));
}

export const comparisonId = (caseId: string, metric: Metric): string => `${caseId}#${metric}`;
