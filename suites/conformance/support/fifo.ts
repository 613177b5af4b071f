import type { CheckRun } from '../../../harness/define.js';

/** A FIFO of this run. */
export interface Fifo {
  readonly path: string;
  /** Opens an end, which is closed after the run; O_RDONLY, O_WRONLY and the like of `sys.constants`. */
  open(flags: number): number;
}

/** Makes a FIFO that only its owner may open, removed after the run. */
export function makeFifo(checkRun: Pick<CheckRun, 'sys' | 'own' | 'path'>): Fifo {
  const path = checkRun.path('fifo');
  checkRun.sys.mkfifo(path, 0o600);
  return { path, open: (flags) => checkRun.own(checkRun.sys.open(path, flags)) };
}
