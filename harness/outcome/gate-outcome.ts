import type { Comparison, GateReport, VerdictChange } from '../model/index.js';
import { open, outcomeOf, red, type Outcome, type Part } from './standing.js';

type Judged = Pick<Comparison, 'isGated' | 'verdict' | 'lackedBy'> & Partial<Pick<Comparison, 'caseId' | 'gaps'>>;
type Checked = Pick<VerdictChange, 'base' | 'head' | 'isWorse'>;

/** All that the answer of a gate follows from. `breaks` has an entry for each case and side whose launches broke. */
export interface GateFacts<C extends Judged, V extends Checked, B> {
  readonly kind: GateReport['kind'];
  readonly failOn: readonly ('inconclusive' | 'improved')[];
  readonly comparisons: readonly C[];
  readonly verdictChanges: readonly V[];
  readonly checksCompared: number;
  readonly breaks: readonly B[];
  /** Cases whose launches broke: what they lack is broken, not gone. */
  readonly brokenCases: readonly string[];
  /** The exit code of the signal that ended it, or 5 for one that has not ended; null where it came to its end. */
  readonly endedBy: number | null;
  readonly isFirstRecord: boolean;
}

/** What a part of a gate is about. */
export type GateSubject<C, V, B> =
  | { readonly kind: 'comparison'; readonly comparison: C }
  | { readonly kind: 'promise'; readonly change: V }
  | { readonly kind: 'launches'; readonly broken: B }
  /** The gate as a whole: nothing could be compared, or it did not come to its end. */
  | { readonly kind: 'whole'; readonly why: 'nothing-comparable' | 'not-ended' };

type GatePart<C, V, B> = Part<GateSubject<C, V, B>>;

/**
 * The one place in which verdicts become an exit code; JUnit, annotations, terminal, page and Markdown are drawn
 * from its parts. Pure.
 * Where several hold: a signal, 1, 5, 3, 4, 6.
 */
export function outcomeOfGateFacts<C extends Judged, V extends Checked, B>(
  facts: GateFacts<C, V, B>,
): Outcome<GateSubject<C, V, B>> {
  const parts: GatePart<C, V, B>[] = [
    ...facts.comparisons.map((comparison) => partOfComparison<C, V, B>(comparison, facts)),
    ...facts.verdictChanges.map((change) => partOfPromise<C, V, B>(change, facts)),
    ...facts.breaks.map((broken): GatePart<C, V, B> => red({ kind: 'launches', broken }, 'broken', 5)),
    ...(facts.endedBy === null ? [] : [red({ kind: 'whole', why: 'not-ended' } as const, 'broken', facts.endedBy)]),
    ...(isNothingComparable(facts) && !facts.isFirstRecord && facts.endedBy === null
      ? [red({ kind: 'whole', why: 'nothing-comparable' } as const, 'failed', 3)]
      : []),
  ];
  return outcomeOf(parts);
}

/** Whether the rule could say anything of it: both sides have every figure. */
export function isComparable({ verdict, gaps }: Judged): boolean {
  return verdict !== 'incomparable' && gaps === undefined;
}

/** Neither kept nor broken: one side's answer is not known. */
export function isUndecidedPromise({ base, head }: Checked): boolean {
  return head === 'broken' || (base === 'broken' && head !== 'pass' && head !== 'info');
}

/**
 * Checks alone make no gate where figures were asked for: whoever gates a transport that takes no message of this
 * size has gated nothing. Two reports
 * that hold checks and no figures are compared by these.
 */
function isNothingComparable<C extends Judged, V extends Checked, B>({
  kind,
  comparisons,
  checksCompared,
}: GateFacts<C, V, B>): boolean {
  if (comparisons.length === 0) return checksCompared === 0;
  return !comparisons.some((one) => isComparable(one) && (one.isGated || kind === 'compare'));
}

function partOfComparison<C extends Judged, V extends Checked, B>(
  comparison: C,
  { kind, failOn, brokenCases }: GateFacts<C, V, B>,
): GatePart<C, V, B> {
  const subject = { kind: 'comparison', comparison } as const;
  if (!comparison.isGated) return open(subject, 'aside');
  const closes = (exitCode: 3 | 1 | 4 | 6): GatePart<C, V, B> =>
    kind === 'gate' ? red(subject, 'failed', exitCode) : open(subject, 'undecided');
  switch (comparison.verdict) {
    case 'pass':
      return open(subject, 'passed');
    case 'improved':
      return failOn.includes('improved') ? closes(6) : open(subject, 'good');
    case 'regressed':
      return closes(1);
    case 'inconclusive':
      return failOn.includes('inconclusive') ? closes(4) : open(subject, 'undecided');
    case 'incomparable':
      if (comparison.caseId !== undefined && brokenCases.includes(comparison.caseId)) return red(subject, 'broken', 5);
      // Both sides ran it, and a figure is missing: what one of them lacks is no reason to look at the rest alone.
      if (comparison.gaps !== undefined || comparison.lackedBy === 'head') return closes(3);
      return open(subject, comparison.lackedBy === 'base' ? 'new' : 'undecided');
  }
}

function partOfPromise<C extends Judged, V extends Checked, B>(
  change: V,
  { kind }: GateFacts<C, V, B>,
): GatePart<C, V, B> {
  const subject = { kind: 'promise', change } as const;
  if (isUndecidedPromise(change)) return red(subject, 'broken', 5);
  if (change.isWorse) return kind === 'gate' ? red(subject, 'failed', 1) : open(subject, 'undecided');
  if (change.head === null) return kind === 'gate' ? red(subject, 'failed', 3) : open(subject, 'undecided');
  return open(subject, 'good');
}

/** A warning with this code stands for launches of one case and side that broke, in every gate.json there is. */
export const LAUNCH_BROKE = 'launch-broke';

/** Older gates say `broke on`. */
const saysThatItFailed = (caseId: string, message: string): boolean =>
  ['failed', 'broke'].some((verb) => message.startsWith(`${caseId} ${verb} on `));

/** The outcome of a gate.json, now or a year later. */
export function outcomeOfGate(
  gate: GateReport,
): Outcome<GateSubject<Comparison, VerdictChange, GateReport['warnings'][number]>> {
  const { kind, status, exitCode, comparisons, verdictChanges, checksCompared, warnings } = gate;
  const breaks = warnings.filter(({ code }) => code === LAUNCH_BROKE);
  return outcomeOfGateFacts({
    kind,
    // A gate.json from before `failOn` was kept tells by its exit code what closed it.
    failOn: gate.failOn ?? (exitCode === 4 ? ['inconclusive'] : exitCode === 6 ? ['improved'] : []),
    comparisons,
    verdictChanges,
    checksCompared,
    breaks,
    brokenCases: comparisons.flatMap(({ caseId }) =>
      breaks.some(({ message }) => saysThatItFailed(caseId, message)) ? [caseId] : [],
    ),
    endedBy: status === 'complete' ? null : status === 'running' ? 5 : exitCode,
    isFirstRecord: gate.isFirstRecord === true,
  });
}
