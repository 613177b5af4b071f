import type { Op } from './ops.js';
import type { Board, ForkOptions, ForkedProgram, ProgramOptions, ThreadProgram } from './program.js';

export interface ProgramCalls {
  /**
   * fork(2), and in the child, which is a process with one thread and no JavaScript, a list of operations. The child
   * gets SIGKILL when its parent's thread ends, its handlers are put back to SIG_DFL as exec(2) would, and after the
   * last operation it exits with 0.
   */
  forkProgram(ops: readonly Op[], options?: ForkOptions): ForkedProgram;
  /** The same operations on a thread of this process. `exec` is refused, `exit` ends the thread. */
  inThread(ops: readonly Op[], options?: ProgramOptions): ThreadProgram;
  /** Words of memory that this process, its forked programs and its threads share. All 0 at first. */
  createBoard(words?: number): Board;
}
