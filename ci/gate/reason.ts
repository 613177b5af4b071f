import type { LookResult } from '../../harness/model/index.js';
import { decisionThreshold } from './decide.js';
import {
  asPercent,
  describeBudget,
  capitalised,
  describeChange,
  counted,
  describeWorsening,
} from './describe-change.js';
import { lastLook, needsRepeating, type Finding, type Measured } from './measured.js';

/** Why the verdict is what it is, in words that need no statistics. */
export function reasonOf(measured: Measured, verdict: Finding['verdict']): string {
  const [first, second] = [lastLook(measured.measurements[0]), lastLook(measured.measurements[1])];
  if (first === null) return 'Nothing was measured.';
  if (!needsRepeating(measured, first)) return reasonOfOne(measured, first, verdict);

  const before = describeChange(measured, first.change);
  if (second === null)
    return `${capitalised(before)}: this counts only if a second measurement confirms it, and none was made.`;
  if (verdict === 'regressed') {
    return (
      `${capitalised(before)}; in a second measurement ${describeChange(measured, second.change)}: ` +
      'statistically significant in both, and more than two thirds of the budget of ' +
      `${describeBudget(measured)}.`
    );
  }
  const confirmation =
    verdict === 'inconclusive'
      ? 'the second measurement neither confirms this nor rules it out'
      : 'the second measurement does not confirm this';
  return `${reasonOfOne(measured, second, verdict)} The first measurement was ${before}: ${confirmation}.`;
}

function reasonOfOne(measured: Measured, look: LookResult, verdict: Finding['verdict']): string {
  const said = capitalised(describeChange(measured, look.change));
  switch (verdict) {
    case 'regressed':
      return (
        `${said}: statistically significant, and more than two thirds of the budget of ` +
        `${describeBudget(measured)}. ` +
        `${measured.isGated ? 'It could not be confirmed by a second measurement.' : 'It was measured only once.'}`
      );
    case 'improved':
      return (
        `${said}: statistically significant, and more than two thirds of the budget of ` +
        `${describeBudget(measured)}.`
      );
    case 'pass':
      return `${said}: a worsening by ${describeBudget(measured)} is ruled out.`;
    case 'inconclusive':
      return `${said}, after ${counted(look.pairs, 'pair')}: ${whyUndecided(measured, look)}${describeSensitivity(measured)}`;
  }
}

/** What kept the rule from saying more. */
function whyUndecided(measured: Measured, { change: { median, low, confidence } }: LookResult): string {
  if (low === null) return `too few for a ${asPercent(confidence)} confidence interval.`;
  // Alone it would have regressed: an interval above zero and the uncorrected test say the same.
  if (low > 0 && median > decisionThreshold(measured.budget)) {
    return (
      `significant for one comparison alone, but not after correction for ${measured.gatedComparisons} ` +
      'comparisons.'
    );
  }
  if (low > 0)
    return `significantly worse, but a worsening by ${describeBudget(measured)} is neither confirmed nor ruled out.`;
  return `a worsening by ${describeBudget(measured)} is neither confirmed nor ruled out.`;
}

function describeSensitivity(measured: Measured): string {
  if (measured.smallestVisible === null) return '';
  return (
    ' With this spread, nine of ten gates detect a worsening by ' +
    `${describeWorsening(measured, measured.smallestVisible)}.`
  );
}
