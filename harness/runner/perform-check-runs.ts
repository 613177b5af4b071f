import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SystemFaultName } from '../model/index.js';
import type { PairContext } from '../pair/pair.js';
import { startCheckProcess, type CheckProcess } from '../check-run/check-process.js';
import type { CheckRunEnding } from '../check-run/protocol.js';
import type { ProcedureCheck, Scale } from '../check-run/check-run.js';

export interface PlannedCheckRun {
  readonly check: ProcedureCheck;
  /** File URL of the module that exports it. */
  readonly module: string;
  readonly subject: string;
  /** The faulty system to run it on; see `SystemFaultName`. */
  readonly fault?: SystemFaultName;
}

export interface CheckRunSettings {
  readonly seed: number;
  readonly scale: Scale;
  /** Times each deadline, where being late proves nothing; 1 unless told. */
  readonly patience?: number;
}

export type CheckRunOutcome = CheckRunEnding | { readonly type: 'died'; readonly how: string };

export interface CheckRunEvents {
  /** `false` ends the run. */
  before(checkRun: PlannedCheckRun, done: number): boolean | void;
  onOutcome(checkRun: PlannedCheckRun, outcome: CheckRunOutcome): void;
}

/** For the procedures that take a second: whoever passes it hangs, on any machine. */
const DEADLINE_MS = 30_000;

/**
 * Runs procedures one after the other, each in a directory of its own, in a host process that is replaced when a
 * procedure took it down, kept it too long, or says that it changes it; and for each faulty system, as what one leaves
 * behind is not the next one's. Rejects only with the reason of `context.signal`.
 */
export async function performCheckRuns(
  checkRuns: readonly PlannedCheckRun[],
  settings: CheckRunSettings,
  context: PairContext,
  events: CheckRunEvents,
): Promise<void> {
  let host: CheckProcess | null = null;
  let fault: string | null = null;
  // An interruption ends the host, and with it the job that is awaited.
  const stop = (): void => void host?.end();
  context.signal.addEventListener('abort', stop);
  try {
    for (const [done, checkRun] of checkRuns.entries()) {
      context.signal.throwIfAborted();
      if (events.before(checkRun, done) === false) return;
      if (
        host !== null &&
        (checkRun.check.isolated === true || (checkRun.fault ?? null) !== fault || !host.isAlive())
      ) {
        await host.end();
        host = null;
      }
      fault = checkRun.fault ?? null;
      host ??= startCheckProcess({
        addon: context.addon,
        addonPath: context.addonPath,
        runtime: context.runtime,
        env: context.surroundings.env,
      });
      const directory = join(context.directory, `c${done}`);
      mkdirSync(directory, { mode: 0o700 });
      try {
        const job = {
          checkId: checkRun.check.id,
          module: checkRun.module,
          subject: checkRun.subject,
          seed: settings.seed,
          scale: settings.scale,
          directory,
          fault,
        };
        const outcome = await host.run(job, (checkRun.check.deadlineMs ?? DEADLINE_MS) * (settings.patience ?? 1));
        context.signal.throwIfAborted();
        events.onOutcome(checkRun, outcome);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
      if (checkRun.check.isolated === true) {
        await host.end();
        host = null;
      }
    }
  } finally {
    context.signal.removeEventListener('abort', stop);
    await host?.end();
  }
}
