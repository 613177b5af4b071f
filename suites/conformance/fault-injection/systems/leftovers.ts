import type { ForkedProgram } from '../../../../harness/define.js';
import type { Lie } from './lie.js';

/** Every name that is bound leaves another file beside it. */
export const leaveFile: Lie = (sys, { lied }) => ({
  bind: (fd, address) => {
    sys.bind(fd, address);
    if (typeof address !== 'string' || address.startsWith('\0')) return;
    const { O_CREAT, O_WRONLY, O_CLOEXEC } = sys.constants;
    sys.close(sys.open(`${address}.left`, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600));
    lied();
  },
});

/** Every child has a sibling that has ended, and that nobody waits for. */
export const leaveZombie: Lie = (sys, { lied }) => {
  const kept: ForkedProgram[] = [];
  return {
    forkProgram: (ops, options) => {
      kept.push(sys.forkProgram([{ op: 'exit', code: 0 }]));
      lied();
      return sys.forkProgram(ops, options);
    },
  };
};
