import { seededRandom, shuffled, type Random } from '../../harness/plan/random.js';
import type { Case, LaunchRecord, Look, Metric, Noise } from '../../harness/model/index.js';
import { readingOf } from './gaps.js';
import { comparisonId, type Terms } from './rules.js';
import {
  freshSeries,
  hasUnseenPairs,
  keep,
  lastVerdict,
  openCases,
  recordOf,
  takeLook,
  type ComparisonState,
  type LookAt,
  type Side,
  type State,
} from './series.js';

export type { ComparisonState, LookAt, PairQuestion, Side } from './series.js';

/** A case, and what is asked of it. */
export interface GatedCase {
  readonly case: Case;
  readonly metrics: readonly { readonly metric: Metric; readonly terms: Terms }[];
}

export interface GatePlan {
  readonly cases: readonly GatedCase[];
  readonly schedule: readonly Look[];
  readonly seed: number;
  /**
   * No round begins that would end later than this after the start, the very first excepted; a third of it is kept for
   * measuring failures again. null is no limit.
   */
  readonly budgetMs: number | null;
  /** Default: the paired rule of decide.ts. */
  readonly lookAt?: LookAt;
}

/** Two fresh pairs of processes, one of each side, run one right after the other. */
export type PairOutcome =
  | { readonly kind: 'pair'; readonly base: LaunchRecord; readonly head: LaunchRecord; readonly noise: Noise }
  /** One side does not take this case, or neither does, as the system's error proves. */
  | { readonly kind: 'skipped'; readonly side: Side | 'both'; readonly reason: string }
  | { readonly kind: 'broken'; readonly side: Side; readonly message: string };

/** What the gate needs of the world; a test hands it a world of its own. */
export interface GateWorld {
  runPair(one: Case, first: Side, seed: number): Promise<PairOutcome>;
  nowMs(): number;
  /**
   * Before each pair, between measured windows: the only moment anything may be written. `left` are the pairs that may
   * still come at most.
   */
  beforePair?(one: Case, left: number): void;
  /** After each look: the moment to save. */
  afterLook?(progress: GateProgress): void;
}

export interface Breakage {
  readonly side: Side;
  readonly caseId: string;
  readonly message: string;
}

export interface GateProgress {
  readonly comparisons: readonly ComparisonState[];
  readonly skipped: readonly { readonly side: Side | 'both'; readonly caseId: string; readonly reason: string }[];
  readonly breaks: readonly Breakage[];
  /** The time budget ended it before every comparison was decided. */
  readonly wasCutOff: boolean;
}

/** A case that broke this often in a row will break again: its remaining pairs are not worth their deadlines. */
const BREAKS_IN_A_ROW = 3;

/**
 * How much of a time budget the first measurement may take. A failure counts only if it is measured again: without the
 * rest, a gate that runs out of time could never close.
 */
const FIRST_SHARE = 2 / 3;

/**
 * Measures base and head in pairs of fresh launches, in random order within each pair and cases in turns, so that
 * whatever drifts drifts over both; looks by the schedule; and measures what seems to have regressed a second time,
 * with fresh pairs. A case whose gated comparisons are decided is measured no further. Rejects only when `runPair`
 * does: an interruption; `afterLook` is called before.
 */
export async function runGate(plan: GatePlan, world: GateWorld): Promise<GateProgress> {
  const random = seededRandom(plan.seed);
  const startedMs = world.nowMs();
  const states: State[] = plan.cases.flatMap(({ case: one, metrics }) =>
    metrics.map(({ metric, terms }) => ({ id: comparisonId(one.id, metric), case: one, metric, terms, series: [] })),
  );
  const skipped: { side: Side | 'both'; caseId: string; reason: string }[] = [];
  const breaks: Breakage[] = [];
  const breaksInARow = new Map<string, number>();
  let wasCutOff = false;
  let slowestRoundMs = 0;
  const progress = (): GateProgress => ({ comparisons: states.map(recordOf), skipped, breaks, wasCutOff });

  /** One series of pairs over `questioned`, with its looks, until `budgetMs` after the start. */
  const measure = async (questioned: readonly State[], budgetMs: number | null): Promise<void> => {
    for (const state of questioned) state.series.push(freshSeries());
    let pairs = 0;
    for (const look of plan.schedule) {
      for (; pairs < look.pairs; pairs += 1) {
        const open = openCases(questioned).filter((one) => (breaksInARow.get(one.id) ?? 0) < BREAKS_IN_A_ROW);
        const roundStartedMs = world.nowMs();
        const isOver =
          budgetMs !== null && slowestRoundMs > 0 && roundStartedMs - startedMs + slowestRoundMs > budgetMs;
        if (open.length === 0 || isOver) {
          if (open.length > 0) wasCutOff = true;
          // The error that was kept for this look is spent on what there is: neither time nor a launch that breaks
          // depends on what was seen.
          if (questioned.some(hasUnseenPairs)) takeLook({ ...look, pairs }, questioned, plan.lookAt);
          world.afterLook?.(progress());
          return;
        }
        const most = plan.schedule.at(-1)?.pairs ?? 0;
        for (const [position, one] of shuffled(open, random).entries()) {
          world.beforePair?.(one, (most - pairs) * open.length - position);
          await runOnePair(one, questioned);
        }
        slowestRoundMs = Math.max(slowestRoundMs, world.nowMs() - roundStartedMs);
      }
      takeLook(look, questioned, plan.lookAt);
      world.afterLook?.(progress());
    }
  };

  const runOnePair = async (one: Case, questioned: readonly State[]): Promise<void> => {
    const first = sideFrom(random);
    const atMs = world.nowMs() - startedMs;
    const outcome = await world.runPair(one, first, random.below(2 ** 32)).catch((interruption: unknown) => {
      world.afterLook?.(progress());
      throw interruption;
    });
    switch (outcome.kind) {
      case 'pair': {
        breaksInARow.set(one.id, 0);
        for (const state of questioned)
          if (state.case.id === one.id)
            keep(
              state,
              atMs,
              first,
              readingOf(outcome.base, state.metric),
              readingOf(outcome.head, state.metric),
              outcome.noise,
            );
        break;
      }
      case 'skipped':
        skipped.push({ side: outcome.side, caseId: one.id, reason: outcome.reason });
        breaksInARow.set(one.id, BREAKS_IN_A_ROW);
        break;
      case 'broken':
        breaks.push({ side: outcome.side, caseId: one.id, message: outcome.message });
        breaksInARow.set(one.id, (breaksInARow.get(one.id) ?? 0) + 1);
        break;
    }
  };

  await measure(states, plan.budgetMs === null ? null : FIRST_SHARE * plan.budgetMs);
  const regressed = states.filter((state) => state.terms.isGated && lastVerdict(state) === 'regressed');
  if (regressed.length > 0) await measure(regressed, plan.budgetMs);
  return progress();
}

const sideFrom = (random: Random): Side => (random.below(2) === 0 ? 'base' : 'head');
