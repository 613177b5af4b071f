import type { GateReport, VerdictChange } from '../../harness/model/index.js';
import { isUndecidedPromise } from '../../harness/outcome/gate-outcome.js';
import { plural } from '../units/digits.js';

/**
 * `undecided`: one side's answer is not known. `gone`: base was held to it and head was not. `changed`: another answer
 * that is neither worse nor a promise kept again.
 */
export type PromiseChangeKind = 'worse' | 'undecided' | 'gone' | 'changed' | 'better';

/** What a changed answer of a check means to a reader. */
export function kindOfChange(change: VerdictChange): PromiseChangeKind {
  const { base, head, isWorse } = change;
  if (isUndecidedPromise(change)) return 'undecided';
  if (isWorse) return 'worse';
  if (head === null) return 'gone';
  return head === 'pass' && base !== null ? 'better' : 'changed';
}

export const promiseChangeSigns: Readonly<Record<PromiseChangeKind, string>> = {
  worse: '✗',
  undecided: '!',
  gone: '–',
  changed: '≠',
  better: '★',
};

/** `318 checks on both sides, 3 changed, 1 undecided`. */
export function describeGuaranteeChanges({ verdictChanges, checksCompared }: GateReport): string {
  const undecided = verdictChanges.filter(isUndecidedPromise).length;
  return (
    `${plural(checksCompared, 'check')} on both sides, ${verdictChanges.length - undecided} ` +
    `changed${undecided === 0 ? '' : `, ${undecided} undecided`}`
  );
}

/** Those that a reader must look at first. */
export function promisesInOrder({ verdictChanges }: GateReport): readonly VerdictChange[] {
  const order: readonly PromiseChangeKind[] = ['worse', 'undecided', 'gone', 'changed', 'better'];
  return verdictChanges.toSorted((a, b) => order.indexOf(kindOfChange(a)) - order.indexOf(kindOfChange(b)));
}

/** `pass → fail`. */
export function spellChange({ base, head }: VerdictChange): string {
  return `${base ?? 'not run'} → ${head ?? 'not run'}`;
}
