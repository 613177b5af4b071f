import type { CaseResult, Environment, LaunchFailure, Plan, Report, Sample, SkippedCase, Transport, Verdict, Warning, Workload } from '../model/index.js';
import { summarise } from '../stats/summarise.js';

export interface ReportInput {
  readonly ipcbenchVersion: string;
  readonly command: readonly string[];
  readonly startedAt: Date;
  /** null while the run goes on. */
  readonly finishedAt: Date | null;
  readonly status: Report['status'];
  readonly seed: number;
  readonly environment: Environment;
  readonly transports: readonly Transport[];
  readonly plan: Plan;
  /** Of `resultsOf`. */
  readonly results: readonly CaseResult[];
  readonly samples: readonly Sample[];
  readonly skipped: readonly SkippedCase[];
  readonly roundsCompleted: number;
  readonly verdicts: readonly Verdict[];
  readonly warnings: readonly Warning[];
  readonly totalMs: number;
  readonly checkedMs: number;
}

/** Everything a run has so far as one report. Pure; called after each round, after each transport's checks and at the end. */
export function assembleReport(input: ReportInput): Report {
  const measuredMs = input.samples.reduce((sum, sample) => sum + Math.max(sample.initiator.windowNs, sample.responder.windowNs) / 1e6, 0);
  return {
    schema: 'ipcbench-report',
    version: 1,
    status: input.status,
    ipcbenchVersion: input.ipcbenchVersion,
    command: input.command,
    startedAt: input.startedAt.toISOString(),
    finishedAt: input.finishedAt?.toISOString() ?? null,
    seed: input.seed,
    environment: input.environment,
    transports: input.transports.map(({ name, summary, guarantees, reference }) => ({ name, summary, guarantees, reference: reference ?? null })),
    rounds: { planned: input.plan.rounds, completed: input.roundsCompleted },
    results: input.results,
    skipped: [...input.plan.skipped, ...input.skipped],
    verdicts: input.verdicts,
    warnings: input.warnings,
    time: { totalMs: input.totalMs, measuredMs: measuredMs + input.checkedMs },
  };
}

/** What the launches recorded, case by case. Pure, and most of the work of a report: called once a round. */
export function resultsOf(input: { readonly plan: Plan; readonly workloads: ReadonlyMap<string, Workload>; readonly samples: readonly Sample[]; readonly failures: readonly LaunchFailure[] }): CaseResult[] {
  const samples = groupById(input.samples);
  return input.plan.cases.flatMap((one) => {
    const workload = input.workloads.get(one.workload);
    const launch = input.plan.launches.find((candidate) => candidate.case.id === one.id);
    const mine = samples.get(one.id) ?? [];
    const failures = input.failures.filter((failure) => failure.caseId === one.id);
    // Not begun yet, or skipped: it stands in `skipped`, or in no list while the run goes on.
    if (workload === undefined || launch === undefined || (mine.length === 0 && failures.length === 0)) return [];
    return [summarise({ case: one, workload, timing: launch.timing, samples: mine, failures })];
  });
}

/** Map.groupBy came with Node 21; this runs on 20. */
function groupById(samples: readonly Sample[]): Map<string, Sample[]> {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const group = groups.get(sample.caseId);
    if (group === undefined) groups.set(sample.caseId, [sample]);
    else group.push(sample);
  }
  return groups;
}
