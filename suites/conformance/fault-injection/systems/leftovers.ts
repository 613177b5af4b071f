import type { ForkedProgram } from '../../../../harness/define.js';
import type { SyscallFault } from './syscall-fault.js';

/** Every name that is bound leaves another file beside it. */
export const leaveFile: SyscallFault = (sys, { injected }) => ({
  bind: (fd, address) => {
    sys.bind(fd, address);
    if (typeof address !== 'string' || address.startsWith('\0')) return;
    const { O_CREAT, O_WRONLY, O_CLOEXEC } = sys.constants;
    sys.close(sys.open(`${address}.left`, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600));
    injected();
  },
});

/** Every child has a sibling that has ended, and that nobody waits for. */
export const leaveZombie: SyscallFault = (sys, { injected }) => {
  const kept: ForkedProgram[] = [];
  return {
    forkProgram: (ops, options) => {
      kept.push(sys.forkProgram([{ op: 'exit', code: 0 }]));
      injected();
      return sys.forkProgram(ops, options);
    },
  };
};
