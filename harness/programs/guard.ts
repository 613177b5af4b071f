import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MARK_VARIABLE, type Origin } from './descendants.js';

/** A process that ends everything of an origin when this process dies, also by SIGKILL. */
export interface Guard {
  /** Ends the guard itself: nothing is left to be guarded. */
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('./end-with-parent.js', import.meta.url));

export function startGuard({ mark, group }: Origin): Guard {
  const { [MARK_VARIABLE]: _, NODE_OPTIONS: __, ...env } = process.env;
  // A session of its own: a signal to the terminal's group, or to ours, ends us and not what cleans up after us.
  const child = spawn(process.execPath, [PROGRAM, mark, group === null ? '' : String(group)], {
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
