import type { Syscalls, SystemFaultName } from '../../../../harness/define.js';
import { anotherProcess } from './credentials.js';
import { anotherFile, leakDescriptors, loseInFlight, swapDescriptors } from './descriptors.js';
import { endInsteadOfReset } from './errors.js';
import { alwaysWritable, noBackpressure, spinWhileFull } from './flow.js';
import { leaveFile, leaveZombie } from './leftovers.js';
import type { SyscallFault, SyscallFaultTools } from './syscall-fault.js';
import { interleaveWriters, reorderAcrossSenders } from './writers.js';

/** Every function in between, and no wrong answer. */
const honest: SyscallFault = (sys) =>
  Object.fromEntries(
    Object.entries(sys).map(([name, member]: [string, unknown]) => [
      name,
      typeof member === 'function'
        ? (...values: readonly unknown[]): unknown => Reflect.apply(member, sys, values)
        : member,
    ]),
  );

const injections: Readonly<Record<SystemFaultName, SyscallFault>> = {
  honest,
  'reorder-across-senders': reorderAcrossSenders,
  'interleave-writers': interleaveWriters,
  'end-instead-of-reset': endInsteadOfReset,
  'leak-descriptors': leakDescriptors,
  'another-file': anotherFile,
  'lose-in-flight': loseInFlight,
  'swap-descriptors': swapDescriptors,
  'no-backpressure': noBackpressure,
  'always-writable': alwaysWritable,
  'another-process': anotherProcess,
  'leave-file': leaveFile,
  'leave-zombie': leaveZombie,
  'spin-while-full': spinWhileFull,
};

/**
 * The system's calls with one thing wrong about them: what a procedure is given to show that its check notices. Throws
 * for a name that is none.
 */
export function faultySystem(fault: string, sys: Syscalls, tools: SyscallFaultTools): Syscalls {
  const lie = (injections as Readonly<Record<string, SyscallFault | undefined>>)[fault];
  if (lie === undefined) throw new Error(`Unknown faulty system '${fault}'.`);
  return { ...sys, ...lie(sys, tools) };
}
