import { seededRandom, shuffled, type Random } from '../../harness/plan/random.js';
import type { Case, LaunchRecord, Look, Metric, Noise } from '../../harness/model/index.js';
import { openTurns, type TurnOutcome, type Turns } from '../../harness/runner/turns.js';
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

export type { ComparisonState, LookAt, PairComparisonInput, Side } from './series.js';

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
export type PairOutcome = TurnOutcome<
  { readonly base: LaunchRecord; readonly head: LaunchRecord; readonly noise: Noise },
  { readonly side: Side; readonly message: string },
  /** One side does not take this case, or neither does. */
  { readonly side: Side | 'both'; readonly reason: string }
>;

/** What the gate needs of the world; a test hands it a world of its own. */
export interface GatePorts {
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

/**
 * How much of a time budget the first measurement may take. A failure counts only if it is measured again: without the
 * rest, a gate that runs out of time could never close.
 */
const FIRST_SHARE = 2 / 3;

/** A gate while it runs. */
interface GateRun {
  readonly plan: GatePlan;
  readonly ports: GatePorts;
  readonly random: Random;
  readonly turns: Turns;
  readonly states: readonly State[];
  readonly skipped: GateProgress['skipped'][number][];
  readonly breaks: Breakage[];
  wasCutOff: boolean;
  /** The slowest so far: a round that is longer than all before it may still be too long. */
  roundMs: number;
}

/**
 * Measures base and head in pairs of fresh launches, in random order within each pair and cases in turns, so that
 * whatever drifts drifts over both; looks by the schedule; and measures what seems to have regressed a second time,
 * with fresh pairs. A case whose gated comparisons are decided is measured no further. Rejects only when `runPair`
 * does: an interruption; `afterLook` is called before.
 */
export async function runGate(plan: GatePlan, ports: GatePorts): Promise<GateProgress> {
  const run: GateRun = {
    plan,
    ports,
    random: seededRandom(plan.seed),
    turns: openTurns(() => ports.nowMs()),
    states: plan.cases.flatMap(({ case: one, metrics }) =>
      metrics.map(({ metric, terms }) => ({ id: comparisonId(one.id, metric), case: one, metric, terms, series: [] })),
    ),
    skipped: [],
    breaks: [],
    wasCutOff: false,
    roundMs: 0,
  };
  await measure(run, run.states, plan.budgetMs === null ? null : FIRST_SHARE * plan.budgetMs);
  const regressed = run.states.filter((state) => state.terms.isGated && lastVerdict(state) === 'regressed');
  if (regressed.length > 0) await measure(run, regressed, plan.budgetMs);
  return progressOf(run);
}

/** One series of pairs over `pending`, with its looks, until `budgetMs` after the start. */
async function measure(run: GateRun, pending: readonly State[], budgetMs: number | null): Promise<void> {
  const { plan, ports, turns } = run;
  for (const state of pending) state.series.push(freshSeries());
  const most = plan.schedule.at(-1)?.pairs ?? 0;
  let pairs = 0;
  for (const look of plan.schedule) {
    for (; pairs < look.pairs; pairs += 1) {
      const open = openCases(pending).filter((one) => turns.isWorthwhile(one.id));
      const isOver = run.roundMs > 0 && !turns.fits(run.roundMs, budgetMs);
      if (open.length === 0 || isOver) {
        if (open.length > 0) run.wasCutOff = true;
        // The error that was kept for this look is spent on what there is: neither time nor a launch that breaks
        // depends on what was seen.
        if (pending.some(hasUnseenPairs)) takeLook({ ...look, pairs }, pending, plan.lookAt);
        ports.afterLook?.(progressOf(run));
        return;
      }
      const tookMs = await turns.timed(async () => {
        for (const [position, one] of shuffled(open, run.random).entries()) {
          ports.beforePair?.(one, (most - pairs) * open.length - position);
          await runPair(run, one, pending);
        }
      });
      run.roundMs = Math.max(run.roundMs, tookMs);
    }
    takeLook(look, pending, plan.lookAt);
    ports.afterLook?.(progressOf(run));
  }
}

async function runPair(run: GateRun, one: Case, pending: readonly State[]): Promise<void> {
  const { ports, random, turns } = run;
  const first: Side = random.below(2) === 0 ? 'base' : 'head';
  const atMs = turns.elapsedMs();
  const outcome = await ports.runPair(one, first, random.below(2 ** 32)).catch((interruption: unknown) => {
    ports.afterLook?.(progressOf(run));
    throw interruption;
  });
  turns.record(one.id, outcome.kind);
  switch (outcome.kind) {
    case 'sample': {
      const { base, head, noise } = outcome.sample;
      for (const state of pending)
        if (state.case.id === one.id)
          keep(state, {
            atMs,
            first,
            base: readingOf(base, state.metric),
            head: readingOf(head, state.metric),
            noise,
          });
      break;
    }
    case 'failure':
      run.breaks.push({ side: outcome.failure.side, caseId: one.id, message: outcome.failure.message });
      break;
    case 'skipped':
      run.skipped.push({ side: outcome.side, caseId: one.id, reason: outcome.reason });
      break;
  }
}

const progressOf = ({ states, skipped, breaks, wasCutOff }: GateRun): GateProgress => ({
  comparisons: states.map(recordOf),
  skipped,
  breaks,
  wasCutOff,
});
