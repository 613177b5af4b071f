import type { Launch, LaunchFailure, LaunchOutcome, Plan, Sample, SkippedCase } from '../model/index.js';

/** What the runner needs of the world; a test hands it a world of its own. */
export interface PlanRunner {
  launch(launch: Launch): Promise<LaunchOutcome>;
  nowMs(): number;
  /** Before each launch, between measured windows: the only moment anything may be written. */
  beforeLaunch?(launch: Launch, done: number): void;
  /** After each whole round: the moment to save. */
  afterRound?(progress: PlanProgress): Promise<void> | void;
}

export interface PlanProgress {
  readonly samples: readonly Sample[];
  readonly failures: readonly LaunchFailure[];
  readonly skipped: readonly SkippedCase[];
  readonly roundsCompleted: number;
}

export interface PlanBudget {
  /** Rounds end before this much time has passed since the start; null is no limit. */
  readonly budgetMs: number | null;
}

/** A case that broke this often in a row will break again: its remaining launches are not worth their deadlines. */
const FAILURES_IN_A_ROW = 3;

/**
 * Runs the launches in their order. A time budget is met by leaving out whole rounds: a next one starts only when the slowest
 * so far would still fit, so that all cases keep the same number of launches. The first round always runs.
 * Rejects only when `launch` does: an interruption. `afterRound` is called once more before, so that nothing recorded is lost.
 */
export async function runPlan(plan: Plan, budget: PlanBudget, runner: PlanRunner): Promise<PlanProgress> {
  const samples: Sample[] = [];
  const failures: LaunchFailure[] = [];
  const skipped: SkippedCase[] = [];
  const given = new Map<string, number>();
  const startedMs = runner.nowMs();
  let slowestRoundMs = 0;
  let roundsCompleted = 0;
  const progress = (): PlanProgress => ({ samples, failures, skipped, roundsCompleted });

  for (let round = 0; round < plan.rounds; round += 1) {
    const roundStartedMs = runner.nowMs();
    if (budget.budgetMs !== null && round > 0 && roundStartedMs - startedMs + slowestRoundMs > budget.budgetMs) break;
    for (const launch of plan.launches.filter((one) => one.round === round)) {
      const { id } = launch.case;
      if ((given.get(id) ?? 0) >= FAILURES_IN_A_ROW) continue;
      runner.beforeLaunch?.(launch, launch.index);
      const outcome = await runner.launch(launch).catch(async (interruption: unknown) => {
        await runner.afterRound?.(progress());
        throw interruption;
      });
      switch (outcome.kind) {
        case 'sample':
          samples.push(outcome.sample);
          given.set(id, 0);
          break;
        case 'failure':
          failures.push(outcome.failure);
          given.set(id, (given.get(id) ?? 0) + 1);
          break;
        case 'skipped':
          skipped.push({ caseId: id, code: outcome.code, reason: outcome.reason });
          given.set(id, FAILURES_IN_A_ROW);
          break;
      }
    }
    slowestRoundMs = Math.max(slowestRoundMs, runner.nowMs() - roundStartedMs);
    roundsCompleted += 1;
    await runner.afterRound?.(progress());
  }
  return progress();
}
