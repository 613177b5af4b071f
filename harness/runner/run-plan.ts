import type { Block, Column, Launch, LaunchOutcome, Plan } from '../model/index.js';
import { blocksOfRound, isDue } from '../plan/blocks.js';
import { blocksWithin, type ColumnCost } from '../plan/time-budget.js';
import { expectedBlockMs } from '../plan/time-left.js';
import type { StartedLaunches } from './start-together.js';
import { openTurns, type Turns } from './turns.js';

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

/** So many pairs wait for their turn at most: eight Node processes take some 350 MB. */
const MOST_TOGETHER = 4;

interface Track {
  readonly column: Column;
  done: number;
  /** Of the blocks so far, the last one counting most: a machine that became slow stays so for a while. */
  blockMs: number;
}

/** A plan while it runs. */
interface PlanRun {
  readonly plan: Plan;
  readonly limits: PlanLimits;
  readonly runner: PlanRunner;
  readonly turns: Turns;
  readonly tracks: ReadonlyMap<string, Track>;
  /** Of the next launch. */
  index: number;
  round: number;
}

/**
 * Runs the plan block by block: in each round one block of every column that is due, in random order. A time budget is
 * met by fewer blocks (plan/time-budget.ts says whose), and looked at before every block. Rejects only when `launch`
 * does: an interruption.
 */
export async function runPlan(plan: Plan, limits: PlanLimits, runner: PlanRunner): Promise<PlanEnd> {
  const tracks = new Map(
    plan.columns.map((column): [string, Track] => [column.id, { column, done: 0, blockMs: expectedBlockMs(column) }]),
  );
  const run: PlanRun = { plan, limits, runner, tracks, turns: openTurns(() => runner.nowMs()), index: 0, round: 0 };
  await runPlanned(run);
  const blocksLeftOut = costs(run).reduce((sum, { column, done }) => sum + Math.max(0, column.blocks - done), 0);
  const planned = roundsCompleted(run);
  const blocksAdded = await runFurther(run);
  return { round: run.round, roundsCompleted: planned, blocksLeftOut, blocksAdded };
}

/** The blocks that were planned, as far as the budget goes. */
async function runPlanned(run: PlanRun): Promise<void> {
  const { plan, limits, turns } = run;
  for (; ; run.round += 1) {
    const budgetLeftMs = limits.budgetMs === null ? Number.POSITIVE_INFINITY : limits.budgetMs - turns.elapsedMs();
    const wanted = blocksWithin(costs(run), budgetLeftMs);
    const rounds = Math.max(0, ...wanted.values());
    const missing = costs(run).filter(({ column, done }) => done < (wanted.get(column.id) ?? 0));
    if (missing.length === 0) return;
    let leftMs = missing.reduce(
      (sum, { column, done, blockMs }) => sum + ((wanted.get(column.id) ?? 0) - done) * blockMs,
      0,
    );
    const due = missing
      .filter(({ column, done }) => isDue(done, wanted.get(column.id) ?? 0, run.round, rounds))
      .map(({ column }) => column);
    for (const block of blocksOfRound(plan, run.round, due)) {
      const { blockMs } = trackOf(run, block);
      if (!turns.fits(blockMs, limits.budgetMs)) continue;
      await runBlock(run, block, leftMs);
      leftMs -= blockMs;
    }
  }
}

/** Blocks beyond the planned ones, of the columns in which one more tells something; how many ran. */
async function runFurther(run: PlanRun): Promise<number> {
  const { plan, limits, runner, turns } = run;
  let added = 0;
  for (; runner.moreFor !== undefined && limits.moreUntilMs !== null; run.round += 1) {
    const leftMs = limits.moreUntilMs - turns.elapsedMs();
    const chosen = runner.moreFor(costs(run), leftMs);
    const fitting = costs(run)
      .filter(({ column, blockMs }) => chosen.includes(column.id) && blockMs <= leftMs)
      .map(({ column }) => column);
    if (fitting.length === 0) break;
    for (const block of blocksOfRound(plan, run.round, fitting)) {
      if (!turns.fits(trackOf(run, block).blockMs, limits.moreUntilMs)) continue;
      await runBlock(run, block, limits.moreUntilMs - turns.elapsedMs());
      added += 1;
    }
  }
  return added;
}

async function runBlock(run: PlanRun, block: Block, leftMs: number): Promise<void> {
  const track = trackOf(run, block);
  const blockMs = await run.turns.timed(async () => {
    const due = block.launches
      .filter((planned) => run.turns.isWorthwhile(planned.case.id))
      .map((planned): Launch => ({ ...planned, index: run.index++ }));
    for (let first = 0; first < due.length; first += MOST_TOGETHER)
      await runTogether(run, due.slice(first, first + MOST_TOGETHER), leftMs);
  });
  track.blockMs = track.done === 0 ? blockMs : (track.blockMs + blockMs) / 2;
  track.done += 1;
}

async function runTogether(run: PlanRun, launches: readonly Launch[], leftMs: number): Promise<void> {
  const { runner, turns } = run;
  const started = runner.start?.(launches) ?? null;
  try {
    for (const launch of launches) {
      runner.beforeLaunch?.(launch, { round: run.round, roundsCompleted: roundsCompleted(run) }, leftMs);
      const outcome = await (started === null ? runner.launch(launch) : started.measure(launch));
      runner.record(launch, outcome);
      turns.record(launch.case.id, outcome.kind);
    }
  } finally {
    await started?.end();
  }
}

function trackOf({ tracks }: PlanRun, block: Block): Track {
  return tracks.get(block.columnId) as Track;
}

function costs({ tracks }: PlanRun): ColumnCost[] {
  return [...tracks.values()].map(({ column, done, blockMs }) => ({ column, done, blockMs }));
}

function roundsCompleted({ plan, tracks }: PlanRun): number {
  if (plan.rounds === 0) return 0;
  const least = Math.min(...[...tracks.values()].map(({ column, done }) => (done / column.blocks) * plan.rounds));
  return Math.min(plan.rounds, Math.floor(least + 1e-9));
}
