import { execa } from 'execa';
import { UserError, type ExitCode } from '../../user-error.js';

export interface BuildRequest {
  /** How the sentence about a failure begins. */
  readonly what: string;
  readonly build: string;
  readonly ref: string;
  readonly tree: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Of a build that fails. */
  readonly exitCode: ExitCode;
}

/** How long a build that is to end may take for it: npm and make tidy up after SIGTERM. */
const END_WITHIN_MS = 3000;

/** Runs a shell command in a checked-out tree. Throws UserError with its last lines when it fails, and the signal's reason when it was aborted. */
export async function runBuild({ what, build, ref, tree, env, signal, exitCode: ofFailure }: BuildRequest): Promise<void> {
  signal.throwIfAborted();
  // A group of its own: whatever the shell started ends with it, also where only ipcbench itself was sent the signal.
  const building = execa(build, { cwd: tree, env, extendEnv: false, shell: true, detached: true, reject: false, all: true, stdin: 'ignore' });
  let last: NodeJS.Timeout | undefined;
  const stop = (): void => {
    endGroup(building.pid, 'SIGTERM');
    last = setTimeout(endGroup, END_WITHIN_MS, building.pid, 'SIGKILL');
  };
  signal.addEventListener('abort', stop);
  try {
    const { failed, exitCode, signal: killedBy, all } = await building;
    signal.throwIfAborted();
    if (!failed) return;
    const how = exitCode === undefined ? `was ended by ${killedBy ?? 'an unknown signal'}` : `ended with ${exitCode}`;
    const said = lastLines(String(all ?? ''));
    throw new UserError(`${what}: '${build}' ${how} in a checkout of ${ref}${said === '' ? '' : ` (${said})`}. Build it by hand in a clean checkout, and try again.`, ofFailure);
  } finally {
    clearTimeout(last);
    signal.removeEventListener('abort', stop);
    if (signal.aborted) endGroup(building.pid, 'SIGKILL');
  }
}

function endGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (leader !== undefined) process.kill(-leader, signal);
  } catch {
    // ESRCH: nobody of the group is left.
  }
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).map((line) => line.trim()).join(' · ').slice(-300);
}
