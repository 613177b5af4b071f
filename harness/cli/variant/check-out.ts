import { join } from 'node:path';
import { execa, ExecaError } from 'execa';
import { UserError, type ExitCode } from '../../user-error.js';
import type { SideName } from './parse-variant.js';

/** A ref's files in a directory of their own. */
export interface CheckedOutTree {
  readonly path: string;
  readonly commit: string;
  /** Removes the files and git's note of them. */
  remove(): Promise<void>;
}

export interface CheckOutRequest {
  readonly side: SideName;
  readonly ref: string;
  readonly build: string | null;
  /** Private directory of the run: what a killed run leaves in it is swept by the next. */
  readonly directory: string;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** A base that cannot be had leaves nothing to compare with; a head that cannot is a run that broke. */
const exitCodeOf = (side: SideName): ExitCode => (side === 'base' || side === 'a' ? 3 : 5);

/** Checks `ref` out into a scratch worktree and runs `build` in it. Throws UserError; whatever was made until then is removed. */
export async function checkOut(request: CheckOutRequest): Promise<CheckedOutTree> {
  const { side, ref, build, directory, cwd, signal } = request;
  const git = async (args: readonly string[], problem: string, exitCode: ExitCode): Promise<string> => {
    try {
      return (await execa('git', args, { cwd, cancelSignal: signal, stdin: 'ignore' })).stdout;
    } catch (error) {
      signal.throwIfAborted();
      throw new UserError(`${problem} (${reasonOf(error)})`, exitCode, { cause: error });
    }
  };
  await git(['rev-parse', '--show-toplevel'], `--${side} git=${ref} needs a git repository, and ${cwd} is in none. Change into one, or name built files with transport=.`, 2);
  const commit = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], `--${side} git=${ref} names no commit here. Fetch it first; a shallow clone of a CI job needs fetch-depth: 0.`, exitCodeOf(side));
  // What a run that was killed noted is forgotten as soon as its directory is gone.
  await git(['worktree', 'prune'], 'git worktree prune failed.', 5);
  const path = join(directory, `tree-${side}`);
  const remove = async (): Promise<void> => {
    await execa('git', ['worktree', 'remove', '--force', '--force', path], { cwd, reject: false, stdin: 'ignore' });
  };
  try {
    await git(['worktree', 'add', '--quiet', '--detach', path, commit], `--${side} git=${ref} cannot be checked out.`, exitCodeOf(side));
    if (build !== null) await runBuild(request, build, path);
    return { path, commit, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function runBuild({ side, ref, signal }: CheckOutRequest, build: string, tree: string): Promise<void> {
  const { failed, exitCode, signal: killedBy, all } = await execa(build, { cwd: tree, shell: true, reject: false, all: true, cancelSignal: signal, stdin: 'ignore' });
  signal.throwIfAborted();
  if (!failed) return;
  const how = exitCode === undefined ? `was ended by ${killedBy ?? 'an unknown signal'}` : `ended with ${exitCode}`;
  const last = all.trim().split('\n').slice(-3).join(' · ');
  throw new UserError(`The ${side} does not build: '${build}' ${how} in a checkout of ${ref}${last === '' ? '' : ` (${last.slice(-300)})`}. Build it by hand in a clean checkout, and try again.`, exitCodeOf(side));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof ExecaError)) return String(error);
  if (error.code === 'ENOENT') return 'git is not installed';
  return String(error.stderr ?? '').trim().split('\n').at(-1) || error.shortMessage;
}
