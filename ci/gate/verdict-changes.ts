import type { VerdictKind } from '../../harness/model/index.js';
import { severityOf } from '../../harness/outcome/severity.js';

/** `broken` is no answer, so nothing is worse or better than it: that is undecided, never a promise no longer kept. */
export function isWorseThan(was: VerdictKind, is: VerdictKind): boolean {
  return was !== 'broken' && is !== 'broken' && severityOf(is) > severityOf(was);
}

/** What is the same on both sides is no change, but for a check that decided nothing on either. */
export const isSameAnswer = (was: VerdictKind | null, is: VerdictKind | null): boolean => was === is && is !== 'broken';
