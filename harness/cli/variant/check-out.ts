import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa, ExecaError } from 'execa';
import { RUN_MARK } from '../../pair/marked.js';
import { UserError, type ExitCode } from '../../user-error.js';
import type { SideName } from './parse-variant.js';
import { runBuild } from './run-build.js';

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
      return (await execa('git', args, { ...inRepository(cwd), cancelSignal: signal })).stdout;
    } catch (error) {
      signal.throwIfAborted();
      throw new UserError(`${problem} (${reasonOf(error)})`, exitCode, { cause: error });
    }
  };
  await git(['rev-parse', '--git-dir'], `--${side} git=${ref} needs a git repository, and ${cwd} is in none. Change into one, or name built files with transport=.`, 2);
  const commit = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], `--${side} git=${ref} names no commit here. Fetch it first; a shallow clone of a CI job needs fetch-depth: 0.`, exitCodeOf(side));
  await forgetKilledRuns(cwd);
  const path = join(directory, `tree-${side}`);
  const remove = (): Promise<void> => removeTree(cwd, path);
  try {
    await git(['worktree', 'add', '--quiet', '--detach', path, commit], `--${side} git=${ref} cannot be checked out.`, exitCodeOf(side));
    if (build !== null) await runBuild({ what: `The ${side} does not build`, build, ref, tree: path, env: { ...withoutRepository(), [RUN_MARK]: directory }, signal, exitCode: exitCodeOf(side) });
    return { path, commit, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Files first: `worktree remove` refuses a tree that was cut short while it was checked out, but not one that is gone. Twice --force: until then git holds it locked. */
async function removeTree(cwd: string, path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await execa('git', ['worktree', 'remove', '--force', '--force', path], { ...inRepository(cwd), reject: false });
}

/** Git's notes of trees whose run was killed and whose files have been swept. `worktree prune` alone leaves those that were still locked by their checkout. */
async function forgetKilledRuns(cwd: string): Promise<void> {
  await execa('git', ['worktree', 'prune'], { ...inRepository(cwd), reject: false });
  const { stdout } = await execa('git', ['worktree', 'list', '--porcelain'], { ...inRepository(cwd), reject: false });
  for (const entry of String(stdout ?? '').split('\n\n')) {
    const path = /^worktree (.+)$/m.exec(entry)?.[1];
    const isOurs = path !== undefined && /^tree-(base|head|a|b)$/.test(basename(path)) && /\/ipcbench-\d+-[^/]+\/[^/]+$/.test(path);
    if (isOurs && /^locked initializing$/m.test(entry) && !existsSync(path)) await removeTree(cwd, path);
  }
}

/** A hook has its repository's place in the environment, and git would take that for the tree it stands in. */
function withoutRepository(): NodeJS.ProcessEnv {
  const local = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_COMMON_DIR', 'GIT_OBJECT_DIRECTORY', 'GIT_NAMESPACE'];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !local.includes(name)));
}

const inRepository = (cwd: string) => ({ cwd, env: withoutRepository(), extendEnv: false, stdin: 'ignore' }) as const;

function reasonOf(error: unknown): string {
  if (!(error instanceof ExecaError)) return String(error);
  if (error.code === 'ENOENT') return 'git is not installed';
  return String(error.stderr ?? '').trim().split('\n').at(-1) || error.shortMessage;
}
