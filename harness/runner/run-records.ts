import type {
  CaseResult,
  Launch,
  LaunchFailure,
  LaunchOutcome,
  Plan,
  Setting,
  SkippedCase,
  Workload,
} from '../model/index.js';
import { openCaseRecord, type CaseRecord } from '../stats/case-record.js';

/** Everything the launches of a run have recorded so far, kept up to date launch by launch. */
export interface RunRecords {
  record(launch: Launch, outcome: LaunchOutcome): void;
  readonly cases: ReadonlyMap<string, CaseRecord>;
  readonly skipped: readonly SkippedCase[];
  /** In the plan's order; a case that was not begun, or was skipped, has none. */
  results(): CaseResult[];
  readonly totals: RunTotals;
}

export interface RunTotals {
  /** Launches that left a sample. */
  readonly launches: number;
  readonly failures: readonly LaunchFailure[];
  /** Inside measured windows. */
  readonly measuredMs: number;
  /** Spawn to reaped, of the launches in which the hypervisor's share was told, and what it took of them. */
  readonly stealKnownNs: number;
  readonly stealTicks: number;
}

/** The workloads and settings that the cases of a run are made of. */
export interface Dimensions {
  readonly workloads: readonly Workload[];
  readonly settings: readonly Setting[];
}

export function openRunRecords(plan: Plan, { workloads, settings }: Dimensions): RunRecords {
  const cases = new Map<string, CaseRecord>();
  for (const column of plan.columns) {
    for (const one of column.cases) {
      const workload = workloads.find(({ name }) => name === one.workload);
      if (workload === undefined) throw new Error(`The plan names workload '${one.workload}', which is not loaded.`);
      cases.set(one.id, openCaseRecord({ case: one, workload, settings, timing: column.timing }));
    }
  }
  const skipped: SkippedCase[] = [];
  const failures: LaunchFailure[] = [];
  const totals = { launches: 0, failures, measuredMs: 0, stealKnownNs: 0, stealTicks: 0 };
  return {
    cases,
    skipped,
    totals,
    record: (launch, outcome) => {
      const mine = cases.get(launch.case.id);
      if (mine === undefined) throw new Error(`${launch.case.id} is not in the plan.`);
      switch (outcome.kind) {
        case 'sample': {
          const { initiator, responder, noise, wallNs } = outcome.sample;
          mine.add(outcome.sample);
          totals.launches += 1;
          totals.measuredMs += Math.max(initiator.windowNs, responder.windowNs) / 1e6;
          if (noise.stealTicks !== null) {
            totals.stealKnownNs += wallNs;
            totals.stealTicks += noise.stealTicks;
          }
          break;
        }
        case 'failure':
          mine.addFailure(outcome.failure);
          failures.push(outcome.failure);
          break;
        case 'skipped':
          skipped.push({ caseId: launch.case.id, code: outcome.code, reason: outcome.reason });
          break;
      }
    },
    results: () => plan.cases.flatMap((one) => cases.get(one.id)?.result() ?? []),
  };
}
