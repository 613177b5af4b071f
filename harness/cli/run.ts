import { readNoise } from '../environment/noise.js';
import type { Report } from '../model/index.js';
import { makePlan, type Selection } from '../plan/plan.js';
import { expectedBlockMs } from '../plan/time-left.js';
import { assembleReport } from '../runner/assemble-report.js';
import { openRace, type RaceGoal } from '../runner/race.js';
import { runLaunch } from '../runner/run-launch.js';
import { startTogether } from '../runner/start-together.js';
import { runPlan, type PlanEnd } from '../runner/run-plan.js';
import { openRunRecords } from '../runner/run-records.js';
import { warningsOf } from '../runner/warnings.js';
import { UserError } from '../user-error.js';
import { openCheckPass, type CheckRequest } from './check-pass.js';
import { holdOutput } from './hold-output.js';
import { Interruption } from './interruption.js';
import type { Progress } from './progress.js';
import { makeReportSaver } from './report-saver.js';
import type { Rig } from './rig.js';

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
export async function run(request: RunRequest, rig: Rig, progress: Progress): Promise<RunOutcome> {
  const startedMs = performance.now();
  const startedAt = new Date();
  const plan = makePlan({
    selections: request.selections,
    seed: request.seed,
    platform: process.platform,
    placementProblem: (placement) => {
      const answer = rig.place(placement);
      return answer.kind === 'impossible' ? answer : null;
    },
  });
  const { checked, time } = request;
  if (
    plan.cases.length +
      plan.skipped.length +
      checked.transports.length * checked.checks.length +
      checked.trials.length ===
    0
  ) {
    throw new UserError(
      'Nothing is selected: no transport here has a driver, workload or check that was asked for. (ipcbench list)',
    );
  }
  const checks = openCheckPass(checked, { seed: request.seed, out: request.out }, rig);
  const leastMs = plan.columns.reduce((sum, column) => sum + expectedBlockMs(column), 0) + checks.expectedMs;
  if (time.budgetMs !== null && time.budgetMs < leastMs)
    throw tooShort(time.budgetMs, leastMs, plan.cases.length, checks.expectedMs);

  const records = openRunRecords(plan, new Map(rig.workloads.map((workload) => [workload.name, workload])));
  const references = new Set(
    rig.transports.flatMap(({ transport }) => (transport.reference === undefined ? [] : [transport.name])),
  );
  const race = openRace(plan, records.cases, references, request.goal);
  let ended: PlanEnd | null = null;
  let roundsCompleted = 0;
  let interruption: Interruption | null = null;
  const loadAtStart = readNoise().load1;

  if (request.out !== null) holdOutput(request.out, rig.context.addon);
  const saver = makeReportSaver(request.out, (finishedAt) => {
    const rankings = finishedAt === null ? [] : race.rankings();
    const isOver = finishedAt !== null;
    const told = {
      environment: rig.environment,
      plan,
      totals: records.totals,
      ended,
      roundsCompleted,
      budgetMs: time.budgetMs,
      checksLeftOut: checks.leftOut(),
      loadAtStart,
      isInterrupted: interruption !== null,
      verdicts: checks.verdicts,
      goal: request.goal,
      missed: isOver ? race.missed() : [],
    };
    return assembleReport({
      ipcbenchVersion: rig.version,
      command: request.command,
      startedAt,
      finishedAt,
      status: !isOver ? 'running' : interruption === null ? 'complete' : 'interrupted',
      seed: request.seed,
      environment: rig.environment,
      transports: rig.transports.map((loaded) => loaded.transport),
      plan,
      results: records.results(),
      rankings,
      skipped: records.skipped,
      roundsCompleted,
      verdicts: checks.verdicts,
      warnings: [...rig.warnings, ...(isOver ? warningsOf(told) : [])],
      totalMs: performance.now() - startedMs,
      measuredMs: records.totals.measuredMs,
      checkedMs: checks.checkedMs(),
    });
  });

  try {
    const benchMs = performance.now() - startedMs;
    const forBench = (untilMs: number): number => Math.max(0, untilMs - benchMs - checks.expectedMs);
    const plannedMs = plan.columns.reduce((sum, column) => sum + column.blocks * expectedBlockMs(column), 0);
    const limits = {
      budgetMs: time.budgetMs === null ? null : forBench(time.budgetMs),
      moreUntilMs:
        time.budgetMs !== null
          ? forBench(time.budgetMs)
          : time.moreUntilMs !== null
            ? forBench(time.moreUntilMs)
            : time.moreShare !== null
              ? plannedMs * (1 + time.moreShare)
              : LONGEST_MS,
    };
    ended = await runPlan(plan, limits, {
      launch: (launch) => runLaunch(launch, rig.context),
      start: (launches) =>
        launches.length > 1 && launches.every((launch) => launch.case.driver === 'js')
          ? startTogether(launches, (launch, turn) => runLaunch(launch, rig.context, turn))
          : null,
      nowMs: () => performance.now(),
      record: (launch, outcome) => {
        records.record(launch, outcome);
        saver.saveIfDue();
      },
      beforeLaunch: (launch, at, leftMs) => {
        ({ roundsCompleted } = at);
        progress.step(
          `round ${at.round + 1} of ${Math.max(plan.rounds, at.round + 1)} · ${launch.case.id}`,
          leftMs + checks.expectedMs,
        );
      },
      moreFor: race.moreFor,
    });
    ({ roundsCompleted } = ended);
    await checks.run(
      progress,
      saver.saveIfDue,
      () => time.budgetMs !== null && performance.now() - startedMs > time.budgetMs,
    );
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    interruption = error;
  } finally {
    progress.done();
  }
  return { report: saver.save(new Date()), interruption };
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
