import { fewestForShift, shiftBetween } from '../../harness/stats/rank-sum.js';
import { holmAdjusted } from '../../harness/stats/holm.js';
import { medianOf } from '../../harness/stats/order-statistics.js';
import type {
  Case,
  CaseResult,
  Comparison,
  Gaps,
  LookResult,
  Metric,
  Report,
  VerdictChange,
} from '../../harness/model/index.js';
import { judge } from './decide.js';
import { scaleOf, shareOf } from './differences.js';
import { gapsOfLaunches, readingOf, verdictOfGaps, type Reading } from './gaps.js';
import { describeBudget, capitalised, describeChange } from './describe-change.js';
import { metricsOf, metricUnit } from './metrics.js';
import { comparisonId, termsOf, type GatedWorkload, type Rule } from './rules.js';
import { matchesSelector } from './selectors.js';
import { isWorseThan } from './verdict-changes.js';
import { verdictOf } from './verdict.js';

/** What two recorded reports say of each other. */
export interface ComparedReports {
  readonly cases: readonly Case[];
  readonly comparisons: readonly Comparison[];
  readonly verdictChanges: readonly VerdictChange[];
  readonly checksCompared: number;
}

/** The two-sided error of each interval: there is one look, and nobody can look again. */
export const REPORTS_ALPHA = 0.01;

/** Launches that both sides need for an interval of that error. */
export const FEWEST_LAUNCHES = fewestForShift(REPORTS_ALPHA);

/**
 * Of equal code, runs one after the other differ beyond chance in 12 to 36 % of comparisons on a shared machine,
 * whatever the statistic: within a run launches are alike, and between two runs the machine was another.
 */
const WHY_ADVISORY = 'the two reports were recorded at different times, and the machine may have changed in between';
export const LEAST_REPORTS_BUDGET = 0.1;

/**
 * Compares launches with launches by ranks (`shiftBetween`): reports of the default profile have enough of them.
 * Everything is advisory unless a rule gates it, and no budget is below 10 %. What differs comes first. Pure.
 */
export function compareReports(
  base: Report,
  head: Report,
  rules: readonly Rule[],
  workloads: readonly GatedWorkload[] = [],
): ComparedReports {
  const pairs = [...new Set([...base.results, ...head.results].map((result) => result.case.id))].map((id) => ({
    base: base.results.find((one) => one.case.id === id),
    head: head.results.find((one) => one.case.id === id),
  }));
  const questions = pairs.flatMap((pair) => questionsOf(pair, rules, workloads));
  const gated = questions.filter((one) => one.terms.isGated && one.evidence !== null);
  const [worse, better] = [
    holmAdjusted(gated.map((one) => one.evidence?.worseP ?? 1)),
    holmAdjusted(gated.map((one) => one.evidence?.betterP ?? 1)),
  ];
  const comparisons = questions.map((question) => {
    const position = gated.indexOf(question);
    return comparisonOf(question, { worseP: worse[position], betterP: better[position] }, gated.length);
  });
  return {
    cases: pairs.flatMap((pair) => (pair.base ?? pair.head)?.case ?? []),
    comparisons: comparisons.toSorted((a, b) => standing(a) - standing(b)),
    ...compareVerdicts(base, head),
  };
}

/**
 * What differs beyond chance, then what one side lacks, what cannot be told, and what is alike; the larger change
 * first.
 */
const ORDER: readonly (readonly Comparison['verdict'][])[] = [
  ['regressed', 'improved'],
  ['incomparable'],
  ['inconclusive'],
  ['pass'],
];

function standing({ verdict, change }: Comparison): number {
  const size = change === null ? 0 : Math.abs(change.median);
  return ORDER.findIndex((level) => level.includes(verdict)) + 1 - size / (1 + size);
}

interface ComparisonInput {
  readonly case: Case;
  readonly metric: Metric;
  readonly terms: { readonly budget: number; readonly isGated: boolean; readonly advisoryReason: string | null };
  readonly lacked: { readonly by: 'base' | 'head'; readonly reason: string } | null;
  readonly base: readonly number[];
  readonly head: readonly number[];
  /** Launches ran and have no such figure, or a time of 0: those that have one decide nothing. */
  readonly gaps: Gaps | null;
  readonly evidence: {
    readonly worseP: number;
    readonly betterP: number;
    readonly change: LookResult['change'];
  } | null;
}

function questionsOf(
  { base, head }: { readonly base: CaseResult | undefined; readonly head: CaseResult | undefined },
  rules: readonly Rule[],
  workloads: readonly GatedWorkload[],
): ComparisonInput[] {
  const result = base ?? head;
  if (result === undefined) return [];
  const lacked = lackOf(base, head);
  return metricsOf(result.figure).flatMap((metric): ComparisonInput[] => {
    const [ofBase, ofHead] = [valuesOf(base, metric), valuesOf(head, metric)];
    const gaps = lacked === null ? gapsOfLaunches(readingsOf(base, metric), readingsOf(head, metric), metric) : null;
    if (ofBase.length === 0 && ofHead.length === 0 && gaps === null) return [];
    const terms = asAdvisory(
      termsOf(result.case, metric, rules, workloads),
      rules,
      comparisonId(result.case.id, metric),
    );
    const isComparable = lacked === null && gaps === null && ofBase.length > 0 && ofHead.length > 0;
    return [
      {
        case: result.case,
        metric,
        terms,
        lacked,
        base: ofBase,
        head: ofHead,
        gaps,
        evidence: isComparable ? evidenceOf(metric, terms.budget, ofBase, ofHead) : null,
      },
    ];
  });
}

function lackOf(base: CaseResult | undefined, head: CaseResult | undefined): ComparisonInput['lacked'] {
  if (base === undefined) return { by: 'base', reason: 'It is new in head: base has nothing to compare it with.' };
  if (head === undefined) return { by: 'head', reason: 'Base has it and head does not, so it cannot be compared.' };
  const [was, is] = [base.case.methodRevision, head.case.methodRevision];
  if (was === is) return null;
  const older = was < is ? 'base' : 'head';
  return {
    by: older,
    reason:
      `The method changed (revision ${was}, now ${is}), so these figures are not comparable. Measure ` +
      `${older} again with this version of ipcbench.`,
  };
}

/**
 * What a rule gates by name is gated; whatever would be gated by default is not, for the two were not measured in
 * turns.
 */
function asAdvisory(terms: ComparisonInput['terms'], rules: readonly Rule[], id: string): ComparisonInput['terms'] {
  const asked = rules.some((rule) => rule.gated === true && matchesSelector(rule.select, id));
  return {
    budget: Math.max(terms.budget, LEAST_REPORTS_BUDGET),
    isGated: asked && terms.isGated,
    advisoryReason: asked ? terms.advisoryReason : (terms.advisoryReason ?? WHY_ADVISORY),
  };
}

function evidenceOf(
  metric: Metric,
  budget: number,
  base: readonly number[],
  head: readonly number[],
): NonNullable<ComparisonInput['evidence']> {
  const unit = metricUnit(metric);
  const scale = scaleOf(unit, budget, base);
  const [from, to] = [base.map(scale.positionOf), head.map(scale.positionOf)];
  const { difference, low, high, p } = shiftBetween(from, to, REPORTS_ALPHA);
  const share = (value: number | null): number | null => (value === null ? null : shareOf(unit, value));
  return {
    worseP: p,
    betterP: shiftBetween(to, from, REPORTS_ALPHA).p,
    change: { median: shareOf(unit, difference), low: share(low), high: share(high), confidence: 1 - REPORTS_ALPHA },
  };
}

/** p values that were corrected for the number of comparisons; undefined where only one's own counts. */
interface Corrected {
  readonly worseP: number | undefined;
  readonly betterP: number | undefined;
}

function comparisonOf(question: ComparisonInput, holm: Corrected, gatedComparisons: number): Comparison {
  const { case: one, metric, terms, lacked, base, head, gaps, evidence } = question;
  const unit = metricUnit(metric);
  const about = {
    id: comparisonId(one.id, metric),
    caseId: one.id,
    metric,
    unit,
    ...terms,
    base: base.length === 0 ? null : medianOf(base),
    head: head.length === 0 ? null : medianOf(head),
    smallestVisible: null,
  };
  const unknown = { allowedIncrease: null, change: null, measurements: [] };
  if (gaps !== null)
    return { ...about, ...unknown, base: null, head: null, ...verdictOfGaps(gaps, metric, 'launch'), gaps };
  if (evidence === null) {
    const by = lacked?.by ?? (base.length === 0 ? 'base' : 'head');
    const reason = lacked?.reason ?? `No launch of ${by} has this figure.`;
    return { ...about, ...unknown, verdict: 'incomparable', lackedBy: by, reason };
  }
  return { ...about, ...judged(question, evidence, holm, gatedComparisons), lackedBy: null, change: evidence.change };
}

function judged(
  { metric, terms: { budget, isGated }, base, head }: ComparisonInput,
  evidence: NonNullable<ComparisonInput['evidence']>,
  holm: Corrected,
  gatedComparisons: number,
): Pick<Comparison, 'verdict' | 'reason' | 'allowedIncrease' | 'measurements'> {
  const { change } = evidence;
  const unit = metricUnit(metric);
  const { allowedIncrease } = scaleOf(unit, budget, base);
  const [worseP, betterP] = [holm.worseP ?? evidence.worseP, holm.betterP ?? evidence.betterP];
  const verdict = judge({ change, worseP, betterP, alpha: REPORTS_ALPHA, budget });
  const look: LookResult = {
    pairs: Math.min(base.length, head.length),
    alpha: REPORTS_ALPHA,
    change,
    p: evidence.worseP,
    holmP: worseP,
    verdict,
  };
  const measure = { unit, budget, allowedIncrease };
  const measurements = [{ looks: [look], pairs: [] }];
  const found = verdictOf({
    ...measure,
    isGated,
    smallestVisible: null,
    measurements,
    isRepeatable: false,
    gatedComparisons,
  });
  const launches = { base: base.length, head: head.length };
  const reason = verdict === 'undecided' ? whyOpen(measure, change, launches, found.reason) : found.reason;
  return { ...found, reason, allowedIncrease, measurements };
}

/** In launches, which is what reports have: nothing here was run in pairs. */
function whyOpen(
  measure: Pick<Comparison, 'unit' | 'budget' | 'allowedIncrease'>,
  change: LookResult['change'],
  { base, head }: { readonly base: number; readonly head: number },
  otherwise: string,
): string {
  const said = `${capitalised(describeChange(measure, change))}, from ${base} and ${head} launches`;
  if (change.low === null)
    return `${said}: too few launches for a 99 % confidence interval; it takes ${FEWEST_LAUNCHES} on each side.`;
  return change.low > 0 || (change.high ?? 0) < 0
    ? otherwise.replace(/, after \d+ pairs?:/, `, from ${base} and ${head} launches:`)
    : `${said}: a worsening by ${describeBudget(measure)} is neither confirmed nor ruled out.`;
}

function valuesOf(result: CaseResult | undefined, metric: Metric): number[] {
  return readingsOf(result, metric).filter((reading) => typeof reading === 'number');
}

function readingsOf(result: CaseResult | undefined, metric: Metric): Reading[] {
  return (result?.launches ?? []).map((launch) => readingOf(launch, metric));
}

/** Checks that both reports hold, by id; those of base that head did not run are told, and are not worse. */
function compareVerdicts(base: Report, head: Report): Pick<ComparedReports, 'verdictChanges' | 'checksCompared'> {
  const ofHead = new Map(head.verdicts.map((verdict) => [verdict.id, verdict]));
  // A report without checks was not asked for any.
  if (head.verdicts.length === 0) return { verdictChanges: [], checksCompared: 0 };
  const verdictChanges = base.verdicts.flatMap((was): VerdictChange[] => {
    const is = ofHead.get(was.id);
    if (is !== undefined && is.verdict === was.verdict) return [];
    return [
      {
        id: was.id,
        base: was.verdict,
        head: is?.verdict ?? null,
        isWorse: is !== undefined && isWorseThan(was.verdict, is.verdict),
        promise: was.promise,
        evidence: (is ?? was).evidence,
      },
    ];
  });
  return { verdictChanges, checksCompared: base.verdicts.filter((was) => ofHead.has(was.id)).length };
}
