import type { Op, Syscalls } from '../../../../harness/define.js';

/** What a faulty system may use besides the calls it lies about. */
export interface SyscallFaultTools {
  /** Says that a lie was told: one that never was proves nothing. */
  injected(): void;
  /** The same, from another thread. */
  readonly injections: Int32Array;
  /** Closed after the run. Returns it. */
  own(descriptor: number): number;
  /** Runs after the run, whatever happened. */
  defer(undo: () => void | Promise<void>): void;
  readonly addonPath: string;
}

/** The calls of which a system gives wrong answers, in exactly one way. */
export type SyscallFault = (sys: Syscalls, tools: SyscallFaultTools) => Partial<Syscalls>;

/** Changes operations of one name wherever they stand in a program, in the bodies of others too. */
export function withOps<Name extends Op['op']>(
  ops: readonly Op[],
  name: Name,
  change: (op: Extract<Op, { readonly op: Name }>) => readonly Op[],
): readonly Op[] {
  return ops.flatMap((op): readonly Op[] => {
    if (op.op === name) return change(op as Extract<Op, { readonly op: Name }>);
    return 'body' in op ? [{ ...op, body: withOps(op.body, name, change) }] : [op];
  });
}
