import { join } from 'node:path';
import type { DeliveryCheck, Driver, Verdict } from '../model/index.js';
import { isKept, keptFileName, keptText, type KeptObservation } from '../runner/kept-observation.js';
import { CHECK_MS, TRIAL_MS } from '../runner/check-costs.js';
import { checkTransport } from '../runner/run-checks.js';
import { runTrials, type PlannedTrial } from '../runner/run-trials.js';
import { verdictOfTrial } from '../runner/verdict-of-trial.js';
import { withKnownDeviations } from '../discovery/deviations.js';
import type { LoadedTransport } from '../discovery/load-transports.js';
import type { Scale } from '../trial/trial.js';
import type { Progress } from '../session/progress.js';
import type { Rig } from '../session/rig.js';
import { prepareOutput, saveFile } from '../saving/save-file.js';
import { UNPINNED } from '../placement/place.js';

export interface CheckRequest {
  readonly transports: readonly LoadedTransport[];
  readonly checks: readonly DeliveryCheck[];
  readonly messages: number | null;
  /** Sizes of messages that were asked for, beside those that are always tried. */
  readonly sizesBytes?: readonly number[];
  /** Drivers to check, where some were asked for. */
  readonly drivers?: readonly Driver[];
  /** Longest time without a message in an exchange. */
  readonly stallMs: number;
  /** Procedures, one run each. */
  readonly trials: readonly PlannedTrial[];
  readonly scale: Scale;
}

export const NOTHING_CHECKED: CheckRequest = {
  transports: [],
  checks: [],
  messages: null,
  stallMs: 0,
  trials: [],
  scale: 'quick',
};

/** What the checks of a run have said so far. */
export interface CheckPass {
  readonly verdicts: readonly Verdict[];
  /** Inside checked exchanges and procedures. */
  checkedMs(): number;
  /** What all of them are expected to take. */
  readonly expectedMs: number;
  /**
   * `save` is called after each transport and procedure. No further one begins once `isLate()`. Rejects with an
   * interruption.
   */
  run(progress: Progress, save: () => void, isLate: () => boolean): Promise<void>;
  /** Transports whose delivery was not checked, and procedures that did not run, because it was late. */
  leftOut(): number;
}

export interface CheckSurroundings {
  readonly seed: number;
  /** Directory of the report, for what is kept of a verdict; null keeps nothing. */
  readonly out: string | null;
}

export function openCheckPass(request: CheckRequest, { seed, out }: CheckSurroundings, rig: Rig): CheckPass {
  const verdicts: Verdict[] = [];
  let checkedMs = 0;
  let leftOut = 0;
  const take = (verdict: Verdict, observation: KeptObservation | null): void => {
    const known = withKnownDeviations(verdict, rig.deviations, rig.environment);
    const history = out !== null && observation !== null && isKept(known) ? keptFileName(known.id) : null;
    if (history !== null && out !== null && observation !== null) {
      prepareOutput(join(out, 'histories'));
      saveFile(join(out, history), keptText(observation));
    }
    verdicts.push({ ...known, history });
  };
  const trialsLeftMs = (done: number): number => (request.trials.length - done) * TRIAL_MS[request.scale];
  const exchangesLeftMs = (done: number): number =>
    request.checks.length === 0
      ? 0
      : request.transports
          .slice(done)
          .reduce(
            (sum, one) => sum + CHECK_MS[request.scale][one.transport.coreDrivers === undefined ? 'js' : 'core'],
            0,
          );

  const runExchanges = async (progress: Progress, save: () => void, isLate: () => boolean): Promise<void> => {
    if (request.checks.length === 0) return;
    for (const [done, loaded] of request.transports.entries()) {
      if (isLate()) {
        leftOut += request.transports.length - done;
        return;
      }
      progress.step(`checking ${loaded.transport.name}`, exchangesLeftMs(done) + trialsLeftMs(0));
      const through = request.drivers === undefined ? {} : { drivers: request.drivers };
      const found = await checkTransport(
        loaded,
        request.checks,
        {
          messages: request.messages,
          sizesBytes: request.sizesBytes ?? [],
          ...through,
          seed,
          stallMs: request.stallMs,
          cpus: UNPINNED,
        },
        rig.context,
      );
      for (const verdict of found.verdicts) take(verdict, found.kept.get(verdict.id) ?? null);
      checkedMs += found.checkedMs;
      save();
    }
  };
  const runProcedures = async (progress: Progress, save: () => void, isLate: () => boolean): Promise<void> => {
    if (request.trials.length === 0) return;
    const settings = { seed, scale: request.scale };
    const startedMs = performance.now();
    await runTrials(
      request.trials,
      settings,
      rig.context,
      (trial, outcome) => {
        const kept: KeptObservation | null =
          outcome.type === 'observed'
            ? { kind: 'procedure', checkId: trial.check.id, subject: trial.subject, observation: outcome.observation }
            : null;
        take(verdictOfTrial(trial, outcome, settings), kept);
        if ('ms' in outcome) checkedMs += outcome.ms;
        save();
      },
      (trial, done) => {
        const leftMs =
          done < 20 ? trialsLeftMs(done) : ((performance.now() - startedMs) / done) * (request.trials.length - done);
        progress.step(`checking ${trial.subject}/${trial.check.id}`, leftMs);
        if (!isLate()) return true;
        leftOut += request.trials.length - done;
        return false;
      },
    );
  };
  return {
    verdicts,
    checkedMs: () => checkedMs,
    expectedMs: exchangesLeftMs(0) + trialsLeftMs(0),
    leftOut: () => leftOut,
    run: async (progress, save, isLate) => {
      await runExchanges(progress, save, isLate);
      await runProcedures(progress, save, isLate);
    },
  };
}
