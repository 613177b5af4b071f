import type { ForkedProgram, Op, ProgramOptions, CheckRun } from '../../../harness/define.js';
import { openDescriptorsOf } from './open-descriptors.js';

/**
 * A program of somebody else's that this process forked, and that becomes a shell which opens nothing and waits in a
 * read.
 */
export interface ExecChild {
  readonly program: ForkedProgram;
  /**
   * Waits until it is the shell. What is open in it then, beyond the two descriptors by which it is held here: what it
   * inherited.
   */
  inherited(): ReadonlyMap<number, string>;
  end(): void;
}

/** fork, `before`, and exec. `before` can use every descriptor of this process but 0 and 1. */
export function forkExecChild(
  checkRun: Pick<CheckRun, 'sys' | 'own' | 'defer'>,
  before: readonly Op[] = [],
  options: ProgramOptions = {},
): ExecChild {
  const { sys } = checkRun;
  const { AF_UNIX, SOCK_STREAM, SOCK_CLOEXEC } = sys.constants;
  const [ours, theirs] = sys.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
  checkRun.own(ours);
  checkRun.own(theirs);
  const program = sys.forkProgram(
    [
      { op: 'dup2', from: theirs, to: 0 },
      { op: 'dup2', from: theirs, to: 1 },
      ...before,
      { op: 'exec', path: '/bin/sh', args: ['-c', 'echo here; read line'], as: 'exec' },
    ],
    options,
  );
  checkRun.defer(() => program.end());
  sys.close(theirs);
  return {
    program,
    inherited: () => {
      // Its first words: whatever exec closes is closed. Earlier, close-on-exec descriptors may be half gone.
      const words = sys.read(ours, 16).toString();
      if (words !== 'here\n')
        throw new Error(`The shell did not start (${program.outcome('exec').error ?? 'it ended'}).`);
      return new Map([...openDescriptorsOf(program.pid)].filter(([number]) => number > 1));
    },
    end: () => program.end(),
  };
}

/** What a program that is executed now inherits; `before` it is executed. */
export function inheritedByExec(
  checkRun: Pick<CheckRun, 'sys' | 'own' | 'defer'>,
  before: readonly Op[] = [],
): { readonly inherited: ReadonlyMap<number, string>; readonly program: ForkedProgram } {
  const execChild = forkExecChild(checkRun, before);
  const inherited = execChild.inherited();
  execChild.end();
  return { inherited, program: execChild.program };
}
