import {
  baselinePath,
  isComparable,
  latestOf,
  machinesIn,
  readBaseline,
  type Baseline,
} from '../../../ci/baseline/baseline-file.js';
import type { RecordedComparison } from '../../../ci/baseline/baseline-record.js';
import { LEAST_BASELINE_BUDGET, lookAtBaseline } from '../../../ci/baseline/look-at-baseline.js';
import { runGate, type GatedCase, type GateProgress } from '../../../ci/gate/run-gate.js';
import { SCHEDULES } from '../../../ci/gate/schedule.js';
import { isSameAnswer, isWorseThan } from '../../../ci/gate/verdict-changes.js';
import { machineFingerprint } from '../../environment/environment.js';
import type { Case, GateReport, Verdict, VerdictChange, VerdictKind, Warning } from '../../model/index.js';
import { UserError } from '../../user-error.js';
import { Interruption } from '../interruption.js';
import type { Progress } from '../progress.js';
import type { Rig } from '../rig.js';
import { holdOutput } from '../hold-output.js';
import { checkOutput } from '../save-file.js';
import { trialsOf } from '../select.js';
import { prepareVariant, type PreparedVariant } from '../variant/prepare-variant.js';
import { redOnBothWarnings, verdictsOf } from './compare-checks.js';
import { controlOf } from './control-of.js';
import { gateCases, withTerms } from './gate-cases.js';
import { idsOf, raisedBudgets, refuseIdleRules } from './held-to-rules.js';
import { keepGate } from './keep-gate.js';
import { likelyPairMs, livePairs } from './live-world.js';
import type { ComparisonOutcome, ComparisonRequest } from './run-comparison.js';
import { updateBaseline } from './update-baseline.js';

export interface BaselineRequest extends Omit<ComparisonRequest, 'base'> {
  readonly directory: string;
  /** Append what was measured, unless it failed. */
  readonly isUpdate: boolean;
  /** Selectors of what is recorded though it looks worse. */
  readonly accepted: readonly string[];
  /** Hold it against the newest record of another machine, and close nothing. */
  readonly isOtherMachineAllowed: boolean;
  readonly control: string | null;
}

export interface BaselineOutcome extends ComparisonOutcome {
  /** What became of the baseline file, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Measures head in turns with a control of the same mechanism, and holds the ratio of the two against the ratio that
 * was recorded: what moved the machine since then moved both. Throws UserError (3) where nothing is on record and
 * nothing is to be recorded.
 */
export async function runAgainstBaseline(
  request: BaselineRequest,
  rig: Rig,
  progress: Progress,
): Promise<BaselineOutcome> {
  // Before minutes of building for it.
  checkOutput(request.out);
  if (request.isUpdate) checkOutput(request.directory);
  const machine = machineFingerprint(rig.environment);
  const { baseline, isForeign } = openBaseline(request, machine);
  const head = await prepareVariant(request.head, rig);
  try {
    return await measureHead(request, head, machine, baseline, isForeign, rig, progress);
  } finally {
    progress.done();
    await head.dispose();
  }
}

function openBaseline(
  { directory, isUpdate, isOtherMachineAllowed }: BaselineRequest,
  machine: string,
): { readonly baseline: Baseline | null; readonly isForeign: boolean } {
  const inWords = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw new UserError((cause as Error).message, 2, { cause });
    }
  };
  const read = (of: string): Baseline | null => inWords(() => readBaseline(directory, of));
  const own = read(machine);
  if (own !== null) return { baseline: own, isForeign: false };
  const others = inWords(() => machinesIn(directory));
  if (isOtherMachineAllowed) {
    const newest = others
      .flatMap((other) => read(other) ?? [])
      .sort((a, b) => (b.records.at(-1)?.recordedAt ?? '').localeCompare(a.records.at(-1)?.recordedAt ?? ''))[0];
    if (newest !== undefined) return { baseline: newest, isForeign: true };
  }
  if (isUpdate) return { baseline: null, isForeign: false };
  const elsewhere =
    others.length === 0
      ? ''
      : ` There ${others.length === 1 ? 'is one' : `are ${others.length}`} of other machines; ` +
        '--other-machine compares with the newest of them without affecting the exit status.';
  throw new UserError(
    `There is no baseline of this machine in ${directory} (expected ` +
      `${baselinePath(directory, machine)}). Record one with --update from code that is known to be ` +
      `good.${elsewhere}`,
    3,
  );
}

async function measureHead(
  request: BaselineRequest,
  head: PreparedVariant,
  machine: string,
  baseline: Baseline | null,
  isForeign: boolean,
  rig: Rig,
  progress: Progress,
): Promise<BaselineOutcome> {
  const keep = keepGate(request, rig.version);
  const found = gateCases(head, head, rig.workloads, request.cases, (placement) => rig.place(placement));
  const controls = new Map(found.common.map((one) => [one.id, controlOf(one, request.control, rig.transports)]));
  refuseOwnControl(found.common, controls, head);
  const gated = withTerms(found.common, rig.workloads, request.rules).map((one) => atLeast(one, isForeign));
  refuseIdleRules([...request.rules, ...request.accepted.map((select) => ({ select }))], idsOf(gated));
  holdOutput(request.out, rig.context.addon);

  const recorded =
    baseline === null
      ? new Map<string, RecordedComparison>()
      : comparableOf(latestOf(baseline), found.common, controls);
  const wasKept = new Map(
    baseline?.records.flatMap((record) => record.verdicts.map((one): [string, VerdictKind] => [one.id, one.verdict])) ??
      [],
  );
  let done: GateProgress = { comparisons: [], skipped: [], breaks: [], wasCutOff: false };
  let verdicts: readonly Verdict[] = [];
  let interruption: Interruption | null = null;
  const changes = (): VerdictChange[] => verdicts.flatMap((verdict) => changeOf(verdict, wasKept.get(verdict.id)));
  const save = (status: GateReport['status']): GateReport =>
    keep({
      method: 'baseline',
      status,
      environment: head.environment,
      base: {
        settings: baseline === null ? [] : [`baseline=${baseline.path}`],
        resolved:
          baseline?.records.at(-1) === undefined
            ? ['there is no record yet']
            : [
                `${baseline.records.length} ${baseline.records.length === 1 ? 'record' : 'records'}, the last ` +
                  `of ${baseline.records.at(-1)?.recordedAt ?? ''}`,
              ],
      },
      head: head.variant,
      progress: done,
      oneSided: [],
      verdictChanges: changes(),
      checksCompared: verdicts.filter((verdict) => wasKept.has(verdict.id)).length,
      warnings: [
        ...rig.warnings,
        ...found.warnings,
        ...raisedBudgets(request.rules, LEAST_BASELINE_BUDGET),
        ...warningsOf(baseline, isForeign, found.skipped),
        ...redOnBothWarnings(
          verdicts.flatMap(({ id, verdict }) => (verdict === 'fail' && wasKept.get(id) === verdict ? [id] : [])),
        ),
      ],
      endedBy: interruption,
      recorded,
    });

  const names = [...new Set(found.common.map((one) => one.transport))];
  try {
    const since = performance.now();
    let pairs = 0;
    const runPair = livePairs({
      base: rig.context,
      head: head.context,
      workloads: rig.workloads,
      options: request.cases,
      controlOf: (one) => controls.get(one.id) ?? one,
    });
    await runGate(
      {
        cases: gated,
        schedule: SCHEDULES[request.effort],
        seed: request.seed,
        budgetMs: request.budgetMs,
        lookAt: lookAtBaseline(recorded),
      },
      {
        runPair,
        nowMs: () => performance.now(),
        beforePair: (one, left) => {
          progress.step(
            `${one.id} with control ${controls.get(one.id)?.transport ?? ''} · at most ${left} pairs`,
            left * (pairs === 0 ? likelyPairMs(found.common, request.cases) : (performance.now() - since) / pairs),
          );
          pairs += 1;
        },
        afterLook: (now) => {
          done = now;
          save('running');
        },
      },
    ).then((end) => (done = end));
    if (request.checks !== 'none') {
      const { checks, procedures } = await rig.conformance();
      const trials =
        request.checks === 'quick'
          ? trialsOf(procedures, names, names).filter(({ check }) => check.quick === true)
          : [];
      verdicts = await verdictsOf(
        { transports: names, checks, trials, seed: request.seed, stallMs: 30_000, deviations: rig.deviations },
        head,
        names,
        trials,
        (doing) => progress.step(doing, null),
      );
    }
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    interruption = error;
  } finally {
    progress.done();
  }
  const gate = save(interruption === null ? 'complete' : 'interrupted');
  if (!request.isUpdate) return { gate, interruption, notes: [] };
  return {
    ...updateBaseline(request, gate, { machine, baseline, isForeign, head, controls, progress: done, verdicts }),
    interruption,
  };
}

function comparableOf(
  latest: ReadonlyMap<string, RecordedComparison>,
  cases: readonly Case[],
  controls: ReadonlyMap<string, Case>,
): Map<string, RecordedComparison> {
  return new Map(
    [...latest].filter(([id, was]) => {
      const one = cases.find((candidate) => id.startsWith(`${candidate.id}#`));
      const control = one === undefined ? undefined : controls.get(one.id);
      return (
        one !== undefined &&
        control !== undefined &&
        isComparable(was, {
          methodRevision: one.methodRevision,
          control: { caseId: control.id, methodRevision: control.methodRevision },
        })
      );
    }),
  );
}

/** A stored figure is held to no less than 10 %; another machine's to nothing at all. */
function atLeast(one: GatedCase, isForeign: boolean): GatedCase {
  return {
    ...one,
    metrics: one.metrics.map(({ metric, terms }) => ({
      metric,
      terms: {
        ...terms,
        budget: Math.max(terms.budget, LEAST_BASELINE_BUDGET),
        ...(isForeign ? { isGated: false, advisoryReason: 'the baseline was recorded on another machine' } : {}),
      },
    })),
  };
}

/** A ratio of a thing to itself is one, whatever happens to both. */
function refuseOwnControl(cases: readonly Case[], controls: ReadonlyMap<string, Case>, head: PreparedVariant): void {
  const own = cases.find((one) => controls.get(one.id)?.id === one.id);
  if (own === undefined || head.spec.settings.length > 0) return;
  throw new UserError(
    `${own.id} would be its own control transport, and the ratio would always be 1. A baseline is ` +
      'for your own code: select it with --transport ./mine.js or --head, or name another --control.',
  );
}

function changeOf(verdict: Verdict, was: VerdictKind | undefined): VerdictChange[] {
  if (was === undefined || isSameAnswer(was, verdict.verdict)) return [];
  return [
    {
      id: verdict.id,
      base: was,
      head: verdict.verdict,
      isWorse: isWorseThan(was, verdict.verdict),
      promise: verdict.promise,
      evidence: verdict.evidence,
    },
  ];
}

function warningsOf(
  baseline: Baseline | null,
  isForeign: boolean,
  skipped: readonly { readonly caseId: string; readonly reason: string }[],
): Warning[] {
  return [
    ...(isForeign
      ? [
          {
            code: 'other-machine',
            message:
              'The baseline was recorded on another machine. The machines may cause the differences, so they ' +
              'do not fail the gate.',
            hint: 'Record one here with --update from code that is known to be good.',
          },
        ]
      : []),
    ...(baseline?.tornLine == null
      ? []
      : [
          {
            code: 'torn-baseline',
            message: `The last line of ${baseline.path} is truncated and is ignored.`,
            hint: null,
          },
        ]),
    ...skipped.map(({ caseId, reason }) => ({
      code: 'case-skipped',
      message: `${caseId} cannot run here: ${reason}`,
      hint: null,
    })),
  ];
}
