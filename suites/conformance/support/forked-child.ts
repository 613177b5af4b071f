import type { ForkedProgram, ForkOptions, Op, CheckRun } from '../../../harness/define.js';

/** A forked child that does this and is ended after the run, if it has not ended by then. */
export function forked(
  { sys, defer }: Pick<CheckRun, 'sys' | 'defer'>,
  ops: readonly Op[],
  options: ForkOptions = {},
): ForkedProgram {
  const program = sys.forkProgram(ops, options);
  defer(() => program.end());
  return program;
}
