import { readNoise } from '../environment/noise.js';
import type { Plan, Report } from '../model/index.js';
import { makePlan, type Selection } from '../plan/plan.js';
import { expectedBlockMs } from '../plan/time-left.js';
import { openRace, type RaceGoal } from '../runner/race.js';
import { runLaunch } from '../runner/run-launch.js';
import { startTogether } from '../runner/start-together.js';
import { runPlan, type PlanLimits, type PlanRunner } from '../runner/run-plan.js';
import { openRunRecords } from '../runner/run-records.js';
import { UserError } from '../user-error.js';
import { openCheckPass, type CheckPass, type CheckRequest } from './check-pass.js';
import { reportOfRun, type RunParts } from './run-report.js';
import { BEGUN, stateAfter, type RunEvent } from './run-state.js';
import { Interruption } from '../session/interruption.js';
import type { Progress } from '../session/progress.js';
import { holdOutput } from '../saving/hold-output.js';
import { makeReportSaver } from '../saving/report-saver.js';
import type { Session } from '../session/session.js';

export interface RunRequest {
  readonly command: readonly string[];
  readonly seed: number;
  readonly selections: readonly Selection[];
  readonly checked: CheckRequest;
  /** What blocks beyond the planned ones are for. */
  readonly goal: RaceGoal;
  readonly time: RunTime;
  /** Directory for report.json; null keeps nothing. */
  readonly out: string | null;
}

export interface RunTime {
  /** All of it must end by then, the checks included: planned blocks are left out to that end. null: they all run. */
  readonly budgetMs: number | null;
  /**
   * Further blocks run until then, the checks included, or for this share of what the planned ones took; whichever is
   * given. Both null: the budget alone ends them.
   */
  readonly moreUntilMs: number | null;
  readonly moreShare: number | null;
}

export interface RunOutcome {
  readonly report: Report;
  /** Set when a signal ended the run. */
  readonly interruption: Interruption | null;
}

/** Without another limit, further blocks end after this long. */
const LONGEST_MS = 600_000;

/**
 * Measures, checks, and keeps the report on disk up to date. An interruption is an outcome: what was measured until
 * then is in the report. Throws UserError when nothing was selected, or when the time budget is too short for one block
 * of everything.
 */
export async function run(request: RunRequest, session: Session, progress: Progress): Promise<RunOutcome> {
  const { checks, ...parts } = openRun(request, session);
  const { plan, records, race, startedMs } = parts;
  let state = BEGUN;
  if (request.out !== null) holdOutput(request.out, session.context.addon);
  const saver = makeReportSaver(request.out, () => reportOfRun({ ...parts, checks }, state));
  const draw = drawTo(progress, plan, checks);
  const emit = (event: RunEvent): void => {
    state = stateAfter(state, event);
    if (event.type === 'launched') records.record(event.launch, event.outcome);
    if (event.type === 'launched' || event.type === 'checked') saver.saveIfDue();
    draw(event);
  };
  try {
    const limits = limitsOf(request.time, plan, {
      checksMs: checks.expectedMs,
      elapsedMs: performance.now() - startedMs,
    });
    const end = await runPlan(plan, limits, { ...launching(session), ...reporting(emit), moreFor: race.moreFor });
    emit({ type: 'measured', end });
    await checks.run(
      { step: (doing, leftMs) => emit({ type: 'checking', doing, leftMs }), done: () => undefined },
      () => emit({ type: 'checked' }),
      () => request.time.budgetMs !== null && performance.now() - startedMs > request.time.budgetMs,
    );
    emit({ type: 'ended', at: new Date(), interruption: null });
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    emit({ type: 'ended', at: new Date(), interruption: error });
  } finally {
    progress.done();
  }
  return { report: saver.save(), interruption: state.interruption };
}

/** Throws UserError when nothing is selected, or when there is too little time for it. */
function openRun(request: RunRequest, session: Session): RunParts & { readonly checks: CheckPass } {
  const { checked, time, command, seed, goal } = request;
  const startedMs = performance.now();
  const startedAt = new Date();
  const plan = makePlan({
    selections: request.selections,
    seed,
    platform: process.platform,
    placementProblem: (placement) => {
      const answer = session.place(placement);
      return answer.kind === 'impossible' ? answer : null;
    },
  });
  if (
    plan.cases.length +
      plan.skipped.length +
      checked.transports.length * checked.checks.length +
      checked.checkRuns.length ===
    0
  ) {
    throw new UserError('Nothing is selected: no transport has a requested driver, workload or check. (ipcbench list)');
  }
  const checks = openCheckPass(checked, { seed, out: request.out }, session);
  const leastMs = plan.columns.reduce((sum, column) => sum + expectedBlockMs(column), 0) + checks.expectedMs;
  if (time.budgetMs !== null && time.budgetMs < leastMs)
    throw tooShort(time.budgetMs, leastMs, plan.cases.length, checks.expectedMs);

  const records = openRunRecords(plan, session);
  const references = new Set(
    session.transports.flatMap(({ transport }) => (transport.reference === undefined ? [] : [transport.name])),
  );
  const race = openRace(plan, records.cases, references, goal);
  const loadAtStart = readNoise().load1;
  const { budgetMs } = time;
  return { session, plan, records, race, checks, command, seed, goal, budgetMs, startedAt, startedMs, loadAtStart };
}

interface SpentTime {
  /** What the checks will take. */
  readonly checksMs: number;
  /** What has passed before the first launch. */
  readonly elapsedMs: number;
}

function limitsOf(time: RunTime, plan: Plan, { checksMs, elapsedMs }: SpentTime): PlanLimits {
  const forBench = (untilMs: number): number => Math.max(0, untilMs - elapsedMs - checksMs);
  if (time.budgetMs !== null) return { budgetMs: forBench(time.budgetMs), moreUntilMs: forBench(time.budgetMs) };
  if (time.moreUntilMs !== null) return { budgetMs: null, moreUntilMs: forBench(time.moreUntilMs) };
  const plannedMs = plan.columns.reduce((sum, column) => sum + column.blocks * expectedBlockMs(column), 0);
  return { budgetMs: null, moreUntilMs: time.moreShare === null ? LONGEST_MS : plannedMs * (1 + time.moreShare) };
}

/** How launches are started: pairs of Node processes of one block together. */
function launching(session: Session): Pick<PlanRunner, 'launch' | 'start' | 'nowMs'> {
  return {
    launch: (launch) => runLaunch(launch, session.context),
    start: (launches) =>
      launches.length > 1 && launches.every((launch) => launch.case.driver === 'js')
        ? startTogether(launches, (launch, turn) => runLaunch(launch, session.context, turn))
        : null,
    nowMs: () => performance.now(),
  };
}

function reporting(emit: (event: RunEvent) => void): Pick<PlanRunner, 'record' | 'beforeLaunch'> {
  return {
    record: (launch, outcome) => emit({ type: 'launched', launch, outcome }),
    beforeLaunch: (launch, at, leftMs) => emit({ type: 'launching', launch, at, leftMs }),
  };
}

function drawTo(progress: Progress, plan: Plan, { expectedMs }: CheckPass): (event: RunEvent) => void {
  return (event) => {
    if (event.type === 'launching') {
      const { launch, at, leftMs } = event;
      const round = `round ${at.round + 1} of ${Math.max(plan.rounds, at.round + 1)}`;
      progress.step(`${round} · ${launch.case.id}`, leftMs + expectedMs);
    } else if (event.type === 'checking') progress.step(event.doing, event.leftMs);
  };
}

function tooShort(budgetMs: number, leastMs: number, cases: number, checksMs: number): UserError {
  const seconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`;
  const what = [cases === 0 ? null : `one launch of each of the ${cases} cases`, checksMs === 0 ? null : 'the checks']
    .filter((part) => part !== null)
    .join(' and ');
  return new UserError(
    `--time-budget ${seconds(budgetMs)} is too short: ${what} take about ${seconds(leastMs)}. Raise it, or ` +
      'select fewer transports, sizes or placements.',
  );
}
