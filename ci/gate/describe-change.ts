import type { ChangeInterval, Comparison } from '../../harness/model/index.js';

type Measure = Pick<Comparison, 'unit' | 'budget' | 'allowedIncrease'>;

/**
 * `worse by 4.8 %, between 4 % and 5.5 % worse`; `worse by 0.3 %, between 0.2 % better and 0.9 % worse`; for counts
 * `0.02 more per message, between …`.
 */
export function describeChange(measure: Measure, { median, low, high }: ChangeInterval): string {
  const said = median === 0 ? 'unchanged' : describeMedian(measure, median);
  if (low === null || high === null || (low === median && high === median)) return said;
  // The nearer end first, so that a range of improvements reads as improvements.
  const [near, far] = high <= 0 ? [high, low] : [low, high];
  const nearSide = Math.sign(near) === Math.sign(far) ? '' : side(measure, near);
  return (
    `${said}, between ${describeSize(measure, near)}${nearSide} ` +
    `and ${describeSize(measure, far)}${side(measure, far)}`
  );
}

export function describeBudget(measure: Measure): string {
  return describeWorsening(measure, measure.budget);
}

/** A share of times in percent, of counts as what it adds to a message. */
export function describeWorsening(measure: Measure, share: number): string {
  return measure.unit === 'ns' ? asPercent(share) : `${describeSize(measure, share)} per message`;
}

export function asPercent(share: number): string {
  const percent = share * 100;
  return `${Number(percent.toFixed(percent < 0.095 || percent > 99 ? 2 : 1))} %`;
}

/** `1 pair`, `12 pairs`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

export function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function describeMedian(measure: Measure, median: number): string {
  const size = describeSize(measure, median);
  return measure.unit === 'ns'
    ? `${median > 0 ? 'worse' : 'better'} by ${size}`
    : `${size}${side(measure, median)} per message`;
}

function side({ unit }: Measure, share: number): string {
  if (share === 0) return '';
  return unit === 'ns' ? (share > 0 ? ' worse' : ' better') : share > 0 ? ' more' : ' less';
}

/** Counts are compared in units of what may be added, times the budget: see `scaleOf`. */
function describeSize({ unit, budget, allowedIncrease }: Measure, share: number): string {
  const size = Math.abs(share);
  return unit === 'ns' ? asPercent(size) : String(Number(((size / budget) * (allowedIncrease ?? 0)).toPrecision(2)));
}
