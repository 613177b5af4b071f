import type { Rule } from '../../ci/gate/rules.js';
import type { GateReport } from '../model/index.js';
import type { Interruption } from '../session/interruption.js';
import type { CaseOptions } from './cases/gate-cases.js';
import type { Checks, Effort, FailOn } from './choices.js';
import type { VariantSpec } from './sides/parse-variant.js';

export interface ComparisonRequest {
  readonly kind: 'gate' | 'compare';
  readonly command: readonly string[];
  readonly base: VariantSpec;
  readonly head: VariantSpec;
  readonly cases: CaseOptions;
  readonly rules: readonly Rule[];
  readonly effort: Effort;
  readonly budgetMs: number | null;
  readonly seed: number;
  readonly checks: Checks;
  readonly failOn: readonly FailOn[];
  /** Directory for gate.json. */
  readonly out: string;
}

export interface ComparisonOutcome {
  readonly gate: GateReport;
  /** Set when a signal ended it. */
  readonly interruption: Interruption | null;
}
