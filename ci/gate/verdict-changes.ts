import type { VerdictKind } from '../../harness/model/index.js';

/** What a user loses, least first: a promise that is no longer made, kept only partly, undecided, broken. */
const BADNESS: readonly (readonly VerdictKind[])[] = [['pass', 'info'], ['skip'], ['deviation'], ['broken'], ['fail']];

/** Whether head keeps less of a promise than base. What could not be decided on head is no promise broken: a peer may have been killed from outside. */
export const isWorse = (base: VerdictKind, head: VerdictKind): boolean => head !== 'broken' && badness(head) > badness(base);

export const badness = (verdict: VerdictKind): number => BADNESS.findIndex((level) => level.includes(verdict));
