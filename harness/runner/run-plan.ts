import type { Block, Column, Launch, LaunchOutcome, Plan } from '../model/index.js';
import { blocksOfRound, isDue } from '../plan/blocks.js';
import { blocksWithin, type ColumnCost } from '../plan/time-budget.js';
import { expectedBlockMs } from '../plan/time-left.js';
import type { StartedLaunches } from './start-together.js';

/** What the runner needs of the world; a test hands it a world of its own. */
export interface PlanRunner {
  launch(launch: Launch): Promise<LaunchOutcome>;
  /**
   * Starts these launches of one block at the same time; they measure one after the other. null, or absent: each starts
   * when the one before has ended.
   */
  start?(launches: readonly Launch[]): StartedLaunches | null;
  nowMs(): number;
  /**
   * Before each launch, between measured windows: the only moment anything may be written. `leftMs` is what the planned
   * blocks still take.
   */
  beforeLaunch?(launch: Launch, progress: PlanProgress, leftMs: number): void;
  /** After each launch, with what came of it. */
  record(launch: Launch, outcome: LaunchOutcome): void;
  /**
   * Once every planned block has run, and again after each further round: the columns in which one more block each
   * would tell something. None ends the plan. `leftMs` is the time until the plan must end.
   */
  moreFor?(costs: readonly ColumnCost[], leftMs: number): readonly string[];
}

export interface PlanLimits {
  /**
   * The planned blocks must have ended so long after the start: what does not fit is left out. null: all of them run.
   */
  readonly budgetMs: number | null;
  /** Further blocks may run until so long after the start; null: there are none. */
  readonly moreUntilMs: number | null;
}

export interface PlanProgress {
  readonly round: number;
  /** How many of the planned blocks there are, and have run, were they all of the same column. */
  readonly roundsCompleted: number;
}

export interface PlanEnd extends PlanProgress {
  /** Planned blocks that the budget left out. */
  readonly blocksLeftOut: number;
  /** Blocks that ran beyond the planned ones. */
  readonly blocksAdded: number;
}

/** A case that broke this often in a row will break again: its remaining launches are not worth their deadlines. */
const FAILURES_IN_A_ROW = 3;

/** So many pairs wait for their turn at most: eight Node processes take some 350 MB. */
const MOST_TOGETHER = 4;

interface Track {
  readonly column: Column;
  done: number;
  /** Of the blocks so far, the last one counting most: a machine that became slow stays so for a while. */
  blockMs: number;
}

/**
 * Runs the plan block by block: in each round one block of every column that is due, in random order. A time budget is
 * met by fewer blocks (plan/time-budget.ts says whose), and looked at before every block. Rejects only when `launch`
 * does: an interruption.
 */
export async function runPlan(plan: Plan, limits: PlanLimits, runner: PlanRunner): Promise<PlanEnd> {
  const startedMs = runner.nowMs();
  const tracks = new Map(
    plan.columns.map((column): [string, Track] => [column.id, { column, done: 0, blockMs: expectedBlockMs(column) }]),
  );
  const failuresInARow = new Map<string, number>();
  let index = 0;
  let round = 0;
  let blocksAdded = 0;
  const elapsedMs = (): number => runner.nowMs() - startedMs;
  const costs = (): ColumnCost[] =>
    [...tracks.values()].map(({ column, done, blockMs }) => ({ column, done, blockMs }));
  const roundsCompleted = (): number =>
    plan.rounds === 0
      ? 0
      : Math.min(
          plan.rounds,
          Math.floor(
            Math.min(...[...tracks.values()].map(({ column, done }) => (done / column.blocks) * plan.rounds)) + 1e-9,
          ),
        );

  const runBlock = async (block: Block, leftMs: number): Promise<void> => {
    const track = tracks.get(block.columnId) as Track;
    const blockStartedMs = runner.nowMs();
    const due = block.launches
      .filter((planned) => (failuresInARow.get(planned.case.id) ?? 0) < FAILURES_IN_A_ROW)
      .map((planned): Launch => ({ ...planned, index: index++ }));
    for (let first = 0; first < due.length; first += MOST_TOGETHER) {
      const launches = due.slice(first, first + MOST_TOGETHER);
      const started = runner.start?.(launches) ?? null;
      try {
        for (const launch of launches) {
          const { id } = launch.case;
          runner.beforeLaunch?.(launch, { round, roundsCompleted: roundsCompleted() }, leftMs);
          const outcome = await (started === null ? runner.launch(launch) : started.measure(launch));
          runner.record(launch, outcome);
          if (outcome.kind === 'sample') failuresInARow.set(id, 0);
          else
            failuresInARow.set(id, outcome.kind === 'skipped' ? FAILURES_IN_A_ROW : (failuresInARow.get(id) ?? 0) + 1);
        }
      } finally {
        await started?.end();
      }
    }
    const blockMs = runner.nowMs() - blockStartedMs;
    track.blockMs = track.done === 0 ? blockMs : (track.blockMs + blockMs) / 2;
    track.done += 1;
  };

  for (; ; round += 1) {
    const budgetLeftMs = limits.budgetMs === null ? Number.POSITIVE_INFINITY : limits.budgetMs - elapsedMs();
    const wanted = blocksWithin(costs(), budgetLeftMs);
    const rounds = Math.max(0, ...wanted.values());
    const missing = costs().filter(({ column, done }) => done < (wanted.get(column.id) ?? 0));
    if (missing.length === 0) break;
    let leftMs = missing.reduce(
      (sum, { column, done, blockMs }) => sum + ((wanted.get(column.id) ?? 0) - done) * blockMs,
      0,
    );
    const due = missing
      .filter(({ column, done }) => isDue(done, wanted.get(column.id) ?? 0, round, rounds))
      .map(({ column }) => column);
    for (const block of blocksOfRound(plan, round, due)) {
      const { blockMs } = tracks.get(block.columnId) as Track;
      if (limits.budgetMs !== null && elapsedMs() + blockMs > limits.budgetMs) continue;
      await runBlock(block, leftMs);
      leftMs -= blockMs;
    }
  }
  const blocksLeftOut = costs().reduce((sum, { column, done }) => sum + Math.max(0, column.blocks - done), 0);
  const planned = roundsCompleted();

  for (; runner.moreFor !== undefined && limits.moreUntilMs !== null; round += 1) {
    const leftMs = limits.moreUntilMs - elapsedMs();
    const chosen = runner.moreFor(costs(), leftMs);
    const fitting = costs()
      .filter(({ column, blockMs }) => chosen.includes(column.id) && blockMs <= leftMs)
      .map(({ column }) => column);
    if (fitting.length === 0) break;
    for (const block of blocksOfRound(plan, round, fitting)) {
      const { blockMs } = tracks.get(block.columnId) as Track;
      const nowLeftMs = limits.moreUntilMs - elapsedMs();
      if (blockMs > nowLeftMs) continue;
      await runBlock(block, nowLeftMs);
      blocksAdded += 1;
    }
  }
  return { round, roundsCompleted: planned, blocksLeftOut, blocksAdded };
}
