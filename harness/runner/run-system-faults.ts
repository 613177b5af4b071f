import type { Judgement, SystemFaultExpectation, SystemFaultName, Verdict } from '../model/index.js';
import type { PairContext } from '../pair/pair.js';
import type { LoadedProcedure } from '../discovery/load-procedures.js';
import { isUnusual } from '../check-run/check-run.js';
import { performCheckRuns, type PlannedCheckRun } from './perform-check-runs.js';
import { verdictOfCheckRun } from './verdict-of-check-run.js';

/** What one check, or the resource snapshot beside it, said of one run of its procedure on a system that lies. */
export interface ObservedSystemFault {
  readonly transport: string;
  readonly fault: SystemFaultName;
  readonly framing: 'system';
  readonly checkId: string;
  readonly verdict: Judgement['verdict'];
  readonly evidence: string;
  readonly seed: number;
}

export interface SystemFaultSettings {
  readonly seed: number;
  /** Runs of each procedure on each faulty system, each with a seed of its own; the subjects take turns. */
  readonly repeat: number;
  /** The same on the system that tells no lie. */
  readonly controlRepeat: number;
  /** The name under which the teardown verdict stands in the table. */
  readonly teardownId: string;
}

export interface SystemFaultRequest {
  readonly table: readonly SystemFaultExpectation[];
  readonly procedures: readonly LoadedProcedure[];
  readonly settings: SystemFaultSettings;
  /** Before each procedure, with what it is. */
  before(doing: string): void;
}

/**
 * Runs the procedures that the table names, on systems that lie in one way each, and asks their checks. What is skipped
 * here (credentials of another user where one cannot become one) is not observed. Rejects with the reason of
 * `context.signal`, and when a check does not exist.
 */
export async function runSystemFaults(
  { table, procedures, settings, before }: SystemFaultRequest,
  context: PairContext,
): Promise<ObservedSystemFault[]> {
  const observed: ObservedSystemFault[] = [];
  for (let turn = 0; turn < Math.max(settings.repeat, settings.controlRepeat); turn += 1) {
    const checkRunSettings = { seed: (settings.seed + turn) % 2 ** 32, scale: 'quick', patience: PATIENCE } as const;
    await performCheckRuns(
      plannedFor(
        table.filter(({ fault }) => turn < (fault === 'honest' ? settings.controlRepeat : settings.repeat)),
        procedures,
        turn,
      ),
      checkRunSettings,
      context,
      {
        before: ({ fault, subject, check }) =>
          before(`${fault} under ${subject}/${check.id}${settings.repeat === 1 ? '' : ` (turn ${turn + 1})`}`),
        onOutcome: (checkRun, outcome) => {
          const verdict = verdictOfCheckRun(checkRun, outcome, checkRunSettings);
          observed.push(...observationsOf(checkRun, verdict, checkRunSettings.seed, settings.teardownId));
        },
      },
    );
  }
  return observed;
}

/** No lie shows by being late. */
const PATIENCE = 5;

type FaultyCheckRun = PlannedCheckRun & { readonly fault?: SystemFaultName };

function plannedFor(
  table: readonly SystemFaultExpectation[],
  procedures: readonly LoadedProcedure[],
  turn: number,
): PlannedCheckRun[] {
  return table.flatMap(({ fault, caughtBy, notFlaggedBy, isApplicable }) =>
    procedures
      .filter(({ check }) => caughtBy.includes(check.id) || notFlaggedBy.includes(check.id))
      .flatMap(({ check, module }) => {
        const subjects = check.subjects.filter(isApplicable);
        const subject = subjects[turn % subjects.length];
        return subject === undefined ? [] : [{ check, module, subject, fault }];
      }),
  );
}

function observationsOf(
  { fault, subject }: FaultyCheckRun,
  verdict: Verdict,
  seed: number,
  teardownId: string,
): ObservedSystemFault[] {
  if (fault === undefined || verdict.verdict === 'skip') return [];
  const common = { transport: subject, fault, framing: 'system', seed } as const;
  return [
    // What nobody promises never fails: its check has noticed when it says that this is not what is usual.
    {
      ...common,
      checkId: verdict.checkId,
      verdict: isUnusual(verdict) ? 'fail' : verdict.verdict,
      evidence: verdict.evidence,
    },
    {
      ...common,
      checkId: teardownId,
      verdict: verdict.teardown === 'clean' ? 'pass' : 'fail',
      evidence: `${verdict.checkId}: ${verdict.teardownEvidence ?? 'nothing was left behind'}`,
    },
  ];
}
