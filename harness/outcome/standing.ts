/**
 * How one part of a gate or a report stands: a comparison, a check, a case, a launch that broke, or the run as a
 * whole. The exit code and every rendering follow from
 * these alone, so that what is red in one is red in all.
 * `failed`, `broken`: red. `undecided`: to be looked at, and closes nothing. `noted`: passed, with something to
 * look at. `good`: changed for the better.
 * `new`: nothing to be held to. `aside`: decides nothing, such as an advisory figure or a skip.
 */
export type Standing = 'failed' | 'broken' | 'undecided' | 'noted' | 'good' | 'new' | 'aside' | 'passed';

export interface Part<Subject> {
  readonly subject: Subject;
  readonly standing: Standing;
  /** The exit code that a red part asks for; null for the others. */
  readonly exitCode: number | null;
}

export interface Outcome<Subject> {
  readonly exitCode: number;
  readonly parts: readonly Part<Subject>[];
}

/** What JUnit has for each: `error` is what could not be decided, `failure` what was. */
export const junitOutcomes = {
  failed: 'failure',
  broken: 'error',
  undecided: 'skipped',
  noted: 'passed',
  good: 'passed',
  new: 'skipped',
  aside: 'skipped',
  passed: 'passed',
} as const satisfies Readonly<Record<Standing, 'passed' | 'failure' | 'error' | 'skipped'>>;

/** What GitHub marks it as; null is nothing. */
export const annotationLevels = {
  failed: 'error',
  broken: 'error',
  undecided: 'warning',
  noted: 'warning',
  good: 'notice',
  new: 'notice',
  aside: null,
  passed: null,
} as const satisfies Readonly<Record<Standing, 'error' | 'warning' | 'notice' | null>>;

/** Where several hold, the first of these is the answer (README, the table of exit codes). */
const PRECEDENCE = [2, 1, 5, 3, 4, 6] as const;

/** A signal's exit code is none of the above, and comes before them: what was ended has decided nothing. */
export function worstOf(codes: readonly number[]): number {
  const known: readonly number[] = PRECEDENCE;
  return (
    codes.find((code) => code !== 0 && !known.includes(code)) ?? PRECEDENCE.find((code) => codes.includes(code)) ?? 0
  );
}

export function outcomeOf<Subject>(parts: readonly Part<Subject>[]): Outcome<Subject> {
  return { exitCode: worstOf(parts.flatMap((part) => part.exitCode ?? [])), parts };
}

export const red = <Subject>(subject: Subject, standing: 'failed' | 'broken', exitCode: number): Part<Subject> => ({
  subject,
  standing,
  exitCode,
});

export const open = <Subject>(subject: Subject, standing: Exclude<Standing, 'failed' | 'broken'>): Part<Subject> => ({
  subject,
  standing,
  exitCode: null,
});
