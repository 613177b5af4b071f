import { assembleReport } from '../runner/assemble-report.js';
import type { Race, RaceGoal } from '../runner/race.js';
import type { RunRecords } from '../runner/run-records.js';
import { warningsOf } from '../runner/warnings.js';
import type { Plan, Report } from '../model/index.js';
import type { Rig } from '../session/rig.js';
import type { CheckPass } from './check-pass.js';
import type { RunState } from './run-state.js';

/** What a run has and gathers, apart from how far it is. */
export interface RunParts {
  readonly rig: Rig;
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
  const { rig, plan, records, checks } = parts;
  const isOver = state.status !== 'running';
  return assembleReport({
    ipcbenchVersion: rig.version,
    command: parts.command,
    startedAt: parts.startedAt,
    finishedAt: state.finishedAt,
    status: state.status,
    seed: parts.seed,
    environment: rig.environment,
    transports: rig.transports.map((loaded) => loaded.transport),
    plan,
    results: records.results(),
    rankings: isOver ? parts.race.rankings() : [],
    skipped: records.skipped,
    roundsCompleted: state.roundsCompleted,
    verdicts: checks.verdicts,
    warnings: [...rig.warnings, ...(isOver ? warningsOfRun(parts, state) : [])],
    totalMs: performance.now() - parts.startedMs,
    measuredMs: records.totals.measuredMs,
    checkedMs: checks.checkedMs(),
  });
}

function warningsOfRun({ rig, plan, records, race, checks, ...parts }: RunParts, state: RunState): Report['warnings'] {
  return warningsOf({
    environment: rig.environment,
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
