import type { Outcome, CheckRun } from '../../../harness/define.js';

/**
 * Makes the directory of the run the current one and open to everybody, so that relative paths in it can be tried by
 * another user: the directories above, which are closed to others, are not looked at then.
 */
export function enterDirectory(checkRun: CheckRun): void {
  const before = process.cwd();
  checkRun.sys.chmod(checkRun.directory, 0o755);
  process.chdir(checkRun.directory);
  checkRun.defer(() => process.chdir(before));
}

/** What a system call of a program came to: 'ok', its error, or 'not made'. */
export const outcomeOf = ({ runs, error }: Pick<Outcome, 'runs' | 'error'>): string =>
  runs === 0 ? 'not made' : (error ?? 'ok');

/**
 * Permission bits that decide for the ordinary user of a check: those of others, or the owner's where it is the owner.
 */
export const bitsFor = (user: { readonly become: readonly unknown[] }, bits: number): number =>
  user.become.length > 0 ? bits : bits << 6;
