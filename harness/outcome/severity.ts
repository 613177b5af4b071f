import type { VerdictKind } from '../model/index.js';

/** What a user loses, least first: a guarantee that is no longer made, kept only partly, undecided, broken. */
const LEVELS: readonly (readonly VerdictKind[])[] = [['pass', 'info'], ['skip'], ['deviation'], ['broken'], ['fail']];

/** The one order of severity: 0 where nothing is lost. */
export const severityOf = (verdict: VerdictKind): number => LEVELS.findIndex((level) => level.includes(verdict));

/** The most severe of them, and of equally severe ones the first. */
export function mostSevere<Answer extends { readonly verdict: VerdictKind }>(
  answers: readonly [Answer, ...Answer[]],
): Answer {
  return answers.reduce((a, b) => (severityOf(b.verdict) > severityOf(a.verdict) ? b : a));
}
