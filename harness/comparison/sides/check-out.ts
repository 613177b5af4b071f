import { existsSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { environmentOf, runMark } from '../../programs/marked.js';
import { runProgram, type ProgramEnd } from '../../programs/run-program.js';
import { UserError, type ExitCode } from '../../user-error.js';
import type { SideName } from './parse-variant.js';
import { runBuild } from './run-build.js';

/** A ref's files in a directory of their own. */
export interface CheckedOutTree {
  readonly path: string;
  /** The folder of the tree that stands for the one ipcbench was called from: what relative paths begin at. */
  readonly from: string;
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

/** How long git may take to tidy up once it is told to end. */
const END_WITHIN_MS = 3000;

/**
 * Checks `ref` out into a scratch worktree and runs `build` in it, in the folder that ipcbench was called from. Throws
 * UserError; whatever was made until then is removed.
 */
export async function checkOut(request: CheckOutRequest): Promise<CheckedOutTree> {
  const { side, ref, build, directory, cwd, signal } = request;
  const git = async (args: readonly string[], problem: string, exitCode: ExitCode): Promise<string> => {
    const ended = await runGit(args, cwd, signal);
    signal.throwIfAborted();
    if (!ended.isGood) throw new UserError(`${problem} (${reasonOf(ended)})`, exitCode);
    // One newline ends it; others belong to a path.
    return ended.stdout.replace(/\n$/, '');
  };
  const prefix = await git(
    ['rev-parse', '--show-prefix'],
    `--${side} git=${ref} needs a git repository, but ${cwd} is not in one. Change to one, or name ` +
      'built files with transport=.',
    2,
  );
  const commit = await git(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
    `--${side} git=${ref} is not a commit of this repository. Fetch it first; a shallow clone in a ` +
      'CI job needs fetch-depth: 0.',
    exitCodeOf(side),
  );
  await forgetKilledRuns(cwd, realpathSync(dirname(directory)));
  const path = join(directory, `tree-${side}`);
  const remove = (): Promise<void> => removeTree(cwd, path);
  try {
    await git(
      ['worktree', 'add', '--quiet', '--detach', path, commit],
      `--${side} git=${ref} cannot be checked out.`,
      exitCodeOf(side),
    );
    await runGit(['worktree', 'lock', '--reason', NOTE, path], cwd, signal);
    const from = join(path, prefix);
    if (!isDirectory(from)) {
      throw new UserError(
        `--${side} git=${ref} has no folder ${prefix}, where ipcbench was started and where relative ` +
          `paths begin. Start ipcbench in a folder that ${ref} has, such as the root of the repository.`,
        exitCodeOf(side),
      );
    }
    if (build !== null)
      await runBuild({
        what: `The ${side} does not build`,
        build,
        ref,
        tree: from,
        env: { ...withoutRepository(), ...environmentOf(runMark(directory)) },
        signal,
        exitCode: exitCodeOf(side),
      });
    return { path, from, commit, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * Files first: `worktree remove` refuses a tree that was cut short while it was checked out, but not one that is gone.
 * Twice --force: it is locked.
 */
async function removeTree(cwd: string, path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await runGit(['worktree', 'remove', '--force', '--force', path], cwd);
}

/**
 * Why a tree of ours is locked: until its run ends, no `git worktree prune` of anybody's forgets it. Where /tmp is
 * another one, a run may live whose files cannot be seen.
 */
const NOTE = `ipcbench checks it out for a comparison (${mountNamespace()})`;

/**
 * Git's notes of trees whose run was killed and whose files have been swept: only those in private directories of this
 * user beside our own, as seen from here. Never `worktree prune`: it forgets every worktree that is absent at that
 * moment, such as one on a disk that is not mounted, and its staged changes with it.
 */
async function forgetKilledRuns(cwd: string, parent: string): Promise<void> {
  const { stdout } = await runGit(['worktree', 'list', '--porcelain'], cwd);
  for (const entry of stdout.split('\n\n')) {
    const path = /^worktree (.+)$/m.exec(entry)?.[1];
    const lock = /^locked (.+)$/m.exec(entry)?.[1] ?? null;
    if (
      path !== undefined &&
      isOurs(path, parent) &&
      (lock === null || lock === 'initializing' || lock === NOTE) &&
      !existsSync(path)
    )
      await removeTree(cwd, path);
  }
}

function isOurs(path: string, parent: string): boolean {
  const directory = dirname(path);
  return (
    /^tree-(base|head|a|b)$/.test(basename(path)) &&
    basename(directory).startsWith(`ipcbench-${process.getuid?.() ?? 0}-`) &&
    dirname(directory) === parent
  );
}

function mountNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/mnt');
  } catch {
    return 'mounts unknown'; // No /proc here.
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** A hook has its repository's place in the environment, and git would take that for the tree it stands in. */
function withoutRepository(): NodeJS.ProcessEnv {
  const local = [
    'GIT_DIR',
    'GIT_WORK_TREE',
    'GIT_INDEX_FILE',
    'GIT_PREFIX',
    'GIT_COMMON_DIR',
    'GIT_OBJECT_DIRECTORY',
    'GIT_NAMESPACE',
  ];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !local.includes(name)));
}

function runGit(args: readonly string[], cwd: string, signal?: AbortSignal): Promise<ProgramEnd> {
  return runProgram({
    file: 'git',
    args,
    cwd,
    env: withoutRepository(),
    timeoutMs: null,
    graceMs: END_WITHIN_MS,
    signal,
  });
}

function reasonOf({ code, stderr, exitCode, signal }: ProgramEnd): string {
  if (code === 'ENOENT') return 'git is not installed';
  return (
    stderr.trim().split('\n').at(-1) ||
    (code ?? (exitCode === null ? `git was killed by ${signal ?? 'an unknown signal'}` : `git ended with ${exitCode}`))
  );
}
