import { runProgram } from '../../programs/run-program.js';
import { UserError } from '../../user-error.js';
import type { SideName } from './parse-variant.js';

const ANSWER_MS = 10_000;

/**
 * A wrapper must run what stands behind it, and pass descriptors on: peers get theirs by number. Throws UserError for
 * one that does not. One that stays between, as `strace -f` and `perf stat` do, is taken: a peer ends with its control
 * channel, whoever its parent is.
 */
export async function verifyWrap(
  side: SideName,
  wrap: readonly string[],
  cwd: string,
  signal?: AbortSignal,
): Promise<void> {
  const [file, ...args] = wrap;
  if (file === undefined) return;
  const {
    isGood,
    code,
    stderr,
    said,
    timedOut,
    exitCode,
    signal: killedBy,
  } = await runProgram({
    file,
    args: [...args, 'sh', '-c', 'echo it ran >&3'],
    cwd,
    timeoutMs: ANSWER_MS,
    reply: null,
    signal,
  });
  signal?.throwIfAborted();
  if (isGood && said.trim() === 'it ran') return;
  const lastLine = stderr.trim().split('\n').at(-1);
  const how = isGood
    ? 'it ended without running the command'
    : `it ended ${exitCode === null ? `by ${killedBy ?? 'an unknown signal'}` : `with ${exitCode}`}`;
  const reason =
    code !== null
      ? `the program ${file} cannot be run, ${code}`
      : timedOut
        ? `it did not end within ${ANSWER_MS / 1000} s`
        : lastLine || how;
  throw new UserError(
    `--${side} wrap=${wrap.join(' ')} does not run a command with the descriptors it was given (` +
      `${reason}). Use a program that runs the command it is given, such as taskset, nice or env.`,
  );
}
