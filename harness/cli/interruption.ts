/** SIGINT or SIGTERM arrived: the reason of the run's abort signal. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  constructor(readonly signal: 'SIGINT' | 'SIGTERM') {
    super(`Interrupted by ${signal}.`);
  }

  /** 128 plus the signal's number, as shells count. */
  get exitCode(): number {
    return this.signal === 'SIGINT' ? 130 : 143;
  }
}

export interface InterruptionWatch {
  readonly signal: AbortSignal;
  /** Gives the signals back to Node's default: the next one ends the process. */
  stop(): void;
}

/** Turns the first SIGINT or SIGTERM into an abort, so that peers are reaped and files removed; a second one ends at once. */
export function watchInterruptions(): InterruptionWatch {
  const controller = new AbortController();
  const stop = (): void => {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onTerminate);
  };
  const abort = (signal: 'SIGINT' | 'SIGTERM'): void => {
    stop();
    controller.abort(new Interruption(signal));
  };
  const onInterrupt = (): void => abort('SIGINT');
  const onTerminate = (): void => abort('SIGTERM');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return { signal: controller.signal, stop };
}
