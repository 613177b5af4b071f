import type { Baseline } from '../../../ci/baseline/baseline-file.js';
import type { RecordedComparison } from '../../../ci/baseline/baseline-record.js';
import { LEAST_BASELINE_BUDGET, lookAtBaseline } from '../../../ci/baseline/look-at-baseline.js';
import { counted } from '../../../ci/gate/describe-change.js';
import { runGate, type GatedCase, type GateProgress } from '../../../ci/gate/run-gate.js';
import { SCHEDULES } from '../../../ci/gate/schedule.js';
import { isSameAnswer, isWorseThan } from '../../../ci/gate/verdict-changes.js';
import { checkRunsOf } from '../../discovery/select.js';
import { machineFingerprint } from '../../environment/environment.js';
import type { Case, GateReport, Verdict, VerdictChange, VerdictKind, Warning } from '../../model/index.js';
import { STALL_MS } from '../../runner/check-costs.js';
import { holdOutput } from '../../saving/hold-output.js';
import { checkOutput } from '../../saving/save-file.js';
import { Interruption } from '../../session/interruption.js';
import type { Progress } from '../../session/progress.js';
import type { Session } from '../../session/session.js';
import { UserError } from '../../user-error.js';
import { controlOf } from '../cases/control-of.js';
import { gateCases, withTerms, type GateCases } from '../cases/gate-cases.js';
import { idsOf, raisedBudgets, refuseIdleRules } from '../cases/apply-rules.js';
import { redOnBothWarnings, verdictsOf } from '../live/compare-checks.js';
import { drawPairs } from '../live/draw-pairs.js';
import { saveGate, type GateSoFar } from '../live/save-gate.js';
import { likelyPairMs, livePairs } from '../live/live-ports.js';
import type { ComparisonOutcome, ComparisonRequest } from '../request.js';
import { prepareVariant, type PreparedVariant } from '../sides/prepare-variant.js';
import { comparableOf, openBaseline, type BaselineChoice, type OpenedBaseline } from './open-baseline.js';
import { updateBaseline } from './update-baseline.js';

export interface BaselineRequest extends Omit<ComparisonRequest, 'base'>, BaselineChoice {
  /** Selectors of what is recorded though it looks worse. */
  readonly accepted: readonly string[];
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
  session: Session,
  progress: Progress,
): Promise<BaselineOutcome> {
  // Before minutes of building for it.
  checkOutput(request.out);
  if (request.isUpdate) checkOutput(request.directory);
  const opened = openBaseline(request, machineFingerprint(session.environment));
  const head = await prepareVariant(request.head, session);
  try {
    return await measureHead({ request, session, progress, opened, head });
  } finally {
    progress.done();
    await head.dispose();
  }
}

/** What a measurement of head is made with. */
interface Ground {
  readonly request: BaselineRequest;
  readonly session: Session;
  readonly progress: Progress;
  readonly opened: OpenedBaseline;
  readonly head: PreparedVariant;
}

/** What is measured: each case beside its control, held to what is on record of it. */
interface Held {
  readonly found: GateCases;
  readonly controls: ReadonlyMap<string, Case>;
  readonly gated: readonly GatedCase[];
  readonly recorded: ReadonlyMap<string, RecordedComparison>;
}

async function measureHead(ground: Ground): Promise<BaselineOutcome> {
  const { request, session, progress, opened, head } = ground;
  const keep = saveGate(request, session.version);
  const held = holdToRecord(ground);
  holdOutput(request.out, session.context.addon);

  let done: GateProgress = { comparisons: [], skipped: [], breaks: [], wasCutOff: false };
  let verdicts: readonly Verdict[] = [];
  let interruption: Interruption | null = null;
  const save = (status: GateReport['status']): GateReport =>
    keep({ ...gateSoFar(ground, held, verdicts), status, progress: done, endedBy: interruption });
  try {
    done = await runPairs(ground, held, (now) => {
      done = now;
      save('running');
    });
    if (request.checks !== 'none') verdicts = await verdictsOfHead(ground, held);
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    interruption = error;
  } finally {
    progress.done();
  }
  const gate = save(interruption === null ? 'complete' : 'interrupted');
  if (!request.isUpdate) return { gate, interruption, notes: [] };
  const { controls } = held;
  return { ...updateBaseline(request, gate, { ...opened, head, controls, progress: done, verdicts }), interruption };
}

function holdToRecord({ request, session, opened: { baseline, isForeign }, head }: Ground): Held {
  const found = gateCases({ base: head, head }, session.workloads, request.cases, (placement) =>
    session.place(placement),
  );
  const controls = new Map(found.common.map((one) => [one.id, controlOf(one, request.control, session.transports)]));
  refuseOwnControl(found.common, controls, head);
  const gated = withTerms(found.common, session.workloads, request.rules).map((one) => atLeast(one, isForeign));
  refuseIdleRules([...request.rules, ...request.accepted.map((select) => ({ select }))], idsOf(gated));
  return { found, controls, gated, recorded: comparableOf(baseline, found.common, controls) };
}

/** Head beside its controls, in turns. Rejects with an interruption. */
function runPairs(
  { request, session, progress, head }: Ground,
  { found, controls, gated, recorded }: Held,
  afterLook: (now: GateProgress) => void,
): Promise<GateProgress> {
  const draw = drawPairs(progress, {
    likelyMs: likelyPairMs(found.common, request.cases),
    untilMs: null,
    thenMs: 0,
  });
  const runPair = livePairs({
    base: session.context,
    head: head.context,
    workloads: session.workloads,
    options: request.cases,
    controlOf: (one) => controls.get(one.id) ?? one,
  });
  return runGate(
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
      beforePair: (one, left) => draw(`${one.id} with control ${controls.get(one.id)?.transport ?? ''}`, left),
      afterLook,
    },
  );
}

async function verdictsOfHead(
  { request, session, progress, head }: Ground,
  { found }: Held,
): Promise<readonly Verdict[]> {
  const transports = [...new Set(found.common.map((one) => one.transport))];
  const { checks, procedures } = await session.conformance();
  const checkRuns =
    request.checks === 'quick'
      ? checkRunsOf(procedures, transports, transports).filter(({ check }) => check.quick === true)
      : [];
  return verdictsOf(
    { transports, checks, checkRuns, seed: request.seed, stallMs: STALL_MS, deviations: session.deviations },
    head,
    (doing) => progress.step(doing, null),
  );
}

/** All of gate.json but how far the run is. */
function gateSoFar(
  { request, session, opened: { baseline, isForeign }, head }: Ground,
  { found, recorded }: Held,
  verdicts: readonly Verdict[],
): Omit<GateSoFar, 'status' | 'progress' | 'endedBy'> {
  const wasKept = new Map(
    baseline?.records.flatMap((record) => record.verdicts.map((one): [string, VerdictKind] => [one.id, one.verdict])) ??
      [],
  );
  return {
    method: 'baseline',
    environment: head.environment,
    base: {
      settings: baseline === null ? [] : [`baseline=${baseline.path}`],
      resolved: [recordsInWords(baseline)],
    },
    head: head.variant,
    oneSided: [],
    verdictChanges: verdicts.flatMap((verdict) => changeOf(verdict, wasKept.get(verdict.id))),
    checksCompared: verdicts.filter((verdict) => wasKept.has(verdict.id)).length,
    warnings: [
      ...session.warnings,
      ...found.warnings,
      ...raisedBudgets(request.rules, LEAST_BASELINE_BUDGET),
      ...warningsOf(baseline, isForeign, found.skipped),
      ...redOnBothWarnings(
        verdicts.flatMap(({ id, verdict }) => (verdict === 'fail' && wasKept.get(id) === verdict ? [id] : [])),
      ),
    ],
    recorded,
  };
}

function recordsInWords(baseline: Baseline | null): string {
  const last = baseline?.records.at(-1);
  if (baseline === null || last === undefined) return 'there is no record yet';
  return `${counted(baseline.records.length, 'record')}, the last of ${last.recordedAt}`;
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
