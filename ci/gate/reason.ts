import type { LookResult } from '../../harness/model/index.js';
import { decisive } from './decide.js';
import { asPercent, budgetInWords, capitalised, changeInWords, counted, worseningInWords } from './in-words.js';
import { lastLook, needsRepeating, type Finding, type Measured } from './measured.js';

/** Why the verdict is what it is, in words that need no statistics. */
export function reasonOf(measured: Measured, verdict: Finding['verdict']): string {
  const [first, second] = [lastLook(measured.measurements[0]), lastLook(measured.measurements[1])];
  if (first === null) return 'Nothing was measured.';
  if (!needsRepeating(measured, first)) return reasonOfOne(measured, first, verdict);

  const before = changeInWords(measured, first.change);
  if (second === null)
    return `${capitalised(before)}: this counts only if fresh pairs repeat it, and they were not measured.`;
  if (verdict === 'regressed') {
    return (
      `${capitalised(before)}; with fresh pairs ${changeInWords(measured, second.change)}: twice beyond ` +
      `chance, and more than two thirds of the budget of ${budgetInWords(measured)}.`
    );
  }
  const borneOut =
    verdict === 'inconclusive' ? 'fresh pairs neither repeat it nor rule it out' : 'fresh pairs do not bear it out';
  return `${reasonOfOne(measured, second, verdict)} A first measurement had said ${before}: ${borneOut}.`;
}

function reasonOfOne(measured: Measured, look: LookResult, verdict: Finding['verdict']): string {
  const said = capitalised(changeInWords(measured, look.change));
  switch (verdict) {
    case 'regressed':
      return (
        `${said}: beyond chance, and more than two thirds of the budget ` +
        `of ${budgetInWords(measured)}. ${measured.isGated ? 'It could not be measured again.' : 'It was measured once.'}`
      );
    case 'improved':
      return `${said}: beyond chance, and more than two thirds of the budget of ${budgetInWords(measured)}.`;
    case 'pass':
      return `${said}: a worsening by ${budgetInWords(measured)} is ruled out.`;
    case 'inconclusive':
      return `${said}, after ${counted(look.pairs, 'pair')}: ${whatIsOpen(measured, look)}${sight(measured)}`;
  }
}

/** What kept the rule from saying more. */
function whatIsOpen(measured: Measured, { change: { median, low, confidence } }: LookResult): string {
  if (low === null) return `too few for a range that holds ${asPercent(confidence)} of the time.`;
  // Alone it would have regressed: an interval above zero and the uncorrected test say the same.
  if (low > 0 && median > decisive(measured.budget)) {
    return `beyond chance for one comparison alone, but not for one of ${measured.gatedComparisons}.`;
  }
  if (low > 0)
    return `worse beyond chance, but a worsening by ${budgetInWords(measured)} is neither certain nor ruled out.`;
  return `a worsening by ${budgetInWords(measured)} is neither certain nor ruled out.`;
}

function sight(measured: Measured): string {
  if (measured.smallestVisible === null) return '';
  return (
    ` Pairs that differ this much show a worsening by ${worseningInWords(measured, measured.smallestVisible)} ` +
    'in nine of ten gates.'
  );
}
