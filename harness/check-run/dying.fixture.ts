import type { ProcedureCheck, CheckRun } from './check-run.js';

// Procedures that take down the process they run in, each in its own way.
type Dying = Pick<ProcedureCheck, 'id'> & { observe(checkRun: CheckRun): unknown };

/** A program that holds every descriptor of the host, the control channel too, and goes on when that is gone. */
const forkExecChild = ({ sys }: CheckRun): void =>
  void sys.forkProgram([{ op: 'sleep', us: 1_000_000_000 }], { outlivesParent: true });

export const killed: Dying = {
  id: 'dying/killed',
  observe: () => process.kill(process.pid, 'SIGKILL'),
};
export const killedWithHeir: Dying = {
  id: 'dying/killed-with-heir',
  observe: (checkRun) => {
    forkExecChild(checkRun);
    process.kill(process.pid, 'SIGKILL');
  },
};
export const blockedWithHeir: Dying = {
  id: 'dying/blocked-with-heir',
  observe: (checkRun) => {
    forkExecChild(checkRun);
    checkRun.sys.poll([], -1);
  },
};
export const stoppedWithHeir: Dying = {
  id: 'dying/stopped-with-heir',
  observe: (checkRun) => {
    forkExecChild(checkRun);
    process.kill(process.pid, 'SIGSTOP');
    return new Promise(() => undefined);
  },
};
export const grandchildren: Dying = {
  id: 'dying/grandchildren',
  observe: async (checkRun) => {
    // Of a shell that ends at once, so that nobody is the parent of what sleeps.
    const shell = checkRun.spawn('/bin/sh', {
      args: ['-c', 'sleep 1000 & exec sleep 1000'],
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await checkRun.until('both sleep', () => shell.pid !== undefined);
    process.kill(process.pid, 'SIGKILL');
  },
};
export const talkative: Dying = {
  id: 'dying/talkative',
  observe: ({ sys }) => void sys.write(3, 'this is no line of ours\n'),
};
export const quick: Dying = { id: 'dying/quick', observe: () => 'done' };
export const slowdown: Dying = { id: 'dying/patience', observe: (checkRun) => checkRun.slowdown };
