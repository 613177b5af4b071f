import type { ProcedureCheck, Trial } from './trial.js';

// Procedures that take down the process they run in, each in its own way.
type Dying = Pick<ProcedureCheck, 'id'> & { observe(trial: Trial): unknown };

/** A program that holds every descriptor of the host, the control channel too, and goes on when that is gone. */
const forkHeir = ({ sys }: Trial): void =>
  void sys.forkProgram([{ op: 'sleep', us: 1_000_000_000 }], { outlivesParent: true });

export const killed: Dying = {
  id: 'dying/killed',
  observe: () => process.kill(process.pid, 'SIGKILL'),
};
export const killedWithHeir: Dying = {
  id: 'dying/killed-with-heir',
  observe: (trial) => {
    forkHeir(trial);
    process.kill(process.pid, 'SIGKILL');
  },
};
export const blockedWithHeir: Dying = {
  id: 'dying/blocked-with-heir',
  observe: (trial) => {
    forkHeir(trial);
    trial.sys.poll([], -1);
  },
};
export const stoppedWithHeir: Dying = {
  id: 'dying/stopped-with-heir',
  observe: (trial) => {
    forkHeir(trial);
    process.kill(process.pid, 'SIGSTOP');
    return new Promise(() => undefined);
  },
};
export const grandchildren: Dying = {
  id: 'dying/grandchildren',
  observe: async (trial) => {
    // Of a shell that ends at once, so that nobody is the parent of what sleeps.
    const shell = trial.spawn('/bin/sh', {
      args: ['-c', 'sleep 1000 & exec sleep 1000'],
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await trial.until('both sleep', () => shell.pid !== undefined);
    process.kill(process.pid, 'SIGKILL');
  },
};
export const talkative: Dying = {
  id: 'dying/talkative',
  observe: ({ sys }) => void sys.write(3, 'this is no line of ours\n'),
};
export const quick: Dying = { id: 'dying/quick', observe: () => 'done' };
export const patience: Dying = { id: 'dying/patience', observe: (trial) => trial.patience };
