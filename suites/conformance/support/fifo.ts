import type { Trial } from '../../../harness/define.js';

/** A FIFO of this run. */
export interface Fifo {
  readonly path: string;
  /** Opens an end, which is closed after the run; O_RDONLY, O_WRONLY and the like of `sys.constants`. */
  open(flags: number): number;
}

/** Makes a FIFO that only its owner may open, removed after the run. */
export function makeFifo(trial: Pick<Trial, 'sys' | 'own' | 'path'>): Fifo {
  const path = trial.path('fifo');
  trial.sys.mkfifo(path, 0o600);
  return { path, open: (flags) => trial.own(trial.sys.open(path, flags)) };
}
