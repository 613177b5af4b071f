import type { VerdictKind } from '../../harness/model/index.js';

/** What a user loses, least first: a promise that is no longer made, kept only partly, undecided, broken. */
const BADNESS: readonly (readonly VerdictKind[])[] = [['pass', 'info'], ['skip'], ['deviation'], ['broken'], ['fail']];

export const badness = (verdict: VerdictKind): number => BADNESS.findIndex((level) => level.includes(verdict));

/** `broken` is no answer, so nothing is worse or better than it: that is undecided, never a promise no longer kept. */
export function isWorseThan(was: VerdictKind, is: VerdictKind): boolean {
  return was !== 'broken' && is !== 'broken' && badness(is) > badness(was);
}

/** What is the same on both sides is no change, but for a check that decided nothing on either. */
export const isSameAnswer = (was: VerdictKind | null, is: VerdictKind | null): boolean => was === is && is !== 'broken';
