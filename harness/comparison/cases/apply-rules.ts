import { asPercent } from '../../../ci/gate/describe-change.js';
import { comparisonId, idleRules, type Rule } from '../../../ci/gate/rules.js';
import type { GatedCase } from '../../../ci/gate/run-gate.js';
import type { Warning } from '../../model/index.js';
import { UserError } from '../../user-error.js';

export const idsOf = (cases: readonly GatedCase[]): string[] =>
  cases.flatMap(({ case: one, metrics }) => metrics.map(({ metric }) => comparisonId(one.id, metric)));

/** A rule that selects nothing is a slip of the pen, and would leave open what it was to close. Throws UserError. */
export function refuseIdleRules(rules: readonly Rule[], ids: readonly string[]): void {
  const idle = idleRules(rules, ids)[0];
  if (idle !== undefined && ids.length > 0)
    throw new UserError(
      `'${idle.select}' matches no comparison, so its rule has no effect. Ids look like ${ids[0] ?? ''}; ` +
        '* matches anything.',
    );
}

/** What was recorded is held to no less than `least`; whoever asked for less is told. */
export function raisedBudgets(rules: readonly Rule[], least: number): Warning[] {
  const asked = Math.min(...rules.flatMap(({ budget }) => budget ?? []));
  if (!(asked < least)) return [];
  return [
    {
      code: 'budget-raised',
      message:
        `The requested budget is ${asPercent(asked)}, but comparisons with a recording use at least ` +
        `${asPercent(least)}, because equal code often differs by more than the requested budget.`,
      hint: 'For a smaller budget, run both sides now with --base and --head.',
    },
  ];
}
