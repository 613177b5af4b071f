import { startLauncher, type Launcher, type LauncherTools } from './launcher.js';

/** One launcher for a whole run. */
export interface LauncherOnDemand {
  /**
   * Starts it when first asked, and another one when the last has ended. Rejects with a UserError when it does not run.
   */
  running(): Promise<Launcher>;
  /** Ends it, if it was ever started. */
  close(): Promise<void>;
}

export function launcherOnDemand(path: string, addon: LauncherTools): LauncherOnDemand {
  let kept: Promise<Launcher> | null = null;
  const start = (): Promise<Launcher> => startLauncher(path, addon);
  return {
    running: () => (kept = kept === null ? start() : kept.then((last) => (last.isAlive() ? last : start()), start)),
    async close() {
      await (await kept?.catch(() => null))?.close();
    },
  };
}
