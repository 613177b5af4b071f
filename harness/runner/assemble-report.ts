import type {
  CaseResult,
  Environment,
  Plan,
  Ranking,
  Report,
  SkippedCase,
  Transport,
  Verdict,
  Warning,
} from '../model/index.js';

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
  readonly plan: Pick<Plan, 'rounds' | 'skipped'>;
  readonly results: readonly CaseResult[];
  /** Empty while the run goes on. */
  readonly rankings: readonly Ranking[];
  readonly skipped: readonly SkippedCase[];
  readonly roundsCompleted: number;
  readonly verdicts: readonly Verdict[];
  readonly warnings: readonly Warning[];
  readonly totalMs: number;
  /** Inside measured windows, and inside checked exchanges and procedures. */
  readonly measuredMs: number;
  readonly checkedMs: number;
}

/** Everything a run has so far as one report. Pure. */
export function assembleReport(input: ReportInput): Report {
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
    transports: input.transports.map(({ name, summary, guarantees, reference }) => ({
      name,
      summary,
      guarantees,
      reference: reference ?? null,
    })),
    rounds: { planned: input.plan.rounds, completed: input.roundsCompleted },
    results: input.results,
    rankings: input.rankings,
    skipped: [...input.plan.skipped, ...input.skipped],
    verdicts: input.verdicts,
    warnings: input.warnings,
    time: { totalMs: input.totalMs, measuredMs: input.measuredMs + input.checkedMs },
  };
}
