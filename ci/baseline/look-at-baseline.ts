import { judge } from '../gate/decide.js';
import { scaleOf, shareOf } from '../gate/differences.js';
import { isCount } from '../gate/metrics.js';
import type { LookAt, PairComparisonInput } from '../gate/run-gate.js';
import { differenceOfMedians } from '../../harness/stats/difference-of-medians.js';
import { holmAdjusted } from '../../harness/stats/holm.js';
import type { ChangeInterval, LookResult, Metric, PairRecord } from '../../harness/model/index.js';
import type { RecordedComparison } from './baseline-record.js';

/**
 * No stored figure can be held to less: even beside a control, equal code differed by more in 0 to 1.7 % of comparisons
 * below it.
 */
export const LEAST_BASELINE_BUDGET = 0.1;

/**
 * What a pair says when its base is a control: of times, how much longer the subject takes; of counts, which need no
 * control, the count.
 */
export function valuesBeside(metric: Metric, pairs: readonly Pick<PairRecord, 'base' | 'head'>[]): number[] {
  return pairs.map(({ base, head }) => (isCount(metric) ? head : Math.log(head / base)));
}

/**
 * Looks at pairs of control and subject against what such pairs said when the baseline was recorded. Samples are not
 * paired across time: the exact bootstrap of the difference of their medians decides, with Holm's correction over the
 * gated ones. What is not recorded stays undecided, so that enough of it is measured to be recorded.
 */
export function lookAtBaseline(recorded: ReadonlyMap<string, RecordedComparison>): LookAt {
  return (look, questions) => {
    const asked = questions.flatMap((question) => {
      const was = recorded.get(question.id);
      return was === undefined || was.values.length === 0 || question.isDecided
        ? []
        : [{ question, ...evidenceOf(question, was, look.alpha) }];
    });
    const gated = asked.filter(({ question }) => question.isGated);
    // Those decided before take part as if they could no longer fail.
    const decided = questions.filter((question) => question.isGated && question.isDecided).map(() => 1);
    const worse = holmAdjusted([...gated.map((one) => one.worseP), ...decided]);
    const better = holmAdjusted([...gated.map((one) => one.betterP), ...decided]);
    const results = asked.map(({ question, change, worseP, betterP }): [string, LookResult] => {
      const position = gated.findIndex((one) => one.question === question);
      const holmP = position === -1 ? worseP : (worse[position] as number);
      const verdict = judge({
        change,
        worseP: holmP,
        betterP: position === -1 ? betterP : (better[position] as number),
        alpha: look.alpha,
        budget: question.budget,
      });
      return [question.id, { pairs: question.pairs.length, alpha: look.alpha, change, p: worseP, holmP, verdict }];
    });
    return new Map(results);
  };
}

function evidenceOf(
  { metric, unit, budget, pairs }: PairComparisonInput,
  was: RecordedComparison,
  alpha: number,
): { readonly change: ChangeInterval; readonly worseP: number; readonly betterP: number } {
  const now = valuesBeside(metric, pairs);
  const onScale = isCount(metric) ? scaleOf(unit, budget, was.values).positionOf : (value: number): number => value;
  const [from, to] = [was.values.map(onScale), now.map(onScale)];
  const { difference, low, high, p } = differenceOfMedians(from, to, alpha);
  const share = (value: number | null): number | null => (value === null ? null : shareOf(unit, value));
  return {
    change: { median: shareOf(unit, difference), low: share(low), high: share(high), confidence: 1 - alpha },
    worseP: p,
    betterP: differenceOfMedians(to, from, alpha).p,
  };
}
