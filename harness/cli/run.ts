import { join } from 'node:path';
import { readNoise } from '../environment/noise.js';
import type { CaseResult, DeliveryCheck, LaunchFailure, Report, Sample, SkippedCase, Verdict } from '../model/index.js';
import { makePlan, type Selection } from '../plan/plan.js';
import { timeLeftMs } from '../plan/time-left.js';
import { assembleReport, resultsOf } from '../runner/assemble-report.js';
import { checkTransport } from '../runner/run-checks.js';
import { isKept, keptFileName, keptText, type KeptObservation } from '../runner/kept-observation.js';
import { runLaunch } from '../runner/run-launch.js';
import { runPlan } from '../runner/run-plan.js';
import { runTrials, type PlannedTrial } from '../runner/run-trials.js';
import { verdictOfTrial } from '../runner/verdict-of-trial.js';
import type { Scale } from '../trial/trial.js';
import { warningsOf } from '../runner/warnings.js';
import { withKnownDeviations } from '../suites/deviations.js';
import type { LoadedTransport } from '../suites/load-transports.js';
import { UserError } from '../user-error.js';
import { Interruption } from './interruption.js';
import type { Progress } from './progress.js';
import { prepareOutput, saveFile } from './save-file.js';
import type { Rig } from './rig.js';

export interface RunRequest {
  readonly command: readonly string[];
  readonly seed: number;
  readonly selections: readonly Selection[];
  readonly checked: CheckRequest;
  readonly budgetMs: number | null;
  /** Directory for report.json; null keeps nothing. */
  readonly out: string | null;
}

export interface CheckRequest {
  readonly transports: readonly LoadedTransport[];
  readonly checks: readonly DeliveryCheck[];
  readonly messages: number | null;
  /** Sizes of messages that were asked for, beside those that are always tried. */
  readonly sizesBytes?: readonly number[];
  /** Longest time without a message in an exchange. */
  readonly stallMs: number;
  /** Procedures, one run each. */
  readonly trials: readonly PlannedTrial[];
  readonly scale: Scale;
}

export const NOTHING_CHECKED: CheckRequest = { transports: [], checks: [], messages: null, stallMs: 0, trials: [], scale: 'quick' };

export interface RunOutcome {
  readonly report: Report;
  /** Set when a signal ended the run. */
  readonly interruption: Interruption | null;
}

/** What a procedure takes, until enough have been seen. */
const TRIAL_MS = 60;

/** What a checked transport takes, both exchanges, until it has been seen. */
const CHECK_MS = { core: 1800, js: 1000 } as const;

/**
 * Measures, checks, and keeps the report on disk up to date after each round. An interruption is an outcome: what was measured
 * until then is in the report. Throws UserError when nothing was selected.
 */
export async function run(request: RunRequest, rig: Rig, progress: Progress): Promise<RunOutcome> {
  const startedMs = performance.now();
  const startedAt = new Date();
  const plan = makePlan({
    selections: request.selections,
    seed: request.seed,
    placementProblem: (placement) => {
      const answer = rig.place(placement);
      return answer.kind === 'impossible' ? answer : null;
    },
  });
  const { checked } = request;
  if (plan.cases.length + plan.skipped.length + checked.transports.length * checked.checks.length + checked.trials.length === 0) {
    throw new UserError('Nothing is selected: no transport here has a driver, workload or check that was asked for. (ipcbench list)');
  }
  if (request.out !== null) prepareOutput(request.out);

  const workloads = new Map(rig.workloads.map((workload) => [workload.name, workload]));
  let results: readonly CaseResult[] = [];
  let samples: readonly Sample[] = [];
  let failures: readonly LaunchFailure[] = [];
  let skipped: readonly SkippedCase[] = [];
  let roundsCompleted = 0;
  let interruption: Interruption | null = null;
  let checkedMs = 0;
  const verdicts: Verdict[] = [];
  const loadAtStart = readNoise().load1;

  const report = (finishedAt: Date | null): Report => assembleReport({
    ipcbenchVersion: rig.version,
    command: request.command,
    startedAt,
    finishedAt,
    status: finishedAt === null ? 'running' : interruption === null ? 'complete' : 'interrupted',
    seed: request.seed,
    environment: rig.environment,
    transports: rig.transports.map((loaded) => loaded.transport),
    plan,
    results,
    samples,
    skipped,
    roundsCompleted,
    verdicts,
    warnings: [...rig.warnings, ...(finishedAt === null ? [] : warningsOf({ environment: rig.environment, plan, samples, failures, roundsCompleted, budgetMs: request.budgetMs, loadAtStart, isInterrupted: interruption !== null, verdicts }))],
    totalMs: performance.now() - startedMs,
    checkedMs,
  });
  const save = (finishedAt: Date | null): Report => {
    const now = report(finishedAt);
    if (request.out !== null) saveFile(join(request.out, 'report.json'), `${JSON.stringify(now)}\n`);
    return now;
  };

  const take = (verdict: Verdict, observation: KeptObservation | null): void => {
    const known = withKnownDeviations(verdict, rig.deviations, rig.environment);
    const history = request.out !== null && observation !== null && isKept(known) ? keptFileName(known.id) : null;
    if (history !== null && request.out !== null && observation !== null) {
      prepareOutput(join(request.out, 'histories'));
      saveFile(join(request.out, history), keptText(observation));
    }
    verdicts.push({ ...known, history });
  };
  const trialsLeftMs = (done: number): number => (checked.trials.length - done) * TRIAL_MS;
  const checksLeftMs = (done: number): number => checked.checks.length === 0 ? trialsLeftMs(0) : trialsLeftMs(0) + checked.transports.slice(done).reduce((sum, one) => sum + (one.transport.coreDrivers === undefined ? CHECK_MS.js : CHECK_MS.core), 0);
  try {
    const budgetMs = request.budgetMs === null ? null : Math.max(0, request.budgetMs - checksLeftMs(0));
    const benchStartedMs = performance.now();
    await runPlan(plan, { budgetMs }, {
      launch: (launch) => runLaunch(launch, rig.context),
      nowMs: () => performance.now(),
      beforeLaunch: (launch, done) => {
        const elapsedMs = performance.now() - benchStartedMs;
        const planLeftMs = timeLeftMs(plan.launches, done, elapsedMs);
        const leftMs = budgetMs === null ? planLeftMs : Math.min(planLeftMs, Math.max(0, budgetMs - elapsedMs));
        progress.step(`round ${launch.round + 1} of ${plan.rounds} · ${launch.case.id}`, leftMs + checksLeftMs(0));
      },
      afterRound: (now) => {
        ({ samples, failures, skipped, roundsCompleted } = now);
        results = resultsOf({ plan, workloads, samples, failures });
        save(null);
      },
    });
    if (checked.checks.length > 0) {
      for (const [done, loaded] of checked.transports.entries()) {
        progress.step(`checking ${loaded.transport.name}`, checksLeftMs(done));
        const free = { initiator: null, responder: null, relation: 'unpinned' } as const;
        const found = await checkTransport(loaded, checked.checks, { messages: checked.messages, sizesBytes: checked.sizesBytes ?? [], seed: request.seed, stallMs: checked.stallMs, cpus: free }, rig.context);
        for (const verdict of found.verdicts) take(verdict, found.kept.get(verdict.id) ?? null);
        checkedMs += found.checkedMs;
        save(null);
      }
    }
    if (checked.trials.length > 0) {
      const settings = { seed: request.seed, scale: checked.scale };
      const startedTrialsMs = performance.now();
      await runTrials(
        checked.trials,
        settings,
        rig.context,
        (trial, outcome) => {
          const kept: KeptObservation | null = outcome.type === 'observed' ? { kind: 'procedure', checkId: trial.check.id, subject: trial.subject, observation: outcome.observation } : null;
          take(verdictOfTrial(trial, outcome, settings), kept);
          if ('ms' in outcome) checkedMs += outcome.ms;
        },
        (trial, done) => progress.step(`checking ${trial.subject}/${trial.check.id}`, done < 20 ? trialsLeftMs(done) : ((performance.now() - startedTrialsMs) / done) * (checked.trials.length - done)),
      );
    }
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    interruption = error;
  } finally {
    progress.done();
  }
  return { report: save(new Date()), interruption };
}
