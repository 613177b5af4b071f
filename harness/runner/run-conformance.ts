import type { DeliveryCheck, Environment, Verdict } from '../model/index.js';
import { UNPINNED } from '../placement/place.js';
import { makeVerdict } from '../outcome/make-verdict.js';
import type { PairContext } from '../pair/pair.js';
import { withKnownDeviations, type RecordedDeviation } from '../discovery/deviations.js';
import type { LoadedTransport } from '../discovery/load-transports.js';
import { isKept, type SavedObservation } from './saved-observation.js';
import { checkTransport, type CheckSettings } from './run-checks.js';
import { performCheckRuns, type PlannedCheckRun, type CheckRunSettings } from './perform-check-runs.js';
import { verdictOfCheckRun } from './verdict-of-check-run.js';

export interface ConformancePlan {
  /** Held to `checks` by exchanges, one after the other. */
  readonly transports: readonly LoadedTransport[];
  readonly checks: readonly DeliveryCheck[];
  readonly delivery: Omit<CheckSettings, 'cpus'>;
  /** Procedures, one run each, after the exchanges. */
  readonly checkRuns: readonly PlannedCheckRun[];
  readonly procedures: CheckRunSettings;
}

export interface ConformanceContext {
  readonly context: PairContext;
  readonly deviations: readonly RecordedDeviation[];
  readonly environment: Pick<Environment, 'os' | 'runtime'>;
}

/** What comes next, and how many of its kind were done before. */
export type ConformanceStep =
  | { readonly kind: 'transport'; readonly name: string; readonly done: number }
  | { readonly kind: 'procedure'; readonly name: string; readonly done: number };

export interface ConformanceEvents {
  /** `false` leaves out this one and all that follow of its kind. */
  before?(step: ConformanceStep): boolean | void;
  take(verdict: Verdict): void;
  /** Writes what a verdict rests on to a file, and returns its path for the report. */
  keep?(verdict: Verdict, observation: SavedObservation): string | null;
  /** A transport, or a procedure, is done, after so much time inside it. */
  after?(ms: number): void;
}

/**
 * Holds transports to every check and runs procedures; tells known deviations. The only way from a plan to verdicts.
 * Rejects only with the reason of `context.signal`.
 */
export async function runConformance(
  plan: ConformancePlan,
  { context, deviations, environment }: ConformanceContext,
  events: ConformanceEvents,
): Promise<void> {
  const take = (judged: Verdict, observation: SavedObservation | null): void => {
    const verdict = withKnownDeviations(judged, deviations, environment);
    const kept = observation !== null && isKept(verdict) ? (events.keep?.(verdict, observation) ?? null) : null;
    events.take(kept === null ? verdict : makeVerdict({ ...verdict, history: kept }, verdict));
  };
  for (const [done, loaded] of (plan.checks.length === 0 ? [] : plan.transports).entries()) {
    if (events.before?.({ kind: 'transport', name: loaded.transport.name, done }) === false) break;
    const found = await checkTransport(loaded, plan.checks, { ...plan.delivery, cpus: UNPINNED }, context);
    for (const verdict of found.verdicts) take(verdict, found.kept.get(verdict.id) ?? null);
    events.after?.(found.checkedMs);
  }
  if (plan.checkRuns.length === 0) return;
  await performCheckRuns(plan.checkRuns, plan.procedures, context, {
    before: ({ check, subject }, done) => events.before?.({ kind: 'procedure', name: `${subject}/${check.id}`, done }),
    onOutcome: (checkRun, outcome) => {
      const { check, subject } = checkRun;
      const kept: SavedObservation | null =
        outcome.type === 'observed'
          ? { kind: 'procedure', checkId: check.id, subject, observation: outcome.observation }
          : null;
      take(verdictOfCheckRun(checkRun, outcome, plan.procedures), kept);
      events.after?.('ms' in outcome ? outcome.ms : 0);
    },
  });
}
