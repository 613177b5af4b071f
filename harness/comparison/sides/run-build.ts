import { runProgram } from '../../programs/run-program.js';
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

/**
 * Runs a shell command in a checked-out tree. What it leaves running, such as a watcher or a server of a build tool,
 * ends with it: beside a measurement it would be noise. Throws UserError with its last lines when it fails, and the
 * signal's reason when it was aborted.
 */
export async function runBuild({
  what,
  build,
  ref,
  tree,
  env,
  signal,
  exitCode: ofFailure,
}: BuildRequest): Promise<void> {
  signal.throwIfAborted();
  const ended = await runProgram({
    file: '/bin/sh',
    args: ['-c', build],
    cwd: tree,
    env,
    timeoutMs: null,
    graceMs: END_WITHIN_MS,
    signal,
  });
  signal.throwIfAborted();
  if (ended.isGood) return;
  const how =
    ended.exitCode === null ? `was killed by ${ended.signal ?? 'an unknown signal'}` : `ended with ${ended.exitCode}`;
  const said = lastLines(ended.all);
  throw new UserError(
    `${what}: '${build}' ${how} in a checkout of ${ref}${said === '' ? '' : ` (${said})`}. Build it by hand in ` +
      'a clean checkout, and try again.',
    ofFailure,
  );
}

function lastLines(text: string): string {
  return text
    .trim()
    .split('\n')
    .slice(-3)
    .map((line) => line.trim())
    .join(' · ')
    .slice(-300);
}
