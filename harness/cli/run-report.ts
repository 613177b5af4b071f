import { assembleReport } from '../runner/assemble-report.js';
import type { Race, RaceGoal } from '../runner/race.js';
import type { RunRecords } from '../runner/run-records.js';
import { warningsOf } from '../runner/warnings.js';
import type { Plan, Report } from '../model/index.js';
import type { Session } from '../session/session.js';
import type { CheckPass } from './check-pass.js';
import type { RunState } from './run-state.js';

/** What a run has and gathers, apart from how far it is. */
export interface RunParts {
  readonly session: Session;
  readonly plan: Plan;
  readonly records: RunRecords;
  readonly race: Race;
  readonly checks: Pick<CheckPass, 'verdicts' | 'checkedMs' | 'leftOut'>;
  readonly command: readonly string[];
  readonly seed: number;
  readonly goal: RaceGoal;
  readonly budgetMs: number | null;
  readonly startedAt: Date;
  readonly startedMs: number;
  readonly loadAtStart: number | null;
}

/** The report of a run as far as it is: rankings and warnings are those of a run that is over. */
export function reportOfRun(parts: RunParts, state: RunState): Report {
  const { session, plan, records, checks } = parts;
  const isOver = state.status !== 'running';
  return assembleReport({
    ipcbenchVersion: session.version,
    command: parts.command,
    startedAt: parts.startedAt,
    finishedAt: state.finishedAt,
    status: state.status,
    seed: parts.seed,
    environment: session.environment,
    transports: session.transports.map((loaded) => loaded.transport),
    plan,
    results: records.results(),
    rankings: isOver ? parts.race.rankings() : [],
    skipped: records.skipped,
    roundsCompleted: state.roundsCompleted,
    verdicts: checks.verdicts,
    warnings: [...session.warnings, ...(isOver ? warningsOfRun(parts, state) : [])],
    totalMs: performance.now() - parts.startedMs,
    measuredMs: records.totals.measuredMs,
    checkedMs: checks.checkedMs(),
  });
}

function warningsOfRun(
  { session, plan, records, race, checks, ...parts }: RunParts,
  state: RunState,
): Report['warnings'] {
  return warningsOf({
    environment: session.environment,
    plan,
    totals: records.totals,
    ended: state.ended,
    roundsCompleted: state.roundsCompleted,
    budgetMs: parts.budgetMs,
    checksLeftOut: checks.leftOut(),
    loadAtStart: parts.loadAtStart,
    isInterrupted: state.interruption !== null,
    verdicts: checks.verdicts,
    goal: parts.goal,
    missed: race.missed(),
  });
}
