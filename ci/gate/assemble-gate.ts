import { medianOf } from '../../harness/stats/order-statistics.js';
import type {
  Case,
  Comparison,
  GateReport,
  LookResult,
  PairRecord,
  VerdictChange,
  Warning,
} from '../../harness/model/index.js';
import { LAUNCH_BROKE } from '../../harness/outcome/gate-outcome.js';
import { counted } from './describe-change.js';
import { conclude, type ConclusionInput } from './conclude.js';
import { scaleOf } from './differences.js';
import { verdictOfGaps } from './gaps.js';
import { isCount, metricUnit } from './metrics.js';
import { lastLook } from './measured.js';
import { comparisonId } from './rules.js';
import type { ComparisonState, GatedCase, GateProgress } from './run-gate.js';
import { minimumDetectableEffect } from './minimum-detectable-effect.js';
import { verdictOf } from './verdict.js';

/** Cases that one side alone has; what is asked of them cannot be answered. */
export interface OneSided {
  readonly lackedBy: 'base' | 'head' | 'both';
  readonly cases: readonly GatedCase[];
  readonly reason: string;
}

export interface GateInput extends Pick<
  GateReport,
  | 'kind'
  | 'method'
  | 'status'
  | 'ipcbenchVersion'
  | 'command'
  | 'startedAt'
  | 'finishedAt'
  | 'seed'
  | 'environment'
  | 'base'
  | 'head'
  | 'effort'
  | 'schedule'
  | 'totalMs'
  | 'checksCompared'
> {
  readonly progress: GateProgress;
  readonly oneSided: readonly OneSided[];
  readonly verdictChanges: readonly VerdictChange[];
  readonly warnings: readonly Warning[];
  readonly failOn: ConclusionInput['failOn'];
  /** The signal that ended it, and the exit status that goes with it. */
  readonly endedBy: { readonly signal: string; readonly exitCode: number } | null;
  /**
   * Method `baseline`: what is on record of each comparison; what is not on it, base lacks. The pairs are of a control
   * and head.
   */
  readonly recorded: ReadonlyMap<string, { readonly median: number; readonly values: readonly number[] }> | null;
}

/** Everything a gate has so far as one report. Pure; called after each look and at the end. */
export function assembleGate(input: GateInput): GateReport {
  const { progress, oneSided } = input;
  const isRepeatable = input.method !== 'reports';
  const known = progress.comparisons.filter(wasMeasurable);
  const gated = known.filter((state) => state.terms.isGated).length;
  const comparisons = [
    ...known.map((state) =>
      comparisonOf(state, { progress, isRepeatable, gatedComparisons: gated, recorded: input.recorded }),
    ),
    ...oneSided.flatMap(lackedComparisons),
  ];
  const { failOn, kind, checksCompared, schedule } = input;
  const conclusion = conclude(comparisons, input.verdictChanges, {
    kind,
    failOn,
    checksCompared,
    schedule,
    isRepeatable,
    brokenLaunches: progress.breaks.length,
    breaks: progress.breaks,
  });
  return {
    schema: 'ipcbench-gate',
    version: 1,
    kind,
    method: input.method,
    status: input.status,
    ipcbenchVersion: input.ipcbenchVersion,
    command: input.command,
    startedAt: input.startedAt,
    finishedAt: input.finishedAt,
    seed: input.seed,
    environment: input.environment,
    base: input.base,
    head: input.head,
    // What runs beside a baseline is a control, and never the same.
    isSameVariant: input.method === 'interleaved' && isSameVariant(input),
    effort: input.effort,
    schedule,
    cases: casesOf(progress.comparisons, oneSided),
    comparisons,
    verdictChanges: input.verdictChanges,
    checksCompared,
    warnings: [...input.warnings, ...warningsOf(progress)],
    ...(unfinished(input) ?? conclusion),
    failOn,
    totalMs: input.totalMs,
  };
}

/**
 * A gate that did not come to its end has decided nothing, however good what it measured looks: neither 0 nor 1 may be
 * read from its file.
 */
function unfinished({ status, endedBy }: GateInput): Pick<GateReport, 'verdict' | 'summary' | 'exitCode'> | null {
  switch (status) {
    case 'complete':
      return null;
    case 'interrupted':
      return {
        verdict: 'inconclusive',
        summary: `Undecided: ended by ${endedBy?.signal ?? 'a signal'} before the measurement was complete.`,
        exitCode: endedBy?.exitCode ?? 5,
      };
    case 'running':
      // What stands in the file of a gate that was killed outright: its run broke.
      return {
        verdict: 'inconclusive',
        summary: 'Undecided: the gate was still running when this file was written.',
        exitCode: 5,
      };
  }
}

/**
 * A metric that neither side can know, such as the system calls of a Node peer, is no comparison. One of a case that
 * never ran is.
 */
function wasMeasurable(state: ComparisonState, _: number, all: readonly ComparisonState[]): boolean {
  const hasPairs = (one: ComparisonState): boolean =>
    (one.gaps ?? null) !== null || one.measurements.some((measurement) => measurement.pairs.length > 0);
  return hasPairs(state) || !all.some((other) => other.case.id === state.case.id && hasPairs(other));
}

/** What a comparison is judged in. */
interface Judging {
  readonly progress: GateProgress;
  readonly isRepeatable: boolean;
  readonly gatedComparisons: number;
  readonly recorded: GateInput['recorded'];
}

function comparisonOf(state: ComparisonState, judging: Judging): Comparison {
  const { id, case: one, metric, terms, measurements } = state;
  // A second measurement that was ended before its first look says nothing yet: the first one's figures stand beside
  // its verdict.
  const last = measurements.findLast((measurement) => measurement.looks.length > 0) ?? measurements.at(-1);
  const pairs = last?.pairs ?? [];
  const about = { id, caseId: one.id, metric, unit: metricUnit(metric), ...terms };
  if (state.gaps !== null && state.gaps !== undefined) {
    // No median of those that have a figure: it would be one of a chosen few. The pairs are kept as they ran.
    return { ...about, ...NOTHING_KNOWN, ...verdictOfGaps(state.gaps, metric), gaps: state.gaps, measurements };
  }
  if (pairs.length === 0) return { ...about, ...NOTHING_KNOWN, ...whyUnmeasured(one.id, judging.progress) };
  const was = judging.recorded?.get(id);
  if (judging.recorded !== null && (was === undefined || was.values.length === 0)) {
    return {
      ...about,
      ...NOTHING_KNOWN,
      verdict: 'incomparable',
      lackedBy: 'base',
      reason: 'The baseline has no record of it with this control transport. --update adds one.',
      head: medianOf(pairs.map((pair) => pair.head)),
      measurements,
    };
  }
  const base = was?.values ?? pairs.map((pair) => pair.base);
  return {
    ...about,
    ...judged(state, { pairs, look: lastLook(last), base, isRecorded: was !== undefined }, judging),
    lackedBy: null,
    base: was?.median ?? medianOf(pairs.map((pair) => pair.base)),
    head: medianOf(pairs.map((pair) => pair.head)),
    measurements,
  };
}

function whyUnmeasured(caseId: string, progress: GateProgress): Pick<Comparison, 'verdict' | 'lackedBy' | 'reason'> {
  const skip = progress.skipped.find((entry) => entry.caseId === caseId);
  const broken = progress.breaks.find((entry) => entry.caseId === caseId);
  const reason =
    skip !== undefined
      ? `This case ${skip.side === 'both' ? 'runs on neither side' : `does not run on ${skip.side}`} on ` +
        `this machine: ${skip.reason}`
      : broken !== undefined
        ? `Its launches failed on ${broken.side}: ${broken.message}`
        : 'The run ended before this was measured.';
  return {
    verdict: skip === undefined && broken === undefined ? 'inconclusive' : 'incomparable',
    lackedBy: skip?.side ?? broken?.side ?? null,
    reason,
  };
}

interface SeenPairs {
  readonly pairs: readonly PairRecord[];
  readonly look: LookResult | null;
  /** Figures of base: those of the pairs, or what is on record. */
  readonly base: readonly number[];
  readonly isRecorded: boolean;
}

function judged(
  { metric, terms, measurements }: ComparisonState,
  { pairs, look, base, isRecorded }: SeenPairs,
  { isRepeatable, gatedComparisons }: Judging,
): Pick<Comparison, 'verdict' | 'reason' | 'allowedIncrease' | 'change' | 'smallestVisible'> {
  const unit = metricUnit(metric);
  const { budget, isGated } = terms;
  const { allowedIncrease } = scaleOf(unit, budget, base);
  const comparisons = isGated ? gatedComparisons : 1;
  const differences = pairs.map((pair) => pair.difference);
  const visible =
    look === null || isRecorded
      ? null
      : minimumDetectableEffect({ unit, budget, differences, alpha: look.alpha, comparisons });
  const measured = { unit, budget, allowedIncrease, isGated, isRepeatable, measurements };
  const tooFew = {
    verdict: 'inconclusive',
    reason: `The measurement ended after ${counted(pairs.length, 'pair')}, before the first analysis.`,
  } as const;
  return {
    ...(look === null ? tooFew : verdictOf({ ...measured, gatedComparisons: comparisons, smallestVisible: visible })),
    allowedIncrease,
    change: look?.change ?? null,
    smallestVisible: visible,
  };
}

const NOTHING_KNOWN = {
  allowedIncrease: null,
  base: null,
  head: null,
  change: null,
  smallestVisible: null,
  measurements: [],
} as const;

function lackedComparisons({ lackedBy, cases, reason }: OneSided): Comparison[] {
  return cases.flatMap(({ case: one, metrics }) =>
    metrics
      .filter(({ metric }) => !isCount(metric) || one.driver === 'native')
      .map(({ metric, terms }) => ({
        id: comparisonId(one.id, metric),
        caseId: one.id,
        metric,
        unit: metricUnit(metric),
        ...terms,
        ...NOTHING_KNOWN,
        verdict: 'incomparable' as const,
        lackedBy,
        reason,
      })),
  );
}

function casesOf(states: readonly ComparisonState[], oneSided: readonly OneSided[]): Case[] {
  const all = [...states.map((state) => state.case), ...oneSided.flatMap(({ cases }) => cases.map((one) => one.case))];
  return [...new Map(all.map((one) => [one.id, one])).values()];
}

/** The same settings in another order are the same variant. */
function isSameVariant({ base, head }: Pick<GateInput, 'base' | 'head'>): boolean {
  return JSON.stringify([...base.settings].sort()) === JSON.stringify([...head.settings].sort());
}

function warningsOf({ wasCutOff, breaks, comparisons }: GateProgress): Warning[] {
  const warnings: Warning[] = [];
  const open = comparisons
    .flatMap(({ measurements }) => measurements.slice(-1))
    .filter(({ pairs, looks }) => pairs.length > 0 && looks.at(-1)?.verdict === 'undecided');
  const fewest = Math.min(...open.map(({ pairs }) => pairs.length));
  if (wasCutOff)
    warnings.push({
      code: 'cut-off',
      message:
        'The time budget ended the measurement' +
        `${open.length === 0 ? '' : ` after ${counted(fewest, 'pair')} of each comparison that was still undecided`}.`,
      hint:
        'Raise --time-budget, or select fewer cases. A third of the budget is reserved for confirming ' +
        'failures, and the checks take part of the rest.',
    });
  const broken = new Map(breaks.map((one) => [`${one.side} ${one.caseId}`, one]));
  for (const one of broken.values()) {
    const times = breaks.filter((other) => other.side === one.side && other.caseId === one.caseId).length;
    warnings.push({
      code: LAUNCH_BROKE,
      message: `${one.caseId} failed on ${one.side}${times > 1 ? ` in ${times} launches` : ''}: ${one.message}`,
      hint: null,
    });
  }
  return warnings;
}
