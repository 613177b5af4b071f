import { join } from 'node:path';
import {
  appendBaseline,
  firstComparableOf,
  isComparable,
  latestOf,
  type Baseline,
} from '../../../ci/baseline/baseline-file.js';
import type { BaselineRecord, RecordedComparison } from '../../../ci/baseline/baseline-record.js';
import { valuesBeside } from '../../../ci/baseline/look-at-baseline.js';
import { describeChange, counted } from '../../../ci/gate/describe-change.js';
import { matchesSelector } from '../../../ci/gate/selectors.js';
import type { ComparisonState, GateProgress } from '../../../ci/gate/run-gate.js';
import type { Case, Comparison, GateReport, Verdict } from '../../model/index.js';
import { medianOf } from '../../stats/order-statistics.js';
import { prepareOutput, saveFile } from '../../saving/save-file.js';
import type { PreparedVariant } from '../sides/prepare-variant.js';

/** What an update is made of. */
export interface Material {
  readonly machine: string;
  readonly baseline: Baseline | null;
  readonly isForeign: boolean;
  readonly head: PreparedVariant;
  readonly controls: ReadonlyMap<string, Case>;
  readonly progress: GateProgress;
  readonly verdicts: readonly Verdict[];
}

export interface UpdateRequest {
  readonly directory: string;
  readonly out: string;
  /** Selectors of comparisons that are recorded though they look worse. */
  readonly accepted: readonly string[];
}

/**
 * Appends what was measured, and says what it changes; a run that failed, broke or was cut off is not kept, nor is a
 * comparison that looks worse than what it was held to and was not accepted by name: run after run, each of these would
 * be the base of the next.
 */
export function updateBaseline(
  { directory, out, accepted }: UpdateRequest,
  gate: GateReport,
  material: Material,
): { readonly gate: GateReport; readonly notes: readonly string[] } {
  const { baseline, isForeign, progress } = material;
  if (gate.status !== 'complete' || progress.wasCutOff)
    return { gate, notes: ['The baseline is unchanged: an interrupted run is never recorded.'] };
  if (gate.exitCode === 1 || gate.exitCode === 5)
    return {
      gate,
      notes: [
        'The baseline is unchanged: a failed run is never recorded. If the change is intended, remove ' +
          'the old records from the file in a separate commit.',
      ],
    };
  const refused = isForeign
    ? []
    : gate.comparisons.filter(
        (one) => looksWorse(one) && !accepted.some((selector) => matchesSelector(selector, one.id)),
      );
  const left = refused.map(
    (one) =>
      `${one.id} is not recorded: it is ${describeWorse(one)} than the record, statistically ` +
      `significant, and ${one.verdict === 'regressed' ? 'advisory' : 'undecided'}. If that is ` +
      `intended, accept it: --accept '${one.id}'.`,
  );
  const comparisons = progress.comparisons
    .filter((state) => !refused.some((one) => one.id === state.id))
    .flatMap((state) => recordedOf(state, material.controls));
  if (comparisons.length === 0)
    return {
      gate,
      notes: [
        left.length === 0 ? 'The baseline is unchanged: nothing was measured.' : 'The baseline is unchanged.',
        ...left,
      ],
    };
  prepareOutput(directory);
  const path = appendBaseline(directory, recordOf(gate, material, comparisons), isForeign ? null : baseline);
  const said = baseline === null || isForeign ? [] : comparisons.flatMap((now) => driftOf(now, baseline));
  const isFirst = gate.exitCode === 3 && gate.comparisons.every((one) => !one.isGated || one.lackedBy === 'base');
  const notes = [
    `Recorded ${counted(comparisons.length, 'comparison')} as ` +
      `number ${isForeign ? 1 : (baseline?.records.length ?? 0) + 1} in ${path}.`,
    ...left,
    ...said,
  ];
  // A first record has nothing to be held to: that is what was asked for, and no failure.
  const answered = isFirst
    ? {
        ...gate,
        isFirstRecord: true,
        exitCode: 0,
        summary: 'Recorded: this machine had no earlier record to compare with.',
      }
    : gate;
  saveFile(join(out, 'gate.json'), `${JSON.stringify(answered)}\n`);
  return { gate: answered, notes };
}

/** A comparison that has both figures of every pair. */
function recordedOf(state: ComparisonState, controls: ReadonlyMap<string, Case>): RecordedComparison[] {
  const pairs = state.measurements.flatMap((measurement) => measurement.pairs);
  const control = controls.get(state.case.id);
  if (pairs.length === 0 || control === undefined || (state.gaps ?? null) !== null) return [];
  return [
    {
      id: state.id,
      methodRevision: state.case.methodRevision,
      control: { caseId: control.id, methodRevision: control.methodRevision },
      values: valuesBeside(state.metric, pairs),
      median: medianOf(pairs.map((pair) => pair.head)),
    },
  ];
}

function recordOf(
  gate: GateReport,
  { machine, head, verdicts }: Material,
  comparisons: BaselineRecord['comparisons'],
): BaselineRecord {
  return {
    schema: 'ipcbench-baseline',
    version: 1,
    recordedAt: gate.finishedAt ?? gate.startedAt,
    ipcbenchVersion: gate.ipcbenchVersion,
    machine,
    settings: [...head.variant.settings],
    resolved: [...head.variant.resolved],
    comparisons,
    // What could not be decided is nothing to hold the next run to: what was recorded before stands.
    verdicts: verdicts.filter(({ verdict }) => verdict !== 'broken').map(({ id, verdict }) => ({ id, verdict })),
  };
}

/**
 * Worse beyond chance in any of its measurements, and neither ruled out nor closed by it: nobody decided that this is
 * how it should be.
 */
function looksWorse({ verdict, measurements }: Comparison): boolean {
  const isAbove = measurements.some(({ looks }) => (looks.at(-1)?.change.low ?? 0) > 0);
  return isAbove && (verdict === 'inconclusive' || verdict === 'regressed');
}

function describeWorse(one: Comparison): string {
  const change = one.measurements
    .flatMap(({ looks }) => looks.at(-1) ?? [])
    .find((look) => (look.change.low ?? 0) > 0)?.change;
  return change === undefined ? 'worse' : describeChange(one, change);
}

/** What the new record changes against the last and, for erosion in small steps, against the first. */
export function driftOf(now: RecordedComparison, baseline: Baseline): string[] {
  const last = latestOf(baseline).get(now.id);
  const first = firstComparableOf(baseline, now);
  if (last === undefined || first === null || !isComparable(last, now)) return [`${now.id}: new.`];
  const isRatio = !/#(syscalls|switches)$/.test(now.id);
  const share = (from: RecordedComparison): string => {
    const [was, is] = [medianOf(from.values), medianOf(now.values)];
    const change = isRatio ? Math.expm1(is - was) * 100 : is - was;
    return `${change >= 0 ? '+' : '−'}${Math.abs(change).toPrecision(2)}${isRatio ? ' %' : ' per message'}`;
  };
  return [
    `${now.id}: ${share(last)} compared with the last record` +
      `${first === last ? '' : `, ${share(first)} compared with the first of ${baseline.records.length}`}.`,
  ];
}
