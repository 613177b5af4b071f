import { join } from 'node:path';
import type { DeliveryCheck, Driver, Verdict } from '../model/index.js';
import { observationFileName, savedText, type SavedObservation } from '../runner/saved-observation.js';
import { CHECK_MS, TRIAL_MS } from '../runner/check-costs.js';
import { runConformance, type ConformancePlan, type ConformanceStep } from '../runner/run-conformance.js';
import type { PlannedCheckRun } from '../runner/perform-check-runs.js';
import type { LoadedTransport } from '../discovery/load-transports.js';
import type { Scale } from '../check-run/check-run.js';
import type { Progress } from '../session/progress.js';
import type { Session } from '../session/session.js';
import { prepareOutput, saveFile } from '../saving/save-file.js';

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
  readonly checkRuns: readonly PlannedCheckRun[];
  readonly scale: Scale;
}

export const NOTHING_CHECKED: CheckRequest = {
  transports: [],
  checks: [],
  messages: null,
  stallMs: 0,
  checkRuns: [],
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

export function openCheckPass(request: CheckRequest, { seed, out }: CheckSurroundings, session: Session): CheckPass {
  const verdicts: Verdict[] = [];
  let checkedMs = 0;
  let leftOut = 0;
  return {
    verdicts,
    checkedMs: () => checkedMs,
    expectedMs: exchangesLeftMs(request, 0) + checkRunsLeftMs(request, 0),
    leftOut: () => leftOut,
    run: (progress, save, isLate) => {
      let proceduresSinceMs: number | null = null;
      const leftMs = ({ kind, done }: ConformanceStep): number => {
        if (kind === 'transport') return exchangesLeftMs(request, done) + checkRunsLeftMs(request, 0);
        proceduresSinceMs ??= performance.now();
        if (done < FEW_TRIALS) return checkRunsLeftMs(request, done);
        return ((performance.now() - proceduresSinceMs) / done) * (request.checkRuns.length - done);
      };
      return runConformance(planOf(request, seed), session, {
        before: (step) => {
          const isBegun = !isLate();
          if (isBegun || step.kind === 'procedure') progress.step(`checking ${step.name}`, leftMs(step));
          if (!isBegun) leftOut += request[step.kind === 'transport' ? 'transports' : 'checkRuns'].length - step.done;
          return isBegun;
        },
        take: (verdict) => void verdicts.push(verdict),
        keep: ({ id }, observation) => (out === null ? null : keepIn(out, id, observation)),
        after: (ms) => {
          checkedMs += ms;
          save();
        },
      });
    },
  };
}

/** Until so many have run, what one takes is guessed. */
const FEW_TRIALS = 20;

function planOf(request: CheckRequest, seed: number): ConformancePlan {
  const { transports, checks, messages, sizesBytes = [], stallMs, checkRuns, scale } = request;
  const through = request.drivers === undefined ? {} : { drivers: request.drivers };
  return {
    transports,
    checks,
    delivery: { messages, sizesBytes, ...through, seed, stallMs },
    checkRuns,
    procedures: { seed, scale },
  };
}

function keepIn(out: string, id: string, observation: SavedObservation): string {
  const history = observationFileName(id);
  prepareOutput(join(out, 'histories'));
  saveFile(join(out, history), savedText(observation));
  return history;
}

const checkRunsLeftMs = ({ checkRuns, scale }: CheckRequest, done: number): number =>
  (checkRuns.length - done) * TRIAL_MS[scale];

const exchangesLeftMs = ({ checks, transports, scale }: CheckRequest, done: number): number =>
  checks.length === 0
    ? 0
    : transports
        .slice(done)
        .reduce((sum, { transport }) => sum + CHECK_MS[scale][transport.coreDrivers === undefined ? 'js' : 'core'], 0);
