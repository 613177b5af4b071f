import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Mark } from './marked.js';

/** A process that ends everything of a mark when this process dies, also by SIGKILL. */
export interface Guard {
  /** Ends the guard itself: nothing is left to be guarded. */
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('./end-with-parent.js', import.meta.url));

/**
 * For programs that run before the native core is there, as its compiler, or that may lead a process group; a run's own
 * processes have `endMarkedAfterDeath`, which starts in a tenth of the time.
 */
export function startGuard(mark: Mark): Guard {
  const { [mark.name]: _mark, NODE_OPTIONS: _options, ...env } = process.env;
  // A session of its own: a signal to the terminal's group, or to ours, ends us and not what cleans up after us.
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(mark)], {
    detached: true,
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    // Where no process can be started, what was to be guarded does not start either, and says so.
    child.once('error', () => resolve());
  });
  child.stdin.on('error', () => undefined);
  return {
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      child.stdin.destroy();
    },
  };
}
