import type { VerdictKind } from '../../harness/model/index.js';

/** What a user loses, least first: a promise that is no longer made, kept only partly, undecided, broken. */
const BADNESS: readonly (readonly VerdictKind[])[] = [['pass', 'info'], ['skip'], ['deviation'], ['broken'], ['fail']];

export const badness = (verdict: VerdictKind): number => BADNESS.findIndex((level) => level.includes(verdict));
