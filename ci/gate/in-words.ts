import type { ChangeInterval, Comparison } from '../../harness/model/index.js';

type Measure = Pick<Comparison, 'unit' | 'budget' | 'allowedIncrease'>;

/** `4.8 % worse, between 4 % and 5.5 % worse`; `0.3 % worse, between 0.2 % better and 0.9 % worse`; for counts `0.02 more per message, between …`. */
export function changeInWords(measure: Measure, { median, low, high }: ChangeInterval): string {
  const [more, less] = measure.unit === 'ns' ? ['worse', 'better'] : ['more', 'less'];
  const size = (share: number): string => sizeInWords(measure, Math.abs(share));
  const side = (share: number): string => (share === 0 ? '' : ` ${share > 0 ? more : less}`);
  const said = median === 0 ? 'unchanged' : `${size(median)}${side(median)}${measure.unit === 'ns' ? '' : ' per message'}`;
  if (low === null || high === null || (low === median && high === median)) return said;
  const lowSide = Math.sign(low) === Math.sign(high) ? '' : side(low);
  return `${said}, between ${size(low)}${lowSide} and ${size(high)}${side(high)}`;
}

export function budgetInWords(measure: Measure): string {
  return worseningInWords(measure, measure.budget);
}

/** A share of times in percent, of counts as what it adds to a message. */
export function worseningInWords(measure: Measure, share: number): string {
  return measure.unit === 'ns' ? asPercent(share) : `${sizeInWords(measure, share)} per message`;
}

export function asPercent(share: number): string {
  const percent = share * 100;
  return `${Number(percent.toFixed(Math.abs(percent) < 0.95 || percent > 99 ? 2 : 1))} %`;
}

export function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** Counts are compared in units of what may be added, times the budget: see `scaleOf`. */
function sizeInWords({ unit, budget, allowedIncrease }: Measure, share: number): string {
  return unit === 'ns' ? asPercent(share) : String(Number(((share / budget) * (allowedIncrease ?? 0)).toPrecision(2)));
}
