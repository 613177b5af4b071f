import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SystemFaultName } from '../model/index.js';
import type { PairContext } from '../pair/pair.js';
import { startTrialHost, type TrialHost } from '../trial/trial-host.js';
import type { TrialEnding } from '../trial/protocol.js';
import type { ProcedureCheck, Scale } from '../trial/trial.js';

export interface PlannedTrial {
  readonly check: ProcedureCheck;
  /** File URL of the module that exports it. */
  readonly module: string;
  readonly subject: string;
  /** The faulty system to run it on; see `SystemFaultName`. */
  readonly fault?: SystemFaultName;
}

export interface TrialSettings {
  readonly seed: number;
  readonly scale: Scale;
  /** Times each deadline, where being late proves nothing; 1 unless told. */
  readonly patience?: number;
}

export type TrialOutcome = TrialEnding | { readonly type: 'died'; readonly how: string };

export interface TrialEvents {
  /** `false` ends the run. */
  before(trial: PlannedTrial, done: number): boolean | void;
  onOutcome(trial: PlannedTrial, outcome: TrialOutcome): void;
}

/** For the procedures that take a second: whoever passes it hangs, on any machine. */
const DEADLINE_MS = 30_000;

/**
 * Runs procedures one after the other, each in a directory of its own, in a host process that is replaced when a
 * procedure took it down, kept it too long, or says that it changes it; and for each faulty system, as what one leaves
 * behind is not the next one's. Rejects only with the reason of `context.signal`.
 */
export async function runTrials(
  trials: readonly PlannedTrial[],
  settings: TrialSettings,
  context: PairContext,
  events: TrialEvents,
): Promise<void> {
  let host: TrialHost | null = null;
  let fault: string | null = null;
  // An interruption ends the host, and with it the job that is awaited.
  const stop = (): void => void host?.end();
  context.signal.addEventListener('abort', stop);
  try {
    for (const [done, trial] of trials.entries()) {
      context.signal.throwIfAborted();
      if (events.before(trial, done) === false) return;
      if (host !== null && (trial.check.isolated === true || (trial.fault ?? null) !== fault || !host.isAlive())) {
        await host.end();
        host = null;
      }
      fault = trial.fault ?? null;
      host ??= startTrialHost({
        addon: context.addon,
        addonPath: context.addonPath,
        runtime: context.runtime,
        env: context.surroundings.env,
      });
      const directory = join(context.directory, `c${done}`);
      mkdirSync(directory, { mode: 0o700 });
      try {
        const job = {
          checkId: trial.check.id,
          module: trial.module,
          subject: trial.subject,
          seed: settings.seed,
          scale: settings.scale,
          directory,
          fault,
        };
        const outcome = await host.run(job, (trial.check.deadlineMs ?? DEADLINE_MS) * (settings.patience ?? 1));
        context.signal.throwIfAborted();
        events.onOutcome(trial, outcome);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
      if (trial.check.isolated === true) {
        await host.end();
        host = null;
      }
    }
  } finally {
    context.signal.removeEventListener('abort', stop);
    await host?.end();
  }
}
